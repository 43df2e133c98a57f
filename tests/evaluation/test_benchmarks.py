"""Who competes: what "buy till you die" models are told of a client, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.benchmarks import BTYD, OURS, BenchmarkSet, contest
from models.panel.panel import Panel
from models.pipeline import parallel as apart
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.past_behaviour import past_behaviour
from models.pipeline.selection import learn_calibration
from models.workers import Here
from support.drawn_panel import FIT, ORIGINS, drawn_panel, small_config


def held(panel: Panel, **sections: dict[str, object]) -> BenchmarkSet:
    config = small_config(**sections)
    calibration = learn_calibration(OutOfTimeForecasts(panel, config).of(FIT), config)
    return contest(panel, panel.at([ORIGINS[-1]]), FIT, calibration, config, Here()).contest


def test_what_is_missing_of_the_past_counts_as_none() -> None:
    panel = drawn_panel(clients=2).at([ORIGINS[-1]])
    reported = panel.features.assign(activity_recency_days=[np.nan, 30.0], value_sum_3p=[np.nan, 5.0])
    past = past_behaviour(replace(panel, features=reported), small_config())
    assert past.recency[0] == pytest.approx(past.tenure[0])
    assert past.last_period.tolist() == [0.0, 5.0]


def test_all_score_the_same_clients_with_groups_apart_or_not() -> None:
    for groups in (None, 30):
        panel = drawn_panel(groups=groups)
        rows = panel.at([ORIGINS[-1]])
        judged = held(panel)
        for benchmarks in judged.values():
            assert {OURS, BTYD} < set(benchmarks)
            assert all(benchmark.score.shape == (len(rows),) for benchmark in benchmarks.values())


def test_processes_that_share_the_folds_judge_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = drawn_panel(groups=30)
    alone = held(panel)
    monkeypatch.setattr(apart, "_CELLS", 0)
    shared = held(panel, run={"threads": 2})
    for target, benchmarks in alone.items():
        for name, benchmark in benchmarks.items():
            np.testing.assert_array_equal(shared[target][name].score, benchmark.score)


def test_purchase_models_stay_away_where_nobody_came_back() -> None:
    panel = drawn_panel()
    once = replace(panel, features=panel.features.assign(activity_active_periods=1.0))
    judged = held(once)
    assert BTYD not in judged["decline"]
    assert OURS in judged["decline"]
