"""BG/NBD and MBG/NBD: purchase counts of clients that may drop out right after a purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from scipy.special import digamma, expit, gammaln

from models.learners.btyd.history import Grouped, PurchaseHistory
from models.learners.btyd.likelihood import Parameters, require_horizon, require_repeaters, summit
from models.learners.btyd.quadrature import BLOCK, beta_nodes
from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class BetaGeometric(Parameters):
    """BG/NBD: rates are gamma(``r``, ``alpha``), the chance to leave after each repeat purchase is beta(``a``, ``b``).

    ``alpha`` is in periods, the others have no unit. With x repeats, the last at t of age T, the likelihood is

        G(r+x) alpha^r / G(r) * B(a, b+x) / B(a, b) * [(alpha+T)^-(r+x) + (x>0) a/(b+x-1) (alpha+t)^-(r+x)]

    whose two parts are the client alive and gone. A client that never came back cannot have left.
    Source: Fader, Hardie and Lee (2005), "Counting your customers the easy way", eq. 6, 10 and appendix.
    """

    name: ClassVar[str] = "BG/NBD"
    first_counts: ClassVar[int] = 0
    """1 where a client may leave right after its first purchase, else 0."""

    r: float
    alpha: float
    a: float
    b: float

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
            terms, slopes = _terms(parameters, purchases, recency / unit, age / unit, first_counts=cls.first_counts)
            return group.total(terms) / group.clients, group.totals(slopes) / group.clients

        start = np.array([0.5, 0.5 * group.clients / group.total(purchases), 1.0, 2.0])
        r, alpha, a, b = summit(objective, start=start, model=cls.name).tolist()
        return cls(r=r, alpha=alpha * unit, a=a, b=b)

    def log_likelihood(self, history: PurchaseHistory) -> float:
        """Sum over clients of the logarithm of the likelihood above, without the factorial of x, as published."""
        group = Grouped.of(history.purchases, history.recency, history.age)
        terms, _ = _terms(self._parameters(), *group.columns, first_counts=self.first_counts)
        return group.total(terms)

    def probability_alive(self, history: PurchaseHistory) -> FloatArray:
        """Probability that the client has not left. (n_clients,), between 0 and 1."""
        known = history.purchases, history.recency, history.age
        return np.asarray(expit(-_odds_gone(self._parameters(), *known, first_counts=self.first_counts)))

    def expected_purchases(self, history: PurchaseHistory, horizon_periods: float) -> FloatArray:
        """Expected purchases within ``horizon_periods`` after the as-of date. Shape (n_clients,).

        The mean over the chance to leave p, beta(a, b+x) for a client alive, of (1 - (1 + p h/(alpha+T))^-(r+x)) / p,
        times the probability to be alive. Equal to the published form with Gauss's 2F1, but summed over positive
        terms: it neither overflows nor cancels, and a = 1 is no exception.

        >>> cdnow = BetaGeometric(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> once = PurchaseHistory(purchases=np.zeros(1), recency=np.zeros(1), age=np.zeros(1), size=np.zeros(1))
        >>> round(float(cdnow.expected_purchases(once, 39.0)[0]), 3)
        1.197
        """
        require_horizon(horizon_periods)
        expected = np.empty(history.clients)
        for begin in range(0, history.clients, BLOCK):
            part = slice(begin, begin + BLOCK)
            expected[part] = self._if_alive(history.purchases[part], history.age[part], horizon_periods)
        return expected * self.probability_alive(history)

    def _parameters(self) -> FloatArray:
        return np.array([self.r, self.alpha, self.a, self.b])

    def _if_alive(self, purchases: FloatArray, age: FloatArray, horizon: float) -> FloatArray:
        counts, place = np.unique(purchases, return_inverse=True)
        leave, weight = beta_nodes(self.a, self.b + counts + self.first_counts)
        leave, weight = leave[place], weight[place]
        rate = (self.r + purchases)[:, np.newaxis]
        ahead = (horizon / (self.alpha + age))[:, np.newaxis]
        return np.asarray((weight * -np.expm1(-rate * np.log1p(leave * ahead)) / leave).sum(axis=1))


@dataclass(frozen=True, kw_only=True)
class ModifiedBetaGeometric(BetaGeometric):
    """MBG/NBD: as BG/NBD, but a client may also leave right after its first purchase.

    The likelihood has b+x+1 for b+x, and its second part counts without a repeat too, so that a client that
    never came back is not held to be alive for certain.
    Source: Batislam, Denizel and Filiztekin (2007), "Empirical validation and comparison of models for
    customer base analysis", section 3.
    """

    name: ClassVar[str] = "MBG/NBD"
    first_counts: ClassVar[int] = 1


def _terms(
    parameters: FloatArray, purchases: FloatArray, recency: FloatArray, age: FloatArray, *, first_counts: int
) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood (n,) of each history and its gradient (4, n)."""
    r, alpha, a, b = parameters
    chances = purchases + first_counts
    odds = _odds_gone(parameters, purchases, recency, age, first_counts=first_counts)
    gone = expit(odds)
    terms = gammaln(r + purchases) - gammaln(r) - r * np.log1p(age / alpha) - purchases * np.log(alpha + age)
    terms += gammaln(b + chances) - gammaln(b) + gammaln(a + b) - gammaln(a + b + chances)
    terms += np.logaddexp(0.0, odds)
    silence = np.log1p((age - recency) / (alpha + recency))
    both = digamma(a + b) - digamma(a + b + chances)
    slopes = [
        digamma(r + purchases) - digamma(r) - np.log1p(age / alpha) + gone * silence,
        r / alpha - (r + purchases) * ((1 - gone) / (alpha + age) + gone / (alpha + recency)),
        both + gone / a,
        both + digamma(b + chances) - digamma(b) - gone / _stayed(b, chances),
    ]
    return np.asarray(terms), np.stack(slopes)


def _odds_gone(
    parameters: FloatArray, purchases: FloatArray, recency: FloatArray, age: FloatArray, *, first_counts: int
) -> FloatArray:
    """Log-odds that the client has left; minus infinity where it had no chance to. Shape (n,)."""
    r, alpha, a, b = parameters
    chances = purchases + first_counts
    silence = np.log1p((age - recency) / (alpha + recency))
    odds = np.log(a) - np.log(_stayed(b, chances)) + (r + purchases) * silence
    return np.where(chances > 0, odds, -np.inf)


def _stayed(b: float, chances: FloatArray) -> FloatArray:
    """``b`` and the chances to leave that were surely passed over; 1 where there was none at all."""
    return np.where(chances > 0, b + chances - 1, 1.0)
