"""Makes the ledger of a book: its flows, states and client tables in files, in blocks of whole sponsor groups."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from models.book.door import Book
from models.book.measures import NOTES, MeasureBook, known_on
from models.book.periods import PeriodGrid
from models.book.state_tables import COUNTRIES, STATE_KNOWN_ON
from models.config.root import Config
from models.engines.protocol import Session, SessionLimits, Workplace
from models.panel.beginnings import GROUPS, beginnings_of, groups_begin
from models.panel.default_events import ARREARS, DAYS_PAST_DUE
from models.panel.facility_terms import facility_flows, first_write_offs, placed_facilities
from models.panel.ledger import client_blocks, day_number, flow_ledger, grouping_pays, state_ledger, write_context_sums
from models.panel.ledger_plan import (
    CLIENTS,
    DEFAULTS,
    FACILITIES,
    FACILITY_FLOWS,
    FLOWS,
    MACRO,
    OPPORTUNITIES,
    STATES,
    LedgerFacts,
    LedgerPlan,
)
from models.panel.notes import NoteModel, notes_before, tones_of
from models.panel.state_rows import STATE_COLUMNS, placed_rows
from models.vocab import ExitCause

_SPILL, _TONES = "spill", "tones"
"""Folders that only the writing of a ledger needs."""


def fit_notes(book: Book, config: Config, before: date) -> NoteModel | None:
    """Learn the tone of notes from those written before ``before``; None without notes or wish for them."""
    if not config.features.text_components or "interactions" not in book.tables:
        return None
    with book.engine.session() as session:
        interactions = book.open(session, "interactions")
        if config.privacy.leaves_out:
            interactions = _without_refused(interactions, book.open(session, CLIENTS))
        notes = notes_before(interactions, before)
    return NoteModel.fit(notes, config.features.text_components)


def write_ledger(
    book: Book, plan: LedgerPlan, grid: PeriodGrid, folder: Path, notes: NoteModel | None, limits: SessionLimits
) -> LedgerFacts:
    """Write the ledger of a book, counted in periods of ``grid``, into an empty folder.

    ``notes`` turns notes into numbers; without it they are left away.
    """
    with book.engine.session(limits, Workplace(spill=folder / _SPILL, keeps_order=False)) as session:
        facts = _written(session, book, plan, grid, folder, notes)
    for name in (_SPILL, _TONES):
        shutil.rmtree(folder / name, ignore_errors=True)
    return facts


def _written(
    session: Session, book: Book, plan: LedgerPlan, grid: PeriodGrid, folder: Path, notes: NoteModel | None
) -> LedgerFacts:
    tables = {name: session.read(path, name=name) for name, path in book.tables.items()}
    if "ratings" in tables:
        tables["ratings"] = _with_pd(tables["ratings"], plan.credit.grades)
    if notes is not None and "interactions" in tables:
        written = tables["interactions"]
        read = written if plan.reads_refused else _without_refused(written, tables[CLIENTS])
        tables[NOTES] = _notes(session, read, notes, folder)
    columns = tuple(name for name in plan.client_columns if name in tables[CLIENTS].columns)
    blocks = session.stored("blocks", client_blocks(tables[CLIENTS], block_clients=plan.block_clients))
    known = blocks.select("block", "client", "client_id", "group_number", "group_key", "grouped", *columns)
    grouped = _is_grouped(book, tables, blocks, plan.measures, grid)
    found = _by_client(session, tables, blocks, plan, grid, grouped=grouped)
    for name, rows in found.items():
        session.write_blocks(rows, folder / name)
    if not any((folder / FLOWS).iterdir()):
        _write_no_flows(session, found[FLOWS], folder)
    session.write_blocks(known, folder / CLIENTS)
    if plan.macro:
        session.write(tables[MACRO], folder / f"{MACRO}.parquet")
    if plan.countries:
        session.write(tables[COUNTRIES], folder / f"{COUNTRIES}.parquet")
    context = tuple(name for name in plan.context if name in columns)
    write_context_sums(session, folder, context)
    numbers = sorted(int(path.name.partition("=")[2]) for path in (folder / CLIENTS).iterdir())
    return LedgerFacts(
        first_period=_first_period(session, folder, grid.index_of(book.first_date)),
        beginnings=_beginnings(session, tables, folder, grid),
        first_cause=_first_cause(tables, grid),
        block_numbers=tuple(numbers),
        context_columns=context,
        reporting={name: reporting_days(tables[name], name) for name in STATE_COLUMNS if name in tables},
    )


def _is_grouped(book: Book, tables: Mapping[str, Any], blocks: Any, measures: MeasureBook, grid: PeriodGrid) -> bool:
    """Whether events are summed up by client, period and cell, or written as they are."""
    clients = int(blocks.count().to_pyarrow().as_py())
    periods = grid.index_of(book.known_until) - grid.index_of(book.first_date)
    return grouping_pays(tables, measures, clients=clients, periods=periods)


def _beginnings(session: Session, tables: Mapping[str, Any], folder: Path, grid: PeriodGrid) -> dict[str, int]:
    groups = groups_begin(session, folder)
    return beginnings_of(tables, grid) | ({} if groups is None else {GROUPS: groups})


def _by_client(
    session: Session, tables: Mapping[str, Any], blocks: Any, plan: LedgerPlan, grid: PeriodGrid, *, grouped: bool
) -> dict[str, Any]:
    """What is written in blocks of clients, by the name of its folder."""
    places = blocks.select("client_id", "client", "block")
    flows = tables["cashflows"]
    near = session.beside(places, flows)
    found = {
        FLOWS: _flows(session, tables, (places, near), plan.measures, grid, grouped=grouped),
        STATES: state_ledger(tables, places, plan.measures, grid),
    }
    if "facilities" in tables:
        losses = session.brought(first_write_offs(flows))
        found[FACILITIES] = placed_facilities(tables["facilities"], losses, places, plan)
        if plan.counts_losses:
            found[FACILITY_FLOWS] = session.brought(facility_flows(flows, near, plan, grid))
    if "opportunities" in tables:
        found[OPPORTUNITIES] = _placed_opportunities(tables["opportunities"], places)
    if plan.default_days is not None:
        found[DEFAULTS] = _default_events(session, tables, places, plan.default_days, grid)
    found |= {name: placed_rows(tables[name], name, places) for name in STATE_COLUMNS if name in tables}
    return {name: rows for name, rows in found.items() if rows is not None}


def _flows(
    session: Session,
    tables: Mapping[str, Any],
    places: tuple[Any, Any],
    measures: MeasureBook,
    grid: PeriodGrid,
    *,
    grouped: bool,
) -> Any:
    """The flow ledger: of tables whose rows stay elsewhere summed up there, whatever that costs, and then brought.

    ``places`` are the clients here, and there.
    """
    here, there = places
    away = {name: rows for name, rows in tables.items() if session.is_away(rows)}
    if not away:
        return flow_ledger(tables, here, measures, grid, grouped=grouped)
    beside = {name: session.beside(tables[name], there) for name in (FACILITIES,) if name in tables}
    parts = [
        flow_ledger(tables, here, measures, grid, grouped=grouped, only=set(tables) - set(away)),
        flow_ledger(beside | away, there, measures, grid, grouped=True, only=set(away)),
    ]
    known = [session.brought(part) for part in parts if part is not None]
    return ibis.union(*known) if len(known) > 1 else known[0]


def reporting_days(table: Any, name: str) -> tuple[tuple[int, int], ...]:
    """Each day on which a state table reports anything, with the number of its rows."""
    days = table.select(day=day_number(table[STATE_KNOWN_ON[name]].cast("date")))
    counted = days.group_by("day").aggregate(rows=days.count()).order_by("day").to_pyarrow()
    return tuple(zip(counted["day"].to_pylist(), counted["rows"].to_pylist(), strict=True))


def _with_pd(ratings: Any, grades: Mapping[str, float]) -> Any:
    """Ratings with the PD of their grade where they have none of their own."""
    if not grades:
        return ratings
    cases = [(grade, ibis.literal(pd, type="float64")) for grade, pd in sorted(grades.items())]
    of_grade = ratings.grade.cases(*cases, else_=ibis.null("float64"))
    return ratings.mutate(pd=ibis.coalesce(ratings.pd, of_grade))


def _first_period(session: Session, folder: Path, first_cashflow: int) -> int:
    """The earliest period of any ledger row: contacts and ratings may come before the first cashflow.

    A book without a row that any measure asks for begins with its ``first_cashflow``.
    """
    ledgers = [folder / name for name in (FLOWS, STATES) if any((folder / name).glob("*/*.parquet"))]
    periods = [session.read(f"{ledger}/*/*.parquet").period.min().to_pyarrow().as_py() for ledger in ledgers]
    return min((int(period) for period in periods if period is not None), default=first_cashflow)


def _write_no_flows(session: Session, flows: Any, folder: Path) -> None:
    """One file without rows, for those who read the ledger as a whole."""
    place = folder / FLOWS / "block=0"
    place.mkdir()
    session.write(flows.drop("block").limit(0), place / "none.parquet")


def _first_cause(tables: Mapping[str, Any], grid: PeriodGrid) -> int | None:
    if "facilities" not in tables:
        return None
    reported = tables["facilities"].filter(tables["facilities"].exit_cause.notnull())
    day = reported.closed.min().to_pyarrow().as_py()
    return None if day is None else grid.index_of(day)


def _placed_opportunities(opportunities: Any, places: Any) -> Any:
    return opportunities.inner_join(places, "client_id").select(
        "block", "client", "opportunity_id", "stage", "entered", "closed", "outcome", "amount"
    )


def _without_refused(interactions: Any, clients: Any) -> Any:
    """The interactions of clients who did not refuse the processing of their data."""
    refused = clients.filter(~clients.consent.fill_null(True)).select("client_id")
    return interactions.anti_join(refused, "client_id")


def _notes(session: Session, interactions: Any, model: NoteModel, folder: Path) -> Any:
    """The interactions that carry a note, with its tone."""
    target = folder / _TONES
    target.mkdir()
    for number, piece in enumerate(tones_of(model, interactions)):
        pq.write_table(piece, target / f"{number:06d}.parquet")
    if not any(target.iterdir()):
        pq.write_table(_no_tones(model), target / "none.parquet")
    tones = session.read(f"{target}/*.parquet", name="tones")
    return interactions.select("client_id", "date", "text").inner_join(tones, "text").drop("text")


def _no_tones(model: NoteModel) -> pa.Table:
    columns = [f"tone_{place + 1}" for place in range(model.components)]
    return pa.schema([("text", pa.string()), *((name, pa.float64()) for name in columns)]).empty_table()


def _default_events(
    session: Session, tables: Mapping[str, Any], places: Any, days_past_due: int, grid: PeriodGrid
) -> Any:
    """One row per client and period with an event of default: block, client, period.

    That is a write-off; a day on which the client is ``days_past_due`` or more past due, be it for long; and the end of
    a facility in default, unless something was written off before: a workout ends long after its default.
    """
    flows = tables["cashflows"]
    lost = flows.filter(flows.kind == "write_off").select("client_id", day=flows[known_on("cashflows")].cast("date"))
    lost = session.brought(lost.distinct()) if session.is_away(lost) else lost
    days = [lost]
    if ARREARS in tables:
        due = tables[ARREARS]
        over = due.filter(due[DAYS_PAST_DUE] >= days_past_due)
        days.append(over.select("client_id", day=over[known_on(ARREARS)].cast("date")))
    if "facilities" in tables:
        days.append(_ended_in_default(tables["facilities"], lost))
    every = ibis.union(*days) if len(days) > 1 else days[0]
    dated = every.select("client_id", period=grid.expression(every.day)).distinct()
    return dated.inner_join(places, "client_id").select("block", "client", "period")


def _ended_in_default(facilities: Any, lost: Any) -> Any:
    """Ends in default of clients of whom nothing was written off before."""
    ended = facilities.filter((facilities.exit_cause == str(ExitCause.DEFAULT)) & facilities.closed.notnull())
    first = lost.group_by("client_id").aggregate(first_lost=lost.day.min())
    joined = ended.select("client_id", day=ended.closed.cast("date")).left_join(first, "client_id")
    anew = joined.filter(joined.first_lost.isnull() | (joined.first_lost >= joined.day))
    return anew.select("client_id", "day")
