"""The backtest of a book as data: claims about grading with their intervals, what tiers brought, and what errors cost.

Shares are of 1, amounts in book currency. A list is the order in which somebody would take the clients: by list, by way
of an override, by tier and by share of value figures stand in mappings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.book.periods import Horizon
from models.config.backtest import SpreadsheetRuleConfig
from models.config.simulation import InterventionEconomics
from models.lists.rules import Purpose
from models.metrics.bootstrap import ReportedInterval
from models.text import Spoken

ByList = Mapping[str, ReportedInterval]


@dataclass(frozen=True, kw_only=True)
class ScreeningResult:
    """Clients reviewed until a share of value is found, as a share of all; ``efficiency``: saved of the rule's."""

    share: float
    reviewed: ByList
    efficiency: ByList


@dataclass(frozen=True, kw_only=True)
class RetentionResult:
    """Profit per client of the book of offers to a share of the clients; costs are shares of the mean at stake."""

    budget: float
    success: float
    incentive: float
    contact: float
    profit: ByList
    more_than_rule: ByList


@dataclass(frozen=True, kw_only=True)
class GrowthResult:
    """Share of all growth beyond the past pace found among a share of the clients, and its change against the rule."""

    budget: float
    found: ByList
    change: ByList


@dataclass(frozen=True, kw_only=True)
class FoundCurves:
    """Share of value found against share of clients reviewed, by list."""

    clients: tuple[float, ...]
    found: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, kw_only=True)
class RecoveryResult:
    """Share of all losses that cutting limits saves, and its change against the rule."""

    cut: float
    depth: float
    losing_clients: int
    largest_loss_share: float
    saved: ByList
    change: ByList


@dataclass(frozen=True, kw_only=True)
class RiskResult:
    """Loss rate and volatility of the kept share of exposure, and their changes against the rule."""

    volume: float
    loss_rate: ByList
    loss_rate_change: ByList
    volatility: ByList
    volatility_change: ByList


@dataclass(frozen=True, kw_only=True)
class SavedLosses:
    """Share of all losses that acting saves, and its change against the rule."""

    saved: ByList
    change: ByList


@dataclass(frozen=True, kw_only=True)
class ActingResult:
    """What acting early saves of the losses that came and of those to be expected, which only the truth tells."""

    budget: float
    aim: float
    intervention: InterventionEconomics
    losing_clients: int
    actual: SavedLosses
    expected: SavedLosses | None


@dataclass(frozen=True, kw_only=True)
class Claims:
    """The claims about grading; the last three are None where the book cannot tell."""

    screening: tuple[ScreeningResult, ...]
    retention: RetentionResult
    growth: GrowthResult
    curves: FoundCurves
    recovery: RecoveryResult | None
    risk: RiskResult | None
    acting: ActingResult | None


@dataclass(frozen=True, kw_only=True)
class TierOutcome:
    """What the clients of one tier then brought; None where there are none, or the book knows no losses."""

    tier: str
    clients: int
    share: float
    value: float
    value_share: float | None
    declined: float | None
    loss: float | None


@dataclass(frozen=True, kw_only=True)
class ErrorCost:
    """Clients graded wrong in one way, and what that cost."""

    clients: int
    cost: float


@dataclass(frozen=True, kw_only=True)
class GradingErrors:
    """The two ways a grade is wrong."""

    too_high: ErrorCost
    too_low: ErrorCost


@dataclass(frozen=True, kw_only=True)
class AnewEfficiency:
    """Reviews saved of the rule's for a share of value: by our grades as held, and graded anew at each date."""

    share: float
    ours: float
    anew: float


@dataclass(frozen=True, kw_only=True)
class GradingStability:
    """Of ``pairs`` clients graded at two dates in a row the share with the same tier; tiers held, by what held them."""

    pairs: int
    same_tier: ByList
    held: Mapping[str, int]
    efficiency: tuple[AnewEfficiency, ...]


@dataclass(frozen=True, kw_only=True)
class OverrideOutcome:
    """Mean value and loss per client and share that declined; None where there are no such clients."""

    value: float | None
    declined: float | None
    loss: float | None


@dataclass(frozen=True, kw_only=True)
class OverriddenWay:
    """Clients that an override moved one way, beside others in the tier by rule and in the tier asked for."""

    clients: int
    overridden: OverrideOutcome
    by_rule: OverrideOutcome
    as_asked: OverrideOutcome


@dataclass(frozen=True, kw_only=True)
class OverrideOutcomes:
    """How clients with an override fared, by the way in which it moved them."""

    clients: int
    share: float
    ways: Mapping[str, OverriddenWay]


@dataclass(frozen=True, kw_only=True)
class ReplayedDate:
    """One as-of date: what came, clients by grader and tier, and the efficiency of our grades by share of value."""

    as_of: date
    learned_until: date
    clients: int
    value: float
    declined: float
    tiers: Mapping[str, Mapping[str, int]]
    efficiency: Mapping[str, float]


class HeadlineUnit(StrEnum):
    """What the figures of a headline are: reviews as a share of clients, a share of a total, an amount per client."""

    REVIEWS = "reviews"
    SHARE = "share"
    AMOUNT = "amount"


@dataclass(frozen=True, kw_only=True)
class HeadlineClaim:
    """What acting for one purpose would have brought by our grades, our work lists, the rule and chance.

    ``against`` is how our grades and our lists did beside the rule, above 0 where better: as a share of the rule's
    figure, of amounts as the difference.
    """

    purpose: Purpose
    unit: HeadlineUnit
    budget: float
    brought: ByList
    against: ByList


@dataclass(frozen=True, kw_only=True)
class BacktestHeadline:
    """What of a backtest a run can tell from the test origins that it was judged at, graded anew at each.

    ``bundle`` is the hash of the models that were trained beside; ``claims`` is empty where too few clients tell.
    """

    book: str
    bundle: str
    currency: str
    horizon: Horizon
    dates: tuple[date, ...]
    rows: int
    claims: tuple[HeadlineClaim, ...]


@dataclass(frozen=True, kw_only=True)
class BacktestReport:
    """The policy replayed at past dates.

    Attributes:
        data: fingerprint of the book.
        terms: what decline, value and horizon mean.
        groups_apart: sponsor groups are known, and drawn whole.
        lists, acting_lists: what each list is called.
        rows: grades over all dates.
    """

    book: str
    currency: str
    data: str
    horizon: Horizon
    terms: tuple[Spoken, ...]
    interval_level: float
    resamples: int
    aim: float
    groups_apart: bool
    lists: Mapping[str, str]
    acting_lists: Mapping[str, str]
    rule: SpreadsheetRuleConfig
    top_tiers: tuple[str, ...]
    low_tiers: tuple[str, ...]
    origins: tuple[ReplayedDate, ...]
    rows: int
    screening: tuple[ScreeningResult, ...]
    headline: tuple[HeadlineClaim, ...]
    retention: RetentionResult
    growth: GrowthResult
    curves: FoundCurves
    recovery: RecoveryResult | None
    risk: RiskResult | None
    acting: ActingResult | None
    tiers: Mapping[str, tuple[TierOutcome, ...]]
    errors: Mapping[str, GradingErrors]
    stability: GradingStability | None
    overrides: OverrideOutcomes | None
