"""Figures of client management as people read them, in a terminal and on a page; it computes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from models.kpis.catalogue import CATALOGUE
from models.kpis.definition import Unit
from models.kpis.uplift import Estimate
from models.shell.small_plots import short_number

_ONE_IN_A_THOUSAND = 0.0005


class Ranged(Protocol):
    """An estimate with its interval; None where it, or the interval, is not known."""

    @property
    def estimate(self) -> float | None:
        """The figure in its unit."""

    @property
    def low(self) -> float | None:
        """The lower end of the interval."""

    @property
    def high(self) -> float | None:
        """The upper end of the interval."""


class FeatureInputs(Ranged, Protocol):
    """The same, with the reason where it is not known."""

    @property
    def missing(self) -> str:
        """Why it is not known."""


def written(value: float | None, unit: Unit) -> str:
    """A value in its unit.

    >>> written(0.0003, Unit.SHARE), written(0.0, Unit.SHARE)
    ('<0.1%', '0.0%')
    >>> written(0.9123, Unit.SHARE), written(10.91, Unit.TIMES), written(16.37, Unit.HOURS), written(None, Unit.SHARE)
    ('91.2%', '10.91', '16.4', '–')
    """
    return "–" if value is None else _WRITTEN[unit](value)


def with_interval(found: FeatureInputs, unit: Unit) -> str:
    """A figure with its interval, or why it is not known.

    >>> from models.kpis.estimates import KpiEstimate
    >>> with_interval(KpiEstimate(estimate=0.5, low=0.4, high=0.6), Unit.SHARE)
    '50.0% (40.0% to 60.0%)'
    """
    return found.missing if found.estimate is None else _ranged(found, unit)


def effect(found: Estimate | None, unit: Unit) -> str:
    """An estimate with its interval, a dash where there is none."""
    return "–" if found is None else _ranged(found, unit)


def no_effect(figure: str, found: Ranged | None) -> str:
    """What must be said of an effect whose interval holds 0; nothing of other figures, for which 0 is no mark.

    >>> no_effect("campaign_roi", Estimate(estimate=-4.0, low=-57.9, high=49.8))
    'cannot be told from no effect'
    >>> no_effect("campaign_roi", Estimate(estimate=1.2, low=0.4, high=2.0))
    ''
    >>> no_effect("nps", Estimate(estimate=-3.2, low=-7.7, high=1.2))
    ''
    """
    if not CATALOGUE[figure].is_effect or found is None or found.low is None or found.high is None:
        return ""
    return "cannot be told from no effect" if found.low <= 0 <= found.high else ""


def unit_of(figure: str) -> Unit:
    """The unit of a figure of the catalogue."""
    return CATALOGUE[figure].unit


def unit_name(unit: Unit, currency: str) -> str:
    """What an axis is called: the unit without its range.

    >>> unit_name(Unit.POINTS_TO_5, "USD"), unit_name(Unit.CURRENCY, "USD")
    ('points', 'USD')
    """
    return unit.named(currency).partition(",")[0]


def unit_beside(unit: Unit, currency: str) -> str:
    """What stands beside a value: nothing where the value or its column says it."""
    return "" if unit in {Unit.SHARE, Unit.CLIENTS} else unit_name(unit, currency)


def _ranged(found: Ranged, unit: Unit) -> str:
    said = written(found.estimate, unit)
    return said if found.low is None else f"{said} ({written(found.low, unit)} to {written(found.high, unit)})"


def _share(value: float) -> str:
    return "<0.1%" if 0 < value < _ONE_IN_A_THOUSAND else f"{value:.1%}"


def _money(value: float) -> str:
    return short_number(round(value))


_WRITTEN: dict[Unit, Callable[[float], str]] = {
    Unit.CURRENCY: _money,
    Unit.TIMES: "{:,.2f}".format,
    Unit.TIMES_COST: "{:,.2f}".format,
    Unit.SHARE: _share,
    Unit.POINTS_TO_5: "{:.2f}".format,
    Unit.POINTS_AROUND_0: "{:,.1f}".format,
    Unit.POINTS_TO_100: "{:,.1f}".format,
    Unit.HOURS: "{:,.1f}".format,
    Unit.DAYS: "{:,.1f}".format,
    Unit.CLIENTS: "{:,.1f}".format,
    Unit.PER_CLIENT: "{:,.2f}".format,
}
