"""Who competes: what "buy till you die" models are told of a client, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.tables.panel import Panel
from models.workflows import apart
from models.workflows.contenders import BTYD, OURS, Contest, contest, past_behaviour
from models.workflows.corrections import learn_corrections
from models.workflows.hindcast import Hindcasts
from support.drawn_panel import FIT, ORIGINS, drawn_panel, small_config


def held(panel: Panel, **sections: dict[str, object]) -> Contest:
    config = small_config(**sections)
    corrections = learn_corrections(Hindcasts(panel, config).of(FIT), config)
    return contest(panel, panel.at([ORIGINS[-1]]), FIT, corrections, config).contest


def test_what_is_missing_of_the_past_counts_as_none() -> None:
    panel = drawn_panel(clients=2).at([ORIGINS[-1]])
    told = panel.features.assign(activity_recency_days=[np.nan, 30.0], value_sum_3p=[np.nan, 5.0])
    past = past_behaviour(replace(panel, features=told), small_config())
    assert past.recency[0] == pytest.approx(past.tenure[0])
    assert past.last_period.tolist() == [0.0, 5.0]


def test_all_score_the_same_clients_with_groups_apart_or_not() -> None:
    for groups in (None, 30):
        panel = drawn_panel(groups=groups)
        rows = panel.at([ORIGINS[-1]])
        judged = held(panel)
        for contenders in judged.values():
            assert {OURS, BTYD} < set(contenders)
            assert all(contender.score.shape == (len(rows),) for contender in contenders.values())


def test_processes_that_share_the_folds_judge_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = drawn_panel(groups=30)
    alone = held(panel)
    monkeypatch.setattr(apart, "_CELLS", 0)
    shared = held(panel, run={"threads": 2})
    for target, contenders in alone.items():
        for name, contender in contenders.items():
            np.testing.assert_array_equal(shared[target][name].score, contender.score)


def test_purchase_models_stay_away_where_nobody_came_back() -> None:
    panel = drawn_panel()
    once = replace(panel, features=panel.features.assign(activity_active_periods=1.0))
    judged = held(once)
    assert BTYD not in judged["decline"]
    assert OURS in judged["decline"]
