"""Any database that SQLAlchemy opens; PostgreSQL takes rows by COPY, others by prepared statements."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from models.lazy import lazy
from models.sinks.layout import AS_OF, ColumnKind, SinkColumn, SinkShape
from models.sinks.targets.addresses import SinkPlace
from models.sinks.targets.protocol import KnownTables, Where

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy import event
else:
    sa = lazy("sqlalchemy")
    event = lazy("sqlalchemy.event")

POSTGRES, SQLITE = "postgresql", "sqlite"
_COPY_DRIVER = "psycopg"
_WAIT_SECONDS = 60
"""How long a transaction waits for another one."""
_KEY_LENGTH = 255
"""Signs of a text in a key, where a database asks for a bound."""
_WRITTEN = "the sink must take the rows of {table}"


class SqlSink:
    """A database that SQLAlchemy opens."""

    def __init__(self, place: SinkPlace) -> None:
        self._place = place
        if place.scheme == SQLITE:
            place.require_no_schema("SQLite")
            place.require_folder()

    @property
    def label(self) -> str:
        """Its address, without secrets."""
        return self._place.label

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """A transaction; on PostgreSQL and SQLite nobody else is within, from whatever machine."""
        with self._place.reporting("the sink must open"):
            engine = _engine(self._place)
            connection = engine.connect()
        try:
            with self._place.reporting("the sink must let us write"):
                begun = connection.begin()
                _lock(connection, self._place)
            yield SqlTransaction(connection, self._place)
            with self._place.reporting("the sink must keep what was written"):
                begun.commit()
        finally:
            connection.close()
            engine.dispose()


class SqlTransaction:
    """A transaction of a database that SQLAlchemy opens."""

    def __init__(self, connection: sa.Connection, place: SinkPlace) -> None:
        self._connection = connection
        self._place = place

    def tables(self) -> KnownTables:
        """The tables with our prefix, as they are now."""
        with self._place.reporting("the sink must tell its tables"):
            found, schema = sa.inspect(self._connection), self._place.database_schema
            names = [name for name in found.get_table_names(schema=schema) if self._place.own(name) is not None]
            known = found.get_multi_columns(schema=schema, filter_names=names) if names else {}
        return {
            str(self._place.own(name)): {column["name"]: _kind(column["type"]) for column in columns}
            for (_, name), columns in known.items()
        }

    def create(self, shape: SinkShape) -> None:
        """Make a table that is not there, and its schema."""
        with self._place.reporting(f"the sink must let us make the table {self._place.table(shape.name)}"):
            self._require_schema()
            self._table(shape).create(self._connection, checkfirst=False)

    def add(self, shape: SinkShape, columns: Sequence[SinkColumn]) -> None:
        """Add columns that a table lacks; they are null in the rows that it has."""
        table, dialect = self._table(shape), self._connection.dialect
        quoted = dialect.identifier_preparer
        with self._place.reporting(f"the sink must let us add columns to {self._place.table(shape.name)}"):
            for column in columns:
                made = table.columns[column.name]
                kind = made.type.compile(dialect=dialect)
                self._connection.exec_driver_sql(
                    f"ALTER TABLE {quoted.format_table(table)} ADD {quoted.format_column(made)} {kind}"
                )

    def replace(self, shape: SinkShape, where: Where, rows: Iterable[pa.RecordBatch]) -> int:
        """Put ``rows`` in the place of all those at ``where``; returns how many they are."""
        table = self._table(shape)
        with self._place.reporting(_WRITTEN.format(table=self._place.table(shape.name)), holds_rows=True):
            self._connection.execute(_where(sa.delete(table), table, where))
            if (self._connection.dialect.name, self._connection.dialect.driver) == (POSTGRES, _COPY_DRIVER):
                return self._copied(table, rows)
            return sum(self._inserted(table, batch) for batch in rows)

    def forget(self, shape: SinkShape, where: Where, before: date) -> None:
        """Take away the rows at ``where`` whose as-of date lies ``before`` a day."""
        table = self._table(shape)
        with self._place.reporting(_WRITTEN.format(table=self._place.table(shape.name)), holds_rows=True):
            gone = sa.delete(table).where(table.columns[AS_OF] < before)
            self._connection.execute(_where(gone, table, where))

    def read(self, shape: SinkShape, where: Where) -> pa.Table:
        """The rows at ``where`` of a small table."""
        table = self._table(shape)
        with self._place.reporting(f"the table {self._place.table(shape.name)} must be readable"):
            found = self._connection.execute(_where(sa.select(table), table, where)).mappings().all()
        return pa.Table.from_pylist([dict(row) for row in found], schema=shape.arrow)

    def _require_schema(self) -> None:
        name = self._place.database_schema
        if name is not None and not sa.inspect(self._connection).has_schema(name):
            self._connection.execute(sa.schema.CreateSchema(name))

    def _copied(self, table: sa.Table, rows: Iterable[pa.RecordBatch]) -> int:
        """Send rows as CSV: numbers with all their digits, empty text in quotes, null as nothing."""
        quoted = self._connection.dialect.identifier_preparer
        columns = ", ".join(quoted.format_column(column) for column in table.columns)
        statement = f"COPY {quoted.format_table(table)} ({columns}) FROM STDIN (FORMAT csv, ENCODING 'UTF8')"
        options, count = pa_csv.WriteOptions(include_header=False), 0
        driver: Any = self._connection.connection
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for batch in rows:
                buffer = io.BytesIO()
                pa_csv.write_csv(batch, buffer, options)
                copy.write(buffer.getbuffer())
                count += batch.num_rows
        return count

    def _inserted(self, table: sa.Table, batch: pa.RecordBatch) -> int:
        if self._connection.dialect.name == SQLITE:
            statement = str(sa.insert(table).compile(dialect=self._connection.dialect))
            self._connection.exec_driver_sql(statement, list(zip(*map(_as_sqlite, batch.columns), strict=True)))
        else:
            self._connection.execute(sa.insert(table), batch.to_pylist())
        return int(batch.num_rows)

    def _table(self, shape: SinkShape) -> sa.Table:
        bounded = self._connection.dialect.name not in (POSTGRES, SQLITE)
        columns = [
            sa.Column(
                column.name, _type(column.kind, bounded=bounded and place < shape.keys), primary_key=place < shape.keys
            )
            for place, column in enumerate(shape.columns)
        ]
        name = self._place.table(shape.name)
        return sa.Table(name, sa.MetaData(), *columns, schema=self._place.database_schema)


def _engine(place: SinkPlace) -> sa.Engine:
    if place.scheme == SQLITE:
        return _sqlite_engine(place)
    url = sa.make_url(place.address)
    held: dict[str, Any] = {
        name: place.expanded(value)
        for name in ("username", "password", "host", "database")
        if (value := getattr(url, name))
    }
    query = {name: place.expanded(value) if isinstance(value, str) else value for name, value in url.query.items()}
    drivername = url.drivername
    if drivername in (POSTGRES, "postgres"):
        drivername = f"{POSTGRES}+{_COPY_DRIVER}"
    return sa.create_engine(
        url.set(drivername=drivername, query=query, **held), hide_parameters=True, poolclass=sa.NullPool
    )


def _sqlite_engine(place: SinkPlace) -> sa.Engine:
    """A file of SQLite, whose driver would else begin transactions late and end them before tables are made."""
    engine = sa.create_engine(
        sa.URL.create(SQLITE, database=str(place.path)),
        connect_args={"timeout": _WAIT_SECONDS},
        hide_parameters=True,
        poolclass=sa.NullPool,
    )
    event.listen(engine, "connect", _leave_transactions_to_us)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def _leave_transactions_to_us(connection: Any, _record: object) -> None:
    connection.isolation_level = None


def _begin_immediately(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _as_sqlite(column: pa.Array) -> list[Any]:
    """Values as the driver takes them without looking at each: dates and moments as text, as SQLAlchemy reads them."""
    is_time = pa.types.is_temporal(column.type)
    found: list[Any] = (column.cast(pa.string()) if is_time else column).to_pylist()
    return found


def _lock(connection: sa.Connection, place: SinkPlace) -> None:
    """Keep others out of the same tables until the transaction ends; SQLite did so when it began."""
    if connection.dialect.name != POSTGRES:
        return
    name = f"clientvalue {place.database_schema or ''} {place.prefix}"
    connection.execute(sa.text(f"SET LOCAL lock_timeout = '{_WAIT_SECONDS}s'"))
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


def _where(statement: Any, table: sa.Table, where: Where) -> Any:
    return statement.where(*(table.columns[name] == value for name, value in where.items()))


def _type(kind: ColumnKind, *, bounded: bool) -> Any:
    if kind is ColumnKind.TEXT:
        return sa.String(_KEY_LENGTH) if bounded else sa.Text()
    return _types()[kind]()


def _types() -> Mapping[ColumnKind, Any]:
    return {
        ColumnKind.INTEGER: sa.BigInteger,
        ColumnKind.NUMBER: sa.Double,
        ColumnKind.TRUTH: sa.Boolean,
        ColumnKind.DATE: sa.Date,
        ColumnKind.MOMENT: sa.DateTime,
    }


def _kind(found: Any) -> ColumnKind | None:
    """The kind of a type that a database tells; numbers of fixed digits are none of ours."""
    known = (
        (sa.Boolean, ColumnKind.TRUTH),
        (sa.Integer, ColumnKind.INTEGER),
        (sa.Float, ColumnKind.NUMBER),
        (sa.DateTime, ColumnKind.MOMENT),
        (sa.Date, ColumnKind.DATE),
        (sa.String, ColumnKind.TEXT),
    )
    return next((kind for its, kind in known if isinstance(found, its)), None)
