"""Brings one sink level with the ledger of publications, one transaction per run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from models.config.publish import SINK_TABLES, PublishConfig
from models.errors import UserError
from models.publications.ledger import Publication, official_of
from models.sinks.layout import STAMP, SinkColumn, SinkShape
from models.sinks.migration import make_ready
from models.sinks.records import StandingRun, note_publications, note_run, seals, standing_runs
from models.sinks.report import SinkProblem, SinkReport, TableRows, WrittenRun
from models.sinks.tables import EXPLAINED, RunStamp, RunTable, belongs_to, run_tables
from models.sinks.targets.addresses import SinkError
from models.sinks.targets.protocol import KnownTables, SinkTransaction, TableSink
from models.store.sealed import OF_SCORES, read_manifest
from models.vocab import Progress, SilentProgress


class OtherLedgerError(UserError):
    """A sink that another ledger of publications was written into."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be written.

    Attributes:
        as_of: only the run of this date.
        anew: also what the sink holds already.
        new_ledger: entries of another ledger that the sink tells of give way.
    """

    as_of: date | None = None
    anew: bool = False
    new_ledger: bool = False


WHAT_IS_DUE = Wish()


@dataclass(frozen=True, kw_only=True)
class PublishedBook:
    """A book's ledger of publications, and the folder below which their runs stand."""

    name: str
    scores: Path
    entries: tuple[Publication, ...]


def bring_level(
    sink: TableSink,
    book: PublishedBook,
    settings: PublishConfig,
    wish: Wish = WHAT_IS_DUE,
    *,
    progress: Progress = SilentProgress(),
) -> SinkReport:
    """Write every official run that a sink does not hold, the earliest date first, each in one transaction.

    What cannot be written becomes a problem of the report: a run that is damaged keeps back none of the others, a sink
    that does not answer keeps back the rest.
    """
    report = SinkReport(sink=sink.label)
    try:
        standing = _standing(sink, book, wish)
        due = list(_due(book, standing, wish))
        report = replace(report, held=len(_asked(book, wish)) - len(due))
        for entry in due:
            progress.stage(f"Writing {entry.as_of} into {sink.label}")
            report = _with_run(report, sink, book, settings, entry, wish)
        return replace(report, publications=_tell_publications(sink, book, wish))
    except UserError as error:
        return replace(report, problems=(*report.problems, SinkProblem.of(error, sink.label)))


def write_run(
    sink: TableSink,
    folder: Path,
    entry: Publication,
    book: PublishedBook,
    settings: PublishConfig,
    wish: Wish = WHAT_IS_DUE,
) -> WrittenRun | None:
    """Put the rows of a run in the place of all those of its as-of date; None where they stand there already.

    One transaction, with the entries of the ledger. Raises ``DamagedBundleError``, ``SinkLayoutError``, ``SinkError``.
    """
    stamp = _proved(folder, entry, book.name)
    explained = _explained_from(book, settings)
    tables = [
        each if _is_filled(each.name, stamp, settings, explained) else each.emptied() for each in run_tables(folder)
    ]
    with sink.transaction() as transaction:
        known = transaction.tables()
        before = standing_runs(transaction, known, book.name).get(stamp.as_of)
        if not _is_due(entry, before, wish):
            return None
        added = make_ready(transaction, known, [each.shape for each in tables])
        rows = [*_filled(transaction, tables, stamp), *_cleared(transaction, known, tables, stamp)]
        _forget_explained(transaction, tables, book, explained)
        _tell(transaction, known, book, wish)
        note_run(transaction, book.name, entry, sum(each.rows for each in rows))
    return WrittenRun(
        as_of=stamp.as_of,
        run_key=entry.run_key,
        publication=entry.number,
        replaced=None if before is None else before.run_key,
        tables=tuple(rows),
        added_columns=added,
    )


def _with_run(
    report: SinkReport, sink: TableSink, book: PublishedBook, settings: PublishConfig, entry: Publication, wish: Wish
) -> SinkReport:
    """The report with what became of one run."""
    try:
        written = write_run(sink, book.scores / entry.folder, entry, book, settings, wish)
    except SinkError:
        raise
    except UserError as error:
        return replace(report, problems=(*report.problems, SinkProblem.of(error, sink.label, entry.as_of)))
    if written is None:  # another process was faster
        return replace(report, held=report.held + 1)
    return replace(report, written=(*report.written, written))


def _standing(sink: TableSink, book: PublishedBook, wish: Wish) -> dict[date, StandingRun]:
    """What a sink holds of a book. Raises ``OtherLedgerError`` if that is from another ledger."""
    with sink.transaction() as transaction:
        known = transaction.tables()
        if not wish.new_ledger:
            _require_same_ledger(seals(transaction, known, book.name), book)
        return standing_runs(transaction, known, book.name)


def _asked(book: PublishedBook, wish: Wish) -> list[Publication]:
    official = official_of(book.entries)
    return [entry for as_of, entry in official.items() if wish.as_of in (None, as_of)]


def _due(book: PublishedBook, standing: dict[date, StandingRun], wish: Wish) -> Iterator[Publication]:
    for entry in _asked(book, wish):
        if _is_due(entry, standing.get(entry.as_of) if entry.as_of else None, wish):
            yield entry


def _is_due(entry: Publication, before: StandingRun | None, wish: Wish) -> bool:
    """Whether a run takes the place of the one that stands: never of that of a later publication, unread by us."""
    if before is None or wish.anew or wish.new_ledger:
        return True
    return (before.publication, before.run_key) != (entry.number, entry.run_key) and before.publication <= entry.number


def _proved(folder: Path, entry: Publication, book: str) -> RunStamp:
    """What the rows of a run begin with, once every file of it was proved to be as it was published."""
    manifest = read_manifest(folder, remedies=OF_SCORES)
    if manifest.get("run_key") != entry.run_key:
        raise UserError(
            rule=f"{folder.name} must hold the run that the ledger names",
            got=f"run {str(manifest.get('run_key'))[:12]}, not {entry.run_key[:12]}",
            remedy="restore the folder, or predict that date again",
        )
    return RunStamp(book, date.fromisoformat(manifest["as_of"]), entry.run_key)


def _filled(transaction: SinkTransaction, tables: Sequence[RunTable], stamp: RunStamp) -> Iterator[TableRows]:
    for table in tables:
        rows = transaction.replace(table.shape, stamp.where, table.batches(stamp))
        yield TableRows(table=table.name, rows=rows)


def _explained_from(book: PublishedBook, settings: PublishConfig) -> date:
    """The first as-of date whose predictions and explanations are kept."""
    if settings.explained_days is None:
        return date.min
    return max(official_of(book.entries), default=date.min) - timedelta(days=settings.explained_days)


def _is_filled(table: str, stamp: RunStamp, settings: PublishConfig, explained_from: date) -> bool:
    return belongs_to(table, settings.tables) and (table not in EXPLAINED or stamp.as_of >= explained_from)


def _forget_explained(
    transaction: SinkTransaction, tables: Sequence[RunTable], book: PublishedBook, explained_from: date
) -> None:
    """Takes away what is explained of earlier dates, which is by far the most of a sink."""
    for table in tables:
        if table.name in EXPLAINED and explained_from > date.min:
            transaction.forget(table.shape, {"book": book.name}, explained_from)


def _cleared(
    transaction: SinkTransaction, known: KnownTables, tables: Sequence[RunTable], stamp: RunStamp
) -> Iterator[TableRows]:
    """Takes the rows of this date out of tables that the run does not have, where an earlier one may have left some."""
    ours = {column.name for column in STAMP}
    for name in sorted(known.keys() - {table.name for table in tables}):
        if belongs_to(name, SINK_TABLES) and ours <= known[name].keys():
            kept = tuple(SinkColumn(column, kind) for column, kind in known[name].items() if kind is not None)
            transaction.replace(SinkShape(name, kept, 0), stamp.where, ())
            yield TableRows(table=name, rows=0)


def _tell_publications(sink: TableSink, book: PublishedBook, wish: Wish) -> int:
    """Make a sink tell of every entry, also those that wrote no run, such as shadows; returns how many."""
    with sink.transaction() as transaction:
        return _tell(transaction, transaction.tables(), book, wish)


def _tell(transaction: SinkTransaction, known: KnownTables, book: PublishedBook, wish: Wish) -> int:
    """The same within a transaction. Where the sink tells of entries that we had not read yet, these stay."""
    known_there = len(seals(transaction, known, book.name))
    if known_there >= len(book.entries) and not wish.new_ledger:
        return known_there
    make_ready(transaction, transaction.tables(), ())
    return note_publications(transaction, book.name, book.entries)


def _require_same_ledger(found: dict[int, str], book: PublishedBook) -> None:
    """Two books of one name, or a copy that went its own way, would else overwrite each other's rows night by night."""
    other = [entry.number for entry in book.entries if found.get(entry.number, entry.seal) != entry.seal]
    if other:
        raise OtherLedgerError(
            rule=f"the publications of {book.name} in the sink must be those of its ledger",
            got=f"others from number {other[0]} on",
            remedy="check publish.sink and book.name; where the ledger was begun anew, publish --new-ledger puts it in "
            "the place of the one before",
        )
