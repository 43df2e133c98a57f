"""Who competes: what "buy till you die" models are told of a client, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.tables.splits import LearningOrigins
from models.workflows.contenders import BTYD, OURS, contest, past_behaviour, purchase_history
from support.drawn_panel import ORIGINS, drawn_panel, small_config

MONTH = 365.25 / 12
FIT = LearningOrigins(learn=ORIGINS[:-1], early=ORIGINS[:-2])


def test_a_client_active_in_three_periods_bought_again_twice() -> None:
    panel = drawn_panel(clients=2).at([ORIGINS[-1]])
    told = panel.features.assign(
        activity_active_periods=[3.0, 1.0],
        tenure_days=[12 * MONTH, 6 * MONTH],
        activity_recency_days=[2 * MONTH, 5 * MONTH],
        value_sum_ever=[900.0, 80.0],
    )
    history = purchase_history(replace(panel, features=told), small_config())
    assert history.purchases.tolist() == [2.0, 0.0]
    assert history.recency == pytest.approx([10.0, 0.0])
    assert history.age == pytest.approx([12.0, 6.0])
    assert history.size.tolist() == [300.0, 0.0]


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
        judged = contest(panel.at(FIT.learn), rows, FIT, small_config())
        for contenders in judged.values():
            assert {OURS, BTYD} < set(contenders)
            assert all(contender.score.shape == (len(rows),) for contender in contenders.values())


def test_purchase_models_stay_away_where_nobody_came_back() -> None:
    panel = drawn_panel()
    once = replace(panel, features=panel.features.assign(activity_active_periods=1.0))
    judged = contest(once.at(FIT.learn), once.at([ORIGINS[-1]]), FIT, small_config())
    assert BTYD not in judged["decline"]
    assert OURS in judged["decline"]
