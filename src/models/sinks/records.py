"""The three tables by which a sink tells of itself: what was published, what of it stands there, and its layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa

from models.codec import to_json_text
from models.publications.ledger import Publication
from models.sinks.layout import LAYOUT, RUN_KEY, STAMP, ColumnKind, SinkColumn, SinkShape
from models.sinks.targets.protocol import KnownTables, SinkTransaction

PUBLICATIONS = SinkShape(
    "publications",
    (
        SinkColumn("book", ColumnKind.TEXT),
        SinkColumn("number", ColumnKind.INTEGER),
        SinkColumn("act", ColumnKind.TEXT),
        SinkColumn("as_of", ColumnKind.DATE),
        RUN_KEY,
        *(
            SinkColumn(name, ColumnKind.TEXT)
            for name in ("folder", "bundle", "version", "policy", "data", "why", "evidence")
        ),
        SinkColumn("at", ColumnKind.MOMENT),
        SinkColumn("by", ColumnKind.TEXT),
        SinkColumn("supersedes", ColumnKind.INTEGER),
        SinkColumn("before", ColumnKind.TEXT),
        SinkColumn("seal", ColumnKind.TEXT),
    ),
    keys=2,
)
RUNS = SinkShape(
    "runs",
    (
        *STAMP,
        RUN_KEY,
        SinkColumn("publication", ColumnKind.INTEGER),
        SinkColumn("folder", ColumnKind.TEXT),
        SinkColumn("row_count", ColumnKind.INTEGER),
        SinkColumn("written_at", ColumnKind.MOMENT),
    ),
    keys=2,
)
SCHEMA_VERSION = SinkShape(
    "schema_version", (SinkColumn("version", ColumnKind.INTEGER), SinkColumn("made_at", ColumnKind.MOMENT)), keys=1
)
RECORDS = (SCHEMA_VERSION, PUBLICATIONS, RUNS)


@dataclass(frozen=True, kw_only=True)
class StandingRun:
    """The run whose rows stand in a sink for an as-of date, and the number of the publication that put it there."""

    run_key: str
    publication: int


def layout_version(transaction: SinkTransaction, known: KnownTables) -> int:
    """The version of the tables in a sink; 0 where there are none."""
    if SCHEMA_VERSION.name not in known:
        return 0
    return max(transaction.read(SCHEMA_VERSION, {})["version"].to_pylist(), default=0)


def note_layout(transaction: SinkTransaction) -> None:
    """Record that the tables are of our version."""
    row: dict[str, object] = {"version": LAYOUT, "made_at": _now()}
    transaction.replace(SCHEMA_VERSION, {"version": LAYOUT}, _rows(SCHEMA_VERSION, [row]))


def standing_runs(transaction: SinkTransaction, known: KnownTables, book: str) -> dict[date, StandingRun]:
    """The run of each as-of date that stands in a sink."""
    if RUNS.name not in known:
        return {}
    found = transaction.read(RUNS, {"book": book}).to_pylist()
    return {row["as_of"]: StandingRun(run_key=row["run_key"], publication=row["publication"]) for row in found}


def note_run(transaction: SinkTransaction, book: str, entry: Publication, rows: int) -> None:
    """Record that the run of an entry stands."""
    assert entry.as_of is not None  # noqa: S101 - an official run has a date
    row: dict[str, object] = {
        "book": book,
        "as_of": entry.as_of,
        "run_key": entry.run_key,
        "publication": entry.number,
        "folder": entry.folder,
        "row_count": rows,
        "written_at": _now(),
    }
    transaction.replace(RUNS, {"book": book, "as_of": entry.as_of}, _rows(RUNS, [row]))


def seals(transaction: SinkTransaction, known: KnownTables, book: str) -> dict[int, str]:
    """Number -> seal of the publications that a sink knows."""
    if PUBLICATIONS.name not in known:
        return {}
    found = transaction.read(PUBLICATIONS, {"book": book}).to_pylist()
    return {row["number"]: row["seal"] for row in found}


def note_publications(transaction: SinkTransaction, book: str, entries: Sequence[Publication]) -> int:
    """Make the sink tell of these entries of a book, and of no others; returns how many they are."""
    rows = [
        {name: getattr(entry, name, None) for name in PUBLICATIONS.arrow.names} | _told(book, entry)
        for entry in entries
    ]
    return transaction.replace(PUBLICATIONS, {"book": book}, _rows(PUBLICATIONS, rows))


def _told(book: str, entry: Publication) -> dict[str, object]:
    return {
        "book": book,
        "act": entry.act.value,
        "evidence": to_json_text(entry.evidence, sort_keys=True, ascii_only=False),
        "at": entry.at.astimezone(UTC).replace(tzinfo=None),
    }


def _rows(shape: SinkShape, rows: Sequence[dict[str, object]]) -> list[pa.RecordBatch]:
    found: list[pa.RecordBatch] = pa.Table.from_pylist(list(rows), schema=shape.arrow).to_batches()
    return found


def _now() -> datetime:
    """In UTC, as all moments in a sink, of which not every database knows zones."""
    return datetime.now(tz=UTC).replace(microsecond=0, tzinfo=None)
