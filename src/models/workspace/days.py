"""Days as they are typed: a date, or a word for a day that moves with the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

from models.book.periods import PeriodName, calendar_of
from models.errors import UserError
from models.shell.options import LAST_PERIOD_END, TODAY
from models.shell.output import date_of


def day_of(text: str | None, period: PeriodName, *, today: date | None = None) -> date | None:
    """The date that was typed, ``today``, or ``last-period-end``: the day on which the period of today began.

    >>> day_of("last-period-end", "month", today=date(2024, 3, 31))
    datetime.date(2024, 3, 1)
    >>> day_of("2023-12-31", "month"), day_of(None, "month")
    (datetime.date(2023, 12, 31), None)

    Raises ``UserError`` if it is none of these.
    """
    day = today or datetime.now(tz=UTC).astimezone().date()
    if text == TODAY:
        return day
    if text == LAST_PERIOD_END:
        calendar = calendar_of(period)
        return calendar.start_of(calendar.index_of(day))
    try:
        return date_of(text)
    except UserError as error:
        raise UserError(
            rule=f"{error.rule}, {TODAY} or {LAST_PERIOD_END}", got=error.got, remedy=error.remedy
        ) from error
