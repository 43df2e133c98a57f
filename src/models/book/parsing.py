"""Turns the text of a source into typed values, as DuckDB expressions. ``rules`` reports what is broken.

Text stays byte for byte. A value that cannot be read becomes null, so that the caller can tell it from an
absent one.
"""

from __future__ import annotations

from typing import Any

import ibis

from models.book.absent import trimmed
from models.book.columns import Kind
from models.book.days import UTC, day_of
from models.vocab import DateOrder

PUBLISHED_ORDER = DateOrder.MONTH_FIRST
"""How the World Bank, UCI and CDNOW write dates of numbers that end with the year."""

THOUSANDS = r"^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$"
"""The only use of a comma in a number; ``1,5`` is refused rather than read as 15, and so is ``0,125``."""

TRUE_WORDS = ("true", "t", "yes", "y", "1", "1.0", "ja", "j", "oui", "是")
FALSE_WORDS = ("false", "f", "no", "n", "0", "0.0", "nein", "non", "否")

_WHOLE_BELOW = 2.0**53
"""Up to here a float64 tells whole numbers apart."""


def as_text(value: Any) -> Any:
    """Any column as text; text itself is untouched. A whole number is written without a point, whatever its type.

    >>> as_text(ibis.literal(123.0)).to_pyarrow().as_py()
    '123'
    """
    kind = value.type()
    if kind.is_string():
        return value
    if kind.is_floating():
        whole = value.try_cast("int64")
        is_whole = (whole.cast("float64") == value) & (value.abs() < _WHOLE_BELOW)
        return ibis.ifelse(is_whole, whole.cast("string"), value.cast("string"))
    return value.cast("string")


def typed(value: Any, kind: Kind, *, date_order: DateOrder = PUBLISHED_ORDER, time_zone: str = UTC) -> Any:
    """A column as its contract wants it; null where it cannot be read.

    >>> typed(ibis.literal("1,234.5"), Kind.NUMBER).to_pyarrow().as_py()
    1234.5
    >>> typed(ibis.literal("July 06, 2022 03:15 AM"), Kind.DATE).to_pyarrow().as_py().isoformat()
    '2022-07-06'
    """
    if kind is Kind.DATE:
        return day_of(value, date_order, time_zone)
    return _READERS[kind](value)


def _number(value: Any) -> Any:
    """Text is trimmed and looked at for commas only where it is no number as it stands."""
    if value.type().is_numeric():
        return value.cast("float64")
    text = as_text(value)
    tidy = trimmed(text)
    grouped = ibis.ifelse(tidy.re_search(THOUSANDS), tidy.replace(",", ""), ibis.null("string"))
    return ibis.coalesce(
        text.try_cast("float64"), ibis.cases((tidy.contains(","), grouped), else_=tidy).try_cast("float64")
    )


def _integer(value: Any) -> Any:
    if value.type().is_integer():
        return value.cast("int64")
    number = _number(value)
    whole = number.try_cast("int64")
    return ibis.ifelse(whole.cast("float64") == number, whole, ibis.null("int64"))


def _truth(value: Any) -> Any:
    if value.type().is_boolean():
        return value
    text = trimmed(as_text(value)).lower()
    return ibis.cases((text.isin(TRUE_WORDS), True), (text.isin(FALSE_WORDS), False))


_READERS = {
    Kind.TEXT: as_text,
    Kind.NUMBER: _number,
    Kind.INTEGER: _integer,
    Kind.TRUTH: _truth,
}

TYPES = {
    Kind.TEXT: "string",
    Kind.NUMBER: "float64",
    Kind.INTEGER: "int64",
    Kind.DATE: "date",
    Kind.TRUTH: "boolean",
}
"""What each kind is stored as."""
