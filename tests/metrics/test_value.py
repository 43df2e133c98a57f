"""What was promised against what came; then each metric beside pandas, scikit-learn or arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from models.errors import TooLittleDataError
from models.metrics.value import decile_mape, decile_table, mae, rmse, total_ratio


@pytest.fixture
def amounts() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(4)
    predicted = generator.lognormal(sigma=2, size=500)
    return predicted * generator.lognormal(size=500), predicted


def test_a_book_that_was_promised_a_tenth_too_much() -> None:
    assert total_ratio([100.0, 0.0, 0.0], [50.0, 40.0, 20.0]) == pytest.approx(1.1)


def test_deciles_equal_pandas(amounts: tuple[np.ndarray, np.ndarray]) -> None:
    actual, predicted = amounts
    table = decile_table(actual, predicted)
    frame = pd.DataFrame({"actual": actual, "predicted": predicted, "decile": pd.qcut(predicted, 10, labels=False)})
    expected = frame.groupby("decile").mean().iloc[::-1]
    np.testing.assert_allclose(table.actual_mean, expected["actual"], rtol=1e-10)
    np.testing.assert_allclose(table.predicted_mean, expected["predicted"], rtol=1e-10)
    errors = (expected["predicted"] / expected["actual"] - 1).abs()
    assert decile_mape(actual, predicted) == pytest.approx(errors.mean(), rel=1e-10)


def test_deciles_hold_all_that_there_is(amounts: tuple[np.ndarray, np.ndarray]) -> None:
    actual, predicted = amounts[0][:437], np.round(amounts[1][:437])
    table = decile_table(actual, predicted)
    assert (table.actual_mean * table.clients).sum() == pytest.approx(actual.sum())
    assert (table.predicted_mean * table.clients).sum() == pytest.approx(predicted.sum())
    shuffled = np.random.default_rng(0).permutation(437)
    again = decile_table(actual[shuffled], predicted[shuffled])
    np.testing.assert_allclose(again.actual_mean, table.actual_mean, rtol=1e-10)


def test_a_decile_without_value_is_left_out_of_the_relative_error() -> None:
    actual = np.array([0.0] + [2.0] * 9)
    predicted = np.array([0.5] + [3.0] * 9)
    assert decile_mape(actual, predicted) == pytest.approx(0.5)


def test_errors_equal_scikit_learn(amounts: tuple[np.ndarray, np.ndarray]) -> None:
    weight = np.random.default_rng(3).integers(0, 3, size=500)
    assert rmse(*amounts) == pytest.approx(root_mean_squared_error(*amounts), rel=1e-12)
    expected = mean_absolute_error(*amounts, sample_weight=weight)
    assert mae(*amounts, weight=weight) == pytest.approx(expected, rel=1e-12)


def test_too_little_is_refused() -> None:
    with pytest.raises(TooLittleDataError, match="at least 10 clients, got 3"):
        decile_table([1, 2, 3], [1, 2, 3])
    with pytest.raises(TooLittleDataError, match="a decile with value"):
        decile_mape(np.zeros(10), np.ones(10))
    with pytest.raises(TooLittleDataError, match="actual total above zero, got 0"):
        total_ratio([0, 0], [1, 1])
    for metric in (rmse, mae, total_ratio, decile_mape):
        with pytest.raises(TooLittleDataError, match="missing or infinite"):
            metric([np.inf] * 10, [1.0] * 10)
        with pytest.raises(TooLittleDataError, match="at least one client"):
            metric([], [])
