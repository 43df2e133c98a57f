"""The time grid of a book: which period a day falls in, counted from an anchor day. No events are read here."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError
from models.lazy import lazy
from models.vocab import BoolArray, IntArray

ibis = lazy("ibis")

Days = NDArray[np.datetime64]
PeriodName = Literal["week", "month", "quarter"]
DAYS_PER_YEAR = 365.25
"""The mean calendar year: for rates, and for time between days."""
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
WHOLE_YEAR_DAYS = 365
"""A year back or ahead of a day, where days are counted and never divided."""
PERIODS_PER_YEAR: dict[str, float] = {"week": DAYS_PER_YEAR / 7, "month": 12.0, "quarter": 4.0}
"""For rates and discounting; a window of a year is ``WHOLE_PERIODS_PER_YEAR`` long."""
DAYS_PER_PERIOD = {period: DAYS_PER_YEAR / count for period, count in PERIODS_PER_YEAR.items()}
MONTHS_PER_PERIOD = {period: 12 / count for period, count in PERIODS_PER_YEAR.items()}
WHOLE_PERIODS_PER_QUARTER = {"week": 13, "month": 3, "quarter": 1}
QUARTERS_PER_YEAR = 4
WHOLE_PERIODS_PER_YEAR = {period: QUARTERS_PER_YEAR * count for period, count in WHOLE_PERIODS_PER_QUARTER.items()}
"""Periods of a window that is a year long: of 52 weeks, which is a day or two short."""
_MONTHS_PER_PERIOD = {"month": 1, "quarter": 3}
_IN_EVERY_MONTH = 28
"""The last day of the month that every month has."""
_A_MONDAY = date(2000, 1, 3)
_LONG_MONTHS = (1, 5, 3)
"""Months of 31 days, one of each kind of quarters."""
_SHIFT_PERIODS = 12_000
"""Keeps divisions positive, so that rounding down means the same in every database; 230 years of weeks."""


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """The time after an as-of date in which outcomes count, in periods of a kind."""

    periods: int
    period: str


@dataclass(frozen=True)
class PeriodGrid:
    """Periods of equal kind, of which number 0 begins on ``anchor``.

    Any day can be the anchor. Periods of months begin on its day of the month, in a month without that day on the last
    one: no day is left out, none falls in two periods, and every period begins later than the one before.

    >>> grid = PeriodGrid("month", date(2019, 7, 1))
    >>> grid.index_of(date(2019, 6, 30)), grid.index_of(date(2019, 7, 1))
    (-1, 0)
    >>> grid.start_of(-36)
    datetime.date(2016, 7, 1)
    >>> late = PeriodGrid("month", date(2024, 1, 31))
    >>> late.start_of(1), late.index_of(date(2024, 2, 28)), late.index_of(date(2024, 2, 29))
    (datetime.date(2024, 2, 29), 0, 1)
    """

    period: PeriodName
    anchor: date

    @classmethod
    def through(cls, period: PeriodName, days: Iterable[date]) -> Self:
        """The grid on which periods begin on all of ``days``, if there is one: a month's last may stand for its 31st.

        >>> PeriodGrid.through("month", [date(2022, 1, 31), date(2022, 2, 28)]).anchor
        datetime.date(2022, 1, 31)
        """
        chosen = sorted(days)
        ends_month = (chosen[-1] + timedelta(days=1)).day == 1
        return cls(period, max(chosen, key=lambda day: day.day) if ends_month and period != "week" else chosen[-1])

    def standard(self) -> PeriodGrid:
        """The grid of the same periods that is anchored near 2000: grids of the same periods have the same one.

        >>> PeriodGrid("month", date(2022, 7, 1)).standard() == PeriodGrid("month", date(2019, 2, 1)).standard()
        True
        >>> PeriodGrid("quarter", date(2022, 5, 31)).standard().anchor
        datetime.date(2000, 5, 31)
        """
        if self.period == "week":
            return replace(self, anchor=_A_MONDAY + timedelta(days=(self.anchor - _A_MONDAY).days % 7))
        months = _MONTHS_PER_PERIOD[self.period]
        long_month = next(month for month in _LONG_MONTHS if (month - self.anchor.month) % months == 0)
        return replace(self, anchor=date(_A_MONDAY.year, long_month, self.anchor.day))

    def start_of(self, index: int) -> date:
        """First day of a period."""
        if self.period == "week":
            return self.anchor + timedelta(weeks=index)
        months = self.anchor.year * 12 + self.anchor.month - 1 + index * _MONTHS_PER_PERIOD[self.period]
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(self.anchor.day, monthrange(year, month)[1]))

    def index_of(self, day: date) -> int:
        """Number of the period in which a day falls."""
        return int(self.indices_of(np.array([day], dtype="datetime64[D]"))[0])

    def indices_of(self, days: Days) -> IntArray:
        """Numbers of the periods in which days fall. Shapes (n,)."""
        if self.period == "week":
            return np.asarray((days - np.datetime64(self.anchor)).astype(np.int64) // 7)
        month = days.astype("datetime64[M]")
        first = (self.anchor.year - 1970) * 12 + self.anchor.month - 1
        begun = month.astype(np.int64) - self._before_start(days, month) - first
        return np.asarray(begun // _MONTHS_PER_PERIOD[self.period])

    def _before_start(self, days: Days, month: Days) -> BoolArray:
        """Which days lie before the one on which a period would begin in their ``month``. Shapes (n,)."""
        last = (month + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
        start = np.minimum(month.astype("datetime64[D]") + np.timedelta64(self.anchor.day - 1, "D"), last)
        return np.asarray(days < start)

    def number_of(self, day: date) -> int:
        """Number of the period that begins on ``day``; a user error if none does."""
        index = self.index_of(day)
        if self.start_of(index) != day:
            raise UserError(
                rule=f"all origins must lie a whole number of {self.period}s apart",
                got=f"{day.isoformat()} beside {self.anchor.isoformat()}",
                remedy=f"use {self.start_of(index).isoformat()} or {self.start_of(index + 1).isoformat()}",
            )
        return index

    def expression(self, day: Any) -> Any:
        """The same as an Ibis expression over a date column, for any database."""
        if self.period == "week":
            base = self.start_of(-_SHIFT_PERIODS)
            weeks = (day.delta(ibis.date(base.isoformat()), unit="day") / 7).floor()
            return (weeks - _SHIFT_PERIODS).cast("int32")
        months = day.year() * 12 + day.month() - (self.anchor.year * 12 + self.anchor.month)
        if self.anchor.day > 1:
            early = day.day() < self.anchor.day
            if self.anchor.day > _IN_EVERY_MONTH:  # the last day of a month begins a period all the same
                early &= (day + ibis.interval(days=1)).month() == day.month()
            months -= early.cast("int32")
        if self.period == "month":
            return months.cast("int32")
        return (((months + 3 * _SHIFT_PERIODS) / 3).floor() - _SHIFT_PERIODS).cast("int32")


@cache
def calendar_of(period: PeriodName) -> PeriodGrid:
    """The grid of the calendar: weeks from Monday, months from the 1st, quarters from January.

    >>> calendar_of("quarter").start_of(calendar_of("quarter").index_of(date(2024, 5, 17)))
    datetime.date(2024, 4, 1)
    >>> calendar_of("week").start_of(calendar_of("week").index_of(date(2024, 5, 17)))
    datetime.date(2024, 5, 13)
    """
    return PeriodGrid(period, _A_MONDAY if period == "week" else _A_MONDAY.replace(day=1))
