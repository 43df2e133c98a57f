"""Makes a book ready for panels: its ledger and client tables on disk, in blocks of whole sponsor groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from models.book.door import Book
from models.book.measures import NOTES, MeasureBook, measures_of
from models.book.periods import PeriodGrid
from models.config.root import Config
from models.config.sections import FacilityCountConfig
from models.errors import AsOfOutsideBookError
from models.panel.beginnings import GROUPS, beginnings_of, groups_begin
from models.panel.blocks import PreparedBook, counted_column
from models.panel.context_sums import write_context_sums
from models.panel.ledger import client_blocks, flow_ledger, grouping_pays, state_ledger, whole_steps
from models.panel.notes import NoteModel, notes_before, tones_of
from models.panel.targets import EXIT_CAUSES, NO_CAUSE
from models.scratch import scratch_folder

_ROWS_BEFORE_WRITING = 20_000
"""So many rows of a block wait in memory: by default all would, and DuckDB would run into its limit and spill."""
_OPEN_FILES = 200
"""A block's file stays open until its last row; beyond so many blocks, which every system allows, it gets several."""


def fit_notes(book: Book, config: Config, before: date) -> NoteModel | None:
    """Learn the tone of notes from those written before ``before``; None without notes or wish for them."""
    if not config.features.text_components or "interactions" not in book.tables:
        return None
    connection = ibis.duckdb.connect()
    try:
        interactions = connection.read_parquet(str(book.tables["interactions"]))
        return NoteModel.fit(notes_before(interactions, before), config.features.text_components)
    finally:
        connection.disconnect()


@contextmanager
def prepared_book(book: Book, config: Config, anchor: date, notes: NoteModel | None = None) -> Iterator[PreparedBook]:
    """Write the ledger of a book with periods that begin on ``anchor``; the folder goes when the work is done.

    ``notes`` turns notes into numbers; without it they are left away.
    """
    if not book.first_date < anchor <= book.known_until:
        raise AsOfOutsideBookError(
            rule=f"the as-of date must lie after {book.first_date} and not after {book.known_until}",
            got=anchor.isoformat(),
            remedy="choose a date that the book covers with --as-of or origins.test",
        )
    with scratch_folder(Path(config.run.work_dir), "ledger") as folder:
        yield _write(book, config, PeriodGrid(config.time.period, anchor), folder, notes)


def _write(book: Book, config: Config, grid: PeriodGrid, folder: Path, notes: NoteModel | None) -> PreparedBook:
    connection = _connect(config, folder)
    try:
        return _written(connection, book, config, grid, folder, notes)
    finally:
        connection.disconnect()


def _written(
    connection: Any, book: Book, config: Config, grid: PeriodGrid, folder: Path, notes: NoteModel | None
) -> PreparedBook:
    tables = {name: connection.read_parquet(str(path), table_name=name) for name, path in book.tables.items()}
    if notes is not None and "interactions" in tables:
        tables[NOTES] = _notes(connection, tables["interactions"], notes, folder)
    measures = measures_of(config, tables)
    wanted = (*config.features.attributes, *config.features.context, *(("country",) if config.features.macro else ()))
    columns = tuple(dict.fromkeys(name for name in wanted if name in tables["clients"].columns))
    blocks = connection.create_table(
        "blocks", client_blocks(tables["clients"], block_clients=config.run.block_clients), temp=True
    )
    grouped = grouping_pays(
        tables, measures, clients=int(blocks.count().to_pyarrow().as_py()), periods=-grid.index_of(book.first_date)
    )
    known = blocks.select("block", "client", "client_id", "group_number", "group_key", "grouped", *columns)
    found = _by_client(tables, blocks, measures, grid, config, grouped=grouped)
    for name, rows in found.items():
        _partition(connection, rows, folder / name)
    if not any((folder / "flows").iterdir()):
        _partition_without_rows(connection, found["flows"], folder / "flows")
    _partition(connection, known, folder / "clients")
    if "macro" in tables and config.features.macro:
        connection.to_parquet(tables["macro"], str(folder / "macro.parquet"))
    context = tuple(name for name in config.features.context if name in columns)
    write_context_sums(connection, folder, context)
    numbers = sorted(int(path.name.partition("=")[2]) for path in (folder / "clients").iterdir())
    return PreparedBook(
        folder=folder,
        grid=grid,
        measures=measures,
        first_period=_first_period(connection, folder, grid.index_of(book.first_date)),
        beginnings=_beginnings(connection, tables, folder, grid),
        first_cause=_first_cause(tables, grid),
        block_numbers=tuple(numbers),
        facility_counts=len(config.features.facility_counts),
        tones=notes.words if notes is not None else (),
        context_columns=context,
        macro_columns=config.features.macro if "macro" in tables else (),
    )


def _beginnings(connection: Any, tables: Mapping[str, Any], folder: Path, grid: PeriodGrid) -> dict[str, int]:
    groups = groups_begin(connection, folder)
    return beginnings_of(tables, grid) | ({} if groups is None else {GROUPS: groups})


def _by_client(
    tables: Mapping[str, Any], blocks: Any, measures: MeasureBook, grid: PeriodGrid, config: Config, *, grouped: bool
) -> dict[str, Any]:
    """What is written in blocks of clients, by the name of its folder."""
    places = blocks.select("client_id", "client", "block")
    found = {
        "flows": flow_ledger(tables, places, measures, grid, grouped=grouped),
        "states": state_ledger(tables, places, measures, grid),
    }
    if "facilities" in tables:
        found["facilities"] = _placed_facilities(tables, places, config)
    if "opportunities" in tables:
        found["opportunities"] = _placed_opportunities(tables["opportunities"], places)
    return {name: rows for name, rows in found.items() if rows is not None}


def _first_period(connection: Any, folder: Path, first_cashflow: int) -> int:
    """The earliest period of any ledger row: contacts and ratings may come before the first cashflow.

    A book without a row that any measure asks for begins with its ``first_cashflow``.
    """
    ledgers = [folder / name for name in ("flows", "states") if any((folder / name).glob("*/*.parquet"))]
    periods = [connection.read_parquet(f"{ledger}/*/*.parquet").period.min().to_pyarrow().as_py() for ledger in ledgers]
    return min((int(period) for period in periods if period is not None), default=first_cashflow)


def _connect(config: Config, folder: Path) -> Any:
    connection = ibis.duckdb.connect(temp_directory=str(folder / "spill"))
    connection.raw_sql(f"SET memory_limit = '{config.run.database_memory_gb}GB'")
    connection.raw_sql("SET preserve_insertion_order = false")
    connection.raw_sql(f"SET partitioned_write_flush_threshold = {_ROWS_BEFORE_WRITING}")
    connection.raw_sql(f"SET partitioned_write_max_open_files = {_OPEN_FILES}")
    if config.run.threads:
        connection.raw_sql(f"SET threads = {config.run.threads}")
    return connection


def _partition(connection: Any, table: Any, folder: Path) -> None:
    folder.mkdir()  # a table without rows leaves no files, but is there
    connection.to_parquet(table, str(folder), partition_by="block", compression="lz4_raw")


def _partition_without_rows(connection: Any, table: Any, folder: Path) -> None:
    """One file without rows, for those who read the ledger as a whole."""
    (folder / "block=0").mkdir()
    connection.to_parquet(table.drop("block").limit(0), str(folder / "block=0" / "none.parquet"))


def _first_cause(tables: Mapping[str, Any], grid: PeriodGrid) -> int | None:
    if "facilities" not in tables:
        return None
    reported = tables["facilities"].filter(tables["facilities"].exit_cause.notnull())
    day = reported.closed.min().to_pyarrow().as_py()
    return None if day is None else grid.index_of(day)


def _placed_facilities(tables: Mapping[str, Any], places: Any, config: Config) -> Any:
    step, facilities = config.book.money_step, tables["facilities"]
    codes = [(str(cause), ibis.literal(code, type="int8")) for code, cause in enumerate(EXIT_CAUSES)]
    losses = _first_write_offs(tables["cashflows"])
    return (
        facilities.inner_join(places, "client_id")
        .left_join(losses, "facility_id")
        .select(
            "block",
            "client",
            "facility_id",
            "signed",
            "maturity",
            "closed",
            "written_off",
            cause=facilities.exit_cause.cases(*codes, else_=ibis.literal(NO_CAUSE, type="int8")),
            limit_steps=whole_steps(facilities["limit"].fill_null(0.0), step),
            spread_bp=facilities.spread_bp,
            collateral_cover=facilities.collateral_cover,
            **{
                counted_column(place): _belongs(facilities, count)
                for place, count in enumerate(config.features.facility_counts.values())
            },
        )
    )


def _belongs(facilities: Any, count: FacilityCountConfig) -> Any:
    """Whether a facility is counted; one of which it is not known what it is, is not."""
    matches = [facilities[column].isin(values).fill_null(False) for column, values in count.columns.items()]
    return reduce(and_, matches)


def _first_write_offs(cashflows: Any) -> Any:
    losses = cashflows.filter((cashflows.kind == "write_off") & cashflows.facility_id.notnull())
    return losses.group_by("facility_id").aggregate(written_off=losses.date.min())


def _placed_opportunities(opportunities: Any, places: Any) -> Any:
    return opportunities.inner_join(places, "client_id").select(
        "block", "client", "opportunity_id", "stage", "entered", "closed", "outcome", "amount"
    )


def _notes(connection: Any, interactions: Any, model: NoteModel, folder: Path) -> Any:
    """The interactions that carry a note, with its tone."""
    target = folder / "tones"
    target.mkdir()
    for number, piece in enumerate(tones_of(model, interactions)):
        pq.write_table(piece, target / f"{number:06d}.parquet")
    if not any(target.iterdir()):
        pq.write_table(_no_tones(model), target / "none.parquet")
    tones = connection.read_parquet(f"{target}/*.parquet", table_name="tones")
    return interactions.select("client_id", "date", "text").inner_join(tones, "text").drop("text")


def _no_tones(model: NoteModel) -> pa.Table:
    columns = [f"tone_{place + 1}" for place in range(model.components)]
    return pa.schema([("text", pa.string()), *((name, pa.float64()) for name in columns)]).empty_table()
