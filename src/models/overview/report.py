"""One published run as typed data: tiers, movers, overrides, alarms, funnel and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from models.backtest.contents import BacktestHeadline
from models.funnel.compute import FunnelExcerpt
from models.kpis.compute import KpiRow
from models.kpis.report import FigureMeaning
from models.lists.report import WorkLists
from models.notices import Notice
from models.overview.grades import GradeSummary
from models.scoring.policy_in_force import GradedBy
from models.text import Spoken

ABSENT = "not scored"
"""Where a client stands of whom a run has no score."""


@dataclass(frozen=True, kw_only=True)
class ValueTotal:
    """The value expected of some clients together, in the book's currency.

    ``low`` to ``high`` is its interval, None where it is not known; so are ``margin`` and ``credit_loss``, of which it
    is the difference.
    """

    expected: float
    low: float | None
    high: float | None
    margin: float | None
    credit_loss: float | None


@dataclass(frozen=True, kw_only=True)
class TierLine:
    """The clients of one tier.

    ``value`` is that of all of them together, ``decline`` their mean probability. ``treatments``:
    part of a treatment -> what it says -> clients, most first.
    """

    tier: str
    clients: int
    share: float
    value: ValueTotal
    value_share: float
    decline: float
    treatments: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class ColdClient:
    """A client without activity. Value in currency with its interval, None where there is none."""

    client_id: str
    stage: str
    tier: str
    value: float
    value_low: float | None
    value_high: float | None
    decline_probability: float
    tier_reason: Spoken


@dataclass(frozen=True, kw_only=True)
class ColdStartPart:
    """Clients without activity, apart from all other counts: scored by what came of those who began alike.

    ``decline`` is the mean chance that nothing comes of them; ``stages`` counts clients, most first; ``largest`` are
    those of the largest expected value.
    """

    clients: int
    value: float
    decline: float
    tiers: tuple[TierLine, ...]
    stages: Mapping[str, int]
    largest: tuple[ColdClient, ...]


@dataclass(frozen=True, kw_only=True)
class ClientSample:
    """Clients of the plot of value against risk: tier, expected value in currency, probability of decline."""

    tier: tuple[str, ...]
    value: tuple[float, ...]
    decline_probability: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class MovedClient:
    """A client that changed tier, with the reason of the new one; ``moved_by`` is None where the run does not say.

    ``dimension`` and ``criterion`` name what moved it where that was a dimension of the policy, ``cap`` if a cap was.
    """

    client_id: str
    before: str
    tier: str
    value: float
    decline_probability: float
    moved_by: str | None
    dimension: str | None
    criterion: str | None
    cap: str | None
    tier_reason: Spoken


@dataclass(frozen=True, kw_only=True)
class OverriddenClient:
    """A client whose tier a person decided, with the decision as written; dates as ISO text."""

    client_id: str
    tier: str
    value: float
    decline_probability: float
    override_state: str | None
    override_tier: str | None
    override_instead_of: str | None
    override_by: str | None
    override_on: str | None
    override_until: str | None
    override_reason: str | None


@dataclass(frozen=True, kw_only=True)
class WarnedClient:
    """A published warning: severity of 100, what is at stake in book currency, and the client's tier.

    ``credit_loss`` is None where it is not known.
    """

    client_id: str
    rank: int
    severity: float
    dimensions: tuple[str, ...]
    business_at_risk: float
    credit_loss: float | None
    first_seen: date
    repeat: bool
    always_shown: bool
    tier: str


@dataclass(frozen=True, kw_only=True)
class Movers:
    """Clients by tier in the newest earlier run (rows) and in this one (columns), each in the order of ``names``.

    ``largest`` holds those of the largest expected value that changed tier. ``before`` is None, and all else empty,
    where no earlier run was published.
    """

    before: date | None = None
    names: tuple[str, ...] = ()
    counts: tuple[tuple[int, ...], ...] = ()
    upgraded: int = 0
    downgraded: int = 0
    largest: tuple[MovedClient, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Overridden:
    """Clients whose tier a person decided, also where the rules agree or a cap held it down.

    ``up`` and ``down`` count tiers that are better and worse for it; ``fates`` are those of all overrides, as the
    run's manifest counts them. ``largest`` holds those of the largest expected value with the decision as written.
    """

    clients: int
    share: float
    up: int
    down: int
    fates: Mapping[str, int]
    largest: tuple[OverriddenClient, ...]


@dataclass(frozen=True, kw_only=True)
class AlarmSummary:
    """The warnings that are shown: ``counts`` as the run's manifest tells them, ``first`` the first rows by rank.

    Whoever is shown whatever the budget is among the first, however many they are. ``ranked`` says by what warnings are
    ranked, ``terms`` what their amounts are; both are empty, as ``counts``, where the run did not warn.
    """

    counts: Mapping[str, int]
    first: tuple[WarnedClient, ...]
    ranked: Spoken = ""
    terms: Spoken = ""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A published run and its book at one as-of date.

    Attributes:
        in_sample: whether the models knew what came after the date, so that it all looks better than a forecast would.
        policy: which one graded; None of a run that was published before this was recorded.
        grades: why clients stand in their tiers; None of runs that do not publish it.
        tier_colours: tier -> colour, best first; ``top_tiers`` are those whose clients are always warned of.
        sample: at most ``SAMPLE`` clients.
        cold_start: None where nobody was scored without activity; clients, value and tiers are of active clients.
        headline: what acting by grades and lists would have brought, None where the run that trained these models did
            not tell.
        lists: the first clients of each work list; None of a run that made none.
        funnel: None where ``no_funnel`` says why.
        figures: those of the whole book; ``definitions`` are theirs.
        names: client -> name of those clients that are listed one by one.
        notices: what the run left out, assumed or found implausible, as its manifest holds it.
        called: name of a tier, dimension, criterion, cap or team of the policy -> what people call it.
        terms: what decline, value and horizon mean in this book.
    """

    book: str
    currency: str
    as_of: date
    in_sample: bool
    model_version: str
    run_key: str
    policy: GradedBy | None
    clients: int
    value: ValueTotal
    tiers: tuple[TierLine, ...]
    grades: GradeSummary | None
    tier_colours: dict[str, str]
    top_tiers: tuple[str, ...]
    sample: ClientSample
    cold_start: ColdStartPart | None
    movers: Movers
    overrides: Overridden
    alarms: AlarmSummary
    headline: BacktestHeadline | None
    lists: WorkLists | None
    funnel: FunnelExcerpt | None
    no_funnel: Spoken
    figures: tuple[KpiRow, ...]
    definitions: Mapping[str, FigureMeaning]
    window_start: date
    names: Mapping[str, str]
    notices: tuple[Notice, ...] = ()
    called: Mapping[str, Spoken] = field(default_factory=dict)
    terms: tuple[Spoken, ...] = ()
