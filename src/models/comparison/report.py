"""The comparison of two versions as data. The first is the one that serves, the second the one that may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from models.codec import OMITTED_IF_NONE
from models.metrics.bootstrap import ReportedInterval
from models.notices import Notice
from models.text import Phrase, Spoken, Text

AUC, BRIER, SLOPE, INTERCEPT, DECLINES = (
    "auc",
    "brier",
    "calibration_slope",
    "calibration_intercept",
    "declines_expected",
)
GINI, CONCENTRATION, TOTAL, BIAS, ERROR = (
    "normalized_gini",
    "signed_concentration",
    "total_ratio",
    "mean_error",
    "mean_absolute_error",
)
COVERAGE, WIDTH = "interval_coverage", "interval_width"


class Better(StrEnum):
    """Which of two figures is the better one."""

    MORE = "more"
    LESS = "less"
    NEAR_ONE = "near one"
    NEAR_ZERO = "near zero"
    NEAR_LEVEL = "near the level of the interval"


class PairVerdict(StrEnum):
    """How the second version stands to the first, by the 95% interval of their difference."""

    BETTER = "better"
    WORSE = "worse"
    OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class ComparedVersion:
    """A version: as it was asked for, its number in the registry ("" for a folder), and the key of its bundle.

    ``learned_until`` is the day before which every outcome lies that taught it anything.
    """

    asked: str
    version: str
    bundle: str
    learned_until: date

    @property
    def name(self) -> str:
        """What pages call it."""
        return f"version {self.version}" if self.version else self.asked


@dataclass(frozen=True, kw_only=True)
class ComparedFigure:
    """One figure of both versions on the same clients, each with its 95% interval over sponsor groups.

    Attributes:
        difference: the second less the first, paired; ``relative`` the same as a share of the first, for errors.
        standing: by how far each lies from the best, paired.
        baselines: what would be reached without models, where that is a figure of the kind.
    """

    target: str
    metric: str
    better: Better
    first: ReportedInterval
    second: ReportedInterval
    difference: ReportedInterval
    relative: ReportedInterval
    standing: PairVerdict
    baselines: Mapping[str, ReportedInterval]


@dataclass(frozen=True, kw_only=True)
class ComparedSlice:
    """The clients of one tier (by the first version), or of one region.

    ``declined`` and ``value`` are what came, in clients and currency; ``expected_declines`` and ``expected_value`` what
    both versions expected of them, the first first.
    """

    by: str
    name: str
    clients: int
    declined: int
    expected_declines: tuple[float, float]
    value: float
    expected_value: tuple[float, float]
    auc: tuple[float | None, float | None]
    auc_difference: ReportedInterval
    error: tuple[float, float]
    error_difference: ReportedInterval


@dataclass(frozen=True, kw_only=True)
class ValueBand:
    """A tenth of the clients, the highest expected first, of each version: mean value expected and come, currency."""

    expected: tuple[float, float]
    came: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """After so many periods: the share of clients that stood as declined, and what both versions expected."""

    elapsed: int
    came: ReportedInterval
    expected: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class HorizonSoFar:
    """How much of the horizon is over, and what is known of such a part from earlier dates.

    Attributes:
        event: what curves of decline tell: its onset, or a return.
        earlier: the dates that taught the shares below; none where no earlier horizon was over.
        behind: of clients without that event by then, the share that stood as declined: those behind may catch up.
        margin: share of the margin of a horizon that had come by then, ``margin_range`` at the lowest and highest date;
            ``loss``: of the credit loss, None where no version foresees any.
    """

    elapsed: int
    horizon: int
    period: str
    event: Literal["decline", "return"]
    earlier: tuple[date, ...]
    behind: float
    margin: float
    margin_range: tuple[float, float]
    loss: float | None

    @property
    def is_whole(self) -> bool:
        """Whether all outcomes are complete."""
        return self.elapsed == self.horizon


@dataclass(frozen=True, kw_only=True)
class JudgedVersions:
    """Both versions at one as-of date, by what came of its clients since."""

    as_of: date
    outcomes_until: date
    in_sample: bool
    so_far: HorizonSoFar
    clients: int
    groups: int
    groups_known: bool
    declined: int
    value: float
    level: float
    figures: tuple[ComparedFigure, ...]
    slices: tuple[ComparedSlice, ...]
    bands: tuple[ValueBand, ...]
    curve: tuple[CurvePoint, ...]

    def figure(self, metric: str) -> ComparedFigure | None:
        """A figure by its metric, if these clients determine it."""
        return next((each for each in self.figures if each.metric == metric), None)


@dataclass(frozen=True, kw_only=True)
class TierSwitches:
    """Who would change tier were the second version to grade in the place of the first, each client anew.

    Attributes:
        counts: (tiers by the first, tiers by the second), clients, best tier first; ``value``: what the first expects
            of them, ``exposure``: what is lent to them, None where the book does not tell; both in currency.
        moved: clients in another tier; ``moved_value`` and ``moved_exposure`` theirs, and of all ``total_...``.
    """

    tiers: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    value: tuple[tuple[float, ...], ...]
    exposure: tuple[tuple[float, ...], ...] | None
    clients: int
    moved: int
    up: int
    moved_value: float
    total_value: float
    moved_exposure: float | None
    total_exposure: float | None

    @property
    def share(self) -> float:
        """Share of the clients in another tier."""
        return self.moved / self.clients if self.clients else 0.0


@dataclass(frozen=True, kw_only=True)
class ReasonShift:
    """A reason: how much it moves each version on average, in shares of all that moves it, and its ranks from 1.

    ``title`` is in English, ``called`` the same in every language.
    """

    reason: str
    title: str
    shares: tuple[float, float]
    ranks: tuple[int, int]
    called: Annotated[Phrase | None, OMITTED_IF_NONE] = None


@dataclass(frozen=True, kw_only=True)
class ExplainedShift:
    """How alike both versions rank the reasons of one model, and those that changed most.

    ``correlation`` is Spearman's over all reasons of either; None where a version ranks none before another.
    """

    model: str
    correlation: float | None
    shifts: tuple[ReasonShift, ...]


@dataclass(frozen=True, kw_only=True)
class ExpectedChange:
    """What would change on the newest date: the levels of the book, tiers, and reasons.

    ``expected_value`` (currency) and ``expected_declines`` (clients) are of both versions.
    """

    as_of: date
    periods_old: tuple[int, int]
    expected_value: tuple[float, float]
    expected_declines: tuple[float, float]
    tiers: TierSwitches
    reasons: tuple[ExplainedShift, ...]


@dataclass(frozen=True, kw_only=True)
class VersionComparison:
    """Two versions of one book. ``judged`` is None where nothing has come that neither had learned from: ``why``.

    ``why`` and ``terms`` are in English, ``why_text`` and ``term_texts`` the same in every language.
    """

    book: str
    currency: str
    period: str
    horizon: int
    versions: tuple[ComparedVersion, ComparedVersion]
    resamples: int
    judged: JudgedVersions | None
    why: str
    change: ExpectedChange
    notices: tuple[Notice, ...] = ()
    terms: tuple[Spoken, ...] = ()
    why_text: Annotated[Text | None, OMITTED_IF_NONE] = None
