"""Gamma-Gamma: the mean size of a client's purchases."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from scipy.special import digamma, gammaln

from models.errors import TooLittleDataError
from models.learners.btyd.history import Grouped, PurchaseHistory
from models.learners.btyd.likelihood import Parameters, require_repeaters, summit
from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class GammaGamma(Parameters):
    """Sizes of a client are gamma(``p``, its own scale), the scales of clients gamma(``q``, ``v``).

    ``v`` is in currency. For a mean size z over x repeats the likelihood is

        G(px+q) / (G(px) G(q)) * v^q z^(px-1) x^(px) / (v + x z)^(px+q)

    Size and number of purchases are taken to be independent.
    Source: Fader and Hardie (2013), "The Gamma-Gamma model of monetary value", eq. 1a and 5.
    """

    name: ClassVar[str] = "Gamma-Gamma"

    p: float
    q: float
    v: float

    @classmethod
    def fit(cls, history: PurchaseHistory) -> Self:
        """Maximum likelihood over clients that came back and whose repeats brought something.

        Raises ``TooLittleDataError`` if these are fewer than 10, if the search does not end on a summit, or if sizes
        differ so much between clients (q at most 1) that they have no mean.
        """
        group = _sized(history)
        require_repeaters(int(group.clients), model=cls.name)
        purchases, size = group.columns
        unit = math.exp(group.total(np.log(size)) / group.clients)  # the mean may be one client's

        def objective(parameters: FloatArray) -> tuple[float, FloatArray]:
            terms, slopes = _terms(parameters, purchases, size / unit)
            return group.total(terms) / group.clients, group.totals(slopes) / group.clients

        start = np.array([2.0, 2.0, 1.0])
        p, q, v = summit(objective, start=start, model=cls.name).tolist()
        if q <= 1:
            raise TooLittleDataError(
                rule="the sizes of clients must have a mean: q of Gamma-Gamma must be above 1",
                got=f"{q:.3g}",
                remedy="take more clients, bound the largest sizes, or use another model of size",
            )
        return cls(p=p, q=q, v=v * unit)

    def log_likelihood(self, history: PurchaseHistory) -> float:
        """Sum of the logarithm of the likelihood above, over the clients that came back and brought something."""
        group = _sized(history)
        return group.total(_terms(np.array([self.p, self.q, self.v]), *group.columns)[0])

    def expected_size(self, history: PurchaseHistory) -> FloatArray:
        """Expected size of a future purchase, in currency: p (v + x z) / (p x + q - 1). Shape (n_clients,).

        A mean of the client's own sizes and of all clients', weighted by what is known of it; without a repeat
        that of all clients, p v / (q - 1).

        >>> cdnow = GammaGamma(p=6.25, q=3.74, v=15.44)
        >>> never = PurchaseHistory(purchases=np.zeros(1), recency=np.zeros(1), age=np.ones(1), size=np.zeros(1))
        >>> round(float(cdnow.expected_size(never)[0]), 2)
        35.22
        """
        spent = history.purchases * history.size
        return self.p * (self.v + spent) / (self.p * history.purchases + self.q - 1)


def _sized(history: PurchaseHistory) -> Grouped:
    sized = (history.purchases > 0) & (history.size > 0)
    return Grouped.of(history.purchases[sized], history.size[sized])


def _terms(parameters: FloatArray, purchases: FloatArray, size: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood (n,) of each mean size and its gradient (3, n)."""
    p, q, v = parameters
    shape, spent = p * purchases, purchases * size
    share = np.log(spent) - np.log(v + spent)
    rest = -np.log1p(spent / v)
    terms = gammaln(shape + q) - gammaln(shape) - gammaln(q) + shape * share + q * rest - np.log(size)
    slopes = [
        purchases * (digamma(shape + q) - digamma(shape) + share),
        digamma(shape + q) - digamma(q) + rest,
        q / v - (shape + q) / (v + spent),
    ]
    return np.asarray(terms), np.stack(slopes)
