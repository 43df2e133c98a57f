"""A book made ready for panels: its ledger on disk in blocks of clients, each of which fits into memory as a cube."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from models.config import Config
from models.errors import AsOfOutsideBookError
from models.tables.book import Book
from models.tables.cube import NEVER, Cube, FlowRows, StateRows, build_cube
from models.tables.facilities import FOREVER, Facilities, days_or
from models.tables.ledger import client_blocks, first_days, flow_ledger, state_ledger
from models.tables.measures import MeasureBook, measures_of
from models.tables.periods import PeriodGrid
from models.vocab import IntArray

_NO_FLOWS = pa.schema([(name, pa.int64()) for name in ("client", "period", "cell", "total", "events", "last_day")])


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
    block_numbers: tuple[int, ...]
    context_columns: tuple[str, ...]
    connection: Any

    def block(self, number: int, last: int) -> Block:
        """One block, with its cube up to the period before ``last``."""
        clients = self._read("clients", number).sort_by("client").to_pandas()
        first = int(clients["client"].iloc[0])
        flows = self._rows("flows", number, first)
        cube = build_cube(
            self.measures,
            flows,
            self._state_rows(number, first),
            first=self.first_period,
            last=max(last, self.first_period),
            clients=len(clients),
        )
        return Block(
            first_client=first,
            client_id=clients["client_id"],
            group=clients["group_number"].to_numpy() - first,
            attributes=clients,
            first_day=clients["first_day"].fillna(NEVER).to_numpy().astype(np.int32),
            cube=cube,
            facilities=self._facilities(number, first),
        )

    def context_cube(self, column: str, last: int) -> Context:
        """The cube of all values of a client attribute, up to the period before ``last``."""
        rows = self._context_rows(column)
        values = tuple(sorted(rows["place"].unique()))
        places = pd.Index(values).get_indexer(pd.Index(rows["place"]))
        flows = FlowRows(client=places, **{name: rows[name].to_numpy() for name in _NO_FLOWS.names[1:]})
        cube = build_cube(
            self.measures,
            flows,
            None,
            first=self.first_period,
            last=max(last, self.first_period),
            clients=len(values),
        )
        return Context(values, cube)

    def blocks_of(self, client_ids: list[str]) -> tuple[int, ...]:
        """The blocks in which these clients stand."""
        clients = self._scan("clients")
        found = clients.filter(clients.client_id.isin(client_ids)).select("block").distinct()
        return tuple(sorted(int(number) for number in found.execute()["block"]))

    @cached_property
    def clients(self) -> int:
        """How many clients the book holds."""
        return int(self._scan("clients").count().execute())

    def _scan(self, name: str) -> Any:
        return self.connection.read_parquet(f"{self.folder / name}/*/*.parquet", hive_partitioning=True)

    def _context_rows(self, column: str) -> pd.DataFrame:
        flows, clients = self._scan("flows"), self._scan("clients")
        placed = clients.filter(clients[column].notnull()).select("client", place=clients[column])
        rows = flows.inner_join(placed, "client")
        sums = rows.group_by("place", "period", "cell").aggregate(
            total=rows.total.sum().cast("int64"),
            events=rows.events.sum().cast("int64"),
            last_day=rows.last_day.max().cast("int64"),
        )
        frame: pd.DataFrame = sums.execute()
        return frame

    def _read(self, name: str, number: int) -> pa.Table:
        files = sorted((self.folder / name / f"block={number}").glob("*.parquet"))
        tables = [pq.read_table(file, partitioning=None) for file in files]
        return pa.concat_tables(tables) if tables else _NO_FLOWS.empty_table()

    def _rows(self, name: str, number: int, first: int) -> FlowRows:
        table = self._read(name, number)
        columns = {column: _integers(table, column) for column in _NO_FLOWS.names}
        columns["client"] = columns["client"] - first
        return FlowRows(**columns)

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
        )

    def _facilities(self, number: int, first: int) -> Facilities | None:
        if not (self.folder / "facilities").exists():
            return None
        table = self._read("facilities", number)
        if not table.num_rows:
            return _no_facilities()
        table = table.sort_by([("client", "ascending"), ("facility_id", "ascending")])
        return Facilities(
            client=_integers(table, "client") - first,
            limit_steps=_integers(table, "limit_steps"),
            signed=days_or(_days(table, "signed"), FOREVER),
            maturity=days_or(_days(table, "maturity"), FOREVER),
            closed=days_or(_days(table, "closed"), FOREVER),
            matured=np.asarray(table["matured"].to_numpy(zero_copy_only=False), dtype=np.bool_),
            spread_bp=table["spread_bp"].to_numpy(),
            collateral_cover=table["collateral_cover"].to_numpy(),
        )


@contextmanager
def prepared_book(book: Book, config: Config, anchor: date) -> Iterator[PreparedBook]:
    """Write the ledger of a book with periods that begin on ``anchor``; the folder goes when the work is done."""
    if not book.first_date < anchor <= book.known_until:
        raise AsOfOutsideBookError(
            rule=f"the as-of date must lie after {book.first_date} and not after {book.known_until}",
            got=anchor.isoformat(),
            remedy="choose a date that the book covers with --as-of or origins.test",
        )
    root = Path(config.run.work_dir)
    root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".ledger-", dir=root) as folder:
        yield _write(book, config, PeriodGrid(config.time.period, anchor), Path(folder))


def _write(book: Book, config: Config, grid: PeriodGrid, folder: Path) -> PreparedBook:
    connection = _connect(config, folder)
    tables = {name: connection.read_parquet(str(path), table_name=name) for name, path in book.tables.items()}
    measures = measures_of(config, tables)
    wanted = (*config.features.attributes, *config.features.context)
    columns = tuple(dict.fromkeys(name for name in wanted if name in tables["clients"].columns))
    blocks = connection.create_table(
        "blocks", client_blocks(tables["clients"], block_clients=config.run.block_clients), temp=True
    )
    places = blocks.select("client_id", "client", "block")
    flows = flow_ledger(tables, places, measures, grid)
    _partition(connection, flows, folder / "flows")
    states = state_ledger(tables, places, measures, grid)
    if states is not None:
        _partition(connection, states, folder / "states")
    first = first_days(tables, places, config.activity.kinds).select("client", "first_day")
    known = blocks.left_join(first, "client").select(
        "block", "client", "client_id", "group_number", "first_day", *columns
    )
    _partition(connection, known, folder / "clients")
    if "facilities" in tables:
        _partition(connection, _placed_facilities(tables["facilities"], places, config), folder / "facilities")
    numbers = sorted(int(path.name.partition("=")[2]) for path in (folder / "clients").iterdir())
    return PreparedBook(
        folder=folder,
        grid=grid,
        measures=measures,
        first_period=grid.index_of(book.first_date),
        groups_known=bool(blocks.group_id.notnull().any().execute()),
        block_numbers=tuple(numbers),
        context_columns=tuple(name for name in config.features.context if name in columns),
        connection=connection,
    )


def _connect(config: Config, folder: Path) -> Any:
    connection = ibis.duckdb.connect(temp_directory=str(folder / "spill"))
    connection.raw_sql(f"SET memory_limit = '{config.run.database_memory_gb}GB'")
    connection.raw_sql("SET preserve_insertion_order = false")
    if config.run.threads:
        connection.raw_sql(f"SET threads = {config.run.threads}")
    return connection


def _partition(connection: Any, table: Any, folder: Path) -> None:
    connection.to_parquet(table, str(folder), partition_by="block", compression="lz4_raw")


def _placed_facilities(facilities: Any, places: Any, config: Config) -> Any:
    step = config.book.money_step
    return facilities.inner_join(places, "client_id").select(
        "block",
        "client",
        "facility_id",
        "signed",
        "maturity",
        "closed",
        matured=(facilities.exit_cause == "matured").fill_null(False),
        limit_steps=(facilities["limit"].fill_null(0.0) / step).round().cast("int64"),
        spread_bp=facilities.spread_bp,
        collateral_cover=facilities.collateral_cover,
    )


def _no_facilities() -> Facilities:
    none, never = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
    return Facilities(
        client=none,
        limit_steps=none,
        signed=never,
        maturity=never,
        closed=never,
        matured=np.empty(0, dtype=np.bool_),
        spread_bp=np.empty(0),
        collateral_cover=np.empty(0),
    )


def _integers(table: pa.Table, column: str) -> IntArray:
    return np.asarray(table[column].to_numpy(), dtype=np.int64)


def _days(table: pa.Table, column: str) -> NDArray[np.datetime64]:
    return np.asarray(table[column].to_numpy(), dtype="datetime64[D]")
