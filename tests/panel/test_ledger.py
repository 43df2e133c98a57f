"""The ledger: one sum per client, period and cell, exact to the cent and the same in every database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.book.measures import MeasureBook, measures_of
from models.book.periods import PeriodGrid
from models.panel.ledger import client_blocks, flow_ledger, grouping_pays, state_ledger, whole_steps
from support.books import AS_OF, rows, settings, write_table
from support.random_books import Frames, random_book

pytestmark = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")

GRID = PeriodGrid("month", AS_OF)
KEY = ["client", "period", "cell"]
READ = ("clients", "facilities", "cashflows", "interactions", "ratings", "financials")


@pytest.fixture
def duck() -> Iterator[Any]:
    connection = ibis.duckdb.connect()
    yield connection
    connection.disconnect()


@pytest.fixture(scope="module")
def database(postgres: Any) -> Iterator[Any]:
    connection = ibis.connect(postgres.get_uri())
    connection.raw_sql("create schema ledger").close()
    connection.raw_sql("set search_path to ledger").close()
    yield connection
    connection.disconnect()


def tables_in(connection: Any, frames: Mapping[str, pd.DataFrame], folder: Path) -> dict[str, Any]:
    """The frames, typed as the contract says, as tables of a database."""
    made = {}
    for name, frame in frames.items():
        write_table(name, frame, folder / f"{name}.parquet")
        made[name] = connection.create_table(f"{name}_here", pq.read_table(folder / f"{name}.parquet"), overwrite=True)
    return made


def measures_for(frames: Frames, folder: Path) -> MeasureBook:
    return measures_of(settings(work_dir=folder), frames)


def collected(ledger: Any, value: list[str]) -> pd.DataFrame:
    return ledger.to_pandas().sort_values(KEY)[[*KEY, *value]].reset_index(drop=True)


def flows_of(duck: Any, frames: Frames, folder: Path) -> list[dict[str, Any]]:
    """Rows of the flow ledger, with the cell's kind and product."""
    tables = tables_in(duck, frames, folder)
    measures = measures_for(frames, folder)
    blocks = client_blocks(tables["clients"], block_clients=10).select("client_id", "client", "block")
    found = collected(flow_ledger(tables, blocks, measures, GRID), ["total", "events", "first_day", "last_day"])
    found["kind"] = [measures.flow_cells[cell].kind for cell in found["cell"]]
    found["product"] = [measures.flow_cells[cell].product for cell in found["cell"]]
    return list(found.to_dict("records"))


def test_two_drawdowns_in_june_are_one_row_of_their_sum(duck: Any, tmp_path: Path) -> None:
    frames = {
        "clients": rows("client_id", ("NA",)),
        "facilities": rows("facility_id client_id product signed", ("F", "NA", "loan", date(2020, 6, 5))),
        "cashflows": rows(
            "client_id facility_id date kind amount",
            ("NA", "F", date(2020, 6, 5), "drawdown", 100.10),
            ("NA", "F", date(2020, 6, 30), "drawdown", 200.20),
            ("NA", "F", date(2020, 7, 1), "drawdown", 5.0),
        ),
    }
    june, july = flows_of(duck, frames, tmp_path)
    assert (june["period"], june["total"], june["events"], june["product"]) == (-1, 30030, 2, "loan")
    assert june["first_day"] == (date(2020, 6, 5) - date(1970, 1, 1)).days
    assert june["last_day"] == (date(2020, 6, 30) - date(1970, 1, 1)).days
    assert (july["period"], july["total"], july["events"]) == (0, 500, 1)


def test_a_fee_paid_before_signing_has_no_product_yet(duck: Any, tmp_path: Path) -> None:
    frames = {
        "clients": rows("client_id", ("NA",)),
        "facilities": rows("facility_id client_id product signed", ("F", "NA", "loan", date(2020, 6, 5))),
        "cashflows": rows(
            "client_id facility_id date kind amount",
            ("NA", "F", date(2020, 6, 4), "commitment", 1.0),
            ("NA", "F", date(2020, 6, 5), "commitment", 2.0),
        ),
    }
    assert {row["product"]: row["total"] for row in flows_of(duck, frames, tmp_path)} == {"": 100, "loan": 200}


def test_sums_of_cents_are_decimal_sums_up_to_the_largest_amounts(duck: Any, tmp_path: Path) -> None:
    amounts = ["9999999999999.99", "0.01", "-0.07", "1234567890123.45", "0.1", "0.2", "9876543210987.65", "0.02"] * 50
    frames = {
        "clients": rows("client_id", ("00123",)),
        "cashflows": rows(
            "client_id date kind amount", *(("00123", AS_OF, "drawdown", float(amount)) for amount in amounts)
        ),
    }
    (row,) = flows_of(duck, frames, tmp_path)
    assert row["total"] == 100 * sum(Decimal(amount) for amount in amounts)
    assert int(float(row["total"])) != row["total"]  # no float could have held it
    assert row["events"] == 400


def test_halves_of_a_cent_go_away_from_zero(duck: Any) -> None:
    numbers = duck.create_table("numbers", pd.DataFrame({"number": [0.005, -0.005, 0.015, 0.025, -0.025, 0.004, 0.0]}))
    steps = numbers.mutate(steps=whole_steps(numbers.number, 0.01)).to_pandas()["steps"]
    assert steps.tolist() == [1, -1, 2, 3, -3, 0, 0]


@pytest.fixture(scope="module")
def pair(database: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The same random book, with its clients numbered, in DuckDB and in PostgreSQL."""
    folder, duck = tmp_path_factory.mktemp("pair"), ibis.duckdb.connect()
    frames = {name: frame for name, frame in random_book(5, 40).items() if name in READ}
    here, there = tables_in(duck, frames, folder), tables_in(database, frames, folder)
    places = client_blocks(here["clients"], block_clients=10).select("client_id", "client", "block").to_pyarrow()
    here["places"] = duck.create_table("places_here", places)
    there["places"] = database.create_table("places_here", places, overwrite=True)
    yield here, there
    duck.disconnect()


@pytest.mark.parametrize(
    ("ledger", "value"),
    [(flow_ledger, ["total", "events", "first_day", "last_day"]), (state_ledger, ["value", "last_day"])],
)
@pytest.mark.parametrize("period", ["week", "month", "quarter"])
def test_postgres_gives_the_ledger_of_duckdb(
    pair: tuple[dict[str, Any], dict[str, Any]], ledger: Any, value: list[str], period: Any, tmp_path: Path
) -> None:
    measures = measures_of(settings(work_dir=tmp_path), READ)
    grid = PeriodGrid(period, date(2020, 7, 15))
    here, there = (collected(ledger(tables, tables["places"], measures, grid), value) for tables in pair)
    pd.testing.assert_frame_equal(here, there, check_exact=True, check_dtype=False)
    assert len(here) > 50


def test_events_left_apart_are_those_that_the_ledger_groups(
    pair: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    measures = measures_of(settings(work_dir=tmp_path), READ)
    for tables in pair:
        apart = flow_ledger(tables, tables["places"], measures, GRID, grouped=False).to_pandas()
        found = apart.groupby(KEY).agg(
            total=("total", "sum"),
            events=("events", "sum"),
            first_day=("first_day", "min"),
            last_day=("last_day", "max"),
        )
        grouped = collected(flow_ledger(tables, tables["places"], measures, GRID), list(found.columns))
        pd.testing.assert_frame_equal(found.reset_index(), grouped, check_exact=True, check_dtype=False)
        assert len(apart) > len(grouped) > 50


def test_grouping_pays_where_events_outnumber_the_places_they_can_fall_in(duck: Any, tmp_path: Path) -> None:
    flows = rows("client_id date kind amount", *(("NA", AS_OF, "fee", 1.0) for _ in range(1000)))
    tables = tables_in(duck, {"clients": rows("client_id", ("NA",)), "cashflows": flows}, tmp_path)
    measures = measures_of(settings(work_dir=tmp_path), tables)
    places = len(measures.flow_cells)
    assert grouping_pays(tables, measures, clients=1, periods=999 // places)
    assert not grouping_pays(tables, measures, clients=1, periods=1 + 1000 // places)
    assert not grouping_pays(tables, measures, clients=1 + 1000 // places, periods=1)


def test_blocks_hold_whole_groups_in_order_of_group_and_id(duck: Any, tmp_path: Path) -> None:
    clients = rows("client_id group_id", ("d", "X"), ("a", "X"), ("c", None), ("X", None), ("b", "X"), ("e", "Y"))
    tables = tables_in(duck, {"clients": clients}, tmp_path)
    found = client_blocks(tables["clients"], block_clients=2).to_pandas().sort_values("client")
    assert found["client_id"].tolist() == ["X", "c", "a", "b", "d", "e"]
    assert found["group_number"].tolist() == [0, 1, 2, 2, 2, 5]
    assert found["block"].tolist() == [0, 0, 1, 1, 1, 2]
