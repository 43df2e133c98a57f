"""Laws of what would change it, over clients of a fitted lender: proved by scoring, inside the range of the peers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from models.config.explaining import ReachConfig
from models.explanation.change import features_by_client
from models.explanation.reach import PeerRange
from models.explanation.within_reach import Goal, Outcome, Reachable, within_reach
from models.pipeline.pipeline import FittedModels
from models.vocab import FloatArray
from support.drawn_panel import ORIGINS, drawn_panel, fitted_models, small_config

ACTION = {"en": "Do it.", "zh": "立即处理"}
REACH = {
    "next_deal": ReachConfig.model_validate({"down": ["activity_recency_*"], "action": ACTION}),
    "business": ReachConfig.model_validate({"up": ["value_sum_*p", "activity_growth_*"], "action": ACTION}),
}


@cache
def features() -> pd.DataFrame:
    return features_by_client(drawn_panel().at([ORIGINS[-1]]))


@cache
def lender() -> tuple[FittedModels, FloatArray, PeerRange]:
    models = fitted_models()
    rows = models.contract.encode(features())
    return models, rows, PeerRange(low=np.nanquantile(rows, 0.1, axis=0), high=np.nanquantile(rows, 0.9, axis=0))


def changed(row: FloatArray, outcome: Outcome) -> FloatArray:
    names = lender()[0].contract.names
    after = row.copy()
    for move in outcome.moves:
        for feature in move.features:
            assert row[names.index(feature.feature)] == feature.now
            after[names.index(feature.feature)] = feature.then
    return after


@settings(max_examples=40, deadline=None)
@given(client=st.integers(0, 119), level=st.floats(0.3, 0.7))
def test_every_answer_holds_when_the_changed_client_is_scored(client: int, level: float) -> None:
    models, rows, peers = lender()
    config = small_config(stages={"decline_probability": level})
    one, steps = features().iloc[[client]], models.policy.scale.steps
    before = models.grader(one, models.value.predict(rows[[client]]), models.decline.predict(rows[[client]]))
    for answer in within_reach(models, features().iloc[[client]], peers, config, REACH):
        outcome = answer.outcome if isinstance(answer, Reachable) else answer.best
        if outcome is None:
            continue
        row = changed(rows[client], outcome)
        value, decline = models.value.predict(row[None]), models.decline.predict(row[None])
        assert (value[0], decline[0]) == (outcome.value, outcome.decline_probability)
        grades = models.grader(one, value, decline)  # whose rules look at no feature
        off, up = decline[0] < level, steps(grades.tier)[0] > steps(before.tier)[0]
        assert (off if answer.goal is Goal.OFF_DECLINE_LIST else up) == isinstance(answer, Reachable)
        require_plausible(row, rows[client], peers, outcome)


def require_plausible(row: FloatArray, own: FloatArray, peers: PeerRange, outcome: Outcome) -> None:
    names = lender()[0].contract.names
    moved = np.flatnonzero(row != own)
    assert (row[moved] >= np.minimum(peers.low, own)[moved]).all()
    assert (row[moved] <= np.maximum(peers.high, own)[moved]).all()
    falls = {names[place] for place in moved if row[place] < own[place]}
    assert falls <= {"activity_recency_days"}
    assert 0 < len(outcome.moves) <= 2
    assert all(0 < move.size <= 1 for move in outcome.moves)
