"""Parquet files without a client, or with another id in its place: all other rows stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.forgetting.searching import leaves
from models.forgetting.terms import CLIENT, Terms

_WHO = ("name", "aliases")
"""Columns that say who a client is beside its id."""


@dataclass(frozen=True, kw_only=True)
class Rewriting:
    """What stands in the place of a client: nothing, or with ``keeps_rows`` its rows under a random id.

    ``stand_in`` is drawn at random and kept nowhere beside; it also stands where rows of others name the client.
    """

    terms: Terms
    stand_in: str
    keeps_rows: bool = False

    def write(self, file: Path, target: Path) -> int:
        """Write ``file`` anew to ``target``, batch by batch; returns how many rows named the client."""
        rows = 0
        with pq.ParquetFile(file) as source:
            codec = _codec(source)
            with pq.ParquetWriter(target, source.schema_arrow, compression=codec) as sink:
                for number in range(source.num_row_groups):
                    batch = source.read_row_group(number)
                    rewritten = self.table(batch)
                    rows += rewritten.touched
                    sink.write_table(rewritten.table)
        return rows

    def table(self, rows: pa.Table) -> _Rewritten:
        """Rows without the client."""
        own = self._own(rows)
        count = 0 if own is None else int(pc.sum(own).as_py() or 0)
        keeps = self.keeps_rows and (CLIENT not in rows.column_names or _is_text(rows.schema.field(CLIENT).type))
        if own is not None and count and not keeps:  # a number cannot become a random id
            rows = rows.filter(pc.invert(own))
        elif own is not None and count:
            rows = self._renamed(rows, own)
        named = [place for place, name in enumerate(rows.column_names) if self._names(rows[name])]
        for place in named:
            rows = rows.set_column(place, rows.schema.field(place), self._replaced(rows.column(place)))
        return _Rewritten(rows, max(count, int(bool(named))))

    def own_rows(self, file: Path) -> int:
        """How many rows of a table are the client's own, by its id."""
        if CLIENT not in pq.read_schema(file).names:
            return 0
        return int(pc.sum(self._has(pq.read_table(file, columns=[CLIENT]), CLIENT)).as_py() or 0)

    def _own(self, rows: pa.Table) -> pa.ChunkedArray | None:
        """Which rows are the client's: by its id, and where a row has none by its facilities and opportunities."""
        by_key = [self._has(rows, column) for column in self.terms.keys if column != CLIENT]
        found = reduce(pc.or_, [each for each in by_key if each is not None] or [None])
        by_id = self._has(rows, CLIENT)
        if by_id is None or found is None:
            return found if by_id is None else by_id
        return pc.if_else(pc.is_valid(rows[CLIENT]), by_id, found)

    def _has(self, rows: pa.Table, column: str) -> pa.ChunkedArray | None:
        """Which cells of a column are ids of the client; None where there is no such column."""
        if column not in rows.column_names or not self.terms.keys.get(column):
            return None
        ids = pa.array(self.terms.keys[column], pa.string())
        return pc.fill_null(pc.is_in(rows[column].cast(pa.string()), value_set=ids), False)

    def _renamed(self, rows: pa.Table, own: pa.ChunkedArray) -> pa.Table:
        for place, name in enumerate(rows.column_names):
            kind = rows.schema.field(place).type
            if name == CLIENT and _is_text(kind):
                rows = rows.set_column(place, rows.schema.field(place), pc.if_else(own, self.stand_in, rows[name]))
            elif name in _WHO and pa.types.is_string(kind):
                nobody = pa.scalar(None, kind)
                rows = rows.set_column(place, rows.schema.field(place), pc.if_else(own, nobody, rows[name]))
        return rows

    def _names(self, column: pa.ChunkedArray) -> bool:
        return any(bool(pc.any(pc.match_substring_regex(leaf, self.terms.in_cell)).as_py()) for leaf in leaves(column))

    def _replaced(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """A column with other words for the client; only columns of few files come here, and cells may nest."""
        return pa.chunked_array([pa.array(self._each(column), type=column.type)])

    def _each(self, column: pa.ChunkedArray) -> Iterator[Any]:
        yield from (self.plain(cell) for cell in column.to_pylist())

    def plain(self, value: Any) -> Any:
        """A value of JSON or of a nested cell with other words for the client."""
        if isinstance(value, str):
            return self.stand_in if value in self.terms.words else self.terms.replaced(value, self.stand_in)
        if isinstance(value, list):
            return [self.plain(each) for each in value]
        if isinstance(value, dict):
            return {self.terms.replaced(key, self.stand_in): self.plain(each) for key, each in value.items()}
        return value


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


@dataclass(frozen=True)
class _Rewritten:
    table: pa.Table
    touched: int


def _codec(source: pq.ParquetFile) -> str:
    """That of the first column; files of ours have one."""
    facts = source.metadata
    if not facts.num_row_groups or not facts.num_columns:
        return "zstd"
    name = str(facts.row_group(0).column(0).compression).lower()
    return "none" if name == "uncompressed" else name
