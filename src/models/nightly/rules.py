"""Choice of the as-of dates that a night scores: the due one, and before it those that were missed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from models.book.periods import PeriodName, calendar_of
from models.config.nightly import NightlyConfig

_MOST_TOLD = 31


class ExitCode(IntEnum):
    """How a night ended, as a scheduler sees it."""

    DONE = 0
    OURS = 1
    USERS = 2
    ALARM = 3
    NOTHING_TO_DO = 4


@dataclass(frozen=True, kw_only=True)
class DueDates:
    """What is to be scored, the earliest first, the due date last.

    Attributes:
        dates: as-of dates.
        given_up: missed dates that are not made up for, since they are more than the config allows.
        in_sample: missed dates that these models cannot score, since they learned from what came after.
    """

    dates: tuple[date, ...]
    given_up: tuple[date, ...] = ()
    in_sample: tuple[date, ...] = ()


def due_date(today: date, known_until: date, period: PeriodName, settings: NightlyConfig) -> date:
    """The as-of date that is due: today less the lag, where the book reaches so far; else where it ends.

    >>> due_date(date(2024, 3, 31), date(2024, 3, 30), "month", NightlyConfig())
    datetime.date(2024, 3, 30)
    >>> due_date(date(2024, 3, 31), date(2024, 3, 30), "month", NightlyConfig(every="period"))
    datetime.date(2024, 3, 1)
    """
    day = min(today - timedelta(days=settings.lag_days), known_until)
    if settings.every == "day":
        return day
    calendar = calendar_of(period)
    return calendar.start_of(calendar.index_of(day))


def due_dates(
    due: date, official: Collection[date], learned_until: date, period: PeriodName, settings: NightlyConfig
) -> DueDates:
    """The due date, and before it what was missed since the last official run; nothing of before the first one.

    >>> found = due_dates(date(2024, 3, 4), [date(2024, 3, 1)], date(2024, 1, 1), "month", NightlyConfig())
    >>> [day.day for day in found.dates]
    [2, 3, 4]
    """
    missed = [day for day in _between(official, due, period, settings) if day < due]
    in_sample = tuple(day for day in missed if day < learned_until)
    missed = missed[len(in_sample) :]
    kept = missed[max(0, len(missed) - settings.catch_up) :]
    return DueDates(dates=(*kept, due), given_up=tuple(missed[: len(missed) - len(kept)]), in_sample=in_sample)


def told_days(days: Sequence[date]) -> Mapping[str, object]:
    """Dates as a line of the journal holds them: a month of days one by one, of more the first, the last and how many.

    >>> told_days([date(2024, 3, 4), date(2024, 3, 5)])
    {'dates': [datetime.date(2024, 3, 4), datetime.date(2024, 3, 5)]}
    >>> told_days([date(2024, 3, 1) + timedelta(days=passed) for passed in range(500)])
    {'first': datetime.date(2024, 3, 1), 'last': datetime.date(2025, 7, 13), 'count': 500}
    """
    if len(days) <= _MOST_TOLD:
        return {"dates": [*days]}
    return {"first": days[0], "last": days[-1], "count": len(days)}


def _between(official: Collection[date], due: date, period: PeriodName, settings: NightlyConfig) -> list[date]:
    """The dates after the last official one before ``due``, up to it."""
    before = max((day for day in official if day < due), default=None)
    if before is None:
        return []
    if settings.every == "day":
        return [before + timedelta(days=passed) for passed in range(1, (due - before).days + 1)]
    calendar = calendar_of(period)
    first, last = calendar.index_of(before) + 1, calendar.index_of(due)
    return [calendar.start_of(index) for index in range(first, last + 1)]
