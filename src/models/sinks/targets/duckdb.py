"""A DuckDB file, which takes blocks of Arrow as they are. Its tables have no keys: their indexes would be in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from models.lazy import lazy
from models.sinks.layout import AS_OF, ColumnKind, SinkColumn, SinkShape
from models.sinks.targets.addresses import SinkPlace
from models.sinks.targets.batches import CountedBatches
from models.sinks.targets.protocol import KnownTables, Where

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = lazy("duckdb")

_TYPES = {
    ColumnKind.TEXT: "VARCHAR",
    ColumnKind.INTEGER: "BIGINT",
    ColumnKind.NUMBER: "DOUBLE",
    ColumnKind.TRUTH: "BOOLEAN",
    ColumnKind.DATE: "DATE",
    ColumnKind.MOMENT: "TIMESTAMP",
}
_KINDS = {name: kind for kind, name in _TYPES.items()}
_MAIN = "main"
_INCOMING = "clientvalue_incoming"


class DuckDbSink:
    """A DuckDB file; while it is open, no other process can open it."""

    def __init__(self, place: SinkPlace) -> None:
        self._place = place
        place.require_folder()

    @property
    def label(self) -> str:
        """Its address."""
        return self._place.label

    @contextmanager
    def transaction(self) -> Iterator[DuckDbTransaction]:
        """A transaction."""
        with self._place.reporting("the sink must open: no other program may have the file open"):
            connection = duckdb.connect(str(self._place.path))
        try:
            connection.execute("BEGIN")
            yield DuckDbTransaction(connection, self._place)
            with self._place.reporting("the sink must keep what was written"):
                connection.execute("COMMIT")
        finally:
            connection.close()


class DuckDbTransaction:
    """A transaction of a DuckDB file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, place: SinkPlace) -> None:
        self._connection = connection
        self._place = place

    @property
    def _schema(self) -> str:
        return self._place.database_schema or _MAIN

    def tables(self) -> KnownTables:
        """The tables with our prefix, as they are now."""
        found: dict[str, dict[str, ColumnKind | None]] = {}
        query = (
            "SELECT table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE database_name = current_database() AND schema_name = ?"
        )
        for table, column, kind in self._connection.execute(query, [self._schema]).fetchall():
            name = self._place.own(table)
            if name is not None:
                found.setdefault(name, {})[column] = _KINDS.get(kind)
        return found

    def create(self, shape: SinkShape) -> None:
        """Make a table that is not there, and its schema."""
        columns = ", ".join(f"{_quoted(column.name)} {_TYPES[column.kind]}" for column in shape.columns)
        with self._place.reporting(f"the sink must let us make the table {self._place.table(shape.name)}"):
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(self._schema)}")
            self._connection.execute(f"CREATE TABLE {self._name(shape)} ({columns})")

    def add(self, shape: SinkShape, columns: Sequence[SinkColumn]) -> None:
        """Add columns that a table lacks; they are null in the rows that it has."""
        with self._place.reporting(f"the sink must let us add columns to {self._place.table(shape.name)}"):
            for column in columns:
                added = f"{_quoted(column.name)} {_TYPES[column.kind]}"
                self._connection.execute(f"ALTER TABLE {self._name(shape)} ADD COLUMN {added}")

    def replace(self, shape: SinkShape, where: Where, rows: Iterable[pa.RecordBatch]) -> int:
        """Put ``rows`` in the place of all those at ``where``; returns how many they are.

        One statement takes the whole stream: of several, DuckDB holds the rows in memory until the transaction ends.
        """
        names, counted = ", ".join(_quoted(column.name) for column in shape.columns), CountedBatches(rows)
        gone = f"DELETE FROM {self._name(shape)} {_where(where)}"  # noqa: S608 - names are quoted
        come = f"INSERT INTO {self._name(shape)} ({names}) SELECT {names} FROM {_INCOMING}"  # noqa: S608 - as above
        with self._place.reporting(f"the sink must take the rows of {self._place.table(shape.name)}", holds_rows=True):
            self._connection.execute(gone, list(where.values()))
            self._connection.register(_INCOMING, counted.as_stream(shape.arrow))
            self._connection.execute(come)
            self._connection.unregister(_INCOMING)
        return counted.rows

    def forget(self, shape: SinkShape, where: Where, before: date) -> None:
        """Take away the rows at ``where`` whose as-of date lies ``before`` a day."""
        gone = f"DELETE FROM {self._name(shape)} {_where(where)} AND {AS_OF} < ?"  # noqa: S608 - names are quoted
        with self._place.reporting(f"the sink must take the rows of {self._place.table(shape.name)}", holds_rows=True):
            self._connection.execute(gone, [*where.values(), before])

    def read(self, shape: SinkShape, where: Where) -> pa.Table:
        """The rows at ``where`` of a small table."""
        names = ", ".join(_quoted(column.name) for column in shape.columns)
        with self._place.reporting(f"the table {self._place.table(shape.name)} must be readable"):
            query = f"SELECT {names} FROM {self._name(shape)} {_where(where)}"  # noqa: S608 - names are quoted
            found: pa.Table = self._connection.sql(query, params=list(where.values())).to_arrow_table()
        return found.cast(shape.arrow)

    def _name(self, shape: SinkShape) -> str:
        return f"{_quoted(self._schema)}.{_quoted(self._place.table(shape.name))}"


def _where(where: Where) -> str:
    if not where:
        return ""
    return "WHERE " + " AND ".join(f"{_quoted(name)} = ?" for name in where)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
