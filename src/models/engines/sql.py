"""A database that Ibis opens, in which the rows of large tables stay; all else is in DuckDB, in this process.

It is asked for sums, and for the rows of a ledger. What is small and must be joined there becomes temporary tables,
which go with the connection: nothing is left behind, and nothing but them is ever written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from models.engines.away import AwayTable, OpenAway
from models.engines.databases import asked
from models.engines.duckdb import DUCKDB
from models.engines.protocol import NOWHERE, Session, SessionLimits, Workplace
from models.engines.row_sums import Expressions, RowSums, text_number
from models.errors import UserError
from models.lazy import lazy
from models.showable import without_secrets
from models.store.code import code_of

ibis = lazy("ibis")
pa = lazy("pyarrow")
pq = lazy("pyarrow.parquet")

FETCHED_ROWS = 100_000
"""Rows of a ledger that are held in memory at once."""
_TEMPORARY = "the database must let this user make temporary tables"
_GRANT = "grant it, e.g. GRANT TEMPORARY ON DATABASE ... TO ...; or set book.engine to duckdb, which only reads"


class Database:
    """An open database. Close it; temporary tables go with it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.backend = asked(lambda: ibis.connect(url), url, rule="the database must open")

    def table(self, place: str) -> Any:
        """A table by its name, which may have its schema before a dot."""
        namespace, _, name = place.rpartition(".")
        rule = f"the database must have the table {place}"
        return asked(lambda: self.backend.table(name, database=namespace or None), self._url, rule=rule)

    def uploaded(self, rows: Any) -> Any:
        """Rows (a PyArrow table or an expression of this database) as a temporary table."""
        name = f"clientvalue_{uuid4().hex[:16]}"
        make = self.backend.create_table
        return asked(lambda: make(name, rows, temp=True), self._url, rule=_TEMPORARY, remedy=_GRANT)

    def answer(self, question: Any, *, of: str) -> Any:
        """What a function gives that asks the database."""
        return asked(question, self._url, rule=f"the database must sum up {of}")

    def copy(self, table: Any, file: Path) -> None:
        """Write the rows of an expression to Parquet without holding more than a block of them."""
        asked(lambda: self._copied(table, file), self._url, rule="the database must answer for the ledger")

    def _copied(self, table: Any, file: Path) -> None:
        batches = self.backend.to_pyarrow_batches(table, chunk_size=FETCHED_ROWS)
        with pq.ParquetWriter(file, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)

    def close(self) -> None:
        """Leave the database."""
        self.backend.disconnect()


@dataclass(frozen=True, kw_only=True)
class SqlSession:
    """A DuckDB session with a database beside it, which is opened when it is first asked.

    ``away``: file that stands for a table -> the table in the database.
    """

    here: Session
    url: str = field(repr=False)
    folder: Path
    away: Mapping[Path, AwayTable] = field(default_factory=dict)
    known: dict[Path, Any] = field(default_factory=dict, repr=False)
    """The tables of ``away`` that were read: each is held against what was checked once."""

    @property
    def backend(self) -> Any:
        """That of DuckDB."""
        return self.here.backend

    @cached_property
    def database(self) -> Database:
        """The open database."""
        return Database(self.url)

    def read(self, files: Path | str, *, name: str | None = None) -> Any:
        """A table of files here, or one that stays in the database. Raises ``UserError`` if that has changed."""
        file = Path(files)
        if file not in self.away:
            return self.here.read(files, name=name)
        if file not in self.known:
            self.known[file] = self._whole(self.away[file], file.parent)
        return self.known[file]

    def stored(self, name: str, table: Any) -> Any:
        """The same rows where they are, as a temporary table."""
        return self.database.uploaded(table) if self.is_away(table) else self.here.stored(name, table)

    def write(self, table: Any, file: Path, *, compression: str = "zstd") -> None:
        """Write a table into one Parquet file here."""
        self.here.write(self.brought(table), file, compression=compression)

    def write_blocks(self, table: Any, folder: Path) -> None:
        """Write a table into a folder here."""
        self.here.write_blocks(self.brought(table), folder)

    def brought(self, table: Any) -> Any:
        """The rows of an expression here; a table that is here already is the same."""
        if not self.is_away(table):
            return table
        file = self.folder / f"brought_{uuid4().hex}.parquet"
        self.database.copy(table, file)
        return self.here.read(file)

    def beside(self, small: Any, large: Any) -> Any:
        """A small table where a large one is."""
        if self.is_away(small) or not self.is_away(large):
            return small
        return self.database.uploaded(small.to_pyarrow())

    def is_away(self, table: Any) -> bool:
        """Whether a table is in the database."""
        return table.get_backend() is not self.here.backend

    def opened(self, table: AwayTable, ids: Expressions) -> OpenAway:
        """A table that stays, with the texts that its columns may hold: ``ids``, of tables here, by column."""
        texts = {column.name: self._numbered(ids[column.name]) for column in table.ids}
        words = sorted({word for column in table.columns for word in column.allowed})
        return OpenAway(table=table, raw=self.database.table(table.place), ids=texts, words=self._words(words))

    def _numbered(self, ids: Any) -> Any:
        named = ids.name("text").as_table()
        named = named.filter(named.text.notnull()).distinct()
        return self.database.uploaded(named.select("text", number=text_number(named.text)).to_pyarrow())

    def _words(self, words: Sequence[str]) -> dict[str, int]:
        if not words:
            return {}
        table = ibis.memtable(pa.table({"text": pa.array(words, pa.string())}))
        found = self.here.backend.to_pyarrow(table.select("text", number=text_number(table.text)))
        return dict(zip(found["text"].to_pylist(), found["number"].to_pylist(), strict=True))

    def _whole(self, table: AwayTable, folder: Path) -> Any:
        """The good rows in the database, and those that came through the door here."""
        ids = {each.name: self.here.read(folder / f"{each.table}.parquet")[each.target] for each in table.ids}
        opened = self.opened(table, ids)
        self._require_same(table, self.database.answer(lambda: opened.sums()[0], of=table.place))
        rows, beside = opened.rows(), self.here.read(folder / beside_file(table.name)).select(*_names(table))
        if not beside.count().to_pyarrow().as_py():
            return rows
        return ibis.union(rows, self.database.uploaded(beside.to_pyarrow()))

    def _require_same(self, table: AwayTable, found: RowSums) -> None:
        if found != table.sums:
            raise UserError(
                rule=f"the table {table.place} must stay as it was checked while a command runs",
                got=f"{found.rows:,} good rows where {table.sums.rows:,} were checked"
                if found.rows != table.sums.rows
                else "other rows",
                remedy=f"run the command again, at a time when nothing is loaded into {without_secrets(self.url)}",
            )


def beside_file(name: str) -> str:
    """The file of rows that came through the door here, of a table that stays in a database."""
    return f"{name}.beside.parquet"


def _names(table: AwayTable) -> list[str]:
    return [column.name for column in table.columns]


@dataclass(frozen=True, kw_only=True)
class Sql:
    """A database as an engine; ``away``: file that stands for a table -> the table there."""

    url: str = field(repr=False)
    away: Mapping[Path, AwayTable] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """The kind of database, with what sums up the rest."""
        return " ".join(("sql", urlsplit(self.url).scheme, DUCKDB.version, code_of(__name__)))

    def with_away(self, away: Mapping[Path, AwayTable]) -> Sql:
        """The same with tables that stay in it."""
        return replace(self, away=away)

    @contextmanager
    def session(self, limits: SessionLimits | None = None, place: Workplace = NOWHERE) -> Iterator[SqlSession]:
        """A session of DuckDB; the database is opened once it is asked, and left at the end."""
        with tempfile.TemporaryDirectory(prefix="clientvalue") as folder, DUCKDB.session(limits, place) as here:
            session = SqlSession(here=here, url=self.url, folder=Path(folder), away=self.away)
            try:
                yield session
            finally:
                if "database" in session.__dict__:
                    session.database.close()
