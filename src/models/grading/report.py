"""The grade of one client as typed data: dimensions with criteria, the rule that fired, caps, and what is lacking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from models.config.policy.dimensions import Unit
from models.grading.criteria import CriterionNeed

Looked = Literal["feature", "prediction", "dimension"]


@dataclass(frozen=True, kw_only=True)
class CriterionEvidence:
    """One criterion: what it looks at, what was seen, and the points from 0 to 100; None where nothing is known.

    ``observed_on`` is when it was recorded, where the book tells; else it counts up to the as-of date. ``source`` is
    the table of the book, or ``models`` or ``policy`` of what is foreseen and of what counts a dimension. ``share`` is
    what its weight is of all that is known.
    """

    name: str
    looks_at: Looked
    observed: float | str | None
    observed_on: date | None
    source: str
    points: float | None
    weight: float
    share: float


@dataclass(frozen=True, kw_only=True)
class DimensionEvidence:
    """One dimension of one client. ``number`` is in ``unit``, None where unknown; ``level`` "" where it has none.

    ``cut_off`` is where the level begins, None of the last; ``better`` and ``better_from`` the next better level and
    its cut-off, "" and None of the best. ``decides``: whether the decision table looks at it.
    """

    name: str
    number: float | None
    unit: Unit
    level: str
    cut_off: float | None
    better: str
    better_from: float | None
    decides: bool
    criteria: tuple[CriterionEvidence, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The criteria of which nothing is known; the others count as if these were not there."""
        return tuple(criterion.name for criterion in self.criteria if criterion.points is None)


@dataclass(frozen=True, kw_only=True)
class FiredRule:
    """The row of the decision table that holds, counted from 1 of ``rows``, and the tier that it gives."""

    row: int
    rows: int
    tier: str
    when: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class HoldingCap:
    """A cap that holds: what was seen of its feature, None where it is missing, and whether the book has it at all.

    ``lowers``: whether the client would stand better without any cap.
    """

    name: str
    feature: str
    observed: float | str | None
    in_book: bool
    at_most: str
    lowers: bool


@dataclass(frozen=True, kw_only=True)
class IdleCap:
    """A cap that is not in force, since the book lacks the feature that it looks at."""

    name: str
    feature: str
    at_most: str


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """What one dimension lacks for the next tier, in its unit; None where nothing is known of it.

    ``needs`` tells of each criterion what it alone would have to show, the one that decides (costs most) first.
    """

    dimension: str
    unit: Unit
    amount: float | None
    needs: tuple[CriterionNeed, ...]


@dataclass(frozen=True, kw_only=True)
class GradeReport:
    """Why a client has its tier.

    Attributes:
        tier: what holds; ``unasked`` had nobody asked for another, ``by_rule`` before override and caps, ``ruled`` what
            the decision table alone gives.
        basis: what decided ``tier``: rule, margin, limit, override or cap.
        kept_by: margin or limit, where one of them keeps the tier by rule from what the table says; else "".
        previous: the tier by rule of the run before, "" where there was none.
        in_arrears: whether margin and limit keep nothing up, since the client is in arrears.
        override: what became of the tier that a person asked for, "" where nobody did; ``asked`` that tier.
        caps: all that hold, the hardest first.
        not_in_force: caps whose feature the book lacks.
        next_tier: the nearest better tier by rule, "" for the best; ``barred_by`` the cap that lets no better tier in.
        lacking: what is lacking for it by dimension, that which lacks most first.
    """

    tier: str
    unasked: str
    by_rule: str
    ruled: str
    basis: str
    kept_by: str
    previous: str
    in_arrears: bool
    override: str
    asked: str
    rule: FiredRule
    dimensions: tuple[DimensionEvidence, ...]
    caps: tuple[HoldingCap, ...]
    not_in_force: tuple[IdleCap, ...]
    next_tier: str
    barred_by: str
    lacking: tuple[Lacking, ...]
