"""Tables whose rows stay in a database: which of them are good beyond doubt, and their sums, as Ibis expressions.

The database judges nothing. It tells rows that are good beyond doubt from all others, which travel and go through the
door as ever; those of them that are good come back as a small table beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_
from typing import Any, Literal

from models.engines.row_sums import NO_ROWS, Expressions, RowSums, row_sums
from models.lazy import lazy

ibis = lazy("ibis")

SOURCE_ROW = "source_row"
_NUMBER = "number of {}"
_TYPES = {"text": "string", "number": "float64", "date": "date", "integer": "int64", "truth": "boolean"}


@dataclass(frozen=True, kw_only=True)
class AwayColumn:
    """One column: its name in the book and in the database, and what a value that is good beyond doubt satisfies.

    ``source`` is empty where the database has no such column: then nothing is known.
    A text is one of ``allowed``, or stands in the column ``target`` of the table ``table`` of the book. Days lie from
    ``first_day`` until before ``end_day``, numbers from ``low`` to ``high``.
    """

    name: str
    source: str
    kind: Literal["text", "number", "date", "integer", "truth"]
    required: bool
    allowed: tuple[str, ...] = ()
    table: str = ""
    target: str = ""
    first_day: date | None = None
    end_day: date | None = None
    low: float | None = None
    high: float | None = None

    def typed(self, table: Any) -> Any:
        """The values as the book holds them."""
        return table[self.source].cast(_TYPES[self.kind]) if self.source else ibis.null(_TYPES[self.kind])

    def is_good(self, table: Any) -> Any:
        """Whether the value of each row is good beyond doubt, of a table with the numbers of its texts."""
        if not self.source:
            return ibis.literal(True)
        value = table[self.name]
        held = self._holds(table, value)
        return held.fill_null(False) if self.required else held.fill_null(False) | value.isnull()

    def _holds(self, table: Any, value: Any) -> Any:
        if self.allowed:
            return value.isin(list(self.allowed))
        if self.kind == "text":
            return table[_NUMBER.format(self.name)].notnull()
        if self.kind == "date":
            return (value >= self.first_day) & (value < self.end_day)
        return (value >= self.low) & (value <= self.high)


@dataclass(frozen=True, kw_only=True)
class AwayTable:
    """A table of the book in a database; ``place`` is its name there, with its schema before a dot.

    ``beside`` are stored rows of it that came through the door here; None where there are none. ``sums`` are those of
    the rows that are good beyond doubt, as they were when they were checked.
    """

    name: str
    place: str
    columns: tuple[AwayColumn, ...]
    sums: RowSums = NO_ROWS
    first_day: date | None = None

    @property
    def ids(self) -> tuple[AwayColumn, ...]:
        """The columns that hold ids of other tables."""
        return tuple(column for column in self.columns if column.table)


@dataclass(frozen=True, kw_only=True)
class OpenAway:
    """An away table in an open database. ``ids``: column -> its known texts (text, number), ``words``: text -> number.

    ``raw`` is the table as it stands there.
    """

    table: AwayTable
    raw: Any
    ids: Expressions
    words: Mapping[str, int]

    def rows(self) -> Any:
        """The rows that are good beyond doubt, with the columns of the book."""
        return self._good().select(*(column.name for column in self.table.columns))

    def sums(self) -> tuple[RowSums, date | None]:
        """Sums of the good rows, and the first of their days."""
        good = self._good()
        named = good.select(*(column.name for column in self.table.columns), *self._numbers)
        numbered = {column.name: self._number(named, column) for column in self.table.columns if column.kind == "text"}
        found = row_sums(named, numbered=numbered, columns=[column.name for column in self.table.columns])
        days = [column.name for column in self.table.columns if column.kind == "date"]
        return found, good[days[0]].min().to_pyarrow().as_py()

    def doubtful(self, portable: Expressions) -> Any:
        """All other rows as they stand at the source, by ``portable`` columns of ``raw``, with their number there."""
        shown = {f"shown {name}": value for name, value in portable.items()}
        number = {SOURCE_ROW: (ibis.row_number() + 1).cast("int64")}
        numbered = self.raw.select(**self._typed(), **shown, **number)
        judged = self._judged(numbered)
        bad = judged.filter(~judged.good)
        return bad.select(**{name: bad[f"shown {name}"] for name in portable}, **{SOURCE_ROW: bad[SOURCE_ROW]})

    @property
    def _numbers(self) -> list[str]:
        return [_NUMBER.format(column.name) for column in self.table.ids]

    def _typed(self) -> dict[str, Any]:
        return {column.name: column.typed(self.raw) for column in self.table.columns}

    def _good(self) -> Any:
        judged = self._judged(self.raw.select(**self._typed()))
        return judged.filter(judged.good)

    def _judged(self, rows: Any) -> Any:
        for column in self.table.ids:
            known = self.ids[column.name]
            known = known.select(**{f"known {column.name}": known.text, _NUMBER.format(column.name): known.number})
            rows = rows.left_join(known, rows[column.name] == known[f"known {column.name}"])
        conditions: Sequence[Any] = [column.is_good(rows) for column in self.table.columns]
        return rows.mutate(good=reduce(and_, conditions))

    def _number(self, rows: Any, column: AwayColumn) -> Any:
        if column.table:
            return rows[_NUMBER.format(column.name)]
        if not column.source:
            return ibis.null("int64")
        words = [(word, ibis.literal(self.words[word], type="int64")) for word in column.allowed]
        return rows[column.name].cases(*words, else_=ibis.null("int64"))
