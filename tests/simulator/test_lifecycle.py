"""The simulated life cycle: two years of growth, a plateau, a decline that shows; stages have an order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from models.config.simulation import SimulationConfig
from models.simulator.blocks import Plan, world_of
from models.simulator.economics import (
    ACQUISITION,
    CHURNED,
    DECLINE,
    DEVELOPMENT,
    MATURITY,
    Economics,
)
from models.simulator.journal import Journal
from models.simulator.population import create_population
from models.simulator.step import step

CLIENTS, MONTHS = 1_500, 60
PLAN = Plan(config=SimulationConfig(block_clients=CLIENTS), clients=CLIENTS, months=MONTHS, seed=5, as_of=())


@dataclass(frozen=True)
class Lives:
    """Shapes (months, clients)."""

    stage: np.ndarray
    exposure: np.ndarray
    open_facilities: np.ndarray
    defaulted: np.ndarray

    def moves(self) -> np.ndarray:
        """How often clients moved from one stage to another. Shape (5, 5)."""
        counts = np.zeros((5, 5), dtype=np.int64)
        np.add.at(counts, (self.stage[:-1].ravel(), self.stage[1:].ravel()), 1)
        np.fill_diagonal(counts, 0)
        return counts

    def growths(self) -> np.ndarray:
        """Months of growth that ended in maturity, of clients with their first deal in the first year."""
        first = (self.stage == DEVELOPMENT).argmax(axis=0)
        after = np.where(np.arange(MONTHS)[:, None] > first, self.stage, DEVELOPMENT) != DEVELOPMENT
        end = after.argmax(axis=0)
        settled = after.any(axis=0) & (self.stage[end, np.arange(CLIENTS)] == MATURITY) & (first < 12)
        return (end - first)[settled]

    def kept_after_a_year(self, start: int, stage: int, before: int) -> float:
        """Debt of clients that came to ``stage`` from ``before`` and had debt, a year later as a share of it."""
        came = (self.stage[start] == stage) & (self.stage[start - 1] == before) & (self.exposure[start - 1] > 0)
        return float(self.exposure[start + 12, came].sum() / self.exposure[start - 1, came].sum())


@pytest.fixture(scope="module")
def lives() -> Lives:
    economics, world = Economics.of(PLAN.config), world_of(PLAN)
    state = create_population(economics, clients=CLIENTS, months=MONTHS, noise=PLAN.noise(0, 0)).state
    journal, seen = Journal(months=MONTHS, clients=CLIENTS), []
    for month in range(MONTHS):
        journal.month = month
        step(state, month, world=world, economics=economics, noise=PLAN.noise(0, 1, month), sink=journal)
        clients = state.clients
        seen.append([clients.stage, clients.exposure, clients.open_facilities, clients.defaulted])
        seen[-1] = [each.copy() for each in seen[-1]]
    return Lives(*(np.array(each) for each in zip(*seen, strict=True)))


def test_growth_lasts_about_two_years(lives):
    months = lives.growths()
    assert len(months) > 200
    assert 21 <= np.median(months) <= 25, "the median of Weibull(24, 10) is 24 x (ln 2) ** 0.1 = 23.1"
    assert ((months >= 16) & (months <= 29)).mean() > 0.9


def test_stages_follow_each_other_and_seldom_turn_back(lives):
    moves = lives.moves()
    assert moves[DEVELOPMENT, MATURITY] > 10 * moves[MATURITY, DEVELOPMENT]
    assert moves[MATURITY, DECLINE] > 2 * moves[DECLINE, MATURITY] > 0
    assert moves[DECLINE, CHURNED] > 0
    assert moves[DECLINE, DEVELOPMENT] == moves[DECLINE, ACQUISITION] == 0
    assert moves[CHURNED, MATURITY] == moves[CHURNED, DECLINE] == 0


def test_a_client_that_declines_shrinks_and_one_that_settles_does_not(lives):
    starts = range(30, MONTHS - 12)
    shrunk = np.array([lives.kept_after_a_year(start, DECLINE, MATURITY) for start in starts])
    settled = np.array([lives.kept_after_a_year(start, MATURITY, DEVELOPMENT) for start in starts])
    assert np.median(shrunk) < 0.4
    assert np.median(settled) > 0.75


def test_who_does_business_is_neither_prospect_nor_lost_and_who_defaults_declines(lives):
    busy = lives.open_facilities > 0
    assert not np.isin(lives.stage[busy], (ACQUISITION, CHURNED)).any()
    later = lives.defaulted[:-1] & lives.defaulted[1:]
    assert later.sum() > 100
    assert np.isin(lives.stage[1:][later], (DECLINE, CHURNED)).all()
