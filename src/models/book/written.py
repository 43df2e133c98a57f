"""Numbers and dates as a source writes them, turned into typed values as DuckDB expressions.

What stood there stays beside each value that was turned, for the quarantine. A value that is not written as its table
is said to write becomes null, however else it could be read: ``1.234`` is no number where ``1,5`` is one and a point
parts nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

import ibis
import ibis.expr.datatypes as dt

from models.book.absent import trimmed
from models.book.columns import Kind, TableSchema
from models.book.days import UTC, day_of, in_utc, local_time, try_strptime
from models.book.parsing import as_text
from models.config.reading import EXCEL_DAYS, SAS_DAYS, SAS_SECONDS, UNIX_SECONDS, ReadConfig
from models.vocab import DateOrder

WRITTEN_PREFIX = "as written: "
"""Before the name of a column: the column with what stood at the source, where a value was turned."""
_BLANK_GROUPS, _APOSTROPHES = r" \x{a0}\x{2009}\x{202f}", r"'\x{2019}"
_GROUPS = {
    "": "",
    ".": r"\.",
    ",": ",",
    " ": _BLANK_GROUPS,
    "'": _APOSTROPHES,
}
_ANY_GROUPS = {",": rf"\.{_BLANK_GROUPS}{_APOSTROPHES}", ".": ","}
"""Signs between thousands where the config names none, by the sign before decimals."""
_DAY_PARTS = {
    "yyyy": ("%Y", r"\d{4}"),
    "yy": ("%y", r"\d{2}"),
    "mmmm": ("%B", r"[A-Za-z]{3,9}"),
    "mmm": ("%b", r"[A-Za-z]{3}"),
    "mm": ("%m", r"\d{1,2}"),
    "m": ("%m", r"\d{1,2}"),
    "dd": ("%d", r"\d{1,2}"),
    "d": ("%d", r"\d{1,2}"),
}
_PART = re.compile("|".join(_DAY_PARTS), re.IGNORECASE)
_CLOCK = r"(?:[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?: *[AaPp]\.?[Mm]\.?)?)?"
_FIRST_DAYS = {SAS_DAYS: "1960-01-01", EXCEL_DAYS: "1899-12-30"}
_FIRST_SECONDS = {SAS_SECONDS: "1960-01-01", UNIX_SECONDS: "1970-01-01"}
_MOST_DAYS = 250_000
"""More days than this are no date: they would lie beyond the year 2500."""
_SECONDS_A_DAY = 86_400


@dataclass(frozen=True, kw_only=True)
class WrittenForms:
    """How the texts of one table write numbers and dates; ``table`` is its entry in ``book.read``."""

    table: str = ""
    decimal: str | None = None
    thousands: str | None = None
    number_signs: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    time_zone: str | None = None

    @classmethod
    def of(cls, table: str, config: ReadConfig) -> WrittenForms:
        """As the config says of a table."""
        return cls(
            table=table,
            decimal=config.decimal,
            thousands=config.thousands,
            number_signs=config.number_signs,
            dates=config.dates,
            time_zone=config.time_zone,
        )

    @property
    def has_numbers(self) -> bool:
        """Whether anything is said of numbers."""
        return self.decimal is not None or self.thousands is not None or bool(self.number_signs)

    @property
    def is_plain(self) -> bool:
        """Whether nothing is said: values are read as the contract reads them."""
        return not (self.has_numbers or self.dates or self.time_zone)

    @cached_property
    def number_form(self) -> str:
        """The pattern of a number, without what says that it is negative."""
        point = self.decimal or "."
        groups = _ANY_GROUPS[point] if self.thousands is None else _GROUPS[self.thousands]
        grouped = rf"[1-9]\d{{0,2}}(?:[{groups}]\d{{3}})+|" if groups else ""
        return rf"^[-+]?(?:{grouped}\d+|\d*)(?:{re.escape(point)}\d*)?(?:[eE][-+]?\d+)?$"

    @property
    def number_example(self) -> str:
        """A number as this table writes it."""
        point = self.decimal or "."
        groups = self.thousands if self.thousands is not None else {",": ".", ".": ","}[point]
        return f"1{groups}234{point}5"


AS_CONTRACT = WrittenForms()
"""Nothing is said: ISO 8601 or what reads in one way, numbers with a point before decimals."""


def as_contract(table: Any, schema: TableSchema, written: WrittenForms) -> Any:
    """A table with columns of the contract, of which numbers and dates are turned that are text at the source.

    It is stored, since the door looks at each value several times, and a turned one costs patterns.
    """
    if written.is_plain:
        return table
    turned: dict[str, Any] = {}
    for column in schema.columns:
        if column.name in table.columns:
            value = _turned(table[column.name], column.kind, written)
            if value is not None:
                turned |= {column.name: value, WRITTEN_PREFIX + column.name: as_text(table[column.name])}
    if not turned:
        return table
    return table.get_backend().create_table(f"turned_{uuid4().hex}", table.mutate(**turned), temp=True)


def as_source_text(table: Any, name: str) -> Any:
    """A column as text: as it stood at the source where it was turned and could not be."""
    value = table[name].cast("string")
    return ibis.coalesce(value, table[WRITTEN_PREFIX + name]) if WRITTEN_PREFIX + name in table.columns else value


def _turned(value: Any, kind: Kind, written: WrittenForms) -> Any | None:
    if kind in (Kind.NUMBER, Kind.INTEGER) and written.has_numbers and value.type().is_string():
        return number_as_written(value, written)
    if kind is Kind.DATE and written.dates and not (value.type().is_date() or value.type().is_timestamp()):
        return day_as_written(value, written)
    if kind is Kind.DATE and written.time_zone:
        return _in_zone(value, written.time_zone)
    return None


def number_as_written(value: Any, written: WrittenForms) -> Any:
    """The number of a text, null where it is none of this table's; brackets or a minus behind it say below zero.

    >>> forms = WrittenForms(decimal=",", number_signs=("EUR",))
    >>> [number_as_written(ibis.literal(text), forms).to_pyarrow().as_py() for text in ("1.234,50 EUR", "12,5-", "1.5")]
    [1234.5, -12.5, None]
    """
    if not value.type().is_string():
        return value.cast("float64")
    text = trimmed(value).replace("\u2212", "-")
    for sign in written.number_signs:
        text = text.replace(sign, "")
    text = trimmed(text)
    is_negative = text.re_search(r"^\(.*\)$|[^-]-$")
    bare = trimmed(ibis.ifelse(is_negative, text.re_replace(r"^\(|\)$|-$", ""), text))
    point = written.decimal or "."
    fits = bare.re_search(written.number_form)
    plain = bare.re_replace(rf"[^-+0-9eE{re.escape(point)}]", "").replace(point, ".")
    number = ibis.ifelse(fits, plain, ibis.null("string")).try_cast("float64")
    return ibis.ifelse(is_negative, -number, number)


def day_as_written(value: Any, written: WrittenForms) -> Any:
    """The day of a text or number by the table's patterns in turn, else by ISO 8601; null where it is neither.

    >>> forms = WrittenForms(dates=("dd.mm.yyyy", "sas days"))
    >>> [str(day_as_written(ibis.literal(text), forms).to_pyarrow().as_py()) for text in ("30.09.2023", "15074")]
    ['2023-09-30', '2001-04-09']
    """
    text = trimmed(as_text(value))
    zone = written.time_zone or UTC
    found = [_by_pattern(text, pattern, zone) for pattern in written.dates]
    return ibis.coalesce(*found, day_of(text, DateOrder.YEAR_FIRST, zone))


def _by_pattern(text: Any, pattern: str, zone: str) -> Any:
    number = text.try_cast("float64")
    if pattern in _FIRST_DAYS:
        return _day_after(_FIRST_DAYS[pattern], number.floor())
    if pattern in _FIRST_SECONDS:
        return _day_of_seconds(number, _FIRST_SECONDS[pattern], zone)
    form, day_form = _forms_of(pattern)
    fits = text.re_search(f"^{day_form}{_CLOCK}$")
    day = ibis.ifelse(fits, text.re_extract(f"^({day_form})", 1), ibis.null("string"))
    return try_strptime(day, [form]).cast("date")


def _day_after(first: str, days: Any) -> Any:
    whole = ibis.ifelse(days.abs() <= _MOST_DAYS, days, ibis.null("float64")).try_cast("int32")
    return (ibis.literal(first).cast("timestamp") + whole.as_interval("D")).cast("date")


def _day_of_seconds(seconds: Any, first: str, zone: str) -> Any:
    """A count of seconds since 1970 is a moment in UTC; one since another day follows the table's own clock."""
    within = ibis.ifelse(seconds.abs() <= _MOST_DAYS * _SECONDS_A_DAY, seconds, ibis.null("float64"))
    moment = ibis.literal(first).cast("timestamp") + within.try_cast("int64").as_interval("s")
    if first == _FIRST_SECONDS[UNIX_SECONDS] and zone != UTC:
        moment = local_time(moment.cast(dt.Timestamp(timezone=UTC)), zone)
    return moment.cast("date")


def _forms_of(pattern: str) -> tuple[str, str]:
    """A pattern such as ``dd.mm.yyyy`` for strptime and as a regular expression.

    >>> _forms_of("yyyymmdd")[0]
    '%Y%m%d'
    """
    has_signs = bool(re.search(r"[^a-z]", pattern, re.IGNORECASE))
    form, expression, at = "", "", 0
    for part in _PART.finditer(pattern):
        between = pattern[at : part.start()]
        code, digits = _DAY_PARTS[part.group().lower()]
        form += between.replace("%", "%%") + code
        expression += re.escape(between) + (digits if has_signs else digits.replace("1,2", "2"))
        at = part.end()
    return form + pattern[at:], expression + re.escape(pattern[at:])


def _in_zone(value: Any, zone: str) -> Any:
    """Moments in UTC on the day that the clocks of a zone showed; all else as it stands."""
    kind = value.type()
    if kind.is_timestamp():
        return value if kind.timezone is None else local_time(value, zone).cast("date")
    if not kind.is_string():
        return value
    text = trimmed(value)
    return ibis.ifelse(in_utc(text), ibis.coalesce(day_of(text, DateOrder.YEAR_FIRST, zone).cast("string"), text), text)
