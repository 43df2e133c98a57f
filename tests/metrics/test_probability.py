"""A forecast that says 30% and sees 30% is right; then each metric beside another library or arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn import metrics as reference
from sklearn.linear_model import LogisticRegression

from models.errors import InternalError, TooLittleDataError
from models.metrics.logit_line import fit_logit_line
from models.metrics.probability import brier, brier_parts, calibration_intercept, calibration_slope, ece, log_loss


@pytest.fixture
def forecasts() -> tuple[np.ndarray, np.ndarray]:
    """1,000 clients, the forecast being too extreme."""
    generator = np.random.default_rng(8)
    margin = generator.normal(size=1_000)
    return (generator.random(1_000) < expit(0.5 * margin + 0.3)).astype(float), expit(margin)


def test_a_forecast_that_comes_true_is_calibrated() -> None:
    declined = np.repeat([1, 0, 1, 0], [3, 7, 8, 2])
    probability = np.repeat([0.3, 0.8], 10)
    assert ece(declined, probability) == pytest.approx(0.0, abs=1e-15)
    assert calibration_slope(declined, probability) == pytest.approx(1.0, abs=1e-9)
    assert calibration_intercept(declined, probability) == pytest.approx(0.0, abs=1e-9)
    assert brier_parts(declined, probability).reliability == pytest.approx(0.0, abs=1e-15)


def test_brier_and_log_loss_equal_scikit_learn(forecasts: tuple[np.ndarray, np.ndarray]) -> None:
    assert brier(*forecasts) == pytest.approx(reference.brier_score_loss(*forecasts), rel=1e-12)
    assert log_loss(*forecasts) == pytest.approx(reference.log_loss(*forecasts), rel=1e-12)


def test_a_confident_mistake_costs_much_and_stays_finite() -> None:
    assert log_loss([1], [0.0]) == pytest.approx(-np.log(np.finfo(float).eps))


def test_brier_parts_by_hand() -> None:
    # Two forecasts, 0.2 (1 of 4 declined) and 0.6 (3 of 4): mean 1/2.
    parts = brier_parts([1, 0, 0, 0, 1, 1, 1, 0], [0.2] * 4 + [0.6] * 4)
    assert parts.reliability == pytest.approx((0.05**2 + 0.15**2) / 2)
    assert parts.resolution == pytest.approx(0.25**2)
    assert parts.uncertainty == pytest.approx(0.25)
    assert parts.within_bins == pytest.approx(0.0, abs=1e-15)


def test_brier_parts_make_up_the_score(forecasts: tuple[np.ndarray, np.ndarray]) -> None:
    parts = brier_parts(*forecasts)
    whole = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bins
    assert whole == pytest.approx(brier(*forecasts), rel=1e-12)
    assert parts.within_bins != 0.0


def test_slope_equals_an_unpenalised_logistic_regression(forecasts: tuple[np.ndarray, np.ndarray]) -> None:
    declined, probability = forecasts
    regression = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1_000).fit(logit(probability)[:, None], declined)
    assert calibration_slope(declined, probability) == pytest.approx(regression.coef_[0, 0], rel=1e-5)
    line = fit_logit_line(declined, logit(probability))
    assert line is not None
    assert line.intercept == pytest.approx(regression.intercept_[0], rel=1e-4)


def test_intercept_gets_the_number_of_outcomes_right(forecasts: tuple[np.ndarray, np.ndarray]) -> None:
    declined, probability = forecasts
    moved = expit(logit(probability) + calibration_intercept(declined, probability))
    assert moved.sum() == pytest.approx(declined.sum(), rel=1e-9)


def test_ece_by_hand() -> None:
    # Bins of two clients each: |0.15 - 0.5| and |0.7 - 0.5|.
    assert ece([0, 1, 1, 0], [0.1, 0.2, 0.6, 0.8], bins=2) == pytest.approx((0.35 + 0.2) / 2)


@pytest.mark.parametrize("metric", [brier, brier_parts, log_loss, ece, calibration_slope, calibration_intercept])
def test_what_is_no_probability_is_our_mistake(metric: object) -> None:
    with pytest.raises(InternalError, match="between 0 and 1"):
        metric([0, 1], [0.5, 1.5])
    with pytest.raises(InternalError, match="outcomes of 0 and 1"):
        metric([0, 2], [0.5, 0.5])


@pytest.mark.parametrize("metric", [brier, brier_parts, log_loss, ece, calibration_slope, calibration_intercept])
def test_missing_numbers_and_no_clients_are_refused(metric: object) -> None:
    with pytest.raises(TooLittleDataError, match="1 of 2 missing or infinite"):
        metric([0, 1], [0.5, np.nan])
    with pytest.raises(TooLittleDataError, match="at least one client"):
        metric([], [])


def test_an_undetermined_slope_is_refused() -> None:
    with pytest.raises(TooLittleDataError, match="not determined"):
        calibration_slope([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])
    with pytest.raises(TooLittleDataError, match="not determined"):
        calibration_slope([0, 1, 0, 1], [0.5] * 4)
    with pytest.raises(TooLittleDataError, match="with and without"):
        calibration_slope([1, 1], [0.5, 0.6])
