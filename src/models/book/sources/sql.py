"""A database that Ibis can open. Tables are fetched in blocks to local Parquet, so that memory stays bounded.

Addresses hold passwords: no message shows an address as it is, or what a driver says about it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import ibis
import ibis.expr.datatypes as dt
import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from models.book.days import UTC, local_time
from models.book.left_there import away_table
from models.book.own import contract_of
from models.book.portable import is_moment, kind_of, portable_columns
from models.book.quarantine import SOURCE_ROW
from models.book.sources.columns import names_at_source, require_known
from models.book.sources.files import read_stored
from models.book.sources.raw_tables import RawTable, RawTables
from models.book.written import WrittenForms
from models.config.book import BookConfig
from models.config.reading import DEFAULT
from models.engines.away import AwayTable
from models.engines.databases import FILE_SCHEMES, asked
from models.errors import MissingFileError, UserError

FETCHED_ROWS = 100_000
"""Rows held in memory at once."""

ATTACHED = "lender"
DUCKDB_SCHEMA = "main"
_OF_THE_QUERY = "of the query"
_DIALECTS = {"postgresql": "postgres"}
_WRITES = (exp.DML, exp.DDL, exp.Into, exp.Command, exp.Copy, exp.Drop, exp.Alter, exp.Set, exp.Pragma, exp.Attach)


@dataclass(frozen=True, kw_only=True)
class _Remote:
    """An open database; ``catalog`` is the name by which a DuckDB file is attached to our connection."""

    database: Any
    url: str
    catalog: str = ""

    def names(self) -> set[str]:
        """Tables in the place where the database looks by itself."""
        if not self.catalog:
            return set(self.database.list_tables())
        query = "select table_name from information_schema.tables where table_catalog = ? and table_schema = ?"
        found = self.database.con.execute(query, [self.catalog, DUCKDB_SCHEMA]).fetchall()
        return {name for (name,) in found}

    def table(self, place: str) -> Any:
        """A table by its name, which may have its schema before a dot."""
        namespace, _, name = place.rpartition(".")
        if self.catalog:
            return self.database.table(name, database=(self.catalog, namespace or DUCKDB_SCHEMA))
        return self.database.table(name, database=namespace or None)

    def answer(self, query: str) -> Any:
        """The rows of a query. It looks for tables where the database does."""
        bare = query.strip().rstrip(";")
        if not self.catalog:
            return self.database.sql(bare)
        before, name = self.database.current_catalog, f"answer_{uuid4().hex}"
        self.database.raw_sql(f"USE {self.catalog}")
        try:
            self.database.raw_sql(f"CREATE TEMP TABLE {name} AS {bare}")
        finally:
            self.database.raw_sql(f'USE "{before}"')
        return self.database.table(name, database=("temp", DUCKDB_SCHEMA))

    def copy(self, table: Any, file: Path) -> None:
        """Write a table to Parquet without holding more than a block of it."""
        if self.catalog:
            self.database.to_parquet(table, file)
            return
        batches = self.database.to_pyarrow_batches(table, chunk_size=FETCHED_ROWS)
        with pq.ParquetWriter(file, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)

    def close(self) -> None:
        """Leave the database; an attached file goes with our own connection."""
        if not self.catalog:
            self.database.disconnect()


@contextmanager
def raw_tables(connection: Any, config: BookConfig, path: str, scratch: Path) -> Iterator[RawTables]:
    """The tables that ``book.tables`` names, or those of the contract's own names if it names none; open until the end.

    Raises ``UnreadableFileError`` if the database does not open, ``MissingFileError`` if it is a file that is not
    there; a table that is asked for ``UnreadableFileError`` if the database lacks it.
    """
    require_known("book.tables", list(config.tables), names_at_source(config))
    remote = _open(connection, path)
    try:
        present = remote.names()
        queries = {name: each.query for name, each in config.read.items() if each.query and name != DEFAULT}
        places = config.tables or {name: name for name in names_at_source(config) if name in present}
        places = places | {name: name for name in config.drawn_on if name not in (*places, *queries)}
        source = _Source(
            connection=connection,
            remote=remote,
            config=config,
            scratch=scratch,
            beside=frozenset((*places, *queries)) - {*config.map},
        )
        openers = {name: partial(source.raw_table, name, place) for name, place in places.items()}
        openers |= {name: partial(source.raw_query, name, query) for name, query in queries.items()}
        others = {name: partial(source.raw_table, name, name) for name in sorted(present)}
        yield RawTables(openers=openers, others=others, left=source.left)
    finally:
        remote.close()


def _open(connection: Any, url: str) -> _Remote:
    if "://" not in url:
        raise UserError(
            rule="source sql needs a database address",
            got="none with a scheme",
            remedy="set book.path to e.g. postgresql://user@host/database or duckdb:///path/to/file",
        )
    if "+" in (scheme := urlsplit(url).scheme):
        plain = scheme.partition("+")[0]
        raise UserError(
            rule="the address of a database must begin with its kind alone",
            got=f"{scheme}://",
            remedy=f"write {plain}:// in its place; the driver is chosen by it",
        )
    if urlsplit(url).scheme in FILE_SCHEMES:
        _require_file(url)
    return asked(lambda: _connected(connection, url), url, rule="the database must open")


def _connected(connection: Any, url: str) -> _Remote:
    if urlsplit(url).scheme == "duckdb":
        connection.attach(_file_of(url), name=ATTACHED, read_only=True)
        return _Remote(database=connection, url=url, catalog=ATTACHED)
    return _Remote(database=ibis.connect(url), url=url)


def _file_of(url: str) -> Path:
    parts = urlsplit(url)
    return Path(unquote(parts.netloc + parts.path))


def _require_file(url: str) -> None:
    file = _file_of(url)
    if not file.is_file():
        raise MissingFileError(file, remedy="name the database's file after the scheme, e.g. duckdb:///data/a.db")


@dataclass(frozen=True, kw_only=True)
class _Source:
    """An open database, and where what is fetched from it goes."""

    connection: Any
    remote: _Remote
    config: BookConfig
    scratch: Path
    beside: Collection[str] = ()
    """The tables of the book that nothing but a table or a query of the database makes."""
    left: dict[str, AwayTable] = field(default_factory=dict)
    """The tables whose rows stay in the database, of those that were taken."""

    def raw_table(self, name: str, place: str) -> RawTable:
        """One table of the database."""
        remote = self.remote
        table = asked(lambda: remote.table(place), remote.url, rule=f"the database must have the table {place}")
        return self._raw(name, place, table)

    def raw_query(self, name: str, query: str) -> RawTable:
        """The rows of a query."""
        remote = self.remote
        _require_one_select(f"book.read.{name}.query", query, urlsplit(remote.url).scheme)
        rule = f"the database must answer book.read.{name}.query"
        return self._raw(name, _OF_THE_QUERY, asked(lambda: remote.answer(query), remote.url, rule=rule))

    def _raw(self, name: str, place: str, table: Any) -> RawTable:
        return RawTable(
            name=name,
            names=tuple(table.columns),
            take=partial(self._fetched, name, place, table),
            written=WrittenForms.of(name, self.config.reading(name)),
        )

    def _fetched(self, name: str, place: str, table: Any, columns: Mapping[str, str]) -> Any:
        """Copies some columns of a table to Parquet, so that memory stays bounded, and opens the copy."""
        file = self.scratch / f"fetched_{name}_{uuid4().hex}.parquet"
        schema = contract_of(self.config.own).get(name)
        wanted = table.select(**portable_columns(table, columns, schema))
        remote = self.remote
        if self._stays(name, place, table, columns):
            wanted = wanted.limit(0)
        asked(lambda: remote.copy(wanted, file), remote.url, rule=f"the table {place} must be readable")
        types = {new: table[old].type() for new, old in columns.items()}
        moments = [new for new, stored in types.items() if is_moment(stored, kind_of(schema, new, stored))]
        return _opened(self.connection, file, moments, self.config.reading(name).time_zone or self.config.time_zone)

    def _stays(self, name: str, place: str, table: Any, columns: Mapping[str, str]) -> bool:
        """Whether the rows of a table stay in the database, which ``left`` then tells."""
        schema = contract_of(self.config.own).get(name)
        if schema is None or place == _OF_THE_QUERY or urlsplit(self.remote.url).scheme in FILE_SCHEMES:
            return False
        types = {new: table[old].type() for new, old in columns.items()}
        found = away_table(self.config, schema, place, columns, types, self.beside)
        if found is not None:
            self.left[name] = found
        return found is not None


def _opened(connection: Any, file: Path, moments: Sequence[str], zone: str) -> Any:
    """Rows with their number. A moment reads as the clocks of ``zone`` showed it: the session's offset says nothing.

    ``moments`` are columns of text with the offset that the database happened to show.
    """
    rows = read_stored(connection, file)
    reported = {name: _shown(rows[name], zone) for name in moments}
    return rows.mutate(**reported, **{SOURCE_ROW: rows.file_row_number + 1}).drop("file_row_number")


def _shown(text: Any, zone: str) -> Any:
    return ibis.coalesce(local_time(text.try_cast(dt.Timestamp(timezone=UTC)), zone).cast("string"), text)


def _require_one_select(setting: str, query: str, scheme: str) -> None:
    """Raises ``UserError`` for anything but one SELECT over tables; ``scheme`` is that of the database's address."""
    name = _DIALECTS.get(scheme, scheme)
    try:
        found = sqlglot.parse(query, dialect=name if name in Dialect.classes else None)
    except (SqlglotError, RecursionError):
        raise _query_refused(setting, "a text that is no SQL of this database") from None
    statements = [each for each in found if each is not None and not isinstance(each, exp.Semicolon)]
    if len(statements) != 1:
        raise _query_refused(setting, f"{len(statements)} statements")
    tree = statements[0]
    if not isinstance(tree, exp.Query) or any(_is_written(each) for each in tree.walk()):
        raise _query_refused(setting, "a statement that is no SELECT, or writes")
    if scheme in FILE_SCHEMES and any(_is_no_table(each) for each in tree.walk()):
        raise _query_refused(setting, "a FROM that names a function or a file")


def _is_written(tree: exp.Expr) -> bool:
    return isinstance(tree, _WRITES) and not isinstance(tree, exp.Query)


def _is_no_table(tree: exp.Expr) -> bool:
    """A function or a file where a table belongs: DuckDB reads a file whose name stands in the place of a table."""
    if isinstance(tree, exp.Lateral):
        return not isinstance(tree.this, exp.Subquery)
    if not isinstance(tree, exp.Table):
        return False
    return not isinstance(tree.this, exp.Identifier) or any(sign in tree.name for sign in "./\\:*")


def _query_refused(setting: str, got: str) -> UserError:
    return UserError(
        rule=f"{setting} must be one SELECT over tables of the database",
        got=got,
        remedy="write one SELECT; files are read with book.source files, all else as a view at the source",
    )
