"""Pareto/NBD: purchase counts of clients that drop out after an exponential lifetime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from scipy.special import digamma, expit, exprel, gammaln

from models.learners.btyd.history import Grouped, PurchaseHistory
from models.learners.btyd.likelihood import Parameters, require_horizon, require_repeaters, summit
from models.learners.btyd.quadrature import BLOCK, interval_nodes
from models.vocab import FloatArray

_NEGLIGIBLE = 45.0
"""Past this many e-folds the rest of the integral is below the precision of a double."""


@dataclass(frozen=True, kw_only=True)
class ParetoNBD(Parameters):
    """Pareto/NBD: rates of purchase are gamma(``r``, ``alpha``), rates of leaving gamma(``s``, ``beta``).

    ``alpha`` and ``beta`` are in periods. With x repeats, the last at t of age T, the likelihood is

        G(r+x) alpha^r beta^s / G(r) * [(alpha+T)^-(r+x) (beta+T)^-s + s * integral from t to T of
                                        (alpha+y)^-(r+x) (beta+y)^-(s+1) dy]

    whose parts are the client alive and the client that left at y.
    Source: Schmittlein, Morrison and Colombo (1987), "Counting your customers"; the likelihood as in Fader and
    Hardie (2005), "A note on deriving the Pareto/NBD model".
    """

    name: ClassVar[str] = "Pareto/NBD"

    r: float
    alpha: float
    s: float
    beta: float

    @classmethod
    def fit(cls, history: PurchaseHistory) -> Self:
        """Maximum likelihood over all clients; row order does not matter.

        Raises ``TooLittleDataError`` if fewer than 10 clients came back or the search does not end on a summit.
        """
        require_repeaters(int(np.count_nonzero(history.purchases)), model=cls.name)
        group = Grouped.of(history.purchases, history.recency, history.age)
        purchases, recency, age = group.columns
        unit = group.total(age) / group.clients

        def objective(parameters: FloatArray) -> tuple[float, FloatArray]:
            terms, slopes = _terms(parameters, purchases, recency / unit, age / unit)
            return group.total(terms) / group.clients, group.totals(slopes) / group.clients

        start = np.array([0.5, 0.5 * group.clients / group.total(purchases), 0.5, 0.5])
        r, alpha, s, beta = summit(objective, start=start, model=cls.name).tolist()
        return cls(r=r, alpha=alpha * unit, s=s, beta=beta * unit)

    def log_likelihood(self, history: PurchaseHistory) -> float:
        """Sum over clients of the logarithm of the likelihood above, without the factorial of x, as published."""
        group = Grouped.of(history.purchases, history.recency, history.age)
        return group.total(_terms(np.array([self.r, self.alpha, self.s, self.beta]), *group.columns)[0])

    def probability_alive(self, history: PurchaseHistory) -> FloatArray:
        """Probability that the client has not left. (n_clients,), between 0 and 1."""
        parameters = np.array([self.r, self.alpha, self.s, self.beta])
        odds, _ = _odds_gone(parameters, history.purchases, history.recency, history.age)
        return np.asarray(expit(-odds))

    def expected_purchases(self, history: PurchaseHistory, horizon_periods: float) -> FloatArray:
        """Expected purchases within ``horizon_periods`` h after the as-of date. Shape (n_clients,).

        P(alive) (r+x) (beta+T) / (alpha+T) * (1 - (1 + h/(beta+T))^(1-s)) / (s-1), with its limit at s = 1.
        Source: Schmittlein, Morrison and Colombo (1987), eq. 22.

        >>> cdnow = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
        >>> once = PurchaseHistory(purchases=np.zeros(1), recency=np.zeros(1), age=np.zeros(1), size=np.zeros(1))
        >>> round(float(cdnow.expected_purchases(once, 39.0)[0]), 3)
        1.213
        """
        require_horizon(horizon_periods)
        rate = (self.r + history.purchases) / (self.alpha + history.age)
        ahead = np.log1p(horizon_periods / (self.beta + history.age))
        active = (self.beta + history.age) * ahead * exprel((1 - self.s) * ahead)
        return np.asarray(self.probability_alive(history) * rate * active)


def _terms(
    parameters: FloatArray, purchases: FloatArray, recency: FloatArray, age: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood (n,) of each history and its gradient (4, n)."""
    r, alpha, s, beta = parameters
    odds, slopes_of_odds = _odds_gone(parameters, purchases, recency, age)
    terms = gammaln(r + purchases) - gammaln(r) - r * np.log1p(age / alpha) - purchases * np.log(alpha + age)
    terms += np.logaddexp(0.0, odds) - s * np.log1p(age / beta)
    slopes = [
        digamma(r + purchases) - digamma(r) - np.log1p(age / alpha),
        r / alpha - (r + purchases) / (alpha + age),
        -np.log1p(age / beta),
        s / beta - s / (beta + age),
    ]
    return np.asarray(terms), np.stack(slopes) + expit(odds) * slopes_of_odds


def _odds_gone(
    parameters: FloatArray, purchases: FloatArray, recency: FloatArray, age: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Log-odds that the client has left (n,) and their gradient (4, n), block by block.

    Minus infinity for a client that bought on the as-of date.
    """
    odds, slopes = np.empty(purchases.size), np.empty((4, purchases.size))
    for begin in range(0, purchases.size, BLOCK):
        part = slice(begin, begin + BLOCK)
        odds[part], slopes[:, part] = _odds_of_block(parameters, purchases[part], recency[part], age[part])
    return odds, slopes


def _odds_of_block(
    parameters: FloatArray, purchases: FloatArray, recency: FloatArray, age: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The integral over the time of leaving y, relative to its integrand at the last purchase.

    In d = log((low+y) / (low+t)), where low is the smaller of alpha and beta, the integrand is smooth for all
    parameters. It is positive, so nothing cancels, as the difference of two 2F1 of the closed form would.
    """
    r, alpha, s, beta = parameters
    low, high = min(alpha, beta), max(alpha, beta)
    of_low, of_high = (r + purchases, s + 1) if alpha <= beta else (s + 1, r + purchases)
    share = (low + recency) / (high + recency)
    decay = of_low - 1 + of_high * share
    span = np.log1p((age - recency) / (low + recency))
    span = np.where(decay * span > _NEGLIGIBLE, _NEGLIGIBLE / np.where(decay > 0, decay, 1.0), span)
    nodes, weights = interval_nodes()
    near = span[:, np.newaxis] * nodes
    far = np.log1p(share[:, np.newaxis] * np.expm1(near))
    density = weights * np.exp((1 - _column(of_low)) * near - _column(of_high) * far)
    mass = density.sum(axis=1)
    mean_near, mean_far = ((density * part).sum(axis=1) / mass for part in (near, far))
    inverse_near, inverse_far = ((density * np.exp(-part)).sum(axis=1) / mass for part in (near, far))
    to_purchase, to_leave = (mean_near, mean_far) if alpha <= beta else (mean_far, mean_near)
    per_purchase, per_leave = (inverse_near, inverse_far) if alpha <= beta else (inverse_far, inverse_near)
    quiet, silent = np.log1p((age - recency) / (alpha + recency)), np.log1p((age - recency) / (beta + recency))
    with np.errstate(divide="ignore"):  # no time to leave in: the odds are zero
        odds = np.log(s * span * mass * (low + recency) / (beta + recency))
    odds += (r + purchases) * quiet + s * silent
    slopes = [
        quiet - to_purchase,
        (r + purchases) * (1 / (alpha + age) - per_purchase / (alpha + recency)),
        1 / s + silent - to_leave,
        s / (beta + age) - (s + 1) * per_leave / (beta + recency),
    ]
    return odds, np.stack(slopes)


def _column(values: FloatArray | float) -> FloatArray:
    return np.reshape(np.asarray(values, dtype=np.float64), (-1, 1))
