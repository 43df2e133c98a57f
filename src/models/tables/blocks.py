"""A prepared book read back block by block: each block fits into memory as a cube with its tables beside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from models.tables.cube import Cube, FlowRows, StateRows, build_cube
from models.tables.facilities import FOREVER, Facilities, days_or
from models.tables.ledger import exact_sum
from models.tables.macro import Macro, macro_of
from models.tables.measures import MeasureBook
from models.tables.memory import Memory
from models.tables.opportunities import STAGES, Opportunities
from models.tables.periods import PeriodGrid
from models.tables.telling_words import Words
from models.vocab import BoolArray, IntArray

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
class Block:
    """Some whole sponsor groups. Shapes (n_clients,); clients in order of group and id."""

    first_client: int
    client_id: pd.Series
    group: IntArray
    """Place of the client's group, counted from the block's first client."""
    attributes: pd.DataFrame
    first_day: NDArray[np.int32]
    cube: Cube
    facilities: Facilities | None
    opportunities: Opportunities | None


@dataclass(frozen=True)
class Context:
    """The cube of everything that shares a value of one client attribute."""

    values: tuple[str, ...]
    cube: Cube

    def places(self, attribute: pd.Series) -> IntArray:
        """Place of each client's value; -1 where it has none."""
        return np.asarray(pd.Index(self.values).get_indexer(pd.Index(attribute)), dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class PreparedBook:
    """The ledger of a book on one grid of periods, in a folder that lives as long as the work."""

    folder: Path
    grid: PeriodGrid
    measures: MeasureBook
    first_period: int
    groups_known: bool
    causes_known: bool
    """Whether the book tells of any facility how it ended."""
    block_numbers: tuple[int, ...]
    facility_counts: int
    """How many kinds of facilities are counted apart."""
    tones: tuple[Words, ...]
    """The most telling words of each component of the tone of notes."""
    context_columns: tuple[str, ...]
    macro_columns: tuple[str, ...]
    connection: Any
    memory: Memory = field(default_factory=Memory, repr=False)

    def block(self, number: int, last: int) -> Block:
        """One block, with its cube up to the period before ``last``."""
        clients = self._read("clients", number).sort_by("client").to_pandas()
        first = int(clients["client"].iloc[0])
        cube = build_cube(
            self.measures,
            self._flow_rows(number, first),
            self._state_rows(number, first),
            first=self.first_period,
            last=max(last, self.first_period),
            clients=len(clients),
            memory=self.memory,
        )
        return Block(
            first_client=first,
            client_id=clients["client_id"],
            group=clients["group_number"].to_numpy() - first,
            attributes=clients,
            first_day=cube.first_day,
            cube=cube,
            facilities=self._facilities(number, first),
            opportunities=self._opportunities(number, first),
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

    def context_cube(self, column: str, last: int) -> Context:
        """The cube of all values of a client attribute, up to the period before ``last``."""
        rows = self._context_rows(column)
        listed = self._scan("clients").select(column).distinct().to_pyarrow()[column]
        values = tuple(sorted(value for value in listed.to_pylist() if value is not None))
        places = pd.Index(values).get_indexer(pd.Index(rows["place"]))
        cube = build_cube(
            self.measures,
            [FlowRows.read(rows.assign(client=places))],
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
        frame = pq.read_table(self.folder / "macro.parquet").to_pandas()
        return macro_of(
            frame, self.macro_columns, self.grid, first=self.first_period, last=max(last, self.first_period)
        )

    def blocks_of(self, client_ids: list[str]) -> tuple[int, ...]:
        """The blocks in which these clients stand."""
        clients = self._scan("clients")
        found = clients.filter(clients.client_id.isin(client_ids)).select("block").distinct()
        return tuple(sorted(found.to_pyarrow()["block"].to_pylist()))

    @cached_property
    def clients(self) -> int:
        """How many clients the book holds."""
        return int(self._scan("clients").count().to_pyarrow().as_py())

    def _scan(self, name: str) -> Any:
        return self.connection.read_parquet(f"{self.folder / name}/*/*.parquet", hive_partitioning=True)

    def _context_rows(self, column: str) -> pd.DataFrame:
        flows, clients = self._scan("flows"), self._scan("clients")
        placed = clients.filter(clients[column].notnull()).select("client", place=clients[column])
        rows = flows.inner_join(placed, "client")
        sums = rows.group_by("place", "period", "cell").aggregate(
            total=exact_sum(rows.total),
            events=exact_sum(rows.events),
            first_day=rows.first_day.min(),
            last_day=rows.last_day.max(),
        )
        frame: pd.DataFrame = sums.to_pyarrow().to_pandas()
        return frame

    def _read(self, name: str, number: int, empty: pa.Schema = _NO_ROWS) -> pa.Table:
        tables = [pq.read_table(file, partitioning=None) for file in self._files(name, number)]
        return pa.concat_tables(tables) if tables else empty.empty_table()

    def _files(self, name: str, number: int) -> list[Path]:
        return sorted((self.folder / name / f"block={number}").glob("*.parquet"))

    def _flow_rows(self, number: int, first: int) -> Iterator[FlowRows]:
        """The block's rows of the flow ledger, piece by piece."""
        for piece in _pieces(self._files("flows", number), _FLOW_COLUMNS):
            rows = FlowRows.read(piece)
            yield replace(rows, client=rows.client - np.int32(first))

    def _state_rows(self, number: int, first: int) -> StateRows | None:
        if not self.measures.states:
            return None
        table = self._read("states", number)
        if not table.num_rows:
            return None
        return StateRows(
            client=_integers(table, "client") - first,
            period=_integers(table, "period"),
            cell=_integers(table, "cell"),
            value=table["value"].to_numpy(),
            last_day=_integers(table, "last_day"),
        )

    def _opportunities(self, number: int, first: int) -> Opportunities | None:
        if not (self.folder / "opportunities").exists():
            return None
        table = self._read("opportunities", number, _OPPORTUNITIES)
        stage = pa.array(pd.Index(STAGES).get_indexer(pd.Index(table["stage"].to_pandas())))
        order = ("client", "opportunity_id", "entered", "stage_number", "closed", "outcome", "amount")
        table = table.append_column("stage_number", stage).sort_by([(name, "ascending") for name in order])
        frame = table.select(["client", "opportunity_id"]).to_pandas()
        return Opportunities(
            client=_integers(table, "client") - first,
            opportunity=frame.groupby(["client", "opportunity_id"], sort=False).ngroup().to_numpy(dtype=np.int64),
            stage=_integers(table, "stage_number"),
            entered=days_or(_days(table, "entered"), FOREVER),
            closed=days_or(_days(table, "closed"), FOREVER),
            won=(table["outcome"].to_pandas() == "won").to_numpy(dtype=np.bool_),
            amount=table["amount"].to_numpy(),
        )

    def _facilities(self, number: int, first: int) -> Facilities | None:
        if not (self.folder / "facilities").exists():
            return None
        table = self._read("facilities", number)
        if not table.num_rows:
            return _no_facilities(self.facility_counts)
        table = table.sort_by([("client", "ascending"), ("facility_id", "ascending")])
        return Facilities(
            client=_integers(table, "client") - first,
            limit_steps=_integers(table, "limit_steps"),
            signed=days_or(_days(table, "signed"), FOREVER),
            maturity=days_or(_days(table, "maturity"), FOREVER),
            closed=days_or(_days(table, "closed"), FOREVER),
            written_off=days_or(_days(table, "written_off"), FOREVER),
            cause=np.asarray(table["cause"].to_numpy(), dtype=np.int8),
            spread_bp=table["spread_bp"].to_numpy(),
            collateral_cover=table["collateral_cover"].to_numpy(),
            counted=self._counted(table),
        )

    def _counted(self, table: pa.Table) -> BoolArray:
        counted = np.zeros((table.num_rows, self.facility_counts), dtype=np.bool_)
        for place in range(self.facility_counts):
            counted[:, place] = table[counted_column(place)].to_numpy()
        return counted


def counted_column(place: int) -> str:
    """The column of a prepared book that tells whether a facility belongs to the count at ``place``.

    >>> counted_column(0)
    'counted_1'
    """
    return f"counted_{place + 1}"


def _pieces(files: Iterable[Path], columns: list[str]) -> Iterator[pa.Table]:
    """The rows of some files in as few tables as memory allows: each costs a walk through the whole cube."""
    held: list[pa.RecordBatch] = []
    for file in files:
        with pq.ParquetFile(file) as opened:
            for batch in opened.iter_batches(_ROWS_AT_ONCE, columns=columns):
                held.append(batch)
                if sum(part.num_rows for part in held) >= _ROWS_AT_ONCE:
                    yield pa.Table.from_batches(held)
                    held = []
    if held:
        yield pa.Table.from_batches(held)


def _no_facilities(counts: int) -> Facilities:
    none, never = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
    return Facilities(
        client=none,
        limit_steps=none,
        signed=never,
        maturity=never,
        closed=never,
        written_off=never,
        cause=np.empty(0, dtype=np.int8),
        spread_bp=np.empty(0),
        collateral_cover=np.empty(0),
        counted=np.empty((0, counts), dtype=np.bool_),
    )


def _integers(table: pa.Table, column: str) -> IntArray:
    return np.asarray(table[column].to_numpy(), dtype=np.int64)


def _days(table: pa.Table, column: str) -> NDArray[np.datetime64]:
    return np.asarray(table[column].to_numpy(), dtype="datetime64[D]")
