"""Why clients declined, read from a simulated lender's tables, is why they did in the simulation."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from models.book.loading import load_book
from models.config.loading import parse_config
from models.config.simulation import SimulationConfig, TruthConfig
from models.panel.build import panel_of
from models.panel.facilities import cause_of_key
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from models.panel.targets import DECLINE_CAUSES, EXIT_CAUSES, Endings, decline_causes
from models.simulator.blocks import Plan, Run, desk_of, run_block
from models.simulator.book import simulate
from models.simulator.sinks import DAYS_PER_MONTH
from models.vocab import SilentProgress

CLIENTS, MONTHS, HORIZON, SEED = 1_500, 60, 12, 5
AS_OF = date(2022, 1, 1)
SETTINGS = """
book: {name: lender, source: files, currency: USD, max_quarantine_share: 0.02, known_until: 2023-01-01}
time: {period: month, horizon_periods: 12, activity_periods: 12}
activity: {kinds: [interest, fee]}
value: {kinds: {interest: 1.0, fee: 1.0}}
decline: {rule: drop, share: 0.5}
features: {windows: [3, 12]}
origins: {test: [2022-01-01], spacing_periods: 3, min_history_periods: 12}
learners: {segments: {features: [value_sum_12p]}}
stages: {acquisition_max_periods: 6, churned_after_periods: 6, trend_window_periods: 3, decline_probability: 0.5}
run: {threads: 1}
"""


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    """The last year of a book with injected errors, as it is written down."""
    folder = tmp_path_factory.mktemp("lender")
    economics = SimulationConfig(truth=TruthConfig(paths=2))
    simulate(economics, clients=CLIENTS, months=MONTHS, seed=SEED, out=folder / "book", as_of_months=[48])
    config = parse_config(SETTINGS, [f"run.work_dir={folder / 'work'}"])
    book = load_book(config, str(folder / "book"), folder / "checked", SilentProgress())
    with prepared_book(book, config, AS_OF) as prepared:
        return panel_of(prepared, config, [0], targets=True)


def simulated_causes(run: Run) -> np.ndarray:
    """What the state at the end of the last year, and the ends within it, say of every client."""
    clients, last_end = run.state.clients, run.journal.last_end
    within = last_end >= (MONTHS - HORIZON) * DAYS_PER_MONTH * len(EXIT_CAUSES)
    endings = Endings(
        only_matured=np.zeros(CLIENTS, dtype=bool),
        defaulted=clients.defaulted,
        still_open=clients.open_facilities > 0,
        last_cause=cause_of_key(np.where(within, last_end, -1)),
    )
    return decline_causes(np.ones(CLIENTS, dtype=bool), endings)


def test_causes_from_the_published_tables_are_those_of_the_simulation(panel: Panel) -> None:
    plan = Plan(
        config=SimulationConfig(truth=TruthConfig(paths=2)), clients=CLIENTS, months=MONTHS, seed=SEED, as_of=()
    )
    run = run_block(plan, 0)
    ids = desk_of(plan, 0, run.population).client_ids.to_pylist()
    simulated = dict(zip(ids, simulated_causes(run), strict=True))
    assert panel.declined is not None
    assert panel.cause is not None
    assert panel.event_period is not None
    np.testing.assert_array_equal(panel.cause >= 0, panel.declined)
    np.testing.assert_array_equal(panel.event_period > 0, panel.declined)
    read = panel.cause[panel.declined]
    own = np.array([simulated[client] for client in panel.client_id[panel.declined]])
    assert len(read) > 200
    assert (read == own).mean() >= 0.97
    for code, cause in enumerate(DECLINE_CAUSES):
        assert (own == code).sum() >= 10, cause
        assert (read == own)[own == code].mean() >= 0.9, cause
