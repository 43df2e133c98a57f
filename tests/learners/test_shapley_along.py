"""A client asked about at every step of the horizon gets, to the bit, what LightGBM says of each step alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.errors import FeatureContractError, InternalError
from models.learners.shapley.along import ScoresAlong
from support.drawn_boosters import DrawnBooster, drawn_booster

STEPS = np.array([0.01, 0.2, 0.25, 0.7, 1.0, 1.4, 2.1])
KINDS: dict[str, dict[str, Any]] = {
    "one output": {"numbers": 4, "trees": 12},
    "causes": {"numbers": 5, "objective": "multiclass", "num_class": 3, "gaps": 0.1},
    "zero as missing": {"numbers": 3, "gaps": 0.2, "zero_as_missing": True},
    "missing read as zero": {"numbers": 3, "gaps": 0.2, "use_missing": False},
    "the step alone": {"numbers": 1, "num_leaves": 31},
    "trees of one leaf": {"min_data_in_leaf": 200},
}


def by_lightgbm(drawn: DrawnBooster, step: float) -> np.ndarray:
    rows = drawn.rows.copy()
    rows[:, -1] = step
    return np.asarray(drawn.booster.predict(rows, raw_score=True, num_threads=1)).reshape(len(rows), -1)


@pytest.mark.parametrize("kind", KINDS)
def test_each_step_is_what_lightgbm_says_of_it(kind: str) -> None:
    drawn = drawn_booster(3, **KINDS[kind])
    scores = ScoresAlong.of(drawn.text).raw(drawn.rows[:, :-1], STEPS, threads=1)
    for place, step in enumerate(STEPS):
        np.testing.assert_array_equal(scores[:, place], by_lightgbm(drawn, step))


def test_categories_beside_the_step_are_read_as_lightgbm_reads_them() -> None:
    # The drawn booster has its categories last: the step is put behind them as a number that no tree asks for.
    drawn = drawn_booster(5, categories=2, gaps=0.1)
    text = drawn.text.replace("max_feature_idx=5", "max_feature_idx=6")
    scores = ScoresAlong.of(text).raw(drawn.rows, STEPS, threads=1)
    np.testing.assert_array_equal(scores[:, :, 0], np.repeat(drawn.raw_score(), len(STEPS), axis=1))


def test_blocks_and_threads_change_nothing() -> None:
    drawn = drawn_booster(7, numbers=4)
    along, rows = ScoresAlong.of(drawn.text), np.tile(drawn.rows[:, :-1], (20, 1))
    together = along.raw(rows, STEPS, threads=1)
    np.testing.assert_array_equal(along.raw(rows, STEPS, threads=2), together)
    np.testing.assert_array_equal(along.raw(rows[1500:1501], STEPS, threads=1), together[1500:1501])
    assert along.raw(rows[:0], STEPS).shape == (0, len(STEPS), 1)


def test_what_does_not_fit_is_refused() -> None:
    drawn = drawn_booster(3, numbers=4)
    along = ScoresAlong.of(drawn.text)
    with pytest.raises(FeatureContractError, match="3 features"):
        along.raw(drawn.rows, STEPS)
    for wrong in ([0.0, 1.0], [2.0, 1.0], [1.0, 1.0]):
        with pytest.raises(InternalError, match="rise from above zero"):
            along.raw(drawn.rows[:, :-1], np.array(wrong))
    with pytest.raises(InternalError, match="a category"):
        ScoresAlong.of(drawn_booster(5, categories=1).text)
