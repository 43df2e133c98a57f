"""Simulated state tables are what the cashflows say, and writing them changes nothing else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from models.book.state_tables import STATE_TABLES
from models.config.simulation import SimulationConfig, TruthConfig
from models.simulator.book import simulate

CLIENTS, MONTHS = 150, 40
NEW = {schema.name for schema in STATE_TABLES}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    root = tmp_path_factory.mktemp("states")
    for states in (False, True):
        config = SimulationConfig(block_clients=100, truth=TruthConfig(paths=2), states=states)
        simulate(config, clients=CLIENTS, months=MONTHS, seed=11, out=root / str(states))
    return {states: root / str(states) for states in (False, True)}


def read(folders: dict[bool, Path], name: str) -> pd.DataFrame:
    return pd.read_parquet(folders[True] / f"{name}.parquet")


def test_no_other_table_changes_where_they_are_written(folders: dict[bool, Path]) -> None:
    before = {path.name: path.read_bytes() for path in folders[False].iterdir()}
    after = {path.name: path.read_bytes() for path in folders[True].iterdir()}
    assert {name.removesuffix(".parquet") for name in after.keys() - before.keys()} == NEW
    assert all(after[name] == content for name, content in before.items())


def test_a_balance_is_what_was_drawn_less_what_came_back(folders: dict[bool, Path]) -> None:
    flows, balances = read(folders, "cashflows"), read(folders, "balances")
    sign = flows.kind.map({"drawdown": 1.0, "repayment": -1.0, "write_off": -1.0}).fillna(0.0)
    moved = flows.assign(amount=flows.amount * sign, date=pd.to_datetime(flows.date))
    for date, rows in list(balances.groupby("date"))[10::9]:
        owed = moved[moved.date <= pd.Timestamp(date)].groupby("facility_id").amount.sum()
        found = rows.set_index("facility_id").drawn
        late = (found - owed.reindex(found.index).fillna(0.0)).abs() > 0.005
        assert late.mean() < 0.02, "but for the few cashflows that the simulator loses or enters late on purpose"
    assert (balances.drawn + balances.undrawn <= balances.limit + 0.01).all()


def test_days_past_due_grow_by_the_days_between_month_ends(folders: dict[bool, Path]) -> None:
    arrears = read(folders, "arrears").assign(date=lambda rows: pd.to_datetime(rows.date))
    assert arrears.date.dt.is_month_end.all()
    ordered = arrears.sort_values(["facility_id", "date"])
    grouped = ordered.groupby("facility_id")
    gap, rise = grouped.date.diff().dt.days, grouped.days_past_due.diff()
    on = (gap <= 31) & (rise > 0)
    assert on.any()
    assert (gap[on] == rise[on]).all()


def test_covenants_are_breached_by_weak_clients(folders: dict[bool, Path]) -> None:
    covenants = read(folders, "covenants")
    assert ((covenants.outcome == "breached") == (covenants.headroom < 0)).all()
    assert 0 < (covenants.outcome == "breached").mean() < 0.2
