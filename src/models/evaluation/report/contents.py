"""The report of an evaluation, as ``report.json`` holds it: figures of each test origin, and of all together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from models.codec import OMITTED_IF_NONE, written_as
from models.evaluation.report.causes import CauseGroup
from models.evaluation.report.cold_start import ColdStartOrigin
from models.evaluation.report.errors_by_group import ErrorGroup
from models.evaluation.report.frequency import CalibrationBin, IntervalCoverage, JudgedCurveByStep
from models.evaluation.report.importance import Figures, ModelImportance, Stability
from models.evaluation.report.profit import ProfitCurve
from models.evaluation.report.ranking import CapturedGains, TargetVerdict, ValueDeciles
from models.evaluation.report.totals import TotalsByBand
from models.evaluation.report.verdict import OriginFindings
from models.metrics.bootstrap import Interval
from models.notices import Notice
from models.pipeline.serving import ServingModels
from models.text import Spoken


@dataclass(frozen=True, kw_only=True)
class BenchmarkSummary:
    """Figures of each benchmark, and in the main metric ours minus each of the others.

    ``way`` is the share of the way from recency, what anyone can rank by, to the truth; None where that is not known.
    A figure that the clients leave open is absent; ``undetermined`` says why the main one is, empty where it is there.
    """

    metrics: Mapping[str, Figures]
    ours_minus: Mapping[str, Interval]
    way: Interval | None
    undetermined: str = ""


@dataclass(frozen=True, kw_only=True)
class MeanDeciles:
    """Tenths of the clients, the highest predicted value first; means in currency per client. Shapes (10,)."""

    clients: tuple[float, ...]
    predicted_mean: tuple[float, ...]
    actual_mean: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class TargetReport:
    """The figures of one target at a test origin, as in ``BenchmarkSummary``; ``deciles`` of value only."""

    mean_outcome: float
    metrics: Mapping[str, Figures]
    ours_minus: Mapping[str, Interval]
    way: Interval | None
    undetermined: str = ""
    deciles: Annotated[MeanDeciles | None, OMITTED_IF_NONE] = None


@dataclass(frozen=True, kw_only=True)
class ValueChoice:
    """The candidate for value that was chosen, and by which scores on which earlier origins."""

    chosen: str
    out_of_time: Annotated[tuple[date, ...], written_as("hindcasts")]
    scores: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, kw_only=True)
class OriginParts:
    """All that the page draws of one test origin; a part that the clients leave open is None or empty."""

    clients: int
    findings: OriginFindings
    verdicts: Mapping[str, TargetVerdict]
    profit: ProfitCurve | None
    gains: Mapping[str, CapturedGains]
    deciles: ValueDeciles | None
    totals: TotalsByBand
    calibration: tuple[CalibrationBin, ...]
    coverage: IntervalCoverage | None
    curve: JudgedCurveByStep | None
    causes: Mapping[str, tuple[CauseGroup, ...]]
    errors: Mapping[str, tuple[ErrorGroup, ...]]
    importance: Mapping[str, ModelImportance]


@dataclass(frozen=True, kw_only=True)
class OriginReport:
    """What was learned from, who was judged, and how all did at one test origin.

    Attributes:
        learned_until: the latest origin with complete outcomes that was learned from.
        outcomes_until: the end of the horizon, until which outcomes count.
        serving: who serves each target, by the evidence of earlier origins.
        groups_apart: whether clients were scored by models that saw none of their sponsor group.
        importance: model -> feature -> share of the model's gain.
        reasons: model -> reason -> mean size of what it adds.
    """

    as_of: date
    learned_until: date
    outcomes_until: date
    learning_origins: int
    learning_rows: int
    unfinished_origins: int
    unfinished_rows: int
    clients: int
    calibrated: bool
    groups_apart: bool
    choice: ValueChoice
    serving: ServingModels
    importance: Mapping[str, Mapping[str, float]]
    reasons: Mapping[str, Mapping[str, float]]
    parts: OriginParts
    decline: TargetReport
    value: TargetReport

    def of(self, target: str) -> TargetReport:
        """The figures of a target: decline or value."""
        return self.decline if target == "decline" else self.value


@dataclass(frozen=True, kw_only=True)
class PooledReport:
    """The same figures over the clients of all test origins together."""

    origins: int
    rows: int
    decline: BenchmarkSummary
    value: BenchmarkSummary


@dataclass(frozen=True, kw_only=True)
class ReportHorizon:
    """So many periods after the as-of date in which outcomes are counted."""

    periods: int
    period: str


@dataclass(frozen=True, kw_only=True)
class EvaluationReport:
    """An evaluation of a book's pipeline at past origins.

    Attributes:
        data: hash of the book's contents.
        terms: what decline, value and horizon mean, a sentence each.
        features: how many there are.
        absent: table -> measures of the config that the book does not know.
        interval_level: share of resamples that the intervals of figures hold.
        pooled: None for a single origin.
        called: feature, tier or group of clients -> what people call it; in English by its name.
        cold_start: clients without activity at each test origin at which their models could be learned.
    """

    book: str
    currency: str
    data: str
    known_until: date
    horizon: ReportHorizon
    terms: tuple[Spoken, ...] = ()
    features: int
    notices: tuple[Notice, ...]
    absent: Mapping[str, tuple[str, ...]]
    interval_level: float
    pooled: PooledReport | None
    stability: Stability
    origins: tuple[OriginReport, ...]
    cold_start: tuple[ColdStartOrigin, ...] = ()
    called: Mapping[str, Spoken] = field(default_factory=dict)
