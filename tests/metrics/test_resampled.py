"""Under many weightings at once a metric is what it is under each of them alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import TooLittleDataError
from models.metrics.bootstrap import Metric, bootstrap_draws
from models.metrics.ranking import auc
from models.metrics.resampled import AT_ONCE

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(-5, 50), st.integers(0, 4)), min_size=1, max_size=12)


def alone(metric: Metric, actual: np.ndarray, score: np.ndarray, weight: np.ndarray) -> float:
    try:
        return metric(actual, score, weight=weight)
    except TooLittleDataError:
        return np.nan


@settings(max_examples=100, deadline=None)
@pytest.mark.parametrize("metric", list(AT_ONCE))
@given(rows=ROWS, seed=st.integers(0, 1_000))
def test_each_row_of_weights_gives_the_metric_of_these_weights(
    metric: Metric, rows: list[tuple[int, int, int]], seed: int
) -> None:
    outcome, amount, score = np.array(rows, dtype=float).T
    actual = outcome if metric is auc else outcome * amount
    weights = np.random.default_rng(seed).integers(0, 3, size=(6, len(rows))).astype(float)
    found = AT_ONCE[metric](actual, score, weights)
    expected = [alone(metric, actual, score, weight) for weight in weights]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("metric", list(AT_ONCE))
def test_the_bootstrap_of_groups_is_the_same_either_way(metric: Metric) -> None:
    generator = np.random.default_rng(4)
    group = generator.integers(0, 150, size=400)
    amount = generator.lognormal(sigma=2, size=400) * generator.choice([-1.0, 1.0, 1.0], size=400)
    actual = (generator.random(400) < 0.3) * (1.0 if metric is auc else amount)
    score = generator.integers(0, 60, size=400)
    at_once = bootstrap_draws(metric, (actual, score), group, resamples=300, seed=2)

    def one_by_one(actual: np.ndarray, score: np.ndarray, *, weight: np.ndarray | None = None) -> float:
        return metric(actual, score, weight=weight)

    expected = bootstrap_draws(one_by_one, (actual, score), group, resamples=300, seed=2)
    assert at_once.estimate == expected.estimate
    np.testing.assert_allclose(at_once.values, expected.values, rtol=1e-10)
