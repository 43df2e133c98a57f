"""The parts of an evaluation's verdict: checks, the groups they look at, and what was found off its mark."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.evaluation.report.frequency import EVERYBODY
from models.metrics.bootstrap import ReportedInterval


class EvaluationCheck(StrEnum):
    """What is held against its mark."""

    TOTAL = "total_value"
    LEVEL = "decline_level"
    SLOPE = "decline_slope"
    CURVE = "curve"
    COVERAGE = "coverage"
    VALUE = "value_by_band"
    CREDIT_LOSS = "credit_loss_by_band"
    DEFAULTS = "defaults_by_band"


class GroupedBy(StrEnum):
    """What the clients of a finding have in common."""

    ALL = "all"
    TIER = "tier"
    RISK = "risk"
    VALUE = "value"


@dataclass(frozen=True, kw_only=True)
class EvaluationFinding:
    """A figure of a group of clients that is off its mark.

    Attributes:
        group: name of the tier or band, of a curve its event; ``low`` to ``high`` are the edges of a band.
        periods: of a curve the first and the last period by whose end it is off; the figures are those of the last.
        figure: with its 95% range: of the total foreseen over realised (or foreseen less realised, ``is_gap``, where
            either of them is no gain, or the realised one may be none), intercept or slope of decline, else what came.
        foreseen: total or share; of coverage what the intervals claim; None of a slope.
        realised: what came, likewise.
        known: of a simulated book, a total that the truth expects, where it is that which the forecast misses; then
            ``figure`` is foreseen over known.
    """

    check: EvaluationCheck
    by: GroupedBy
    group: str = EVERYBODY
    low: float = 0.0
    high: float = 1.0
    periods: tuple[int, int] | None = None
    figure: ReportedInterval
    is_gap: bool = False
    foreseen: float | None = None
    realised: float | None = None
    known: float | None = None


@dataclass(frozen=True, kw_only=True)
class OriginFindings:
    """What was checked, what is wrong by more than chance, and what is off its mark but may be chance."""

    checked: tuple[EvaluationCheck, ...]
    wrong: tuple[EvaluationFinding, ...]
    may_be_chance: tuple[EvaluationFinding, ...]
