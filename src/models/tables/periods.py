"""The time grid of a book: which period a day falls in, counted from an anchor day. No events are read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError
from models.vocab import IntArray

Days = NDArray[np.datetime64]
_MONTHS_PER_PERIOD = {"month": 1, "quarter": 3}
_LAST_SAFE_DAY = 28
_SHIFT_PERIODS = 12_000
"""Keeps divisions positive, so that rounding down means the same in every database; 230 years of weeks."""


@dataclass(frozen=True)
class PeriodGrid:
    """Periods of equal kind, of which number 0 begins on ``anchor``.

    Any as-of date can be the anchor, as long as the day exists in every month.

    >>> grid = PeriodGrid("month", date(2019, 7, 1))
    >>> grid.index_of(date(2019, 6, 30)), grid.index_of(date(2019, 7, 1))
    (-1, 0)
    >>> grid.start_of(-36)
    datetime.date(2016, 7, 1)
    """

    period: Literal["week", "month", "quarter"]
    anchor: date

    def __post_init__(self) -> None:
        if self.period != "week" and self.anchor.day > _LAST_SAFE_DAY:
            raise UserError(
                rule=f"an as-of date in a book of {self.period}s must lie on day 1 to {_LAST_SAFE_DAY}",
                got=self.anchor.isoformat(),
                remedy="use the first of the month, or of the next one",
            )

    def start_of(self, index: int) -> date:
        """First day of a period."""
        if self.period == "week":
            return self.anchor + timedelta(weeks=index)
        months = self.anchor.year * 12 + self.anchor.month - 1 + index * _MONTHS_PER_PERIOD[self.period]
        return date(months // 12, months % 12 + 1, self.anchor.day)

    def index_of(self, day: date) -> int:
        """Number of the period in which a day falls."""
        return int(self.indices_of(np.array([day], dtype="datetime64[D]"))[0])

    def indices_of(self, days: Days) -> IntArray:
        """Numbers of the periods in which days fall. Shapes (n,)."""
        if self.period == "week":
            return np.asarray((days - np.datetime64(self.anchor)).astype(np.int64) // 7)
        moved = days - np.timedelta64(self.anchor.day - 1, "D")
        months = moved.astype("datetime64[M]").astype(np.int64)
        first = (self.anchor.year - 1970) * 12 + self.anchor.month - 1
        return np.asarray((months - first) // _MONTHS_PER_PERIOD[self.period])

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
        import ibis  # noqa: PLC0415 - it loads slowly, and who has a ledger needs none

        if self.period == "week":
            base = self.start_of(-_SHIFT_PERIODS)
            weeks = (day.delta(ibis.date(base.isoformat()), unit="day") / 7).floor()
            return (weeks - _SHIFT_PERIODS).cast("int32")
        moved = day - ibis.interval(days=self.anchor.day - 1) if self.anchor.day > 1 else day
        months = moved.year() * 12 + moved.month() - 1 - (self.anchor.year * 12 + self.anchor.month - 1)
        if self.period == "month":
            return months.cast("int32")
        return (((months + 3 * _SHIFT_PERIODS) / 3).floor() - _SHIFT_PERIODS).cast("int32")


def latest_anchor(period: str, day: date) -> date:
    """The latest date up to ``day`` on which a grid can be anchored: the last days of a month cannot.

    >>> latest_anchor("month", date(2024, 7, 31)), latest_anchor("week", date(2024, 7, 31))
    (datetime.date(2024, 7, 28), datetime.date(2024, 7, 31))
    """
    return day if period == "week" else day.replace(day=min(day.day, _LAST_SAFE_DAY))
