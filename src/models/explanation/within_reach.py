"""Counterfactuals: the smallest changes within reach that move a client up a tier or off the decline list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
import pandas as pd

from models.config.explaining import ActionConfig, ReachConfig
from models.config.policy.tiers import TierScale
from models.config.root import Config
from models.explanation.reach import NO_LIMITS, PeerRange, ReachLimits, Way, ways_of
from models.grading.built_in import Grades
from models.grading.compute import Grader
from models.learners.contract import FeatureContract
from models.pipeline.pipeline import FittedModels
from models.vocab import BoolArray, FloatArray, IntArray

GRID = 20
"""So many knobs of each way are tried first; what helps only between two of them is not found."""
_HALVINGS = 8
_MOST = 2
"""Nobody does more than two new things about a client at once, and knows which of them helped."""


class Goal(StrEnum):
    """What a change is sought for."""

    TIER_UP = "one tier up"
    OFF_DECLINE_LIST = "off the decline list"


@dataclass(frozen=True, kw_only=True)
class FeatureMove:
    """A feature, what it is and what it would have to be, in its own unit."""

    feature: str
    unit: str
    now: float
    then: float


@dataclass(frozen=True, kw_only=True)
class Move:
    """One thing to do, and what it would have to bring about; ``size`` is a share of the spread among the peers."""

    name: str
    action: ActionConfig
    features: tuple[FeatureMove, ...]
    size: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the models say of the client once ``moves`` have come about; ``size`` is the sum of theirs."""

    moves: tuple[Move, ...]
    size: float
    value: float
    decline_probability: float
    tier: str
    tier_reason: str


@dataclass(frozen=True, kw_only=True)
class Reachable:
    """The smallest change found that reaches the goal; where one thing is enough, ``others`` that are too, by size."""

    goal: Goal
    outcome: Outcome
    others: tuple[Outcome, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NoneWithinReach:
    """Nothing tried reaches the goal; ``best`` comes nearest, None where nothing brings the client nearer."""

    goal: Goal
    best: Outcome | None


@dataclass(frozen=True)
class _Said:
    """What the models say of some rows. Shapes (n,)."""

    value: FloatArray
    decline: FloatArray
    grades: Grades
    scale: TierScale

    @property
    def steps(self) -> IntArray:
        """How many tiers lie below each: (n,)."""
        return self.scale.steps(self.grades.tier)

    def nearness(self, goal: Goal) -> FloatArray:
        """The larger, the nearer to the goal: (n,)."""
        if goal is Goal.OFF_DECLINE_LIST:
            return -self.decline
        lasting = self.value * (1.0 - self.decline)
        return np.asarray(self.steps + lasting / (1.0 + lasting.max()))


@dataclass(frozen=True)
class _Scorer:
    """The models, and the client as it is: its features (one row) and the same encoded (n_features,)."""

    models: FittedModels
    features: pd.DataFrame
    row: FloatArray
    grader: Grader | None

    def said(self, rows: FloatArray) -> _Said:
        """What is said of the client with other numbers. (k, n_features), encoded."""
        value, decline = self.models.value.predict(rows), self.models.decline.predict(rows)
        return _Said(value, decline, self._graded(rows, value, decline), self.models.policy.scale)

    def _graded(self, rows: FloatArray, value: FloatArray, decline: FloatArray) -> Grades:
        moved = np.flatnonzero((rows != self.row).any(axis=0) & ~np.isnan(self.row))
        numbers = {self.models.contract.names[place]: rows[:, place] for place in moved}
        repeated = self.features.iloc[np.zeros(len(rows), dtype=np.int64)]
        return (self.grader or self.models.grader)(repeated.assign(**numbers), value, decline)


@dataclass(frozen=True)
class _Search:
    """One client, who scores it, the ways, and when its goal is reached."""

    scorer: _Scorer
    ways: tuple[Way, ...]
    goal: Goal
    decline_below: float
    rank: int

    def rows(self, knobs: FloatArray) -> FloatArray:
        """The client with each set of knobs. (k, n_ways) -> (k, n_features)."""
        rows = np.tile(self.scorer.row, (len(knobs), 1))
        for number, way in enumerate(self.ways):
            rows[:, way.places] = way.values(knobs[:, number])
        return rows

    def said(self, knobs: FloatArray) -> _Said:
        return self.scorer.said(self.rows(knobs))

    def reached(self, knobs: FloatArray) -> BoolArray:
        """(k, n_ways) -> (k,)."""
        said = self.said(knobs)
        if self.goal is Goal.OFF_DECLINE_LIST:
            return np.asarray(said.decline < self.decline_below)
        return np.asarray(said.steps > self.rank)

    def sizes(self, knobs: FloatArray) -> FloatArray:
        """Of each set of knobs, the sum over its ways. (k, n_ways) -> (k,)."""
        return np.asarray(sum(way.sizes(knobs[:, number]) for number, way in enumerate(self.ways)))


def within_reach(
    models: FittedModels,
    features: pd.DataFrame,
    peers: PeerRange,
    config: Config,
    reach: Mapping[str, ReachConfig],
    *,
    limits: ReachLimits = NO_LIMITS,
    grader: Grader | None = None,
) -> tuple[Reachable | NoneWithinReach, ...]:
    """What would change it: an answer for each goal that the client with the one row of ``features`` has left.

    A client at or above ``stages.decline_probability`` of ``config`` seeks to get off the decline list, one below the
    best tier to get a tier up, as ``grader`` grades, if not by the policy of the models: this only by ways that move
    what decides the next tier, as ``limits`` say, which bar lending to some clients altogether. First each way alone
    is turned up in steps until the goal is reached, and the smallest change kept; if none does, each pair of ways, both
    alike and then each as little as will do. Then the changed client is scored once more by itself, and that is what
    the answer says.

    The features of a way move together by one share, so what is computed from others (a change from a level) stays near
    them, not exactly with them. And it is the models' answer: what clients look like who stand better, not a promise
    that moving one makes it so.
    """
    row = models.contract.encode(features)[0]
    scorer = _Scorer(models, features, row, grader)
    now = scorer.said(row[None])
    ways = ways_of(models.contract, row, peers, reach, config.learners, may_lend=limits.may_lend)
    limit, rank = config.stages.decline_probability, int(now.steps[0])
    chosen = {Goal.OFF_DECLINE_LIST: ways, Goal.TIER_UP: _deciding(ways, models.contract, limits.deciding)}
    return tuple(_answer(_Search(scorer, chosen[goal], goal, limit, rank), reach) for goal in _goals(now, limit, rank))


def _deciding(ways: tuple[Way, ...], contract: FeatureContract, features: frozenset[str] | None) -> tuple[Way, ...]:
    """The ways that move one of ``features`` at least; all, where that is None."""
    if features is None:
        return ways
    return tuple(way for way in ways if not features.isdisjoint(contract.names[place] for place in way.places))


def _goals(now: _Said, limit: float, rank: int) -> list[Goal]:
    goals = [Goal.OFF_DECLINE_LIST] if now.decline[0] >= limit else []
    return goals + ([Goal.TIER_UP] if rank < len(now.scale) - 1 else [])


def _answer(search: _Search, reach: Mapping[str, ReachConfig]) -> Reachable | NoneWithinReach:
    tried = [np.zeros((1, len(search.ways)))]
    for together in range(1, min(_MOST, len(search.ways)) + 1):
        full = _full(len(search.ways), together)
        tried.append(full)
        found = _enough(search, full)
        if len(found):
            reported = found if together == 1 else found[:1]
            first, *others = (_outcome(search, knobs, reach) for knobs in reported)
            return Reachable(goal=search.goal, outcome=first, others=tuple(others))
    return NoneWithinReach(goal=search.goal, best=_best(search, np.concatenate(tried), reach))


def _full(ways: int, together: int) -> FloatArray:
    """Knobs with every choice of so many ways turned up fully. (n_choices, n_ways)."""
    choices = np.array(list(combinations(range(ways), together)))
    knobs = np.zeros((len(choices), ways))
    np.put_along_axis(knobs, choices, 1.0, axis=1)
    return knobs


def _enough(search: _Search, full: FloatArray) -> FloatArray:
    """Of the choices that reach the goal, each the smallest change that does, by size: (n_able, n_ways)."""
    steps = np.arange(1, GRID + 1) / GRID
    tried = steps[None, :, None] * full[:, None, :]
    reached = search.reached(tried.reshape(-1, full.shape[1])).reshape(len(full), GRID)
    able = reached.any(axis=1)
    if not able.any():
        return np.empty((0, full.shape[1]))
    full, first = full[able], reached[able].argmax(axis=1)[:, None]
    enough = _halved(search, first / GRID * full, (first + 1) / GRID * full)
    if np.count_nonzero(full[0]) > 1:
        enough = _trimmed(search, enough)
    return np.asarray(enough[search.sizes(enough).argsort(kind="stable")])


def _trimmed(search: _Search, enough: FloatArray) -> FloatArray:
    """Each way in turn as little as will do beside the others. (k, n_ways) -> (k, n_ways)."""
    for way in range(enough.shape[1]):
        without = enough.copy()
        without[:, way] = 0.0
        enough = _halved(search, without, enough)
    return enough


def _halved(search: _Search, short: FloatArray, enough: FloatArray) -> FloatArray:
    """Between knobs that fall short and knobs that reach the goal, each (k, n_ways): the least that still reach it."""
    for _ in range(_HALVINGS):
        middle = (short + enough) / 2
        reached = search.reached(middle)[:, None]
        short, enough = np.where(reached, short, middle), np.where(reached, middle, enough)
    return enough


def _best(search: _Search, tried: FloatArray, reach: Mapping[str, ReachConfig]) -> Outcome | None:
    """The nearest of the tried knobs, the first of which leave all as it is."""
    chosen = int(search.said(tried).nearness(search.goal).argmax())
    return _outcome(search, tried[chosen], reach) if chosen else None


def _outcome(search: _Search, knobs: FloatArray, reach: Mapping[str, ReachConfig]) -> Outcome:
    said = search.said(knobs[None])
    turned = (
        _move(way, float(knob), search.scorer.models.contract, reach)
        for way, knob in zip(search.ways, knobs, strict=True)
    )
    moves = tuple(move for move in turned if move.features)
    return Outcome(
        moves=moves,
        size=sum(move.size for move in moves),
        value=float(said.value[0]),
        decline_probability=float(said.decline[0]),
        tier=str(said.grades.tier[0]),
        tier_reason=str(said.grades.reason[0]),
    )


def _move(way: Way, knob: float, contract: FeatureContract, reach: Mapping[str, ReachConfig]) -> Move:
    turned = np.array([knob])
    then = way.values(turned)[0]
    features = (
        FeatureMove(feature=contract.names[place], unit=contract.features[place].unit, now=float(own), then=float(new))
        for place, own, new in zip(way.places, way.own, then, strict=True)
        if own != new
    )
    return Move(
        name=way.name, action=reach[way.name].action, features=tuple(features), size=float(way.sizes(turned)[0])
    )
