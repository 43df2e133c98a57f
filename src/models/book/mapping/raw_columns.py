"""The columns of a source that expressions look at: each as cleaned text, as number, and as day, made once.

They stand in views, one on the other: an expression that held the reading of every column that it names would be so
long, many times over, that a database takes minutes to understand it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import ibis

from models.book.absent import is_filled, is_word, trimmed
from models.book.columns import Kind
from models.book.days import UTC
from models.book.parsing import as_text, typed
from models.book.written import AS_CONTRACT, WrittenForms, day_as_written, number_as_written
from models.vocab import DateOrder

_TEXT, _READ = "text of {}", "{} of {}"
_READ_KINDS = (Kind.NUMBER, Kind.DATE, Kind.TRUTH)


@dataclass(frozen=True, kw_only=True)
class RawColumn:
    """One column of the source: as it stands, as text without what says that nothing is known, and as each kind."""

    raw: Any
    text: Any
    kinds: Mapping[Kind, Any]

    @property
    def kind(self) -> Kind:
        """What it is by its type at the source."""
        stored = self.raw.type()
        if stored.is_numeric():
            return Kind.NUMBER
        if stored.is_date() or stored.is_timestamp():
            return Kind.DATE
        return Kind.TRUTH if stored.is_boolean() else Kind.TEXT

    def read(self, kind: Kind) -> Any:
        """As a kind; null where it cannot be read so."""
        return self.text if kind is Kind.TEXT else self.kinds[kind]


@dataclass(frozen=True, kw_only=True)
class RawColumns:
    """Columns of one table at the source by header, and how text reads that an expression makes.

    A date such as 01/05/2018 is read by ``date_order`` alone: an expression does not look at the rest of the column.
    """

    columns: Mapping[str, RawColumn]
    written: WrittenForms = AS_CONTRACT

    def read(self, text: Any, kind: Kind) -> Any:
        """A text that an expression makes, as a number, a date or a truth; null where it cannot be read."""
        if kind is Kind.NUMBER:
            return number_as_written(text, self.written) if self.written.has_numbers else text.try_cast("float64")
        if kind is Kind.DATE:
            return day_as_written(text, self.written) if self.written.dates else text.try_cast("date")
        return typed(text, kind)

    def stays(self, kind: Kind) -> bool:
        """Whether a column of the book of that kind is read at the door, which looks at all of its values."""
        is_number, is_date = kind in (Kind.NUMBER, Kind.INTEGER), kind is Kind.DATE
        return not ((is_number and self.written.has_numbers) or (is_date and self.written.dates))


@dataclass(frozen=True, kw_only=True)
class ColumnReader:
    """How the columns of a table are read: as it is said to write them, and by words that say that nothing is known."""

    connection: Any
    written: WrittenForms
    date_order: DateOrder
    absent_words: Sequence[str]

    def read(self, taken: Any, headers: Mapping[str, str]) -> tuple[Any, RawColumns]:
        """The rows of ``taken`` with the columns read. ``headers``: column of ``taken`` -> what the source calls it."""
        texts = self._view(taken, {_TEXT.format(name): self._cleaned(taken[name]) for name in headers})
        kinds = {
            _READ.format(kind.value, name): self._as_kind(texts[name], texts[_TEXT.format(name)], kind)
            for name in headers
            for kind in _READ_KINDS
        }
        rows = self._view(texts, kinds)
        columns = {
            header: RawColumn(
                raw=rows[name],
                text=rows[_TEXT.format(name)],
                kinds={kind: rows[_READ.format(kind.value, name)] for kind in _READ_KINDS},
            )
            for name, header in headers.items()
        }
        return rows, RawColumns(columns=columns, written=self.written)

    def _view(self, rows: Any, more: Mapping[str, Any]) -> Any:
        return self.connection.create_view(f"read_{uuid4().hex}", rows.mutate(**more)) if more else rows

    def _cleaned(self, raw: Any) -> Any:
        text = as_text(raw)
        known = is_filled(text) & ~is_word(text, self.absent_words)
        return ibis.ifelse(known, trimmed(text), ibis.null("string"))

    def _as_kind(self, raw: Any, text: Any, kind: Kind) -> Any:
        if kind is Kind.NUMBER and self.written.has_numbers:
            return number_as_written(text if raw.type().is_string() else raw, self.written)
        if kind is Kind.DATE and self.written.dates and not (raw.type().is_date() or raw.type().is_timestamp()):
            return day_as_written(text, self.written)
        value = text if raw.type().is_string() else raw
        return typed(value, kind, date_order=self.date_order, time_zone=self.written.time_zone or UTC)
