"""Silhouette of clusters, on a bounded sample whose distances are computed once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from models.learners.segments.clustering import Clustering
from models.learners.segments.rows import SAMPLE_ROWS, thinned
from models.vocab import FloatArray


@dataclass(frozen=True)
class Apartness:
    """Rows (n, n_features) and the distances between them (n, n)."""

    rows: FloatArray
    distances: FloatArray

    @classmethod
    def of(cls, ordered: FloatArray) -> Apartness:
        """At most ``SAMPLE_ROWS`` of the rows."""
        rows = thinned(ordered, SAMPLE_ROWS)
        return cls(rows, scipy.spatial.distance.cdist(rows, rows))

    def separation(self, clustering: Clustering) -> float:
        """Mean silhouette, from -1 to 1: how much nearer clients lie to their own cluster than to the next.

        A client alone in its cluster counts 0, and so does the whole where there is but one cluster.
        Source: Rousseeuw (1987).
        """
        names, label = np.unique(clustering.costs(self.rows).argmin(axis=1), return_inverse=True)
        if len(names) == 1:
            return 0.0
        every, sizes = np.arange(len(label)), np.bincount(label)
        total = self.distances @ (label[:, None] == np.arange(len(names)))
        own = total[every, label] / np.maximum(sizes[label] - 1, 1)
        mean = total / sizes
        mean[every, label] = np.inf
        other = mean.min(axis=1)
        larger = np.maximum(own, other)
        width = np.divide(other - own, larger, out=np.zeros_like(own), where=(larger > 0) & (sizes[label] > 1))
        return float(width.mean())
