"""Gaussian mixture clustering, for clusters of any width, orientation and size."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from models.lazy import lazy
from models.vocab import FloatArray, IntArray

sklearn_exceptions = lazy("sklearn.exceptions")
sklearn_mixture = lazy("sklearn.mixture")

STARTS, ROUNDS = 2, 50
LEAST_VARIANCE = 0.01
"""Added to every variance, in squared spreads: many equal clients would else become a cluster without width."""


@dataclass(frozen=True, kw_only=True)
class MixtureClustering:
    """Normal distributions by weight (k,), centre (k, f) and inverse root of the covariance (k, f, f).

    ``whitening[c]`` is upper triangular: ``(x - centres[c]) @ whitening[c]`` has unit covariance.
    Source: Dempster, Laird and Rubin (1977); McLachlan and Peel (2000).
    """

    weights: FloatArray
    centres: FloatArray
    whitening: FloatArray
    method: str = "mixture"

    @classmethod
    def fit(cls, scaled: FloatArray, clusters: int, *, seed: int, thorough: bool = True) -> Self:
        """The best of two starts, else of one, from (n, n_features) with at least ``clusters`` distinct rows.

        Where fifty rounds do not suffice, the mixture stands as it is then: it is one candidate among others.
        """
        starts = STARTS if thorough else 1
        mixture = sklearn_mixture.GaussianMixture(
            clusters, n_init=starts, max_iter=ROUNDS, random_state=seed, reg_covar=LEAST_VARIANCE
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sklearn_exceptions.ConvergenceWarning)
            mixture.fit(scaled)
        return cls(
            weights=np.asarray(mixture.weights_, dtype=np.float64),
            centres=np.asarray(mixture.means_, dtype=np.float64),
            whitening=np.asarray(mixture.precisions_cholesky_, dtype=np.float64),
        )

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """Read what ``to_facts`` wrote."""
        weights, centres, whitening = (np.array(facts[name]) for name in ("weights", "centres", "whitening"))
        return cls(weights=weights, centres=centres, whitening=whitening)

    def costs(self, scaled: FloatArray) -> FloatArray:
        """Minus twice the logarithm of weight times density, up to a constant that all clusters share."""
        roots = np.diagonal(self.whitening, axis1=1, axis2=2)
        shift = -2.0 * (np.log(np.maximum(self.weights, np.finfo(np.float64).tiny)) + np.log(roots).sum(axis=1))
        return np.column_stack([self._squared(scaled, one) + shift[one] for one in range(len(self.centres))])

    def distance(self, scaled: FloatArray, cluster: IntArray) -> FloatArray:
        """Distance to the centre in standard deviations of the cluster (Mahalanobis), not of the features."""
        squared = np.zeros(len(scaled))
        for one in range(len(self.centres)):
            inside = cluster == one
            squared[inside] = self._squared(scaled[inside], one)
        return np.asarray(np.sqrt(squared))

    def margin(self, least: FloatArray, second: FloatArray) -> FloatArray:
        """Probability of the first cluster less that of the second, as if there were no other.

        >>> one = MixtureClustering(weights=np.ones(1), centres=np.zeros((1, 1)), whitening=np.ones((1, 1, 1)))
        >>> one.margin(np.array([0.0, 3.0]), np.array([2 * np.log(9.0), 3.0])).round(12).tolist()  # 90% less 10%
        [0.8, 0.0]
        """
        return np.asarray(np.tanh((second - least) / 4.0))

    def reordered(self, order: IntArray) -> Self:
        """The same distributions in another order."""
        return replace(self, weights=self.weights[order], centres=self.centres[order], whitening=self.whitening[order])

    def to_facts(self) -> dict[str, Any]:
        """The parameters as lists."""
        return {
            "method": self.method,
            "weights": self.weights.tolist(),
            "centres": self.centres.tolist(),
            "whitening": self.whitening.tolist(),
        }

    def _squared(self, scaled: FloatArray, cluster: int) -> FloatArray:
        """Squared distance from the centre of one cluster in its standard deviations, (n,)."""
        total = np.zeros(len(scaled))
        for column in range(scaled.shape[1]):
            along = np.zeros(len(scaled))
            for place in range(column + 1):
                away = scaled[:, place] - self.centres[cluster, place]
                along += away * self.whitening[cluster, place, column]
            total += along**2
        return total
