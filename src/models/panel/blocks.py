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
from models.panel.block import Block, ClientPlaces, Context
from models.panel.block_store import BlockStore
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
from models.panel.opportunities import STAGES, Opportunities
from models.panel.top_terms import Words
from models.vocab import BoolArray, FloatArray, IntArray

_FLOW_COLUMNS = [column.name for column in fields(FlowRows)]
_NO_ROWS = pa.schema([])
_ROWS_AT_ONCE = 1 << 20
"""So many ledger rows are in memory at once: a block has few clients, but one of them may have any number of events."""
_OPPORTUNITIES = pa.schema(
    [
        ("client", pa.int64()),
        ("opportunity_id", pa.string()),
        ("stage", pa.string()),
        ("entered", pa.date32()),
        ("closed", pa.date32()),
        ("outcome", pa.string()),
        ("amount", pa.float64()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class PreparedBook:
    """The ledger of a book, counted in the periods of one grid.

    Attributes:
        store: where the rows are.
        anchor_in_rows: the number, in the rows, of the period that begins on the grid's anchor.
        first_period, beginnings, first_cause: see ``LedgerFacts``, in periods of ``grid``.
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
        frame = self.store.whole(MACRO).to_pandas()
        return macro_of(
            frame, self.macro_columns, self.grid, first=self.first_period, last=max(last, self.first_period)
        )

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
        table = places.rows(self._read(OPPORTUNITIES, number, _OPPORTUNITIES))
        stage = pc.index_in(table["stage"], pa.array(STAGES))
        order = ("client", "opportunity_id", "entered", "stage_number", "closed", "outcome", "amount")
        table = table.append_column("stage_number", stage).sort_by([(name, "ascending") for name in order])
        table = table.combine_chunks()
        return Opportunities(
            client=places.of(_integers(table, "client")),
            opportunity=_numbered(table["client"], table["opportunity_id"]),
            stage=_integers(table, "stage_number"),
            entered=days_or(_days(table, "entered"), FOREVER),
            closed=days_or(_days(table, "closed"), FOREVER),
            won=pc.equal(table["outcome"], "won").fill_null(False).to_numpy(),
            amount=table["amount"].to_numpy(),
        )

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
        table = places.rows(self._read(FACILITIES, number))
        if not table.num_rows:
            return Facilities.none(self.facility_counts, self.facility_means)
        table = table.sort_by([("client", "ascending"), ("facility_id", "ascending")])
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
            conversion=table["conversion"].to_numpy(),
            revolving=table["revolving"].to_numpy(),
            amortising=table["amortising"].to_numpy(),
        )
        return replace(known, flows=self._facility_flows(number, places, table["facility_id"]))

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


def _numbered(*keys: pa.ChunkedArray) -> IntArray:
    """The number of each row's key, from 0, where rows of one key follow on each other. Keys are never null."""
    if not len(keys[0]):
        return np.empty(0, dtype=np.int64)
    changes = [pc.not_equal(key.slice(1), key.slice(0, len(key) - 1)).to_numpy() for key in keys]
    return np.concatenate([[0], np.cumsum(np.logical_or.reduce(changes))]).astype(np.int64)


def _side_by_side(columns: Sequence[pa.ChunkedArray], rows: int) -> FloatArray:
    """Columns of numbers as one array (rows, n_columns)."""
    return np.column_stack([column.to_numpy() for column in columns]) if columns else np.empty((rows, 0))


def _integers(table: pa.Table, column: str) -> IntArray:
    return np.asarray(table[column].to_numpy(), dtype=np.int64)


def _days(table: pa.Table, column: str) -> NDArray[np.datetime64]:
    return np.asarray(table[column].to_numpy(), dtype="datetime64[D]")
