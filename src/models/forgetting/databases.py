"""Databases without a client: its comments, readings and whatever else names it, and its entries of the chain.

All of a database changes in one transaction, or nothing. The triggers that keep entries of the chain as they are rest
within it, and only then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.decisions.database import COLUMNS, ENTRY_TABLE, ReviewDatabase
from models.decisions.entries import (
    ABOUT_NO_CLIENT,
    FORGOTTEN_SUBJECT,
    BrokenChainError,
    ClientForgotten,
    DecisionAct,
    Draft,
    Entry,
    ErasedEntry,
    moment_text,
    sealed_after,
    verify,
)
from models.forgetting.terms import CLIENT, STAND_IN, Terms
from models.lazy import lazy

if TYPE_CHECKING:
    import sqlalchemy as sa
else:
    sa = lazy("sqlalchemy")

_POSTGRES = ("postgresql://", "postgres://")
_LOCK = 7_164_018_301
"""That of ``review.chain.record``: nobody records meanwhile."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class InDatabase:
    """What names the client: rows by table, numbers of entries of the chain, hashes of files that only these name.

    ``entries`` are about the client, ``others`` about somebody else, whose decisions stand as they were recorded.
    """

    rows: Mapping[str, int]
    entries: tuple[int, ...] = ()
    others: tuple[int, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForgettableDatabase:
    """A database that may name the client: SQLite by its file, any other by its address."""

    address: str
    file: Path | None

    @classmethod
    def of_review(cls, database: ReviewDatabase) -> ForgettableDatabase:
        """The review database of a book."""
        return cls(database.url, database.file)

    @property
    def is_there(self) -> bool:
        """Whether there is anything to look into."""
        return self.file is None or self.file.is_file()

    def look(self, terms: Terms) -> InDatabase:
        """What names the client. Nothing is changed. Raises ``BrokenChainError``."""
        with self._connected() as connection:
            return _found(connection, terms)

    def forget(self, terms: Terms, *, stand_in: str | None, by: str, client: str, why: str) -> InDatabase:
        """Take the client out; its entries of the chain lose their content, and an entry without data says so.

        ``stand_in`` is the id that its rows keep; None: they go. ``client`` is the salted hash of its id.
        """
        with self._connected() as connection:
            found = _found(connection, terms)
            _rewrite_rows(connection, terms, stand_in)
            if sa.inspect(connection).has_table(ENTRY_TABLE):
                _erase_entries(connection, found.entries, by=by, client=client, why=why)
        if self.file is not None:
            self._compact()
        return found

    def forget_rows(self, terms: Terms, *, stand_in: str | None) -> InDatabase:
        """The same of a database without a chain; one that does not name the client is left alone."""
        found = self.look(terms)
        if found.rows:
            with self._connected() as connection:
                _rewrite_rows(connection, terms, stand_in)
            if self.file is not None:
                self._compact()
        return found

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self._url(), poolclass=sa.NullPool, hide_parameters=True)
        if self.file is not None:
            sa.event.listen(engine, "connect", _no_own_transactions)
            sa.event.listen(engine, "begin", _begin_at_once)
        try:
            with engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                yield connection
        finally:
            engine.dispose()

    def _url(self) -> str | sa.URL:
        if self.file is not None:
            return sa.URL.create("sqlite", database=str(self.file))
        for scheme in _POSTGRES:
            if self.address.startswith(scheme):
                return f"postgresql+psycopg://{self.address.removeprefix(scheme)}"
        return self.address

    def _compact(self) -> None:
        """Leave no page that held what is gone; SQLite only marks them as free."""
        engine = sa.create_engine(self._url(), poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text("VACUUM"))
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        engine.dispose()


def _no_own_transactions(connection: Any, _: Any) -> None:
    """The driver begins transactions late, and ends them before tables change."""
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout = 60000")
    connection.execute("PRAGMA secure_delete = ON")


def _begin_at_once(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _found(connection: sa.Connection, terms: Terms) -> InDatabase:
    rows = {}
    for table in _tables(connection):
        count = sum(1 for _ in _naming(connection, table, terms))
        if count:
            rows[table.name] = count
    known = _verified(connection)
    own = [entry for entry in known if _is_about(entry, terms)]
    rest = [entry for entry in known if not _is_about(entry, terms)]
    kept = {each for entry in rest for each in _SHA256.findall(entry.payload)}
    files = {each for entry in own for each in _SHA256.findall(entry.payload)} - kept
    return InDatabase(
        rows=rows,
        entries=tuple(entry.number for entry in own),
        others=tuple(entry.number for entry in rest if _says(entry.payload, terms)),
        files=tuple(sorted(files)),
    )


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """All tables whose rows have a key, but the chain's, which has rules of its own."""
    meta = sa.MetaData()
    meta.reflect(connection)
    return [table for table in meta.sorted_tables if table.name != ENTRY_TABLE and table.primary_key.columns]


def _text_columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, sa.String | sa.JSON)]


def _naming(connection: sa.Connection, table: sa.Table, terms: Terms) -> Iterator[Mapping[str, Any]]:
    """The rows of a table that name the client: the database looks for the words, and here for their ends."""
    columns = _text_columns(table)
    if not columns:
        return
    texts = [sa.cast(column, sa.Text) for column in columns]
    anywhere = sa.or_(*(text.contains(word, autoescape=True) for text in texts for word in terms.forms))
    for row in connection.execute(sa.select(table).where(anywhere)).mappings().all():
        if any(_says(row[column.name], terms) for column in columns):
            yield dict(row)


def _says(cell: Any, terms: Terms) -> bool:
    if cell is None:
        return False
    text = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
    return text in terms.words or re.search(terms.in_text, text) is not None


def _rewrite_rows(connection: sa.Connection, terms: Terms, stand_in: str | None) -> None:
    for table in _tables(connection):
        for row in _naming(connection, table, terms):
            _rewrite_row(connection, table, row, terms, stand_in)


def _rewrite_row(
    connection: sa.Connection, table: sa.Table, row: Mapping[str, Any], terms: Terms, stand_in: str | None
) -> None:
    """A row about the client goes, or stands under another id; any other keeps all but the words for it."""
    key = sa.and_(*(column == row[column.name] for column in table.primary_key.columns))
    if row.get(CLIENT) in terms.ids and stand_in is None:
        connection.execute(sa.delete(table).where(key))
        return
    values = {column.name: _without(row[column.name], terms, stand_in or STAND_IN) for column in _text_columns(table)}
    connection.execute(sa.update(table).where(key).values(values))


def _without(cell: Any, terms: Terms, stand_in: str) -> Any:
    if cell is None:
        return None
    if isinstance(cell, str):
        return stand_in if cell in terms.words else terms.replaced(cell, stand_in)
    return json.loads(terms.replaced(json.dumps(cell, ensure_ascii=False), stand_in))


def _verified(connection: sa.Connection) -> list[Entry]:
    """The chain, empty where there is none. Raises ``BrokenChainError``: of such a one nothing is taken away."""
    place, entries = "the review database", []
    for number, row in enumerate(_entries(connection), start=1):
        try:
            entries.append(_entry(row))
        except (TypeError, ValueError):
            raise BrokenChainError(number, "it holds what was never written", place=place) from None
    broken = verify(entries, place=place)
    if broken is not None:
        raise broken
    return entries


def _entries(connection: sa.Connection) -> list[dict[str, Any]]:
    if not sa.inspect(connection).has_table(ENTRY_TABLE):
        return []
    table = _chain()
    return [dict(row) for row in connection.execute(sa.select(table).order_by(table.c.number)).mappings()]


def _chain() -> sa.TableClause:
    return sa.table(ENTRY_TABLE, *(sa.column(name) for name in COLUMNS))


def _is_about(entry: Entry, terms: Terms) -> bool:
    return entry.subject in terms.ids and entry.act not in ABOUT_NO_CLIENT


def _erase_entries(connection: sa.Connection, numbers: Sequence[int], *, by: str, client: str, why: str) -> None:
    """Take the content of these entries away, and append the entry that names each by its seal."""
    table, known = _chain(), _verified(connection)
    erased = tuple(ErasedEntry.of(entry) for entry in known if entry.number in numbers)
    said = (entry.payload for entry in known if entry.act == DecisionAct.CLIENT_FORGOTTEN)
    if not erased and any(client in payload for payload in said):
        return  # an earlier call said so
    with _untriggered(connection):
        connection.execute(
            sa.update(table)
            .where(table.c.number.in_([each.number for each in erased]))
            .values(act=DecisionAct.ERASED.value, subject=FORGOTTEN_SUBJECT, payload="{}")
        )
    payload = ClientForgotten(client=client, why=why, erased=erased)
    draft = Draft.of(DecisionAct.CLIENT_FORGOTTEN, FORGOTTEN_SUBJECT, payload)
    entry = sealed_after(known[-1] if known else None, draft, by=by, at=datetime.now(tz=UTC))
    values = {name: getattr(entry, name) for name in COLUMNS}
    connection.execute(sa.insert(table).values(values | {"at": moment_text(entry.at)}))


def _entry(row: Mapping[str, Any]) -> Entry:
    text = {name: row[name] for name in ("act", "subject", "payload", "by", "before", "seal")}
    return Entry(number=row["number"], at=datetime.fromisoformat(row["at"]), **text)


@contextmanager
def _untriggered(connection: sa.Connection) -> Iterator[None]:
    """Within, rows of the chain may be changed; the database keeps them again before the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"ALTER TABLE {ENTRY_TABLE} DISABLE TRIGGER USER"))
        yield
        connection.execute(sa.text(f"ALTER TABLE {ENTRY_TABLE} ENABLE TRIGGER USER"))
        return
    asked = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    triggers = connection.execute(asked, {"table": ENTRY_TABLE}).all()
    for name, _ in triggers:
        connection.execute(sa.text(f'DROP TRIGGER "{name}"'))
    yield
    for _, statement in triggers:
        connection.exec_driver_sql(statement)
