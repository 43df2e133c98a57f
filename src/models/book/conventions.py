"""Text conventions of one table: words for missing values, and the order of day and month in dates.

Both are settings of the book; what they leave open is decided here from all values of a column, never from one row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis

from models.book.absent import BLANKS, is_filled, is_word
from models.book.columns import Column, Kind, Reference, TableSchema, Words
from models.book.contract import DECISION_TABLES
from models.book.days import UTC, is_iso, order_counts
from models.book.parsing import PUBLISHED_ORDER, as_text, typed
from models.book.written import WrittenForms
from models.config.book import ABSENT_WORDS, BookConfig
from models.errors import AmbiguousDatesError
from models.notices import Notice, Severity
from models.vocab import DateOrder

NAMIBIA = "NA"
_CODE = r"^[A-Z]{2}$"
_MAX_KEPT = 1_000
"""A word stands in an id column in few ways of writing it: far fewer than this."""


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """What a book says about its text: words for absent values, the order of dates, the zone of moments in UTC.

    ``written`` is what it says of single tables.
    """

    absent_words: tuple[str, ...] = ABSENT_WORDS
    date_order: DateOrder | None = None
    time_zone: str = UTC
    written: Mapping[str, WrittenForms] = field(default_factory=dict)

    @classmethod
    def of(cls, config: BookConfig, written: Mapping[str, WrittenForms] | None = None) -> Conventions:
        """As the config says."""
        return cls(
            absent_words=config.absent_words,
            date_order=config.date_order,
            time_zone=config.time_zone,
            written=written or {},
        )

    @classmethod
    def published(cls, config: BookConfig) -> Conventions:
        """As the config says, and dates month first where it says nothing: so the published files are written."""
        return cls(
            absent_words=config.absent_words,
            date_order=config.date_order or PUBLISHED_ORDER,
            time_zone=config.time_zone,
        )


DEFAULT_CONVENTIONS = Conventions()


@dataclass(frozen=True, kw_only=True)
class ColumnReading:
    """How one column is read. Of ``words``, in lower case, those that read like one of ``kept`` are values."""

    column: Column
    words: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    date_order: DateOrder = DateOrder.YEAR_FIRST
    time_zone: str = UTC

    def value(self, raw: Any) -> Any:
        """The typed value; null where nothing is known or where it cannot be read."""
        value = typed(raw, self.column.kind, date_order=self.date_order, time_zone=self.time_zone)
        if self.column.kind is Kind.TEXT:
            return ibis.ifelse(self.is_absent(raw), ibis.null("string"), value)
        if self.column.kind is Kind.NUMBER and not self.column.required:
            return ibis.ifelse(value.isnan(), ibis.null("float64"), value)
        return value

    def is_absent(self, raw: Any) -> Any:
        """Whether nothing is known: a word in a required number or date is a mistake, to be reported as it stands."""
        if self.column.required and self.column.kind is not Kind.TEXT:
            return ~is_filled(raw) if raw.type().is_string() else raw.isnull()
        return ~is_filled(raw) | is_word(raw, self.words, self.kept)


@dataclass(frozen=True, kw_only=True)
class TableReading:
    """How the columns of a table are read that are there, and what was decided without a setting."""

    columns: Mapping[str, ColumnReading]
    notices: tuple[Notice, ...] = field(default=())


def table_reading(raw: Any, schema: TableSchema, conventions: Conventions, targets: Mapping[str, Any]) -> TableReading:
    """Looks at all values of a table once. ``targets`` are the checked tables that references may point to.

    Raises ``AmbiguousDatesError`` where dates can be read in two ways.
    """
    present = [column for column in schema.columns if column.name in raw.columns]
    orders = _date_orders(raw, schema.name, present, conventions)
    words = tuple(sorted({word.strip(BLANKS).lower() for word in conventions.absent_words} - {""}))
    readings = {
        column.name: ColumnReading(
            column=column,
            words=_words(column, words),
            kept=_kept(raw, column, schema, targets, words),
            date_order=orders[column.name].order if column.name in orders else DateOrder.YEAR_FIRST,
            time_zone=conventions.time_zone,
        )
        for column in present
    }
    return TableReading(columns=readings, notices=tuple(_guesses(schema.name, orders)))


def _words(column: Column, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that say in this column that nothing is known; an allowed word is none of them.

    Where one of a few words is required, any other breaks that rule anyway.
    """
    is_id = column.kind is Kind.TEXT and column.words is Words.IDS
    if is_id or (column.required and column.allowed):
        return ()
    return tuple(word for word in words if word not in column.allowed)


def _kept(
    raw: Any, column: Column, schema: TableSchema, targets: Mapping[str, Any], words: tuple[str, ...]
) -> tuple[str, ...]:
    """What reads like a word of this column and is a value all the same."""
    if column.kind is not Kind.TEXT or not words:
        return ()
    if column.words is Words.COUNTRIES:
        return (NAMIBIA,) if _has_country_codes(raw[column.name], words) else ()
    links = [link for link in (*schema.references, *schema.namesakes) if link.column == column.name]
    if column.words is Words.IDS or not links:
        return ()
    return _ids_like(_target(raw, links[0], schema, targets), words)


def _target(raw: Any, link: Reference, schema: TableSchema, targets: Mapping[str, Any]) -> Any | None:
    if link.table == schema.name:
        return as_text(raw[link.target])
    return targets[link.table][link.target] if link.table in targets else None


def _ids_like(ids: Any | None, words: tuple[str, ...]) -> tuple[str, ...]:
    """Ids that read like one of ``words``, as they are written."""
    if ids is None:
        return ()
    table = ids.name("id").as_table()
    found = table.filter(is_word(table.id, words)).distinct().order_by("id").limit(_MAX_KEPT)
    return tuple(found.to_pyarrow()["id"].to_pylist())


def _has_country_codes(value: Any, words: tuple[str, ...]) -> bool:
    """Whether most of the other countries are codes of two letters."""
    if not value.type().is_string():
        return False
    table = value.name("country").as_table()
    others = table.filter(is_filled(table.country) & ~is_word(table.country, words)).distinct()
    share = others.country.re_search(_CODE).cast("float64").mean().to_pyarrow().as_py()
    return share is not None and share > 1 / 2


@dataclass(frozen=True, kw_only=True)
class _DateOrder:
    """The order of a column's dates; ``deciding`` can be read in no other way, ``either`` in two, 0 if it is set."""

    order: DateOrder
    deciding: int = 0
    either: int = 0


def _date_orders(raw: Any, table: str, columns: list[Column], conventions: Conventions) -> dict[str, _DateOrder]:
    dates = [column.name for column in columns if column.kind is Kind.DATE and raw[column.name].type().is_string()]
    if conventions.date_order is not None or not dates:
        return {name: _DateOrder(order=conventions.date_order or DateOrder.YEAR_FIRST) for name in dates}
    found = {name: _counted(raw[name]) for name in _not_iso(raw, dates)}
    unclear = {name: count for name, count in found.items() if not _is_clear(count)}
    if unclear and table in DECISION_TABLES:
        return {name: _by_most(count) if name in unclear else _decided(count) for name, count in found.items()}
    if unclear:
        raise AmbiguousDatesError(
            {f"{table}.{name}": None if count["day_first"] else count["example"] for name, count in unclear.items()}
        )
    return {name: _decided(count) for name, count in found.items()}


def _not_iso(raw: Any, dates: Sequence[str]) -> list[str]:
    """The columns that hold anything but ISO 8601."""
    others = raw.aggregate(**{name: (~is_iso(raw[name])).any() for name in dates}).to_pyarrow().to_pylist()[0]
    return [name for name in dates if others[name]]


def _counted(value: Any) -> dict[str, Any]:
    """``order_counts`` over the texts of a column that are no ISO 8601."""
    texts = value.name("text").as_table()
    other = texts.filter(~is_iso(texts.text))
    marked = order_counts(other.text)
    counts = {name: each.min() if name == "example" else each.sum().fill_null(0) for name, each in marked.items()}
    row: dict[str, Any] = other.aggregate(**counts).to_pyarrow().to_pylist()[0]
    return row


def _is_clear(count: Mapping[str, Any]) -> bool:
    """Nothing can be read in two ways, or something decides and nothing contradicts it."""
    deciding = (count["day_first"] > 0) + (count["month_first"] > 0)
    return bool(deciding == 1 or (deciding == 0 and not count["either"]))


def _decided(count: Mapping[str, Any]) -> _DateOrder:
    """Where day and month are the same number throughout, either order reads the same."""
    order = DateOrder.MONTH_FIRST if count["month_first"] else DateOrder.DAY_FIRST
    return _DateOrder(order=order, deciding=count["day_first"] + count["month_first"], either=count["either"])


def _by_most(count: Mapping[str, Any]) -> _DateOrder:
    """The order of most dates of a table of decisions, so that one that is written otherwise is refused alone.

    Where nothing decides, none of them is read.
    """
    if count["day_first"] == count["month_first"]:
        return _DateOrder(order=DateOrder.YEAR_FIRST)
    order = DateOrder.DAY_FIRST if count["day_first"] > count["month_first"] else DateOrder.MONTH_FIRST
    return _DateOrder(order=order, deciding=max(count["day_first"], count["month_first"]), either=count["either"])


def _guesses(table: str, orders: Mapping[str, _DateOrder]) -> Iterator[Notice]:
    for name, found in orders.items():
        if found.either and found.deciding:
            first = "day" if found.order is DateOrder.DAY_FIRST else "month"
            yield Notice(
                code="date_order_guessed",
                severity=Severity.NOTE,
                subject=f"{table}.{name}",
                found=f"{found.either:,} dates that can be read in two ways are read {first} first, "
                f"as {found.deciding:,} others can only be read so",
                remedy=f"set book.date_order to {found.order.value} if that is how the book writes them",
                count=found.either,
            )
