"""After three of twelve months: who is behind counts by how often such clients stayed behind, with an interval."""

from __future__ import annotations

import numpy as np
import pytest

from models.metrics.bootstrap import Interval
from models.monitoring.rules import (
    BEHIND,
    FAR_BEHIND,
    NOT_BEHIND,
    SILENT,
    away_from_one,
    count_interval,
    doubt,
    events_so_far,
    gap,
    settled_shares,
    share_interval,
    stands,
)


def test_of_those_behind_some_catch_up() -> None:
    # 100 silent of whom 90 stayed away, 50 a little behind of whom 10 did; a stand of 10 takes the share of all
    stand = np.repeat([SILENT, BEHIND, FAR_BEHIND, NOT_BEHIND], [100, 50, 10, 500])
    set_in = np.concatenate([np.arange(100) < 90, np.arange(50) < 10, np.arange(10) < 9, np.zeros(500, dtype=bool)])
    settled = settled_shares(stand, set_in)
    assert settled[SILENT].share == 0.9
    assert settled[BEHIND].share == 0.2
    assert settled[FAR_BEHIND].share == pytest.approx(109 / 160)
    now = np.array([SILENT, SILENT, BEHIND, NOT_BEHIND])
    assert events_so_far(now, settled).tolist() == [0.9, 0.9, 0.2, 0.0]
    # variances of the shares: 0.9 * 0.1 / 100 for two clients, 0.2 * 0.8 / 50 for one
    assert doubt(now, settled) == pytest.approx(4 * 0.09 / 100 + 0.16 / 50)


def test_how_a_client_stands_follows_its_pace() -> None:
    behind = np.array([True, True, True, False, True])
    pace = np.array([0.0, 0.2, 0.3, 0.1, np.nan])
    assert stands(behind, pace, 0.5).tolist() == [SILENT, FAR_BEHIND, BEHIND, NOT_BEHIND, SILENT]


def test_events_of_clients_alone_scatter_binomially() -> None:
    chance = np.full(100, 0.2)
    came = np.repeat([1.0, 0.0], [20, 80])
    found = count_interval(chance, came, np.arange(100), level=0.95)
    assert found.estimate == 20.0
    assert found.high - 20.0 == pytest.approx(1.959964 * 4.0, rel=1e-6)  # the root of 100 * 0.2 * 0.8


def test_a_sponsor_group_that_shares_a_fate_widens_the_interval() -> None:
    chance, came = np.full(100, 0.2), np.repeat([1.0, 0.0], [20, 80])
    alone = count_interval(chance, came, np.arange(100), level=0.95)
    together = count_interval(chance, came, np.arange(100) // 10, level=0.95)  # ten groups, two of them all gone
    assert together.high - together.estimate > 2.9 * (alone.high - alone.estimate)
    assert 0.0 <= together.low < together.estimate


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_holds_the_expected_number_as_often_as_it_says(seed: int) -> None:
    dice = np.random.default_rng(seed)
    chance = dice.uniform(0.02, 0.5, 300)
    held = 0
    for _ in range(400):
        came = (dice.random(300) < chance).astype(float)
        found = count_interval(chance, came, np.arange(300), level=0.9)
        held += found.low <= chance.sum() <= found.high
    assert 0.86 <= held / 400 <= 0.96


def test_how_far_an_expectation_lies_outside() -> None:
    interval = Interval(estimate=12.0, low=8.0, high=16.0)
    assert gap(interval, 20.0) == pytest.approx(0.2)
    assert gap(interval, 5.0) == pytest.approx(0.6)
    assert gap(interval, 10.0) <= 0.0
    assert gap(interval, 0.0) == 0.0
    assert away_from_one(Interval(estimate=1.5, low=1.2, high=1.9)) == pytest.approx(0.2)
    assert away_from_one(Interval(estimate=0.9, low=0.7, high=1.1)) < 0
    assert share_interval(interval, 40) == Interval(estimate=0.3, low=0.2, high=0.4)
