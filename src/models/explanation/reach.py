"""The features of a client that may move, with range and direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

import numpy as np

from models.config.explaining import ReachConfig
from models.config.learners import LearnersConfig
from models.config.policy.policy import PolicyConfig
from models.grading.report import GradeReport
from models.learners.contract import ContractFeature, FeatureContract
from models.panel.feature_sources import Direction, is_open
from models.vocab import BoolArray, FloatArray, IntArray

_LENDING = ("facility_", "funnel_")
"""How features begin that move with what is lent or about to be."""

WHOLE_UNITS = frozenset({"events", "days", "opportunities", "facilities", "products", "clients", "steps"})
"""What is counted in these has no fractions."""


@dataclass(frozen=True, kw_only=True)
class PeerRange:
    """What is usual among clients like this one: low and high of each feature, (n_features,); NaN where unknown.

    For instance their 10% and 90% quantiles.
    """

    low: FloatArray
    high: FloatArray


class NoLending(StrEnum):
    """Why no lending is proposed to a client."""

    ARREARS = "arrears"
    CAP = "cap"
    DEFAULT = "default"


@dataclass(frozen=True, kw_only=True)
class ReachLimits:
    """What may be proposed to one client, and what decides its next tier.

    Attributes:
        no_lending: why no lending may be proposed; empty where it may.
        deciding: the features of which one must move for a tier up; None: any, since forecasts decide.
    """

    no_lending: tuple[NoLending, ...] = ()
    deciding: frozenset[str] | None = None

    @property
    def may_lend(self) -> bool:
        """Whether lending may be proposed."""
        return not self.no_lending

    @classmethod
    def of(cls, grade: GradeReport, policy: PolicyConfig, default: float | None, most: float) -> ReachLimits:
        """The limits of a client by its grade; ``default`` is its probability, None where unknown, ``most`` the bar.

        Where a cap bars the next tier, nothing but what the cap looks at decides.
        """
        reasons = {
            NoLending.ARREARS: grade.in_arrears,
            NoLending.CAP: bool(grade.caps),
            NoLending.DEFAULT: default is not None and default > most,
        }
        barring = frozenset(cap.feature for cap in grade.caps if grade.barred_by and cap.at_most == grade.tier)
        return cls(
            no_lending=tuple(reason for reason, holds in reasons.items() if holds),
            deciding=barring or _lacking_features(grade, policy),
        )


NO_LIMITS = ReachLimits()
"""Of a client to whom anything may be proposed."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One entry of ``explaining.within_reach`` as it applies to one client. Shapes (m,), m features that can move.

    Attributes:
        places: of the features among those of the model.
        target: how far each may go, which its peers have reached.
        span: what ``size`` is measured by: the peers' spread, widened to hold the client.
        whole: which are counted in whole numbers.
    """

    name: str
    places: IntArray
    own: FloatArray
    target: FloatArray
    span: FloatArray
    whole: BoolArray

    def values(self, knob: FloatArray) -> FloatArray:
        """The features at each knob, from 0 (as they are) to 1 (as far as they may). (k,) -> (k, m)."""
        moved = self.own + knob[:, None] * (self.target - self.own)
        ends = np.where(knob[:, None] == 1, self.target, np.where(self.whole, np.rint(moved), moved))
        return np.asarray(np.where(knob[:, None] == 0, self.own, ends))

    def sizes(self, knob: FloatArray) -> FloatArray:
        """How much that is, as the largest share of its span that a feature moves. (k,) -> (k,), from 0 to 1."""
        return np.asarray((np.abs(self.values(knob) - self.own) / self.span).max(axis=1))


def _lacking_features(grade: GradeReport, policy: PolicyConfig) -> frozenset[str] | None:
    """The features that what is lacking for the next tier rests on; None where forecasts are among it, or nothing."""
    found: set[str] = set()
    waiting = [each.dimension for each in grade.lacking]
    while waiting:
        dimension = policy.dimensions[waiting.pop()]
        if dimension.measure or any(each.prediction for each in dimension.criteria):
            return None
        found |= {each.feature for each in dimension.criteria if each.feature}
        waiting += [each.dimension for each in dimension.criteria if each.dimension]
    return frozenset(found) or None


def ways_of(
    contract: FeatureContract,
    row: FloatArray,
    peers: PeerRange,
    reach: Mapping[str, ReachConfig],
    learners: LearnersConfig,
    *,
    may_lend: bool = True,
) -> tuple[Way, ...]:
    """The entries of ``reach`` that can move something about a client with the encoded features ``row`` (n_features,).

    A feature moves from the client's own number, never past what its peers have reached; it stays where that lies the
    other way, where either is unknown, and where it is a category. The past is never rewritten: what was summed and
    counted does not become less, what happened not longer ago (see ``is_open``). A number counted in whole ones goes to
    the last whole one inside the range. An entry is left away if one of its features would have to move against a
    direction that a model must keep, for what is declared harmful is not proposed, whatever else moves with it. Without
    ``may_lend`` entries are left away that lend, by their setting or since they move facilities or opportunities.
    """
    free = np.ones(len(row), dtype=np.bool_)
    found = []
    for name, entry in reach.items():
        named = {place: way for place, way in _named(contract, entry) if free[place]}
        free[list(named)] = False
        if not may_lend and (entry.lends or any(_is_lending(contract.names[place]) for place in named)):
            continue
        way = _way(name, named, contract, row, peers)
        if way is not None and not _harmful(way, named, contract, learners):
            found.append(way)
    return tuple(found)


def _named(contract: FeatureContract, entry: ReachConfig) -> Iterator[tuple[int, Direction]]:
    """Features of numbers that an entry names, and the direction that it gives them; down if it names one in both."""
    for place, feature in enumerate(contract.features):
        if feature.kind == "number":
            direction: Direction = "down" if _matches(feature, entry.down) else "up"
            if (direction == "down" or _matches(feature, entry.up)) and is_open(feature.name, direction):
                yield place, direction


def _is_lending(feature: str) -> bool:
    return feature.startswith(_LENDING)


def _matches(feature: ContractFeature, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(feature.name, pattern) for pattern in patterns)


def _way(
    name: str, named: Mapping[int, Direction], contract: FeatureContract, row: FloatArray, peers: PeerRange
) -> Way | None:
    """None where nothing can move."""
    places = np.array(list(named), dtype=np.int64)
    own, low, high = row[places], peers.low[places], peers.high[places]
    whole = np.array([contract.features[place].unit in WHOLE_UNITS for place in places], dtype=np.bool_)
    low, high = np.where(whole, np.ceil(low), low), np.where(whole, np.floor(high), high)
    ups = np.array([direction == "up" for direction in named.values()], dtype=np.bool_)
    moves = np.where(ups, high > own, low < own) & (low <= high)  # never where one of them is unknown
    if not moves.any():
        return None
    target = np.where(ups, high, low)[moves]
    span = np.maximum(high, own) - np.minimum(low, own)
    return Way(name=name, places=places[moves], own=own[moves], target=target, span=span[moves], whole=whole[moves])


def _harmful(way: Way, named: Mapping[int, Direction], contract: FeatureContract, learners: LearnersConfig) -> bool:
    """Whether a feature would move so that, by its declared direction, value falls or decline grows likelier."""
    for place in way.places:
        name, goes = contract.names[place], named[int(place)]
        risk, worth = learners.decline.monotone.get(name), learners.value.monotone.get(name)
        if (risk is not None and risk.direction == goes) or (worth is not None and worth.direction != goes):
            return True
    return False
