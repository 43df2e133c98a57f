"""A challenger no better than the other must rarely be called better, also on 300 clients with a few large ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from models.metrics.bootstrap import Interval, Metric, bootstrap_difference, called_better, what_cannot_be_known
from models.metrics.ranking import auc, normalized_gini

CLIENTS, RESAMPLES = 300, 250
Draw = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def declines(generator: np.random.Generator, state: np.ndarray) -> np.ndarray:
    """About a quarter of the clients decline, more of those in a worse state."""
    return (generator.random(state.size) < 1 / (1 + np.exp(1.5 - 1.2 * state))).astype(float)


def values(generator: np.random.Generator, state: np.ndarray) -> np.ndarray:
    """Four clients in five bring nothing; one in twenty holds nine tenths of the value."""
    brings = generator.random(state.size) < 1 / (1 + np.exp(1.5 - state))
    return np.where(brings, np.exp(state + 2.0 * generator.normal(size=state.size)), 0.0)


def share_called_better(
    metric: Metric, outcome: Draw, *, noise: tuple[float, float], alike: float, times: int
) -> float:
    """How often a score with noise[0] is called better than one with noise[1], their noises correlated by ``alike``."""
    generator = np.random.default_rng(20)
    called = 0
    for seed in range(times):
        state, common, *own = generator.normal(size=(4, CLIENTS))
        actual = outcome(generator, state)
        ours, theirs = (
            state + size * (np.sqrt(alike) * common + np.sqrt(1 - alike) * each)
            for size, each in zip(noise, own, strict=True)
        )
        difference = bootstrap_difference(
            metric, (actual, ours), (actual, theirs), np.arange(CLIENTS), resamples=RESAMPLES, seed=seed
        )
        called += called_better(difference)
    return called / times


@pytest.mark.slow
@pytest.mark.parametrize("alike", [0.0, 0.95])
@pytest.mark.parametrize(("metric", "outcome"), [(auc, declines), (normalized_gini, values)])
def test_without_a_real_difference_one_in_twenty_at_most_is_called_better(
    metric: Metric, outcome: Draw, alike: float
) -> None:
    share = share_called_better(metric, outcome, noise=(1.0, 1.0), alike=alike, times=1_000)
    assert 0.005 <= share <= 0.05


@pytest.mark.parametrize(("metric", "outcome"), [(auc, declines), (normalized_gini, values)])
def test_a_much_better_score_is_called_so_most_times(metric: Metric, outcome: Draw) -> None:
    assert share_called_better(metric, outcome, noise=(0.3, 3.0), alike=0.0, times=100) > 0.75


def test_only_a_whole_interval_above_nothing_counts() -> None:
    assert called_better(Interval(estimate=0.2, low=0.001, high=0.4))
    assert not called_better(Interval(estimate=0.2, low=0.0, high=0.4))
    assert not called_better(Interval(estimate=-0.2, low=-0.4, high=-0.001))


def test_a_small_book_is_told_what_it_cannot_rank() -> None:
    differences = {
        "recency": Interval(estimate=0.1, low=0.02, high=0.2),
        "past sum": Interval(estimate=0.03, low=-0.04, high=0.11),
        "logistic": Interval(estimate=-0.2, low=-0.3, high=-0.1),
    }
    assert what_cannot_be_known(differences, metric="normalized Gini", clients=120) == (
        "120 clients cannot tell by normalized Gini whether ours is better than past sum: "
        "the difference may be -0.040 to +0.110.",
    )
