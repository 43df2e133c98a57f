"""Units of reported figures, and how figures are written in them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from models.shell.small_plots import short_number
from models.text import ENGLISH, Language, Text, number


class KpiUnit(StrEnum):
    """The unit of a figure, by the name that reports give it; money is named by the book's currency instead."""

    CURRENCY = "currency"
    TIMES = "times"
    TIMES_COST = "times cost"
    SHARE = "share"
    POINTS_TO_5 = "points, 1 to 5"
    POINTS_AROUND_0 = "points, -100 to 100"
    POINTS_TO_100 = "points, 0 to 100"
    HOURS = "hours"
    DAYS = "days"
    CLIENTS = "clients"
    PER_CLIENT = "per client"

    def named(self, currency: str, language: Language = ENGLISH) -> str:
        """The unit in a book of that currency.

        >>> KpiUnit.CURRENCY.named("USD"), KpiUnit.POINTS_TO_5.named("USD")
        ('USD', 'points, 1 to 5')
        """
        return currency if self is KpiUnit.CURRENCY else _NAMES[self].within(language)


_NAMES: Final = {
    KpiUnit.TIMES: Text("times", "unit"),
    KpiUnit.TIMES_COST: Text("times cost", "unit"),
    KpiUnit.SHARE: Text("share", "unit"),
    KpiUnit.POINTS_TO_5: Text("points, 1 to 5", "unit"),
    KpiUnit.POINTS_AROUND_0: Text("points, -100 to 100", "unit"),
    KpiUnit.POINTS_TO_100: Text("points, 0 to 100", "unit"),
    KpiUnit.HOURS: Text("hours", "unit"),
    KpiUnit.DAYS: Text("days", "unit"),
    KpiUnit.CLIENTS: Text("clients", "unit"),
    KpiUnit.PER_CLIENT: Text("per client", "unit"),
}
_ONE_IN_A_THOUSAND = 0.0005


def written(value: float | None, unit: KpiUnit, language: Language = ENGLISH) -> str:
    """A value in its unit.

    >>> written(0.0003, KpiUnit.SHARE), written(0.0, KpiUnit.SHARE)
    ('<0.1%', '0.0%')
    >>> written(0.9123, KpiUnit.SHARE), written(10.91, KpiUnit.TIMES), written(16.37, KpiUnit.HOURS)
    ('91.2%', '10.91', '16.4')
    >>> written(None, KpiUnit.SHARE)
    '–'
    """
    if value is None:
        return "–"
    return short_number(round(value), language) if unit is KpiUnit.CURRENCY else number(_WRITTEN[unit](value), language)


def _share(value: float) -> str:
    return "<0.1%" if 0 < value < _ONE_IN_A_THOUSAND else f"{value:.1%}"


_WRITTEN: dict[KpiUnit, Callable[[float], str]] = {
    KpiUnit.TIMES: "{:,.2f}".format,
    KpiUnit.TIMES_COST: "{:,.2f}".format,
    KpiUnit.SHARE: _share,
    KpiUnit.POINTS_TO_5: "{:.2f}".format,
    KpiUnit.POINTS_AROUND_0: "{:,.1f}".format,
    KpiUnit.POINTS_TO_100: "{:,.1f}".format,
    KpiUnit.HOURS: "{:,.1f}".format,
    KpiUnit.DAYS: "{:,.1f}".format,
    KpiUnit.CLIENTS: "{:,.1f}".format,
    KpiUnit.PER_CLIENT: "{:,.2f}".format,
}
