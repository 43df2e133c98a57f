"""Two-dimensional map of clients: the plane of greatest spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.learners.segments.rows import in_order
from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class Plane:
    """Principal components of the scaled features.

    ``loadings`` (n_features, 2): how much of each feature goes into each direction, the largest part of each positive.
    ``shares`` (2,): of the variance. ``centre`` (n_features,) lies at the origin of the map.
    Source: Pearson (1901).
    """

    centre: FloatArray
    loadings: FloatArray
    shares: FloatArray

    @classmethod
    def of(cls, scaled: FloatArray) -> Plane:
        """Learn from (n, n_features); their order changes nothing. One feature leaves the second axis empty."""
        ordered = in_order(scaled)
        centre = ordered.mean(axis=0)
        away = ordered - centre
        values, vectors = np.linalg.eigh(away.T @ away)
        loadings = np.zeros((scaled.shape[1], 2))
        kept = vectors[:, ::-1][:, :2]
        largest = np.take_along_axis(kept, np.abs(kept).argmax(axis=0)[None], axis=0)
        loadings[:, : kept.shape[1]] = kept * np.where(largest < 0, -1.0, 1.0)
        shares = np.zeros(2)
        shares[: kept.shape[1]] = np.maximum(values[::-1][:2], 0.0) / max(values.sum(), np.finfo(np.float64).tiny)
        return cls(centre=centre, loadings=loadings, shares=shares)

    def places(self, scaled: FloatArray) -> FloatArray:
        """Where each client lies on the map, (n, n_features) -> (n, 2), each row on its own."""
        total = np.zeros((len(scaled), 2))
        for place in range(scaled.shape[1]):
            total += (scaled[:, place, None] - self.centre[place]) * self.loadings[place]
        return total
