"""A folder of Delta tables. Each table changes in one step, but not all in the same: ``runs`` comes last.

Delta knows no transaction over tables. A night that is killed leaves some tables of the new run and some of the old;
their column ``run_key`` tells which, and the next night writes the date again, since ``runs`` does not tell of it yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from models.lazy import lazy
from models.sinks.layout import AS_OF, ColumnKind, SinkColumn, SinkShape
from models.sinks.targets.addresses import SinkPlace
from models.sinks.targets.batches import CountedBatches
from models.sinks.targets.protocol import KnownTables, Where
from models.store.locks import exclusive

if TYPE_CHECKING:
    import deltalake
else:
    deltalake = lazy("deltalake")

_LOG, _LOCK = "_delta_log", ".clientvalue.lock"
_MOMENT = pa.timestamp("us", tz="UTC")
"""Moments without a zone are a feature that many readers of Delta lack."""
_KINDS = {
    "string": ColumnKind.TEXT,
    "long": ColumnKind.INTEGER,
    "double": ColumnKind.NUMBER,
    "boolean": ColumnKind.TRUTH,
    "date": ColumnKind.DATE,
    "timestamp": ColumnKind.MOMENT,
}


class DeltaSink:
    """A folder of Delta tables; a schema is a folder below it."""

    def __init__(self, place: SinkPlace) -> None:
        self._place = place

    @property
    def label(self) -> str:
        """Its address."""
        return self._place.label

    @contextmanager
    def transaction(self) -> Iterator[DeltaTransaction]:
        """The tables, while no other process writes them."""
        folder = self._place.path / (self._place.database_schema or "")
        with exclusive(folder / _LOCK, what=f"writing to {self.label}"):
            yield DeltaTransaction(self._place)


class DeltaTransaction:
    """The Delta tables of a folder; each step holds as soon as it is done."""

    def __init__(self, place: SinkPlace) -> None:
        self._place = place
        self._folder = place.path / (place.database_schema or "")

    def tables(self) -> KnownTables:
        """The tables with our prefix, as they are now."""
        found: dict[str, dict[str, ColumnKind | None]] = {}
        for folder in sorted(self._folder.iterdir()):
            name = self._place.own(folder.name)
            if name is not None and (folder / _LOG).is_dir():
                with self._place.reporting(f"the table {folder.name} must be readable"):
                    fields = deltalake.DeltaTable(str(folder)).schema().fields
                    found[name] = {field.name: _KINDS.get(str(getattr(field.type, "type", ""))) for field in fields}
        return found

    def create(self, shape: SinkShape) -> None:
        """Make a table that is not there, parted by as-of date where it has one."""
        parted = [AS_OF] if AS_OF in shape.key else []
        with self._place.reporting(f"the sink must let us make the table {self._place.table(shape.name)}"):
            deltalake.write_deltalake(
                self._at(shape), _zoned_schema(shape).empty_table(), partition_by=parted, mode="error"
            )

    def add(self, shape: SinkShape, columns: Sequence[SinkColumn]) -> None:
        """Add columns that a table lacks; they are null in the rows that it has."""
        schema = pa.schema([_zoned_schema(shape).field(column.name) for column in columns])
        with self._place.reporting(f"the sink must let us add columns to {self._place.table(shape.name)}"):
            fields = deltalake.Schema.from_arrow(schema).fields
            deltalake.DeltaTable(self._at(shape)).alter.add_columns(fields)

    def replace(self, shape: SinkShape, where: Where, rows: Iterable[pa.RecordBatch]) -> int:
        """Put ``rows`` in the place of all those at ``where``; returns how many they are."""
        counted = CountedBatches(rows)
        reader = counted.as_stream(_zoned_schema(shape))
        with self._place.reporting(f"the sink must take the rows of {self._place.table(shape.name)}", holds_rows=True):
            deltalake.write_deltalake(
                self._at(shape), reader, mode="overwrite", predicate=_predicate(where), schema_mode="merge"
            )
        return counted.rows

    def forget(self, shape: SinkShape, where: Where, before: date) -> None:
        """Take away the rows at ``where`` whose as-of date lies ``before`` a day."""
        with self._place.reporting(f"the sink must take the rows of {self._place.table(shape.name)}", holds_rows=True):
            deltalake.DeltaTable(self._at(shape)).delete(f"{_predicate(where)} AND {AS_OF} < '{before}'")

    def read(self, shape: SinkShape, where: Where) -> pa.Table:
        """The rows at ``where`` of a small table."""
        filters: Any = [(name, "=", value) for name, value in where.items()] or None
        with self._place.reporting(f"the table {self._place.table(shape.name)} must be readable"):
            found = deltalake.DeltaTable(self._at(shape)).to_pyarrow_table(filters=filters)
        columns = [found[column.name].cast(shape.arrow.field(column.name).type) for column in shape.columns]
        return pa.Table.from_arrays(columns, schema=shape.arrow)

    def _at(self, shape: SinkShape) -> str:
        return str(self._folder / self._place.table(shape.name))


def _predicate(where: Where) -> str | None:
    """Names of books hold letters, digits and low lines: nothing in them ends a quote."""
    return " AND ".join(f"{name} = '{value}'" for name, value in where.items()) or None


def _zoned_schema(shape: SinkShape) -> pa.Schema:
    return pa.schema(
        [
            (column.name, _MOMENT if column.kind is ColumnKind.MOMENT else shape.arrow.field(column.name).type)
            for column in shape.columns
        ]
    )
