"""What goes and what stays: balance, business and limits against before, what ended off schedule, maturities ahead.

``commitments`` has what stands open today.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.book.measures import ACTIVITY
from models.book.periods import DAYS_PER_PERIOD
from models.panel.balances import balance_steps, has_balances
from models.panel.facilities import FOREVER, MATURED, Facilities
from models.panel.features.causes import BALANCE, CONTRACTS, LIMITS
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.words import LESS, SHORTER, FigureUnit, Template, words_for
from models.panel.targets import NO_CAUSE
from models.text import Text
from models.vocab import BoolArray, FloatArray

_NONE_DATED = Text("no facility with a maturity is open")
_LEVEL = Template(
    figure=FigureUnit.SHARE,
    description=Text("balance as a share of its average {span}"),
    statement=Text("the balance is {value} of its average {span}"),
    missing=Text("nothing was outstanding {span}"),
    none=Text("all that was outstanding {span} is repaid"),
    than=LESS,
)
_BALANCE_GROWTH = Template(
    figure=FigureUnit.GROWTH,
    description=Text("change of the balance {span}"),
    statement=Text("borrowing, by its balance, {value} {span}"),
    missing=Text("nothing was outstanding at either end of the last {window}"),
)
_BALANCE_PER_ACTIVITY = Template(
    figure=FigureUnit.MULTIPLE,
    description=Text("balance as a multiple of {label} {span}"),
    statement=Text("the balance is {value} the {label} {span}"),
    missing=Text("there is no record of {label} {span}"),
    none=Text("there is no balance that could bring {label}"),
    than=LESS,
)
_PACE = Template(
    figure=FigureUnit.SHARE,
    description=Text("{label} per {period} {span} against those {year}"),
    statement=Text("per {period}, {label} {span} were {value} of those {year}"),
    missing=Text("there is no record of {label} {year}"),
    none=Text("{label} came to nothing {span}, unlike before"),
    than=LESS,
)
_EARLY = Template(
    figure=FigureUnit.SHARE,
    description=Text("share of limits that ended off schedule {span}"),
    statement=Text("{value} of the limits ended off schedule {span}"),
    missing=Text("no limit is open, and none ended off schedule {span}"),
    none=Text("no limit ended off schedule {span}"),
    than=LESS,
)
_LIMIT_GROWTH = Template(
    figure=FigureUnit.GROWTH,
    description=Text("change of the open limits {span}"),
    statement=Text("our commitment, by open limits, {value} {span}"),
    missing=Text("no limit was open at either end of the last {window}"),
)
_FIRST = Template(
    figure=FigureUnit.DAYS,
    description=Text("time until the first open facility matures"),
    statement=Text("the first of the open facilities matures in {value}"),
    missing=_NONE_DATED,
    than=SHORTER,
)
_LAST = Template(
    figure=FigureUnit.DAYS,
    description=Text("time until the last open facility matures"),
    statement=Text("the last of the open facilities matures in {value}"),
    missing=_NONE_DATED,
    than=SHORTER,
)


def runoff_features(known: FeatureInputs) -> Iterator[Feature]:
    """Whether balance, business and limits fall, what ended off schedule, and when the rest matures.

    Only where facilities are known and drawdowns and repayments are measured, so that balances can be known. A period
    of facilities is counted as its mean length in days.
    """
    facilities = known.past.facilities
    if facilities is None or not has_balances(known.past):
        return
    yield from _balance_features(known)
    yield from _pace_features(known)
    limits = FacilityLimits(facilities, known.past.clients, known.past.day)
    yield from _ended_features(known, limits)
    yield from _maturity_features(limits)


@dataclass(frozen=True)
class FacilityLimits:
    """Limits of facilities summed up to their clients; whole steps stay exact below 2^53."""

    facilities: Facilities
    clients: int
    day: int

    def of(self, chosen: BoolArray) -> FloatArray:
        """Sum of the chosen ones, (n_facilities,) -> (n_clients,)."""
        weights = np.where(chosen, self.facilities.limit_steps.astype(np.float64), 0.0)
        return np.bincount(self.facilities.client, weights=weights, minlength=self.clients).astype(np.float64)

    def open_at(self, day: float) -> BoolArray:
        """Signed before that day, and neither ended nor matured by then."""
        found = self.facilities
        return np.asarray((found.signed < day) & (found.closed >= day) & (found.maturity > day))

    def ended_early(self, since: float) -> BoolArray:
        """Ended from that day on, otherwise than on schedule; where it is not known how, before it matured."""
        found = self.facilities
        early = np.where(found.cause == NO_CAUSE, found.closed < found.maturity, found.cause != MATURED)
        return np.asarray((found.closed != FOREVER) & (found.closed >= since) & early)

    def days_until(self, extreme: np.ufunc) -> FloatArray:
        """Days until the first or last open facility matures; NaN where none has a maturity."""
        dated = self.open_at(self.day) & (self.facilities.maturity != FOREVER)
        start = np.inf if extreme is np.minimum else -np.inf
        found = np.full(self.clients, start)
        extreme.at(found, self.facilities.client[dated], self.facilities.maturity[dated].astype(np.float64))
        return np.where(np.isfinite(found), found - self.day, np.nan)


def _balance_features(known: FeatureInputs) -> Iterator[Feature]:
    """The balance against its mean over the activity window, against each window ago, and against activity."""
    year, now = known.activity_periods, balance_steps(known.past, known.labels.period)
    label, span = known.labels.of(ACTIVITY), known.labels.span(year)
    total = np.asarray(sum(balance_steps(known.past, known.labels.period, ago=ago) for ago in range(year)))
    said = words_for(_LEVEL, BALANCE, span=span)
    yield Feature(f"balance_level_{year}p", "share", ratio(now * year, total), said)
    for window in sorted({1, 2, *known.settings.windows[:-1]}):
        before = balance_steps(known.past, known.labels.period, ago=window)
        said = words_for(_BALANCE_GROWTH, BALANCE, **_stretch(known, window))
        yield Feature(f"balance_growth_{window}p", "share", ratio(now - before, now + before), said)
    said = words_for(_BALANCE_PER_ACTIVITY, BALANCE, label=label, span=span)
    yield Feature(f"balance_per_activity_{year}p", "ratio", ratio(now, known.past.steps(ACTIVITY, year)), said)


def _pace_features(known: FeatureInputs) -> Iterator[Feature]:
    """Activity per period of each shorter window against that of the activity window."""
    year, labels, topic = known.activity_periods, known.labels, known.labels.cause(ACTIVITY)
    whole = known.past.steps(ACTIVITY, year)
    slots = {"label": labels.of(ACTIVITY), "period": labels.one_period, "year": labels.span(year)}
    for window in sorted({1, *known.settings.windows}):
        if window < year:
            pace = ratio(known.past.steps(ACTIVITY, window) * year, whole * window)
            said = words_for(_PACE, topic, span=labels.span(window), **slots)
            yield Feature(f"activity_pace_{window}p", "share", pace, said)


def _ended_features(known: FeatureInputs, limits: FacilityLimits) -> Iterator[Feature]:
    """Limits that ended off schedule as a share of these and the open ones; open limits against each window ago."""
    days, now = DAYS_PER_PERIOD[known.labels.period], limits.of(limits.open_at(known.past.day))
    for window in known.settings.windows:
        lost = limits.of(limits.ended_early(known.past.day - window * days))
        said = words_for(_EARLY, LIMITS, span=known.labels.span(window))
        yield Feature(f"facility_early_end_share_{window}p", "share", ratio(lost, lost + now), said)
    for window in known.settings.windows[:-1]:
        before = limits.of(limits.open_at(known.past.day - window * days))
        said = words_for(_LIMIT_GROWTH, LIMITS, **_stretch(known, window))
        yield Feature(f"facility_limit_growth_{window}p", "share", ratio(now - before, now + before), said)


def _maturity_features(limits: FacilityLimits) -> Iterator[Feature]:
    first, last = limits.days_until(np.minimum), limits.days_until(np.maximum)
    yield Feature("facility_first_maturity_days", "days", first, words_for(_FIRST, CONTRACTS))
    yield Feature("facility_last_maturity_days", "days", last, words_for(_LAST, CONTRACTS))


def _stretch(known: FeatureInputs, window: int) -> dict[str, Text]:
    return {"span": known.labels.span(window), "window": known.labels.window(window)}
