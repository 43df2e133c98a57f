"""The zero-inflated lognormal loss: its slopes against differences, its start against a plain fit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import lognorm

from models.learners.value.lognormal_loss import LEAST_SPREAD, MOST_SPREAD, log_mean, loss, slopes, spread, start_of


def rows(count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(12)
    raw = random.normal(0.0, 1.5, (count, 3))
    return raw, np.where(random.random(count) < 0.4, 0.0, random.lognormal(0.0, 2.0, count))


def test_the_loss_is_minus_the_log_likelihood() -> None:
    raw, target = rows()
    chance, sigma = expit(raw[:, 0]), spread(raw[:, 2])
    density = lognorm.logpdf(np.where(target > 0, target, 1.0), s=sigma, scale=np.exp(raw[:, 1]))
    expected = np.where(target > 0, np.log(chance) + density, np.log1p(-chance))
    np.testing.assert_allclose(loss(raw, target), -expected, rtol=1e-10)


@pytest.mark.parametrize("output", range(3))
def test_the_gradient_is_the_difference_quotient(output: int) -> None:
    raw, target = rows()
    step = np.zeros(3)
    step[output] = 1e-5
    quotient = (loss(raw + step, target) - loss(raw - step, target)) / 2e-5
    np.testing.assert_allclose(slopes(raw, target)[0][:, output], quotient, rtol=1e-6, atol=1e-6)


def test_the_hessian_is_the_mean_of_squared_gradients() -> None:
    # Fisher's information: the expected hessian is the variance of the gradient under the model itself.
    random = np.random.default_rng(3)
    raw = np.tile([0.4, 1.2, -0.6], (400_000, 1))
    drawn = np.exp(raw[:, 1] + spread(raw[:, 2]) * random.normal(size=len(raw)))
    target = np.where(random.random(len(raw)) < expit(0.4), drawn, 0.0)
    gradient, hessian = slopes(raw, target)
    np.testing.assert_allclose((gradient**2).mean(axis=0), hessian.mean(axis=0), rtol=0.02)
    assert (slopes(*rows())[1] >= 0).all()


def test_the_start_is_the_best_constant() -> None:
    _, target = rows()
    weight = np.random.default_rng(1).uniform(0.2, 1.0, len(target))
    best = minimize(lambda at: float(weight @ loss(np.tile(at, (len(target), 1)), target)), np.zeros(3)).x
    np.testing.assert_allclose(start_of(target, weight), best, atol=1e-3)


def test_sigma_stays_between_its_bounds() -> None:
    random = np.random.default_rng(2)
    wild = np.where(random.random(500) < 0.5, 0.0, random.lognormal(0.0, 9.0, 500))
    alike = np.where(random.random(500) < 0.5, 0.0, 1.0)
    for target in (wild, alike):
        start = start_of(target, np.ones(500))
        assert LEAST_SPREAD < spread(start[2:])[0] < MOST_SPREAD
        gradient, hessian = slopes(np.tile(start, (500, 1)), target)
        assert np.isfinite(gradient).all()
        assert np.isfinite(hessian).all()


def test_the_mean_is_that_of_the_distribution() -> None:
    raw = np.array([[0.3, 2.0, -1.0]])
    sigma = spread(raw[:, 2])[0]
    assert np.exp(log_mean(raw))[0] == pytest.approx(expit(0.3) * lognorm.mean(s=sigma, scale=np.exp(2.0)))
