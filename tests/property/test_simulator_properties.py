"""What holds for every simulated book, whatever its seed and size."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.book.contract import CASHFLOW_KINDS
from models.config.simulation import DirtEconomics, SimulationConfig
from models.simulator.blocks import Plan, desk_of, run_block, world_of
from models.simulator.economics import Economics
from models.simulator.injected_errors import repaired, with_injected_errors
from models.simulator.journal import CashflowColumns, Journal
from models.simulator.ledgers import cashflow_table, facility_table, interaction_table, opportunity_table
from models.simulator.population import create_population
from models.simulator.state import BookState
from models.simulator.step import step
from models.simulator.truth import Moment, run_forward

CONFIG = SimulationConfig(block_clients=120)
SEEDS = st.integers(0, 2**32)
FEW = settings(max_examples=5, deadline=None, derandomize=True)
BALANCE = {"drawdown": 1, "repayment": -1, "write_off": -1}


def outstanding_by_flows(journal: Journal, size: int) -> np.ndarray:
    """What every facility owes according to the cashflows alone, in cents. Shape (size,)."""
    flows = CashflowColumns.stacked(journal.lists.cashflows)
    owed = np.zeros(size, dtype=np.int64)
    for kind, sign in BALANCE.items():
        mine = flows.kind == CASHFLOW_KINDS.index(kind)
        np.add.at(owed, flows.facility[mine], sign * flows.cents[mine])
    return owed


@FEW
@given(SEEDS)
def test_books_balance_to_the_cent_at_the_end_of_every_month(seed):
    plan = Plan(config=CONFIG, clients=120, months=30, seed=seed, as_of=())
    economics, world = Economics.of(CONFIG), world_of(plan)
    state = create_population(economics, clients=120, months=30, noise=plan.noise(0, 0)).state
    journal = Journal(months=30, clients=120)
    for month in range(30):
        journal.month = month
        step(state, month, world=world, economics=economics, noise=plan.noise(0, 1, month), sink=journal)
        facilities = state.facilities
        np.testing.assert_array_equal(
            facilities.drawn - facilities.repaid - facilities.written_off, facilities.outstanding
        )
        owed = outstanding_by_flows(journal, state.next_facility)
        np.testing.assert_array_equal(owed[facilities.number], facilities.outstanding)
        closed = np.setdiff1d(np.arange(state.next_facility), facilities.number)
        assert not owed[closed].any()
        assert (facilities.outstanding >= 0).all()
        assert (facilities.outstanding <= facilities.limit).all()
        assert (facilities.recoverable >= 0).all()


@FEW
@given(SEEDS, st.integers(1, 4))
def test_a_tiled_state_is_the_state_over_and_over(seed, times):
    state = a_state(seed)
    tiled = state.tiled(times)
    size = len(state.clients)
    assert len(tiled.clients) == times * size
    for path in range(times):
        back = tiled.only(np.arange(path * size, (path + 1) * size))
        np.testing.assert_array_equal(back.facilities.client, state.facilities.client)
        np.testing.assert_array_equal(back.facilities.outstanding, state.facilities.outstanding)
        np.testing.assert_array_equal(back.clients.satisfaction, state.clients.satisfaction)


def a_state(seed: int) -> BookState:
    plan = Plan(config=CONFIG, clients=120, months=20, seed=seed, as_of=())
    return run_block(plan, 0).state


@FEW
@given(SEEDS)
def test_running_a_copy_forward_leaves_the_state_as_it_was(seed):
    plan = Plan(config=CONFIG, clients=120, months=20, seed=seed, as_of=(10,))
    run = run_block(plan, 0)
    moment: Moment = run.moments[0]
    before = moment.state.copy()
    first, again = (
        run_forward(moment, world_of(plan), Economics.of(CONFIG), paths=2, seed=seed, block=0, stream=0)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.value, again.value)
    np.testing.assert_array_equal(before.clients.credit, moment.state.clients.credit)
    np.testing.assert_array_equal(before.facilities.outstanding, moment.state.facilities.outstanding)


@FEW
@given(SEEDS)
def test_noise_of_the_records_changes_no_outcome(seed):
    """Writing a block down draws from streams of its own: clients live the same life, noted or not."""
    plan = Plan(config=CONFIG, clients=120, months=20, seed=seed, as_of=())
    first = run_block(plan, 0)
    interaction_table(first.journal, desk_of(plan, 0, first.population))
    np.testing.assert_array_equal(first.journal.margin, run_block(plan, 0).journal.margin)


@cache
def clean_tables() -> tuple[dict[str, pa.Table], int]:
    """Some clean tables of one block, and the first day after them."""
    plan = Plan(config=CONFIG, clients=120, months=30, seed=9, as_of=())
    run = run_block(plan, 0)
    desk = desk_of(plan, 0, run.population)
    makers = (cashflow_table, facility_table, interaction_table, opportunity_table)
    names = ("cashflows", "facilities", "interactions", "opportunities")
    return {name: make(run.journal, desk) for name, make in zip(names, makers, strict=True)}, desk.end


@pytest.mark.parametrize("name", ["cashflows", "facilities", "interactions", "opportunities"])
@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=SEEDS, share=st.floats(0, 0.003))
def test_repairing_a_table_with_injected_errors_gives_the_clean_one(name, seed, share):
    tables, end = clean_tables()
    dirt = DirtEconomics(missing_share=share, late_share=share, dirty_share=share, ledger_factor=1.0)
    written = with_injected_errors(name, tables[name], dirt, noise=np.random.default_rng(seed), end=end)
    assert plain(repaired(written.table, written.repairs, name)).equals(plain(tables[name]))
    assert written.repairs.num_rows <= 0.01 * tables[name].num_rows + 15


def plain(table: pa.Table) -> pa.Table:
    """Text as text, in one piece."""
    fields = [
        pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type)
        for field in table.schema
    ]
    return table.cast(pa.schema(fields)).combine_chunks()
