"""The check of a book: a source is read, its rows are checked, and a good book is stored; else it is refused."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, replace
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pandas as pd

from models.book.columns import TableSchema
from models.book.contract import CLIENTS, REQUIRED_TABLES, with_tiers
from models.book.conventions import Conventions
from models.book.door import QUARANTINE, Book, books_in
from models.book.forgotten import NOBODY_FORGOTTEN, ForgottenList, without_forgotten
from models.book.guard.compute import door_notices, stray_notices
from models.book.guard.measuring import profile_book
from models.book.left_there import LEFT_TABLES, LeftRows, away_file, left_notices, set_beside, sums_of
from models.book.limits import refuse_bad, row_notices
from models.book.mapping.source import read_source
from models.book.merging import MergedSource, with_merged_on
from models.book.own import contract_of
from models.book.quarantine import CheckedTable, Gate
from models.book.sections import CheckedSections
from models.book.side_tables import ALIASES
from models.book.sources.registry import with_approved, with_overrides
from models.book.sources.source_tables import SourceTables
from models.config.privacy import PrivacyConfig
from models.decisions.decided import NOTHING_DECIDED, Decided
from models.engines.away import AwayTable
from models.engines.duckdb import DUCKDB
from models.engines.protocol import Engine, Session, SessionLimits, Workplace
from models.engines.row_sums import RowSums, row_sums
from models.engines.sql import Sql, SqlSession
from models.errors import AllProblems, TooLittleDataError, UnreadableFileError, UserError
from models.store.drafts import scratch_folder
from models.store.keys import Key
from models.vocab import Progress


def check_book(
    config: CheckedSections,
    place: str,
    work_dir: Path,
    progress: Progress,
    engine: Engine = DUCKDB,
    *,
    decided: Decided = NOTHING_DECIDED,
    forgotten: ForgottenList = NOBODY_FORGOTTEN,
) -> Book:
    """Read the book from ``place``, check it, and write it to ``work_dir``, as ``load_book`` says.

    What was ``decided`` in the review database stands beside the source's own overrides. Rows of ``forgotten`` clients
    are counted and left out, before anything is looked at.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    limits = SessionLimits.of(config.run)
    if config.book.engine == "sql" and engine == DUCKDB:
        _require_database(config)
        engine = Sql(url=place)
    with (
        scratch_folder(work_dir, "book") as scratch,
        engine.session(limits, Workplace(spill=scratch / "spill", database=scratch / "staging.duckdb")) as session,
    ):
        connection = session.backend
        progress.stage(f"Reading the {config.book.name} book")
        source = _read(connection, config, place, scratch, forgotten)
        source = with_approved(connection, with_overrides(connection, config.book, source, scratch), decided)
        source = without_forgotten(source, forgotten)
        progress.stage("Checking its rows")
        stored = scratch / "book"
        stored.mkdir()
        kept_since = _kept_since(config.privacy, source.known_until)
        gate = Gate(
            connection=connection,
            known_until=source.known_until,
            folder=stored,
            conventions=Conventions.of(config.book, source.written),
            cuts=config.book.after_known_until == "cut",
            kept_since=kept_since,
        )
        left = _left(session, source, kept_since)
        contract, aliases = contract_of(config.book.own), {}
        if source.aliases is not None:
            aliases[ALIASES.name] = gate.check(source.aliases, ALIASES)
        if aliases and aliases[ALIASES.name].count.rows_used:
            merged = MergedSource(connection=connection, source=source, contract=contract, conventions=gate.conventions)
            raw, read = source.aliases, aliases[ALIASES.name]
            source = without_forgotten(merged.made(read), forgotten)  # again: an old id may lead to one of them
            if forgotten.clients:
                aliases[ALIASES.name] = gate.check(merged.aliases_without(raw, read, forgotten), ALIASES)
            contract = {**contract, CLIENTS.name: with_merged_on(contract[CLIENTS.name])}
        checked = aliases | _check_all(gate, source.tables, contract, config.scale.names, left)
        everything = [*source.checked, *checked.values()]
        quarantine = _write_quarantine(session, everything, scratch, work_dir)
        refuse_bad(everything, config.book.max_quarantine_share, quarantine)
        progress.stage("Looking for what is implausible")
        away = {} if left is None else left.checked
        book = _guarded(_describe(config, source, checked, work_dir, away), config, place, checked)
        set_beside(stored, away)
        books_in(work_dir).put(Key(book.fingerprint), stored, _manifest(book))
    tables = {book.tables[name]: table for name, table in away.items()}
    return replace(book, engine=engine.with_away(tables) if isinstance(engine, Sql) else engine)


def _read(
    connection: Any, config: CheckedSections, place: str, scratch: Path, forgotten: ForgottenList
) -> SourceTables:
    """The source; its rows travel where merged ids or forgotten clients have a say in them."""
    source = read_source(connection, config.book, config.plugins, place, scratch)
    if source.left and (source.aliases is not None or forgotten.clients):
        here = config.book.model_copy(update={"engine": "duckdb"})
        source = read_source(connection, here, config.plugins, place, scratch)
    return replace(source, notices=(*source.notices, *left_notices(config.book, source.tables, source.left)))


def _require_database(config: CheckedSections) -> None:
    if config.book.source != "sql":
        raise UserError(
            rule="book.engine sql must have book.source sql",
            got=config.book.source,
            remedy="set book.engine to duckdb, or name a database",
        )


def _left(session: Session, source: SourceTables, begins: Mapping[str, date]) -> LeftRows | None:
    if not isinstance(session, SqlSession):
        return None
    return LeftRows(session=session, tables=source.left, known_until=source.known_until, begins=begins)


def _kept_since(privacy: PrivacyConfig, known_until: date) -> dict[str, date]:
    """Table -> the day from which on its rows are kept."""
    return {
        name: (pd.Timestamp(known_until) - pd.DateOffset(months=months)).date() for name, months in privacy.keep.items()
    }


def _check_all(
    gate: Gate,
    tables: Mapping[str, Any],
    contract: Mapping[str, TableSchema],
    tiers: Sequence[str],
    left: LeftRows | None,
) -> dict[str, CheckedTable]:
    """Checks the tables, those that others refer to first. Raises what is wrong with each table, all of it at once."""
    checked: dict[str, CheckedTable] = {}
    with AllProblems(subject="the book") as problems:
        for name in (name for name in contract if name in tables):
            with problems.caught():
                stays = left is not None and name in left.tables
                checked[name] = gate.check(
                    left.doubtful(contract[name], checked) if left is not None and stays else tables[name],
                    with_tiers(contract[name], tiers),
                    targets={done: table.rows for done, table in checked.items()},
                    left_out={done: table.left_out for done, table in checked.items() if table.count.rows_quarantined},
                    elsewhere=left.rows(name) if left is not None else 0,
                )
    _require_rows([checked[name] for name in REQUIRED_TABLES if name in checked])
    missing = [name for name in REQUIRED_TABLES if name not in checked]
    if missing:
        raise UnreadableFileError(
            rule=f"a book must have the tables {' and '.join(REQUIRED_TABLES)}",
            got=", ".join(checked) or "no tables",
            remedy=f"add {' and '.join(missing)}",
        )
    return checked


def _require_rows(tables: Sequence[CheckedTable]) -> None:
    """Raises ``TooLittleDataError`` for tables that came without any row, from which all else would follow."""
    empty = [table.count.table.removesuffix("s") for table in tables if not table.count.rows_in]
    if empty:
        raise TooLittleDataError(
            rule=f"a book must hold {' and '.join(f'at least one {each}' for each in empty)}",
            got="none",
            remedy="look at the source, or name another",
        )


def _write_quarantine(session: Session, tables: Sequence[CheckedTable], scratch: Path, work_dir: Path) -> Path:
    rows = ibis.union(*[table.quarantine for table in tables]) if len(tables) > 1 else tables[0].quarantine
    written, target = scratch / QUARANTINE, work_dir / QUARANTINE
    session.write(rows.order_by(["table", "source_row"]), written)
    os.replace(written, target)  # noqa: PTH105 - the one call that replaces a file whole
    return target


def _first_date(checked: CheckedTable, away: AwayTable | None) -> date:
    days: list[date | None] = [checked.rows.date.min().to_pyarrow().as_py(), None if away is None else away.first_day]
    known = [day for day in days if day is not None]
    if not known:
        raise TooLittleDataError(
            rule="a book must hold at least one cashflow",
            got="none",
            remedy="look at the source, or name another",
        )
    return min(known)


def _describe(
    config: CheckedSections,
    source: SourceTables,
    checked: Mapping[str, CheckedTable],
    work_dir: Path,
    away: Mapping[str, AwayTable],
) -> Book:
    first_date = _first_date(checked["cashflows"], away.get("cashflows"))
    everything = (*source.checked, *checked.values())
    sums = sums_of(checked, away)
    key = fingerprint({name: table.rows for name, table in checked.items()}, currency=config.book.currency, sums=sums)
    folder = books_in(work_dir).place(Key(key))
    return Book(
        name=config.book.name,
        currency=config.book.currency,
        tables={name: folder / (away_file(name) if name in away else f"{name}.parquet") for name in checked},
        quarantine=work_dir / QUARANTINE,
        first_date=first_date,
        known_until=source.known_until,
        fingerprint=key,
        counts=tuple(table.count for table in everything),
        ignored_columns=source.ignored_columns,
        notices=(*source.notices, *row_notices(everything, work_dir / QUARANTINE)),
    )


def _guarded(book: Book, config: CheckedSections, place: str, checked: Mapping[str, CheckedTable]) -> Book:
    """The book with its profile, and with what is implausible about it by itself among its notices."""
    here = {name: table.rows for name, table in checked.items() if name in book.here}
    profile = profile_book(here, config, book.known_until)
    found = door_notices(profile, config, book.known_until, ignored=book.ignored_columns)
    taken = [*checked, *config.book.drawn_on]
    strays = stray_notices(Path(place), taken, config) if config.book.source == "files" else ()
    return replace(book, profile=profile, notices=(*book.notices, *found, *strays))


def _manifest(book: Book) -> dict[str, Any]:
    """The facts beside the tables; examples of bad rows, which may hold anything, stay with the quarantine."""
    counts = [{key: value for key, value in asdict(count).items() if key != "examples"} for count in book.counts]
    return {**book.to_facts(), "counts": counts}


def fingerprint(tables: Mapping[str, Any], *, currency: str, sums: Mapping[str, RowSums] | None = None) -> str:
    """64 hexadecimal digits over names, types, row counts and all cells of ``tables``.

    Rows enter as two sums of hashes, so that neither their order nor the machine's threads matter: of tables that may
    stay in a database those of ``row_sums``, which every database computes alike, of others of DuckDB's 64-bit row
    hash; both are thirty times faster than md5. It shows that something changed; it does not withstand someone
    who wants two books to look alike, and another version of DuckDB may hash differently.
    """
    digest = hashlib.sha256(currency.encode())
    for name in sorted(tables):
        known = (sums or {}).get(name)
        if known is None and name in LEFT_TABLES:
            known = row_sums(tables[name])
        found = _row_sums(tables[name]) if known is None else tuple(map(str, astuple(known)))
        digest.update(f"\n{name} {tables[name].schema()!r} {found}".encode())
    return digest.hexdigest()


def _row_sums(table: Any) -> tuple[str, ...]:
    names = list(table.columns)
    sums = table.aggregate(rows=table.count(), forward=_hash_sum(table, names), backward=_hash_sum(table, names[::-1]))
    return tuple(str(value) for value in sums.to_pyarrow().to_pylist()[0].values())


def _hash_sum(table: Any, names: Sequence[str]) -> Any:
    """The hash mixes cells by their place, so that another order of columns is a second, independent one."""
    row = ibis.struct({name: table[name] for name in names})
    return row.hash().cast("decimal(38, 0)").sum().cast("string")
