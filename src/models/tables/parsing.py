"""Turns the text of a source into typed values, as DuckDB expressions. What is broken is told in ``rules``.

Text stays byte for byte. A value that cannot be read becomes null, so that the caller can tell it from an
absent one.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.datatypes as dt

from models.tables.schema import Kind

DATE_FORMATS = (
    "%m/%d/%Y",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%B %d, %Y %I:%M %p",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d-%b-%Y",
    "%Y%m%d",
)
"""Beside ISO 8601: how the World Bank, UCI and CDNOW write dates. Numbers read month first, as published."""

THOUSANDS = r"^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$"
"""The only use of a comma in a number; ``1,5`` is refused rather than read as 15."""

_FIRST_SIGN = "!"
"""Blanks, and the empty text, come before it in the order of DuckDB, which is that of bytes."""

TRUE_WORDS = ("true", "t", "yes", "y", "1")
FALSE_WORDS = ("false", "f", "no", "n", "0")

_try_strptime = ibis.udf.scalar.builtin(
    lambda text, formats: None,  # noqa: ARG005 - DuckDB has the body
    name="try_strptime",
    signature=((dt.string, dt.Array(dt.string)), dt.timestamp),
)


def as_text(value: Any) -> Any:
    """Any column as text; text itself is untouched."""
    return value if value.type().is_string() else value.cast("string")


def is_filled(value: Any) -> Any:
    """Whether there is anything but blanks; only text that begins with one, as few do, is looked at to its end.

    >>> [is_filled(ibis.literal(text)).to_pyarrow().as_py() for text in ("a", " a", " ", "")]
    [True, True, False, False]
    """
    if not value.type().is_string():
        return value.notnull()
    return value.notnull() & ibis.ifelse(value >= _FIRST_SIGN, True, value.strip() != "")


def typed(value: Any, kind: Kind) -> Any:
    """A column as its contract wants it; null where it cannot be read.

    >>> typed(ibis.literal("1,234.5"), Kind.NUMBER).to_pyarrow().as_py()
    1234.5
    >>> typed(ibis.literal("July 06, 2022 03:15 AM"), Kind.DATE).to_pyarrow().as_py().isoformat()
    '2022-07-06'
    """
    return _READERS[kind](value)


def _number(value: Any) -> Any:
    if value.type().is_numeric():
        return value.cast("float64")
    text = as_text(value).strip()
    grouped = ibis.ifelse(text.re_search(THOUSANDS), text.replace(",", ""), ibis.null("string"))
    return ibis.cases((text.contains(","), grouped), else_=text).try_cast("float64")


def _integer(value: Any) -> Any:
    if value.type().is_integer():
        return value.cast("int64")
    number = _number(value)
    return ibis.ifelse(number == number.floor(), number, ibis.null("float64")).try_cast("int64")


def _date(value: Any) -> Any:
    kind = value.type()
    if kind.is_date():
        return value
    if kind.is_timestamp():
        return value.cast("date")
    text = as_text(value).strip()
    moment = ibis.coalesce(text.try_cast("timestamp"), _try_strptime(text, list(DATE_FORMATS)))
    return moment.cast("date")


def _truth(value: Any) -> Any:
    if value.type().is_boolean():
        return value
    text = as_text(value).strip().lower()
    return ibis.cases((text.isin(TRUE_WORDS), True), (text.isin(FALSE_WORDS), False))


_READERS = {
    Kind.TEXT: as_text,
    Kind.NUMBER: _number,
    Kind.INTEGER: _integer,
    Kind.DATE: _date,
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
