"""Attribution of each move between tiers to the one thing that did most of it, from what two runs published.

What holds is made of four parts: what the decision table gives, what margin and limit keep, what a person asks, and
what caps leave. Each part's share of a move is the mean of what it does over all orders (Shapley); the same divides the
table's part among the dimensions and the policy, and a dimension's part lies with the criterion that moved it most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

import numpy as np

from models.config.policy.tiers import UNRANKED
from models.grading.caps import NO_CAP
from models.grading.criteria import weight_shares
from models.grading.decision import TierDecisions
from models.grading.decision_table import DecisionTable
from models.grading.fitted import GradingPolicy
from models.grading.scores import Scored
from models.learners.change import mean_steps
from models.vocab import BoolArray, FloatArray, IntArray, TextArray

_DIGITS = 9
"""Shares of a move that differ by less are alike, so that rounding decides nothing; of equals the first is named."""


class MovedBy(StrEnum):
    """What moved a client; where models changed too, a forecast that moved may be due to data or to them."""

    DATA = "data"
    MODELS = "data or models"
    POLICY = "policy"
    STABILITY = "stability"
    OVERRIDE = "override"
    ACTIVITY = "activity"


class GradePart(StrEnum):
    """The parts of what holds: the decision table, what margin and limit keep, caps, and what a person asks."""

    TABLE, KEPT, CAP, ASKED = "table", "kept", "cap", "asked"


@dataclass(frozen=True, kw_only=True)
class PublishedGrades:
    """What a run published of the grades of some clients. Shapes (n_clients,); ranks are the policy's, 0 the best.

    Attributes:
        tier, by_rule, ruled: ranks of what holds, of what is held on to, and of what the decision table gives.
        least: the best rank that the caps leave, 0 where none holds; ``cap`` the hardest, "" where none does.
        asked: rank that an override that counts asks for, -1 where there is none.
        numbers: dimension -> its number; points: (dimension, criterion) -> its points.
    """

    tier: IntArray
    by_rule: IntArray
    ruled: IntArray
    least: IntArray
    cap: TextArray
    asked: IntArray
    numbers: Mapping[str, FloatArray]
    points: Mapping[tuple[str, str], FloatArray]

    @classmethod
    def of(cls, decided: TierDecisions, row: int, policy: GradingPolicy) -> PublishedGrades:
        """What would be published of one client by rules alone, in the ranks of ``policy``, which may be another."""
        assessment, scale = decided.assessment, policy.scale
        cap = int(assessment.cap[row])
        caps = assessment.policy.settings.caps
        unknown = np.full(1, np.nan)
        return cls(
            tier=scale.ranks(decided.tier[[row]], 1),
            by_rule=scale.ranks(decided.by_rule[[row]], 1),
            ruled=scale.ranks(decided.scale.at(assessment.rule_rank[[row]]), 1),
            least=np.maximum(scale.ranks([caps[cap].at_most] if cap != NO_CAP else [""], 1), 0),
            cap=np.array([caps[cap].name if cap != NO_CAP else ""]),
            asked=np.full(1, UNRANKED),
            numbers={
                name: assessment.scores[name].numbers[[row]] if name in assessment.scores else unknown
                for name in policy.settings.dimensions
            },
            points={
                (name, criterion.name): scored.points[place, [row]]
                for name, scored in assessment.scores.items()
                for place, criterion in enumerate(assessment.policy.settings.dimensions[name].criteria)
            },
        )


@dataclass(frozen=True, kw_only=True)
class MoveCauses:
    """What moved each client: ``by`` in general, and the dimension, criterion and cap where it was one. Shapes (n,)."""

    by: TextArray
    dimension: TextArray
    criterion: TextArray
    cap: TextArray


def causes_of_moves(
    policy: GradingPolicy, before: PublishedGrades, now: PublishedGrades, *, same_bundle: bool
) -> MoveCauses:
    """The cause of the move of each client, which must stand in another tier ``now``; by the policy of ``now``.

    One cause is one reason: a cap that a criterion set off comes with that criterion's feature.
    """
    towards = np.sign(now.tier - before.tier)
    part = leading_part(before, now, towards)
    dimension, by_policy = _dimensions(policy, before, now, towards)
    of_table, of_cap = part == GradePart.TABLE, (part == GradePart.CAP) & (before.tier != UNRANKED)
    dimension = np.where(of_table & ~by_policy & (before.tier != UNRANKED), dimension, "")
    capped = np.where(now.least > before.least, now.cap, before.cap)
    looked = {cap.name: cap.feature for cap in policy.settings.caps}
    features = np.array([looked.get(name, "") for name in capped.tolist()], dtype=np.str_)
    other_tiers = before.tier == UNRANKED  # of a policy that had a tier which this one lacks
    return MoveCauses(
        by=np.select(
            [other_tiers, part == GradePart.KEPT, part == GradePart.ASKED, of_table & by_policy],
            [MovedBy.POLICY, MovedBy.STABILITY, MovedBy.OVERRIDE, MovedBy.POLICY],
            np.where(_is_foreseen(policy, dimension) & (not same_bundle), MovedBy.MODELS, MovedBy.DATA),
        ).astype(np.str_),
        dimension=dimension,
        criterion=np.where(of_cap, features, _criteria(policy, before, now, dimension, towards)),
        cap=np.where(of_cap, capped, ""),
    )


def leading_part(before: PublishedGrades, now: PublishedGrades, towards: IntArray) -> TextArray:
    """The part of what holds that did most in the direction ``towards`` of each move. Shapes (n_clients,)."""
    return _leading(_parts(before, now), towards, list(GradePart))


def _parts(before: PublishedGrades, now: PublishedGrades) -> FloatArray:
    """What each part of what holds adds to the rank, in the order of ``GradePart``: (4, n_clients)."""
    ends = [(each.ruled, each.by_rule - each.ruled, each.least, each.asked) for each in (before, now)]
    ranks = np.empty((2,) * len(GradePart) + now.tier.shape)
    for mix in product((0, 1), repeat=len(GradePart)):
        ruled, kept, least, asked = (ends[end][place] for place, end in enumerate(mix))
        ranks[mix] = np.maximum(np.where(asked == UNRANKED, np.maximum(ruled + kept, 0), asked), least)
    return mean_steps(ranks)


def _dimensions(
    policy: GradingPolicy, before: PublishedGrades, now: PublishedGrades, towards: IntArray
) -> tuple[TextArray, BoolArray]:
    """The dimension that moved what the table gives most, and whether the policy did more of it. Shapes (n,)."""
    table = DecisionTable(policy)
    if not table.dimensions:
        return np.full(len(now.tier), ""), np.full(len(now.tier), fill_value=True)
    ranks = np.empty((2,) * len(table.dimensions) + now.tier.shape)
    for mix in product((0, 1), repeat=len(table.dimensions)):
        numbers = {name: (before, now)[end].numbers[name] for name, end in zip(table.dimensions, mix, strict=True)}
        ranks[mix] = table.ranks({name: _scored(each) for name, each in numbers.items()})
    steps = mean_steps(ranks)
    changed = ranks[(0,) * len(table.dimensions)] - before.ruled  # what the policy makes of what was known before
    most = np.round(steps * towards, _DIGITS).max(axis=0)
    return _leading(steps, towards, list(table.dimensions)), np.round(changed * towards, _DIGITS) > most


def _scored(numbers: FloatArray) -> Scored:
    return Scored(numbers=numbers, points=np.empty((0, len(numbers))))


def _criteria(
    policy: GradingPolicy, before: PublishedGrades, now: PublishedGrades, dimension: TextArray, towards: IntArray
) -> TextArray:
    """The criterion that moved each client's ``dimension`` most; of a measure its name. Shape (n_clients,)."""
    found = np.full(len(dimension), "", dtype=np.dtype("<U80"))
    for name in policy.settings.dimensions:
        rows = dimension == name
        if rows.any():
            found[rows] = _criterion(policy, before, now, name, towards)[rows]
    return found


def _criterion(
    policy: GradingPolicy, before: PublishedGrades, now: PublishedGrades, name: str, towards: IntArray
) -> TextArray:
    settings = policy.settings.dimensions[name]
    if settings.measure:
        return np.full(len(towards), settings.measure)
    then, today = (_contributions(policy, each, name) for each in (before, now))
    moved = _leading(then - today, towards, [each.name for each in settings.criteria])  # more points are a lower rank
    for each in settings.criteria:
        if each.dimension:
            rows = moved == each.dimension
            moved = np.where(rows, _criterion(policy, before, now, each.dimension, towards), moved)
    return moved


def _contributions(policy: GradingPolicy, grades: PublishedGrades, name: str) -> FloatArray:
    """What each criterion gives of a dimension's number, 0 where it is unknown: (n_criteria, n_clients)."""
    settings = policy.settings.dimensions[name]
    unknown = np.full(len(grades.tier), np.nan)
    points = np.stack(
        [
            grades.numbers.get(each.dimension, unknown)
            if each.dimension
            else grades.points.get((name, each.name), unknown)
            for each in settings.criteria
        ]
    )
    return np.asarray(weight_shares(settings, points) * np.nan_to_num(points))


def _is_foreseen(policy: GradingPolicy, dimension: TextArray) -> BoolArray:
    """Whether each dimension is made of what models foresee, in part at least. Shape (n_clients,)."""
    found: list[str] = []
    for name, each in policy.settings.dimensions.items():
        if each.measure or any(part.prediction or part.dimension in found for part in each.criteria):
            found.append(name)
    return np.isin(dimension, found)


def _leading(steps: FloatArray, towards: IntArray, names: list[str]) -> TextArray:
    """The one of ``names`` that did most in the direction of the move. (n_names, n_clients) -> (n_clients,)."""
    return np.asarray(np.array(names, dtype=np.str_)[np.round(steps * towards, _DIGITS).argmax(axis=0)])
