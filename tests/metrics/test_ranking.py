"""A rating that credit knows, ranked; then each ranking metric beside another library or arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from models.errors import InternalError, TooLittleDataError
from models.metrics.ranking import auc, h_measure, normalized_gini, pr_auc, spearman, top_decile_lift


@pytest.fixture
def scored() -> tuple[np.ndarray, np.ndarray]:
    """800 clients with many tied scores."""
    generator = np.random.default_rng(5)
    score = generator.integers(0, 40, size=800) / 40
    return (generator.random(800) < score).astype(float), score


def test_a_grade_that_puts_every_declining_client_last_is_perfect() -> None:
    declined, probability = [0, 0, 0, 1, 1], [0.1, 0.2, 0.3, 0.8, 0.9]
    assert auc(declined, probability) == pr_auc(declined, probability) == h_measure(declined, probability) == 1.0


def test_auc_of_published_ratings() -> None:
    # Hanley and McNeil (1982), table I: 58 normal and 51 abnormal scans rated 1 to 5; published area .893.
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    actual = np.repeat([0, 1], [58, 51])
    rating = np.concatenate([np.repeat(range(1, 6), normal), np.repeat(range(1, 6), abnormal)])
    assert round(auc(actual, rating), 3) == 0.893
    counts = np.array(normal + abnormal)
    assert auc(np.repeat([0, 1], 5), [1, 2, 3, 4, 5] * 2, weight=counts) == pytest.approx(
        auc(actual, rating), rel=1e-12
    )


def test_areas_equal_scikit_learn(scored: tuple[np.ndarray, np.ndarray]) -> None:
    actual, score = scored
    weight = np.random.default_rng(1).integers(0, 4, size=actual.size)
    assert auc(actual, score) == pytest.approx(roc_auc_score(actual, score), rel=1e-12)
    assert pr_auc(actual, score) == pytest.approx(average_precision_score(actual, score), rel=1e-12)
    weighted = roc_auc_score(actual, score, sample_weight=weight)
    assert auc(actual, score, weight=weight) == pytest.approx(weighted, rel=1e-12)
    weighted = average_precision_score(actual, score, sample_weight=weight)
    assert pr_auc(actual, score, weight=weight) == pytest.approx(weighted, rel=1e-12)


def test_h_measure_equals_the_integral_that_defines_it(scored: tuple[np.ndarray, np.ndarray]) -> None:
    # Hand (2009): the loss at cost c is that of the best threshold, averaged over c drawn from Beta(2, 2).
    actual, score = scored
    prior = actual.mean()
    false_alarm, hit, _ = roc_curve(actual, score, drop_intermediate=False)

    def least_loss(cost: float) -> float:
        return float(np.min(cost * (1 - prior) * false_alarm + (1 - cost) * prior * (1 - hit)))

    def blind_loss(cost: float) -> float:
        return min(cost * (1 - prior), (1 - cost) * prior)

    reached, blind = (
        quad(lambda cost, loss=loss: loss(cost) * stats.beta.pdf(cost, 2, 2), 0, 1, limit=500, epsabs=1e-6)[0]
        for loss in (least_loss, blind_loss)
    )
    assert h_measure(actual, score) == pytest.approx(1 - reached / blind, abs=1e-5)


def test_normalized_gini_by_hand() -> None:
    # Values 0, 0, 10, 30. Best first the Gini is proportional to 30 * 1.5 + 10 * 0.5 = 50;
    # the score puts 10 before 30 and is 10 * 1.5 + 30 * 0.5 = 30.
    assert normalized_gini([0, 0, 10, 30], [1, 2, 4, 3]) == pytest.approx(30 / 50)
    assert normalized_gini([0, 0, 10, 30], [7, 7, 7, 7]) == 0.0
    # All of the three clients tied at the top share rank 2 of 3 places above the mean: (10 + 30) * 0.5 = 20.
    assert normalized_gini([0, 0, 10, 30], [1, 5, 5, 5]) == pytest.approx(20 / 50)


def test_normalized_gini_is_the_ratio_of_covariances_with_ranks(
    scored: tuple[np.ndarray, np.ndarray],
) -> None:
    actual, score = scored
    value = actual * np.random.default_rng(2).lognormal(size=actual.size) - 0.1
    reached = np.cov(value, stats.rankdata(score))[0, 1] / np.cov(value, stats.rankdata(value))[0, 1]
    assert normalized_gini(value, score) == pytest.approx(reached, rel=1e-10)


def test_spearman_of_a_textbook() -> None:
    # Hours of television against IQ of ten people: rho = -29 / 165.
    iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    assert spearman(iq, hours) == pytest.approx(-29 / 165, rel=1e-12)


def test_spearman_equals_scipy_with_ties(scored: tuple[np.ndarray, np.ndarray]) -> None:
    assert spearman(*scored) == pytest.approx(stats.spearmanr(*scored).statistic, rel=1e-12)


def test_lift_of_the_first_tenth() -> None:
    value = np.zeros(20)
    value[:2] = [30.0, 10.0]
    value[10] = 40.0
    assert top_decile_lift(value, -np.arange(20)) == pytest.approx((40 / 2) / (80 / 20))
    assert top_decile_lift(value, np.zeros(20)) == pytest.approx(1.0)


@pytest.mark.parametrize("metric", [auc, pr_auc, h_measure])
def test_one_outcome_is_refused(metric: object) -> None:
    with pytest.raises(TooLittleDataError, match="with and without the outcome, got 0 of 3 with it"):
        metric([0, 0, 0], [0.1, 0.2, 0.3])
    with pytest.raises(TooLittleDataError, match="got 2 of 2"):
        metric([0, 1], [0.1, 0.2], weight=[0, 2])


@pytest.mark.parametrize("metric", [auc, pr_auc, h_measure, normalized_gini, spearman, top_decile_lift])
def test_missing_numbers_and_no_clients_are_refused(metric: object) -> None:
    with pytest.raises(TooLittleDataError, match="1 of 3 missing or infinite"):
        metric([0, 1, 1], [0.1, np.nan, 0.3])
    with pytest.raises(TooLittleDataError, match="at least one client"):
        metric([], [])
    with pytest.raises(InternalError, match="one shape"):
        metric([0, 1, 1], [0.1, 0.2])


def test_nothing_to_rank_is_refused() -> None:
    with pytest.raises(TooLittleDataError, match="differ in value"):
        normalized_gini([0.0, 0.0], [1, 2])
    with pytest.raises(TooLittleDataError, match="differ in value"):
        normalized_gini([0.1, 0.1, 0.1], [1, 2, 3])
    with pytest.raises(TooLittleDataError, match="differ in value and in score"):
        spearman([1, 2, 3], [4, 4, 4])
    with pytest.raises(TooLittleDataError, match="sum above zero"):
        top_decile_lift([0.0, 0.0], [1, 2])
