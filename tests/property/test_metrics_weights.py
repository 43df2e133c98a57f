"""What holds of every metric, whatever the clients: a weight is a repetition, and row order says nothing."""

from __future__ import annotations

from dataclasses import astuple, is_dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import metrics
from models.errors import TooLittleDataError


def profit_of_contacts(actual: np.ndarray, score: np.ndarray, *, weight: np.ndarray | None = None) -> object:
    """What contacts earn where more is at stake with clients of higher score."""
    return metrics.expected_maximum_profit(actual, 20 * score + 1, score, weight=weight)


def coverage_of_bands(actual: np.ndarray, score: np.ndarray, *, weight: np.ndarray | None = None) -> float:
    """Coverage of bands from half to twice the score."""
    return metrics.interval_coverage(actual, score / 2, 2 * score, weight=weight)


def score_of_bands(actual: np.ndarray, score: np.ndarray, *, weight: np.ndarray | None = None) -> float:
    """Interval score of the same bands."""
    return metrics.interval_score(actual, score / 2, 2 * score, level=0.8, weight=weight)


def losses_of_amounts(actual: np.ndarray, score: np.ndarray, *, weight: np.ndarray | None = None) -> float:
    """Loss concentration where amounts under 10 are losses."""
    return metrics.loss_concentration(actual - 10, score, weight=weight)


OF_OUTCOMES = [
    profit_of_contacts,
    metrics.auc,
    metrics.pr_auc,
    metrics.h_measure,
    metrics.brier,
    metrics.brier_parts,
    metrics.log_loss,
    metrics.ece,
    metrics.calibration_slope,
    metrics.calibration_intercept,
]
OF_AMOUNTS = [
    metrics.normalized_gini,
    metrics.signed_concentration,
    losses_of_amounts,
    metrics.spearman,
    metrics.top_decile_lift,
    metrics.decile_table,
    metrics.decile_mape,
    metrics.total_ratio,
    metrics.rmse,
    metrics.mae,
    coverage_of_bands,
    score_of_bands,
]
ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(1, 19), st.integers(0, 3), st.integers(0, 50)),
    min_size=1,
    max_size=40,
)


def figures(metric: object, actual: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """The metric as an array; NaN where there is too little to tell."""
    try:
        result = metric(actual, score, weight=weight)
    except TooLittleDataError:
        return np.array([np.nan])
    parts = astuple(result) if is_dataclass(result) else (result,)
    return np.concatenate([np.atleast_1d(part) for part in parts])


@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("metric", OF_OUTCOMES + OF_AMOUNTS)
@given(rows=ROWS)
def test_a_weight_is_a_repetition(metric: object, rows: list[tuple[int, int, int, int]]) -> None:
    outcome, twentieths, weight, amount = np.array(rows).T
    actual = outcome if metric in OF_OUTCOMES else outcome * amount
    weighted = figures(metric, actual, twentieths / 20, weight)
    repeated = figures(metric, np.repeat(actual, weight), np.repeat(twentieths / 20, weight))
    np.testing.assert_allclose(weighted, repeated, rtol=1e-6, atol=1e-9)


@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("metric", OF_OUTCOMES + OF_AMOUNTS)
@given(rows=ROWS, data=st.data())
def test_row_order_says_nothing(metric: object, rows: list[tuple[int, int, int, int]], data: st.DataObject) -> None:
    outcome, twentieths, _, amount = np.array(rows).T
    actual = outcome if metric in OF_OUTCOMES else outcome * amount
    order = np.array(data.draw(st.permutations(range(len(rows)))))
    plain, shuffled = (figures(metric, actual[rank], twentieths[rank] / 20) for rank in (np.arange(len(rows)), order))
    np.testing.assert_allclose(shuffled, plain, rtol=1e-6, atol=1e-9)


@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize(
    ("metric", "low", "high"),
    [
        (metrics.auc, 0, 1),
        (metrics.pr_auc, 0, 1),
        (metrics.h_measure, 0, 1),
        (metrics.brier, 0, 1),
        (metrics.ece, 0, 1),
        (coverage_of_bands, 0, 1),
        (metrics.normalized_gini, -1, 1),
        (metrics.signed_concentration, -1, 1),
        (losses_of_amounts, -1, 1),
        (metrics.spearman, -1, 1),
        (metrics.top_decile_lift, 0, 10),
    ],
)
@given(rows=ROWS)
def test_within_the_stated_domain(metric: object, low: int, high: int, rows: list[tuple[int, int, int, int]]) -> None:
    outcome, twentieths, weight, amount = np.array(rows).T
    actual = outcome if metric in OF_OUTCOMES else outcome * amount
    result = figures(metric, actual, twentieths / 20, weight)
    assert np.isnan(result).all() or ((result >= low - 1e-12) & (result <= high + 1e-12)).all()


@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize(
    "metric", [metrics.auc, metrics.pr_auc, metrics.h_measure, metrics.normalized_gini, metrics.signed_concentration]
)
@given(rows=ROWS)
def test_a_ranking_is_all_that_counts(metric: object, rows: list[tuple[int, int, int, int]]) -> None:
    outcome, twentieths, _, amount = np.array(rows).T
    actual = outcome if metric in OF_OUTCOMES else outcome * amount
    np.testing.assert_array_equal(
        figures(metric, actual, np.exp(twentieths / 3) - 5), figures(metric, actual, twentieths)
    )
