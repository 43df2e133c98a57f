"""K-means clustering, for round clusters of similar width."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from models.lazy import lazy
from models.vocab import FloatArray, IntArray

sklearn_cluster = lazy("sklearn.cluster")
sklearn_exceptions = lazy("sklearn.exceptions")

STARTS, QUICK_STARTS = 10, 2


@dataclass(frozen=True, kw_only=True)
class KMeansClustering:
    """Source: Lloyd (1982); Arthur and Vassilvitskii (2007) for the starts."""

    centres: FloatArray
    method: str = "kmeans"

    @classmethod
    def fit(cls, scaled: FloatArray, clusters: int, *, seed: int, thorough: bool = True) -> Self:
        """The best of ten starts, else of two, from (n, n_features) with at least ``clusters`` distinct rows."""
        starts = STARTS if thorough else QUICK_STARTS
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sklearn_exceptions.ConvergenceWarning)  # among few clients one may get none
            found = sklearn_cluster.KMeans(n_clusters=clusters, n_init=starts, random_state=seed).fit(scaled)
        return cls(centres=np.asarray(found.cluster_centers_, dtype=np.float64))

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """Read what ``to_facts`` wrote."""
        return cls(centres=np.array(facts["centres"], dtype=np.float64))

    def costs(self, scaled: FloatArray) -> FloatArray:
        """Squared distance to each centre."""
        total = np.zeros((len(scaled), len(self.centres)))
        for place in range(scaled.shape[1]):
            total += (scaled[:, place, None] - self.centres[None, :, place]) ** 2
        return total

    def distance(self, scaled: FloatArray, cluster: IntArray) -> FloatArray:
        """Distance to the centre."""
        total = np.zeros(len(scaled))
        for place in range(scaled.shape[1]):
            total += (scaled[:, place] - self.centres[cluster, place]) ** 2
        return np.asarray(np.sqrt(total))

    def margin(self, least: FloatArray, second: FloatArray) -> FloatArray:
        """One less the distance to the nearest centre over that to the second.

        Source: the simplified silhouette of Hruschka, de Castro and Campello (2004).

        >>> one = KMeansClustering(centres=np.zeros((2, 1)))
        >>> one.margin(np.array([1.0, 4.0]), np.array([16.0, 4.0])).tolist()
        [0.75, 0.0]
        """
        ratio = np.divide(least, second, out=np.ones_like(least), where=second > 0)
        return np.asarray(1.0 - np.sqrt(ratio))

    def reordered(self, order: IntArray) -> Self:
        """The same centres in another order."""
        return replace(self, centres=self.centres[order])

    def to_facts(self) -> dict[str, Any]:
        """The centres as lists."""
        return {"method": self.method, "centres": self.centres.tolist()}
