"""What a campaign against decline earns: by hand, by brute force, and by the published formula."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from models.errors import InternalError, TooLittleDataError
from models.metrics.profit import expected_maximum_profit


def test_a_bank_calls_the_one_client_that_leaves_and_is_worth_it() -> None:
    # Mean value 100, gamma 0.3 on average and surely above 0.05: winning back 300 less an incentive of 10 pays,
    # winning back 40 less 10 does so only where gamma exceeds (2 + 0) / 30; the two that stay would each cost 12.
    best = expected_maximum_profit(
        [1, 0, 0, 1], [300, 30, 30, 40], [4, 2, 1, 3], incentive_share=0.1, contact_share=0.02
    )
    gamma = stats.beta(6, 14)
    second = quad(lambda g: max(g * 30 - 2, 0) * gamma.pdf(g), 0, 1, points=[2 / 30])[0]
    assert best.profit == pytest.approx((0.3 * 290 - 2 + second) / 4, rel=1e-6)
    assert best.fraction == pytest.approx((1 + gamma.sf(2 / 30)) / 4, rel=1e-6)


def brute_force(declined: np.ndarray, value: np.ndarray, score: np.ndarray) -> tuple[float, float]:
    """Every cut between distinct scores, at each of 20,000 equally likely gammas."""
    mean = np.maximum(value, 0).mean()
    gamma = stats.beta(6, 14).ppf((np.arange(20_000) + 0.5) / 20_000)
    cuts = [np.zeros(score.size, bool), *(score >= border for border in np.unique(score)[::-1])]
    won = np.array([(declined * (np.maximum(value, 0) - 0.05 * mean))[cut].sum() for cut in cuts])
    spent = np.array([(0.005 * mean + (1 - declined) * 0.05 * mean)[cut].sum() for cut in cuts])
    profit = gamma[:, None] * won - spent
    size = np.array([cut.sum() for cut in cuts])
    return profit.max(axis=1).mean() / score.size, size[profit.argmax(axis=1)].mean() / score.size


@pytest.mark.parametrize("seed", range(4))
def test_the_best_cut_is_that_of_trying_them_all(seed: int) -> None:
    generator = np.random.default_rng(seed)
    declined = generator.random(120) < 0.3
    value = np.where(generator.random(120) < 0.5, generator.lognormal(sigma=1.5, size=120), -0.2)
    score = np.round(declined + generator.normal(scale=[0.3, 1, 3, 1][seed], size=120), 1)
    best = expected_maximum_profit(declined, value, score)
    profit, fraction = brute_force(declined.astype(float), value, score)
    assert best.profit == pytest.approx(profit, rel=1e-4)
    assert best.fraction == pytest.approx(fraction, abs=1e-3)


def test_with_equal_values_it_is_the_published_measure() -> None:
    # Verbraken et al. (2013): their profit for churn, with delta = .05, phi = .005 and CLV = 200.
    generator = np.random.default_rng(8)
    declined = (generator.random(200) < 0.2).astype(int)
    score = declined + generator.normal(size=200)
    order = np.argsort(-score)
    churners = np.concatenate(([0], np.cumsum(declined[order]))) / 200
    others = np.concatenate(([0], np.cumsum(1 - declined[order]))) / 200

    def best(gamma: float) -> float:
        return float(np.max(200 * (gamma * (1 - 0.05) - 0.005) * churners - 200 * (0.05 + 0.005) * others))

    gammas = stats.beta(6, 14).ppf((np.arange(5_000) + 0.5) / 5_000)
    expected = np.mean([best(gamma) for gamma in gammas])
    assert expected_maximum_profit(declined, np.full(200, 200.0), score).profit == pytest.approx(expected, rel=1e-3)


def test_where_no_contact_pays_nobody_is_contacted() -> None:
    nothing = expected_maximum_profit([1, 0], [1, 1], [2, 1], contact_share=1.0)
    assert (nothing.profit, nothing.fraction) == (0.0, 0.0)


def test_currency_only_scales_the_profit() -> None:
    declined, value, score = [1, 0, 1, 0, 0], np.array([5.0, 9, 2, 4, 1]), [5, 4, 3, 2, 1]
    one, cents = (expected_maximum_profit(declined, amount, score) for amount in (value, 100 * value))
    assert cents.profit == pytest.approx(100 * one.profit)
    assert cents.fraction == pytest.approx(one.fraction)


def test_too_little_is_refused() -> None:
    with pytest.raises(TooLittleDataError, match="something at stake"):
        expected_maximum_profit([1, 0], [0, -5], [2, 1])
    with pytest.raises(TooLittleDataError, match="with and without"):
        expected_maximum_profit([1, 1], [1, 1], [2, 1])
    with pytest.raises(InternalError, match="finite value"):
        expected_maximum_profit([1, 0], [np.nan, 1], [2, 1])
