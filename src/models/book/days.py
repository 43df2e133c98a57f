"""The calendar day of a value, as DuckDB expressions: the day that it is written with, on every machine.

Years have four digits. A number of days since 1900, as spreadsheets count, is no date here: nothing in the file tells
it from another number.
"""

from __future__ import annotations

import re
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from models.book.absent import trimmed
from models.vocab import DateOrder

UTC = "UTC"

_TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: *[AaPp]\.?[Mm]\.?)?(?: ?(?:Z|UTC|[-+]\d{2}(?::?\d{2})?))?)?"
_CLOCK = r"(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?: *([AaPp])\.?[Mm])?"
_HALF_DAY = 12
_IN_UTC = r"(?:Z|UTC|[-+]00(?::?00)?)$"
_YEAR_FIRST = rf"^(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?{_TIME}$"
_UNBROKEN = r"^(\d{4})(\d{2})(\d{2})(?:\.0+)?$"
"""As pandas writes them where a column has gaps: ``20220706.0``."""
_YEAR_LAST = rf"^(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){_TIME}$"
"""Numbers that can be read day first or month first."""
_NAMED_MONTH_FORMATS = (
    "%B %d, %Y %I:%M %p",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y %H:%M:%S",
)
_FOUR_DIGITS = r"(?:^|\D)\d{4}(?:\D|$)"
_OFFSET = re.compile(r"(?P<sign>[-+])(?P<hours>\d{2}):?(?P<minutes>\d{2})")
_LAST_DAY, _LAST_MONTH = 31, 12

try_strptime = ibis.udf.scalar.builtin(
    lambda text, formats: None,  # noqa: ARG005 - DuckDB has the body
    name="try_strptime",
    signature=((dt.string, dt.Array(dt.string)), dt.timestamp),
)
_timezone = ibis.udf.scalar.builtin(
    lambda zone, moment: None,  # noqa: ARG005 - DuckDB has the body
    name="timezone",
    signature=((dt.string, dt.Timestamp(timezone=UTC)), dt.timestamp),
)


def local_time(moment: Any, zone: str) -> Any:
    """What the clocks of ``zone`` (a name, or an offset such as ``+02:00``) showed, whatever the database is set to."""
    moment = moment.cast(dt.Timestamp(timezone=UTC))
    offset = _OFFSET.fullmatch(zone)
    if offset is None:
        return _timezone(zone, moment)
    minutes = int(offset["hours"]) * 60 + int(offset["minutes"])
    ahead = ibis.interval(minutes=minutes)
    return _timezone(UTC, moment) + ahead if offset["sign"] == "+" else _timezone(UTC, moment) - ahead


def day_of(value: Any, order: DateOrder, zone: str) -> Any:
    """The calendar day of dates, moments or text; null where it cannot be read.

    ``order`` is what comes first in dates of numbers that end with the year, ``zone`` whose day counts of moments in
    UTC.

    >>> day_of(ibis.literal("01.05.2018 00:30:00+02:00"), DateOrder.DAY_FIRST, UTC).to_pyarrow().as_py().isoformat()
    '2018-05-01'
    """
    kind = value.type()
    if kind.is_date():
        return value
    if kind.is_timestamp():
        return (value if kind.timezone is None else local_time(value, zone)).cast("date")
    return _written_day(value if kind.is_string() else value.cast("string"), order, zone)


def _written_day(value: Any, order: DateOrder, zone: str) -> Any:
    """ISO 8601 is tried first and alone where the fifth sign says so: most files write it, and it needs no pattern."""
    written = ibis.ifelse(is_iso(value), value.try_cast("date"), ibis.null("date"))
    text = trimmed(value)
    others = [_by_pattern(text, form, r"\1-\2-\3") for form in (_YEAR_FIRST, _UNBROKEN)]
    if order is not DateOrder.YEAR_FIRST:  # first, as the most frequent form; no text has two
        iso = r"\3-\2-\1" if order is DateOrder.DAY_FIRST else r"\3-\1-\2"
        others.insert(0, _by_pattern(text, _YEAR_LAST, iso))
    day = ibis.coalesce(written, *others, _named_month(text), _without_end(text))
    if zone == UTC:
        return day
    moment = local_time(_moment_in_utc(text, day), zone).cast("date")
    return ibis.ifelse(in_utc(text), ibis.coalesce(moment, day), day)


def in_utc(text: Any) -> Any:
    """Whether text says that it is a moment in UTC."""
    return text.re_search(_IN_UTC)


def _moment_in_utc(text: Any, day: Any) -> Any:
    """The moment on a day that was read from text, in whatever form the day is written; null without a clock time."""
    clock, half = (text.re_extract(_CLOCK, group) for group in (1, 2))
    moment = (day.cast("string") + " " + clock + "+00").try_cast(dt.Timestamp(timezone=UTC))
    is_twelve, half_day = clock.re_search("^12"), ibis.interval(hours=_HALF_DAY)
    return ibis.cases(
        (half.isin(["p", "P"]) & ~is_twelve, moment + half_day),
        (half.isin(["a", "A"]) & is_twelve, moment - half_day),
        else_=moment,
    )


def is_iso(value: Any) -> Any:
    """Whether text looks like ISO 8601 with dashes, by its fifth sign."""
    return value.substr(4, 1) == "-"


def _by_pattern(text: Any, pattern: str, iso: str) -> Any:
    """The day of text of a form, rewritten as ISO 8601; null for any other text."""
    rewritten = ibis.ifelse(text.re_search(pattern), text.re_replace(pattern, iso), ibis.null("string"))
    return rewritten.try_cast("date")


def _named_month(text: Any) -> Any:
    """A year of two digits would be read as one of the first century."""
    has_year = ibis.ifelse(text.re_search(_FOUR_DIGITS), text, ibis.null("string"))
    return try_strptime(has_year, list(_NAMED_MONTH_FORMATS)).cast("date")


def _without_end(text: Any) -> Any:
    """``infinity``, as databases write a date that never comes: a date, if one that is out of bounds."""
    return ibis.ifelse(text.lower().contains("infinity"), text.try_cast("date"), ibis.null("date"))


def order_counts(value: Any) -> dict[str, Any]:
    """Over a column of text: how many dates only fit day first, only month first, or both with different days.

    ``example`` is the first of the last kind in the order of text. Dates in ISO 8601 are none of them.
    """
    text = trimmed(value)
    pair = ibis.ifelse(text.re_search(_YEAR_LAST), text, ibis.null("string"))
    first, second = (pair.re_extract(_YEAR_LAST, place).try_cast("int64") for place in (1, 2))
    is_either = (first <= _LAST_MONTH) & (second <= _LAST_MONTH) & (first != second)
    return {
        "day_first": first.between(_LAST_MONTH + 1, _LAST_DAY) & (second <= _LAST_MONTH),
        "month_first": second.between(_LAST_MONTH + 1, _LAST_DAY) & (first <= _LAST_MONTH),
        "either": is_either,
        "example": ibis.ifelse(is_either, pair, ibis.null("string")),
    }
