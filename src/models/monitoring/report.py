"""Findings of monitoring as typed data: publications over time, outcomes so far, alarms; terminal and page read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.metrics.bootstrap import Interval
from models.notices import Notice
from models.plausibility.alarms import Alarm
from models.text import Spoken, Text

ALL = ""
"""The row of all tiers together."""


@dataclass(frozen=True, kw_only=True)
class PublicationFigures:
    """One publication in figures; those of distance are stability indices beyond chance, None where not comparable.

    Attributes:
        value, credit_loss: totals of active clients, in book currency; credit_loss is None where it is not known.
        decline: mean chance of decline.
        tiers: share of clients by tier, the best first.
        missing, unseen: what share of the inputs is not known, or of a category that training never saw, weighted by
            what moves the models.
        moved_inputs: share of what moves the models from inputs unlike training.
        value_shift, decline_shift, tier_shift, reason_shift: beside the publication before.
        warnings: clients that were shown as warned of. overrides: those whose tier a person decided.
        alarms: of inputs and scores, as they would have been raised on the day: severity -> how many.
    """

    as_of: date
    run_key: str
    bundle: str
    clients: int
    value: float
    credit_loss: float | None
    decline: float
    tiers: Mapping[str, float]
    missing: float | None
    unseen: float | None
    moved_inputs: float | None
    value_shift: float | None
    decline_shift: float | None
    tier_shift: float | None
    reason_shift: float | None
    warnings: int
    overrides: int
    alarms: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class InputFigures:
    """One input of the latest publication beside training: index, share not known, median size, weight."""

    name: str
    weight: float
    shift: float | None
    missing: float
    missing_before: float
    size: float
    size_before: float


@dataclass(frozen=True, kw_only=True)
class TierEvents:
    """Of one tier, or all: events foreseen by the curves until now, and those that came, with their interval."""

    tier: str
    clients: int
    foreseen: float
    came: Interval


@dataclass(frozen=True, kw_only=True)
class ValueOutcome:
    """Value foreseen for the horizon, what came of it so far, and where it is heading.

    Attributes:
        heading: what came over the share that had come after as long at past dates; None where that is not known.
        ratio: what came over what was foreseen, once the horizon is over.
        coverage: share of the clients within their interval, likewise; ``level`` is what was promised.
    """

    foreseen: float
    came: float
    heading: float | None = None
    ratio: Interval | None = None
    coverage: Interval | None = None
    level: float = 0.9


@dataclass(frozen=True, kw_only=True)
class PeoplesPrecision:
    """Warnings that people closed, and the share of them that had warned of something, by the outcomes they gave."""

    closed: int
    right: Interval
    outcomes: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class WarningPrecision:
    """Clients that were shown as warned of: the share that declined or defaulted since, beside that of all clients.

    ``people`` is what people found who looked into them; None where nobody closed one of them.
    """

    shown: int
    precision: Interval
    base_rate: float
    people: PeoplesPrecision | None = None

    @property
    def lift(self) -> float | None:
        """How many times as often as all clients; None where nobody declined."""
        return self.precision.estimate / self.base_rate if self.base_rate > 0 else None


@dataclass(frozen=True, kw_only=True)
class OverriddenOutcome:
    """Clients whose tier a person raised or lowered: the share that declined or defaulted since.

    ``by_rule`` and ``as_asked`` are of clients without an override in the tiers that the rules gave these, and in those
    that they got, in the same mix; None where there are none.
    """

    way: str
    clients: int
    declined: Interval
    by_rule: float | None
    as_asked: float | None


@dataclass(frozen=True, kw_only=True)
class OverriddenSince:
    """One client whose tier a person decided, once the horizon is over: whether it declined or defaulted.

    ``by_rule``: the share that did of clients without an override in the tier that the rules gave it; None if there are
    none.
    """

    client_id: str
    bad: bool
    by_rule: float | None


IN_SAMPLE = Text("scored in sample: its models had learned from what came, so that this is no test of them")


@dataclass(frozen=True, kw_only=True)
class PublicationOutcomes:
    """What came since one publication.

    Attributes:
        event: what the curves foresee: decline, or under rule lapse the return.
        elapsed, horizon: periods.
        settled_from: of how many past dates it was learned who of those that are behind stays so.
        calibration: slope of the outcomes on the log-odds of the chances, once the horizon is over; 1 is right.
        overridden: the clients behind ``overrides``, one by one, once the horizon is over.
        gone: scored clients that the book does not hold any more.
        in_sample: whether the models had learned from what came: then it tells nothing of how well they foresee.
    """

    as_of: date
    event: str
    elapsed: int
    horizon: int
    settled_from: int
    tiers: tuple[TierEvents, ...]
    value: ValueOutcome
    calibration: Interval | None = None
    warnings: WarningPrecision | None = None
    overrides: tuple[OverriddenOutcome, ...] = ()
    overridden: tuple[OverriddenSince, ...] = ()
    gone: int = 0
    in_sample: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the whole horizon has passed."""
        return self.elapsed >= self.horizon

    @property
    def whole(self) -> TierEvents:
        """Of all tiers together."""
        return next(each for each in self.tiers if each.tier == ALL)


@dataclass(frozen=True, kw_only=True)
class MonitorReport:
    """All of it: the latest publication, alarms ranked, publications over time, inputs, and outcomes so far.

    ``alarms`` are of the latest publication and of the outcomes of all; notes among them raise none. ``terms``: what
    decline, value and horizon mean in this book.
    """

    book: str
    currency: str
    period: str
    as_of: date
    known_until: date
    run_key: str
    bundle: str
    alarms: tuple[Alarm, ...]
    notices: tuple[Notice, ...]
    publications: tuple[PublicationFigures, ...]
    inputs: tuple[InputFigures, ...]
    outcomes: tuple[PublicationOutcomes, ...]
    terms: tuple[Spoken, ...] = ()

    @property
    def is_raised(self) -> bool:
        """Whether somebody must look."""
        return any(alarm.is_raised for alarm in self.alarms)
