"""Functions of the language of expressions, as values of Ibis; null where there is no answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis

LONGEST = 10_000
"""Letters of a text that a function makes or takes."""
_MOST_MONTHS = 12_000
MOST_DAYS = 365_000
"""A day is moved by at most so many days."""


def whole_day(moved: Any) -> Any:
    """DuckDB makes a moment of a day and an interval, while Ibis takes it for a day and leaves a plain cast away."""
    return moved.cast("timestamp").cast("date")


def whole(number: Any, low: int, high: int) -> Any:
    """A whole number within bounds; null beyond them, where a database would give up the whole book."""
    return ibis.ifelse(number.between(low, high), number, ibis.null("float64")).cast("int64")


def rounded(this: Any, decimals: Any = None) -> Any:
    """A number with so many decimals."""
    return this.round() if decimals is None else this.round(whole(decimals, -300, 300).cast("int32"))


def substring(this: Any, start: Any, length: Any = None) -> Any:
    """SQL counts from 1: there is no answer to a start before it."""
    begin = whole(start, 1, LONGEST) - 1
    return this.substr(begin) if length is None else this.substr(begin, whole(length, 0, LONGEST))


def part_of(this: Any, delimiter: Any, part_index: Any) -> Any:
    """The part of a text between delimiters, counted from 1."""
    return this.split(delimiter)[part_index.cast("int64") - 1]


def months_later(this: Any, expression: Any) -> Any:
    """A day so many months later."""
    return whole_day(this + whole(expression, -_MOST_MONTHS, _MOST_MONTHS).as_interval("M"))


def month_end(this: Any) -> Any:
    """The last day of a month."""
    return whole_day(this.truncate("M") + ibis.interval(months=1) - ibis.interval(days=1))


def day_of_parts(year: Any, month: Any, day: Any) -> Any:
    """No answer where there is no such day."""
    parts = [
        whole(year, 1, 9999).cast("string").lpad(4, "0"),
        *(whole(each, 1, 31).cast("string") for each in (month, day)),
    ]
    return ibis.literal("-").join(parts).try_cast("date")


def number_of(part: str) -> Callable[[Any], Any]:
    """The year, month or day of a day as a number."""
    return lambda this: getattr(this, part)().cast("float64")
