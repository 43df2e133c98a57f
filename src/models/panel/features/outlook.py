"""What contracts in force still promise for the horizon, against what the same stretch brought before.

``commitments`` has what stands open today, how it came to be so in ``runoff``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.book.measures import ACTIVITY
from models.book.periods import DAYS_PER_PERIOD
from models.panel.balances import balance_steps, has_balances
from models.panel.facilities import Facilities
from models.panel.features.causes import CONTRACTS, LIMITS
from models.panel.features.inputs import Feature, FeatureInputs, ratio, summed
from models.panel.features.runoff import FacilityLimits
from models.panel.features.words import LESS, NEARER, FigureUnit, Template, words_for
from models.text import Text
from models.vocab import FloatArray

_NONE_OPEN = Text("no facility is open")
_NO_BALANCE = Text("no facility is open, or nothing was outstanding {span}")
_NO_ACTIVITY = Text("no facility is open, or there is no record of {label} {year}")
_RUNS = Template(
    figure=FigureUnit.SHARE,
    description=Text("share of the next {ahead} that open limits run"),
    statement=Text("open limits run for {value} of the next {ahead}"),
    missing=_NONE_OPEN,
    than=LESS,
)
_AGAINST_BEFORE = Template(
    figure=FigureUnit.SHARE,
    description=Text("open limits, by how long they run in the next {ahead}, against those of the {ahead} before"),
    statement=Text("by how long they run, limits in the next {ahead} come to {value} of those in the {ahead} before"),
    missing=Text("no limit was open in the {ahead} before"),
    none=Text("no limit runs on"),
    than=LESS,
)
_BALANCE = Template(
    figure=FigureUnit.SHARE,
    description=Text("balance that contracts keep in the next {ahead}, against its average {span}"),
    statement=Text("the balance that contracts keep in the next {ahead} is {value} of its average {span}"),
    missing=_NO_BALANCE,
    none=Text("nothing is outstanding that contracts would keep"),
    than=LESS,
)
_PACE = Template(
    figure=FigureUnit.SHARE,
    description=Text("{label} that contracts keep in the next {ahead} at the pace {span}, against those {year}"),
    statement=Text("at the pace {span}, contracts keep {value} of the {label} {year} in the next {ahead}"),
    missing=_NO_ACTIVITY,
    none=Text("at the pace {span}, contracts promise no {label}"),
    than=LESS,
)
_SIGNED = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since the latest facility was signed"),
    statement=Text("the latest facility was signed {value} ago"),
    missing=Text("no facility was ever signed"),
    than=NEARER,
)
_LOST = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since a facility last ended off schedule"),
    statement=Text("a facility last ended off schedule {value} ago"),
    missing=Text("no facility ended off schedule"),
    than=NEARER,
)


def outlook_features(known: FeatureInputs) -> Iterator[Feature]:
    """How far open limits carry balance and business over the horizon, and when limits came and went last.

    Only where facilities are known and balances can be known. A facility without a maturity runs on. A period of
    facilities is counted as its mean length in days.
    """
    facilities = known.past.facilities
    if facilities is None or not has_balances(known.past):
        return
    ahead = known.labels.window(known.horizon_periods)
    days = known.horizon_periods * DAYS_PER_PERIOD[known.labels.period]
    run = _Run(facilities, known.past.clients, known.past.day, days)
    kept = ratio(run.ahead(), run.open() * days)
    yield Feature("facility_runs_share", "share", kept, words_for(_RUNS, CONTRACTS, ahead=ahead))
    against = words_for(_AGAINST_BEFORE, CONTRACTS, ahead=ahead)
    yield Feature("facility_runs_against_before", "share", ratio(run.ahead(), run.behind()), against)
    yield from _kept_features(known, kept, ahead)
    yield from _news_features(run)


@dataclass(frozen=True)
class _Run:
    """Limits by the days that they run within ``days`` after and before ``day``, summed up to clients, (clients,)."""

    facilities: Facilities
    clients: int
    day: int
    days: float

    @property
    def _limits(self) -> FacilityLimits:
        return FacilityLimits(self.facilities, self.clients, self.day)

    def open(self) -> FloatArray:
        return self._limits.of(self._limits.open_at(self.day))

    def ahead(self) -> FloatArray:
        until = np.minimum(self.facilities.maturity.astype(np.float64), self.day + self.days)
        return self._by_client(np.where(self._limits.open_at(self.day), until - self.day, 0.0))

    def behind(self) -> FloatArray:
        found = self.facilities
        until = np.minimum(np.minimum(found.closed, found.maturity), self.day).astype(np.float64)
        return self._by_client(np.maximum(until - np.maximum(found.signed, self.day - self.days), 0.0))

    def since_signed(self) -> FloatArray:
        return self._since(self.facilities.signed.astype(np.float64))

    def since_early_end(self) -> FloatArray:
        early = self._limits.ended_early(-np.inf)
        return self._since(np.where(early, self.facilities.closed.astype(np.float64), np.nan))

    def _by_client(self, days: FloatArray) -> FloatArray:
        weights = self.facilities.limit_steps * days
        return np.bincount(self.facilities.client, weights=weights, minlength=self.clients).astype(np.float64)

    def _since(self, days: FloatArray) -> FloatArray:
        """Days since the latest of ``days`` (n_facilities,), NaN left away; NaN where a client has none."""
        latest, reported = np.full(self.clients, -np.inf), ~np.isnan(days)
        np.maximum.at(latest, self.facilities.client[reported], days[reported])
        return np.where(np.isfinite(latest), self.day - latest, np.nan)


def _kept_features(known: FeatureInputs, kept: FloatArray, ahead: Text) -> Iterator[Feature]:
    """Balance and recent pace of business as they are, each as far as open limits run."""
    year, window, labels = known.activity_periods, known.settings.windows[0], known.labels
    usual = summed(
        np.stack([balance_steps(known.past, labels.period, ago=ago).astype(np.float64) for ago in range(year)])
    )
    balance = ratio(balance_steps(known.past, labels.period) * year, usual) * kept
    said = words_for(_BALANCE, CONTRACTS, ahead=ahead, span=labels.span(year))
    yield Feature("facility_balance_outlook", "share", balance, said)
    pace = ratio(known.past.steps(ACTIVITY, window) * year, known.past.steps(ACTIVITY, year) * window) * kept
    slots = {"label": labels.of(ACTIVITY), "span": labels.span(window), "year": labels.span(year)}
    yield Feature("facility_activity_outlook", "share", pace, words_for(_PACE, CONTRACTS, ahead=ahead, **slots))


def _news_features(run: _Run) -> Iterator[Feature]:
    yield Feature("facility_signed_recency_days", "days", run.since_signed(), words_for(_SIGNED, LIMITS))
    yield Feature("facility_early_end_recency_days", "days", run.since_early_end(), words_for(_LOST, LIMITS))
