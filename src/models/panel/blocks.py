"""A prepared book read back block by block: each block fits into memory as a cube with its tables beside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from numpy.typing import NDArray

from models.book.measures import MeasureBook
from models.book.periods import PeriodGrid
from models.book.state_tables import COUNTRIES
from models.panel.block import Block, Context
from models.panel.block_store import BlockStore
from models.panel.client_places import ClientPlaces
from models.panel.country_risk import COUNTRY_FIGURES, country_figures
from models.panel.cube import FlowRows, StateRows, build_cube
from models.panel.default_events import DefaultEvents
from models.panel.facilities import FOREVER, Facilities, days_or
from models.panel.facility_flows import MOVES, FacilityFlows
from models.panel.groups import keys_of
from models.panel.ledger_plan import (
    CLIENTS,
    CONSENT,
    DEFAULTS,
    FACILITIES,
    FACILITY_FLOWS,
    FLOWS,
    MACRO,
    OPPORTUNITIES,
    STATES,
    LedgerFacts,
    LedgerPlan,
    context_part,
    counted_column,
    own_column,
)
from models.panel.macro import Macro, macro_of
from models.panel.memory import Memory
from models.panel.opportunities import OPPORTUNITY_ROWS, Opportunities, opportunities_of
from models.panel.reports import Reports
from models.panel.state_rows import reports_of_block
from models.panel.top_terms import Words
from models.vocab import BoolArray, FloatArray, IntArray

_FLOW_COLUMNS = [column.name for column in fields(FlowRows)]
_NO_ROWS = pa.schema([])
_ROWS_AT_ONCE = 1 << 20
"""So many ledger rows are in memory at once: a block has few clients, but one of them may have any number of events."""


@dataclass(frozen=True, kw_only=True)
class PreparedBook:
    """The ledger of a book, counted in the periods of one grid.

    Attributes:
        store: where the rows are.
        anchor_in_rows: the number, in the rows, of the period that begins on the grid's anchor.
        first_period, beginnings, first_cause, reporting: see ``LedgerFacts``, in periods of ``grid``.
        facility_counts, facility_means: how many kinds of facilities are counted apart, how many own numbers they have.
        tones: the top terms of each component of the tone of notes.
        only_groups: the groups to which it was narrowed, by number.
    """

    store: BlockStore
    grid: PeriodGrid
    anchor_in_rows: int
    measures: MeasureBook
    first_period: int
    beginnings: Mapping[str, int]
    first_cause: int | None
    block_numbers: tuple[int, ...]
    facility_counts: int
    facility_means: int
    tones: tuple[Words, ...]
    context_columns: tuple[str, ...]
    macro_columns: tuple[str, ...]
    has_countries: bool
    reporting: Mapping[str, tuple[tuple[int, int], ...]]
    memory: Memory = field(default_factory=Memory, repr=False)
    only_groups: frozenset[int] | None = None

    @classmethod
    def of(
        cls, store: BlockStore, facts: LedgerFacts, plan: LedgerPlan, grid: PeriodGrid, tones: tuple[Words, ...]
    ) -> PreparedBook:
        """A ledger that was made by ``plan``, counted from the anchor of ``grid``, one of its periods' first days."""
        anchor = grid.standard().number_of(grid.anchor)
        counted = facts.before(anchor)
        return cls(
            store=store,
            grid=grid,
            anchor_in_rows=anchor,
            measures=plan.measures,
            first_period=counted.first_period,
            beginnings=counted.beginnings,
            first_cause=counted.first_cause,
            block_numbers=counted.block_numbers,
            facility_counts=len(plan.facility_counts),
            facility_means=len(plan.facility_means),
            tones=tones,
            context_columns=counted.context_columns,
            macro_columns=plan.macro,
            has_countries=plan.countries,
            reporting=counted.reporting,
        )

    def block(self, number: int, last: int) -> Block:
        """One block, with its cube up to the period before ``last``."""
        clients = self._clients(number)
        places = ClientPlaces(clients["client"].to_numpy(), self.only_groups is None)
        group = places.of(clients["group_number"].to_numpy())
        cube = build_cube(
            self.measures,
            self._flow_rows(number, places),
            self._state_rows(number, places),
            first=self.first_period,
            last=max(last, self.first_period),
            clients=len(clients),
            memory=self.memory,
        )
        return Block(
            client_id=clients["client_id"],
            group=group,
            group_key=keys_of(clients["group_key"].to_numpy(), group),
            grouped=clients["grouped"].to_numpy(dtype=np.bool_),
            attributes=clients,
            first_day=cube.first_day,
            cube=cube,
            facilities=self._facilities(number, places),
            opportunities=self._opportunities(number, places),
            defaults=self._defaults(number, places),
            reports=self._reports(number, places),
        )

    def blocks(self, numbers: Sequence[int], last: int) -> Iterator[Block]:
        """These blocks in turn; the next is made on another core while the caller works on one."""
        with ThreadPoolExecutor(max_workers=1) as ahead:
            coming: deque[Future[Block]] = deque()
            for number in numbers:
                coming.append(ahead.submit(self.block, number, last))
                if len(coming) > 1:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()

    def contexts(self, last: int) -> dict[str, Context]:
        """For each context column the cube of all its values, up to the period before ``last``."""
        return {column: self._context(column, last) for column in self.context_columns}

    def _context(self, column: str, last: int) -> Context:
        rows = self.store.whole(context_part(column)).to_pandas()
        listed = self._listed(column)[column].unique()
        values = tuple(sorted(value for value in listed.to_pylist() if value is not None))
        places = pd.Index(values).get_indexer(pd.Index(rows["place"]))
        cube = build_cube(
            self.measures,
            [FlowRows.read(rows.assign(client=places, period=rows.period - self.anchor_in_rows))],
            None,
            first=self.first_period,
            last=max(last, self.first_period),
            clients=len(values),
        )
        return Context(values, cube)

    def macro(self, last: int) -> Macro | None:
        """The economies up to the period before ``last``; None where the config or the book has none."""
        if not self.macro_columns:
            return None
        return self._economies(self.store.whole(MACRO).to_pandas(), self.macro_columns, last)

    def countries(self, last: int) -> Macro | None:
        """The risk of countries likewise; None where the book does not tell."""
        if not self.has_countries:
            return None
        return self._economies(country_figures(self.store.whole(COUNTRIES).to_pandas()), COUNTRY_FIGURES, last)

    def _economies(self, frame: pd.DataFrame, columns: tuple[str, ...], last: int) -> Macro:
        first = self.first_period
        return macro_of(frame, columns, self.grid, first=first, last=max(last, first))

    def narrowed_to(self, client_ids: Sequence[str]) -> PreparedBook:
        """The same with no more clients than these and the others of their groups: what is said of them is the same."""
        found = self._listed("block", "group_number", clients=client_ids)
        return replace(
            self,
            block_numbers=tuple(sorted(set(found["block"].to_pylist()))),
            only_groups=frozenset(found["group_number"].to_pylist()),
        )

    def ids_like(self, client_id: str) -> tuple[str, ...]:
        """Ids that differ from this one in case and outer blanks at most, itself first if the book has it."""
        ids = self._listed("client_id")["client_id"]
        alike = pc.equal(pc.utf8_lower(pc.utf8_trim_whitespace(ids)), client_id.strip().lower())
        return tuple(sorted(ids.filter(alike).to_pylist(), key=lambda each: (each != client_id, each)))

    def refused(self, client_id: str) -> bool:
        """Whether this client refused the processing of its data."""
        return False in self._listed(CONSENT, clients=[client_id])[CONSENT].to_pylist()

    @cached_property
    def clients(self) -> int:
        """How many clients the book holds."""
        return int(self._listed("client").num_rows)

    def _listed(self, *columns: str, clients: Sequence[str] | None = None) -> pa.Table:
        """Columns of the clients of the whole book, or of some by their ids."""
        chosen = None if clients is None else ds.field("client_id").isin(list(clients))
        return self.store.listed(CLIENTS, columns=columns, chosen=chosen)

    def _clients(self, number: int) -> pd.DataFrame:
        table = self._read(CLIENTS, number).sort_by("client")
        if self.only_groups is not None:
            table = table.filter(pc.is_in(table["group_number"], value_set=pa.array(sorted(self.only_groups))))
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def _read(self, name: str, number: int, empty: pa.Schema = _NO_ROWS) -> pa.Table:
        found = self.store.block(name, number)
        return empty.empty_table() if found is None else found

    def _flow_rows(self, number: int, places: ClientPlaces) -> Iterator[FlowRows]:
        """The block's rows of the flow ledger, piece by piece."""
        for piece in _pieces(self.store.batches(FLOWS, number, columns=_FLOW_COLUMNS, rows=_ROWS_AT_ONCE)):
            rows = FlowRows.read(places.rows(piece))
            client, period = places.of(rows.client).astype(np.int32), rows.period - np.int32(self.anchor_in_rows)
            yield replace(rows, client=client, period=period)

    def _state_rows(self, number: int, places: ClientPlaces) -> StateRows | None:
        if not self.measures.states:
            return None
        table = places.rows(self._read(STATES, number))
        if not table.num_rows:
            return None
        return StateRows(
            client=places.of(_integers(table, "client")),
            period=_integers(table, "period") - self.anchor_in_rows,
            cell=_integers(table, "cell"),
            value=table["value"].to_numpy(),
            last_day=_integers(table, "last_day"),
        )

    def _opportunities(self, number: int, places: ClientPlaces) -> Opportunities | None:
        if not self.store.has(OPPORTUNITIES):
            return None
        table = places.rows(self._read(OPPORTUNITIES, number, OPPORTUNITY_ROWS))
        return opportunities_of(table, places.of)

    def _defaults(self, number: int, places: ClientPlaces) -> DefaultEvents | None:
        if not self.store.has(DEFAULTS):
            return None
        rows = self.store.block(DEFAULTS, number)
        if rows is None:
            return DefaultEvents.none()
        rows = places.rows(rows)
        return DefaultEvents(
            client=places.of(_integers(rows, "client")), period=_integers(rows, "period") - self.anchor_in_rows
        )

    def _facilities(self, number: int, places: ClientPlaces) -> Facilities | None:
        if not self.store.has(FACILITIES):
            return None
        table = self._facility_rows(number, places)
        if not table.num_rows:
            return Facilities.none(self.facility_counts, self.facility_means)
        known = Facilities(
            client=places.of(_integers(table, "client")),
            limit_steps=_integers(table, "limit_steps"),
            signed=days_or(_days(table, "signed"), FOREVER),
            maturity=days_or(_days(table, "maturity"), FOREVER),
            closed=days_or(_days(table, "closed"), FOREVER),
            written_off=days_or(_days(table, "written_off"), FOREVER),
            cause=np.asarray(table["cause"].to_numpy(), dtype=np.int8),
            spread_bp=table["spread_bp"].to_numpy(),
            collateral_cover=table["collateral_cover"].to_numpy(),
            counted=self._counted(table),
            own=_side_by_side([table[own_column(place)] for place in range(self.facility_means)], table.num_rows),
            lgd=table["lgd"].to_numpy(),
            unsecured=table["unsecured"].to_numpy(),
            conversion=table["conversion"].to_numpy(),
            revolving=table["revolving"].to_numpy(),
            amortising=table["amortising"].to_numpy(),
            country=table["country"].to_numpy(),
        )
        return replace(known, flows=self._facility_flows(number, places, table["facility_id"]))

    def _facility_rows(self, number: int, places: ClientPlaces) -> pa.Table:
        """The facilities of the block, in their order."""
        table = places.rows(self._read(FACILITIES, number))
        return table.sort_by([("client", "ascending"), ("facility_id", "ascending")]) if table.num_rows else table

    def _reports(self, number: int, places: ClientPlaces) -> dict[str, Reports]:
        """The rows of each state table."""
        if not self.reporting:
            return {}
        facilities = self._facility_rows(number, places) if self.store.has(FACILITIES) else _NO_ROWS.empty_table()
        return reports_of_block(self.store, number, places, facilities, self.reporting)

    def _facility_flows(self, number: int, places: ClientPlaces, facility_id: pa.ChunkedArray) -> FacilityFlows:
        """What moved on the facilities of the block, whose ids are given in their order."""
        rows = self.store.block(FACILITY_FLOWS, number)
        if rows is None:
            return FacilityFlows.none()
        rows = places.rows(rows)
        place = pc.index_in(rows["facility_id"], facility_id.combine_chunks())
        rows = rows.append_column("facility", place).filter(pc.is_valid(place))
        return FacilityFlows(
            facility=_integers(rows, "facility"),
            period=_integers(rows, "period") - self.anchor_in_rows,
            last_day=_integers(rows, "last_day").astype(np.int32),
            **{column: _integers(rows, column) for column in MOVES},
        )

    def _counted(self, table: pa.Table) -> BoolArray:
        counted = np.zeros((table.num_rows, self.facility_counts), dtype=np.bool_)
        for place in range(self.facility_counts):
            counted[:, place] = table[counted_column(place)].to_numpy()
        return counted


def _pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Rows in as few tables as memory allows: each costs a walk through the whole cube."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(part.num_rows for part in held) >= _ROWS_AT_ONCE:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _side_by_side(columns: Sequence[pa.ChunkedArray], rows: int) -> FloatArray:
    """Columns of numbers as one array (rows, n_columns)."""
    return np.column_stack([column.to_numpy() for column in columns]) if columns else np.empty((rows, 0))


def _integers(table: pa.Table, column: str) -> IntArray:
    return np.asarray(table[column].to_numpy(), dtype=np.int64)


def _days(table: pa.Table, column: str) -> NDArray[np.datetime64]:
    return np.asarray(table[column].to_numpy(), dtype="datetime64[D]")
