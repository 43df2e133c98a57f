"""The polarised book of the paper, closed forms of whole distributions, and what holds of any ranking."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from models.errors import TooLittleDataError
from models.metrics.concentration import loss_concentration, signed_concentration
from models.metrics.ranking import normalized_gini

CLIENTS = 20_000
BOOKS = st.lists(st.tuples(st.integers(-40, 60), st.integers(0, 5)), min_size=2, max_size=25)


def by_pairs(actual: np.ndarray, score: np.ndarray) -> float:
    """The definition: every pair of clients, by which of them is ranked higher."""
    above = np.sign(score[:, None] - score[None, :])
    gaps = actual[:, None] - actual[None, :]
    return float((above * gaps).sum() / (2 * (actual.size - 1) * np.abs(actual).sum()))


@pytest.mark.parametrize(
    ("amounts", "published"),
    [
        ([-5.0] * 9 + [45.01], 0.555),
        ([-45.0] + [0.0] * 8 + [45.01], 1.0),
        ([-15.0, -10.0, -8.0, -7.0, -5.0] + [0.0] * 4 + [45.01], 0.8346),
    ],
)
def test_the_books_that_show_the_normalisation(amounts: list[float], published: float) -> None:
    # Raffinetti, Siletti and Vernizzi (2015): ten units share 45.01 and -45 in three ways; their figures are cut off.
    assert signed_concentration(amounts, amounts) == pytest.approx(published, abs=1e-3)


def test_whole_distributions_have_the_gini_of_their_closed_form() -> None:
    # G = E|X - X'| / (2 E|X|): uniform on [-1, 1] 2/3; normal 1 / sqrt 2; exponential 1/2; Laplace 3/4.
    quantile = (np.arange(CLIENTS) + 0.5) / CLIENTS
    for amounts, gini in (
        (2 * quantile - 1, 2 / 3),
        (stats.norm.ppf(quantile), 1 / np.sqrt(2)),
        (stats.expon.ppf(quantile), 1 / 2),
        (stats.laplace.ppf(quantile), 3 / 4),
    ):
        assert signed_concentration(amounts, amounts) == pytest.approx(gini, abs=2e-3)


def test_a_score_that_correlates_with_normal_amounts_reaches_that_share_of_their_gini() -> None:
    # cov(X, F(S)) of a bivariate normal is the correlation times cov(X, F(X)).
    generator = np.random.default_rng(3)
    score, noise = generator.normal(size=(2, 10 * CLIENTS))
    amounts = 0.6 * score + 0.8 * noise
    assert signed_concentration(amounts, score) == pytest.approx(0.6 / np.sqrt(2), abs=5e-3)


def test_a_book_that_lost_money_in_all_has_one_and_a_total_of_zero_changes_nothing() -> None:
    score = np.arange(5.0)
    for first in (-21.0, -10.0, -9.999):
        amounts = np.array([first, 1.0, 2.0, 3.0, 4.0])
        assert signed_concentration(amounts, score) == pytest.approx(by_pairs(amounts, score))
        assert 0 < signed_concentration(amounts, score) < 1


def test_of_gains_alone_it_is_the_gini_coefficient() -> None:
    amounts = np.array([1.0, 2.0, 3.0, 10.0])
    mean_gap = np.abs(amounts[:, None] - amounts[None, :]).mean()
    assert signed_concentration(amounts, amounts) == pytest.approx(mean_gap / (2 * amounts.mean()) * 4 / 3)


@settings(max_examples=200, deadline=None)
@given(rows=BOOKS)
def test_it_is_its_definition_lies_within_its_domain_and_is_reached_in_the_share_of_the_normalized_gini(
    rows: list[tuple[int, int]],
) -> None:
    actual, score = np.array(rows, dtype=float).T
    assume(actual.any())
    found, best = signed_concentration(actual, score), signed_concentration(actual, actual)
    assert found == pytest.approx(by_pairs(actual, score), abs=1e-12)
    assert abs(found) <= best + 1e-12 <= 1 + 2e-12
    assert signed_concentration(actual, -score) == pytest.approx(-found, abs=1e-12)
    assert signed_concentration(-actual, score) == pytest.approx(-found, abs=1e-12)
    assert signed_concentration(1000 * actual, score) == pytest.approx(found, abs=1e-12)
    if np.ptp(actual) > 0:
        assert found == pytest.approx(best * normalized_gini(actual, score), abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(rows=BOOKS)
def test_gains_and_losses_share_it_by_what_they_move(rows: list[tuple[int, int]]) -> None:
    actual, score = np.array(rows, dtype=float).T
    gains, losses = np.maximum(actual, 0.0), np.maximum(-actual, 0.0)
    assume(gains.any() and losses.any())
    share = losses.sum() / np.abs(actual).sum()
    parts = (1 - share) * signed_concentration(gains, score) + share * loss_concentration(actual, score)
    assert signed_concentration(actual, score) == pytest.approx(parts, abs=1e-12)


def test_losses_among_the_clients_ranked_highest_show_though_the_ranking_looks_good() -> None:
    # 95 clients bring what was foreseen of them; 5 of the ten thought best lose as much as the others bring on average.
    score = np.arange(100.0)
    amounts = score.copy()
    amounts[90::2] = -50.0
    assert normalized_gini(amounts, score) > 0.5
    assert loss_concentration(amounts, score) < -0.8


def test_what_has_no_concentration_is_refused() -> None:
    with pytest.raises(TooLittleDataError, match="an amount other than zero, got 2 clients, and 0 in all"):
        signed_concentration([0.0, 0.0], [1, 2])
    with pytest.raises(TooLittleDataError, match="two clients or more"):
        signed_concentration([3.0], [1])
    with pytest.raises(TooLittleDataError, match="got 2 clients, and 0 in all"):
        loss_concentration([3.0, 1.0], [1, 2])
    with pytest.raises(TooLittleDataError, match="1 of 2 missing"):
        signed_concentration([3.0, np.nan], [1, 2])
