"""Figures of client management as people read them, in a terminal and on a page."""

from __future__ import annotations

from typing import Protocol

from models.kpis.catalogue import CATALOGUE
from models.metrics.uplift import Estimate
from models.shell.units import KpiUnit, written


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


class OrReason(Ranged, Protocol):
    """The same, with the reason where it is not known."""

    @property
    def missing(self) -> str:
        """Why it is not known."""


def with_interval(found: OrReason, unit: KpiUnit) -> str:
    """A figure with its interval, or why it is not known.

    >>> from models.kpis.estimates import KpiEstimate
    >>> with_interval(KpiEstimate(estimate=0.5, low=0.4, high=0.6), KpiUnit.SHARE)
    '50.0% (40.0% to 60.0%)'
    """
    return found.missing if found.estimate is None else _ranged(found, unit)


def effect(found: Estimate | None, unit: KpiUnit) -> str:
    """An estimate with its interval, a dash where there is none."""
    return "–" if found is None else _ranged(found, unit)


def no_effect(figure: str, found: Ranged | None) -> str:
    """What must be said of an effect whose interval holds 0; nothing of other figures, for which 0 is no mark.

    >>> no_effect("campaign_roi", Estimate(estimate=-4.0, low=-57.9, high=49.8))
    'may be no effect'
    >>> no_effect("campaign_roi", Estimate(estimate=1.2, low=0.4, high=2.0))
    ''
    >>> no_effect("nps", Estimate(estimate=-3.2, low=-7.7, high=1.2))
    ''
    """
    if not CATALOGUE[figure].is_effect or found is None or found.low is None or found.high is None:
        return ""
    return "may be no effect" if found.low <= 0 <= found.high else ""


def unit_of(figure: str) -> KpiUnit:
    """The unit of a figure of the catalogue."""
    return CATALOGUE[figure].unit


def unit_name(unit: KpiUnit, currency: str) -> str:
    """What an axis is called: the unit without its range.

    >>> unit_name(KpiUnit.POINTS_TO_5, "USD"), unit_name(KpiUnit.CURRENCY, "USD")
    ('points', 'USD')
    """
    return unit.named(currency).partition(",")[0]


def unit_beside(unit: KpiUnit, currency: str) -> str:
    """What stands beside a value: nothing where the value or its column says it."""
    return "" if unit in {KpiUnit.SHARE, KpiUnit.CLIENTS} else unit_name(unit, currency)


def _ranged(found: Ranged, unit: KpiUnit) -> str:
    said = written(found.estimate, unit)
    return said if found.low is None else f"{said} ({written(found.low, unit)} to {written(found.high, unit)})"
