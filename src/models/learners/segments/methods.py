"""Registry of clustering methods by their names in the config: fitting and reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.config.segments import ClusteringMethod
from models.learners.segments.clustering import Clustering
from models.learners.segments.kmeans import KMeansClustering
from models.learners.segments.mixture import MixtureClustering
from models.vocab import FloatArray

METHODS: dict[str, type[KMeansClustering] | type[MixtureClustering]] = {
    "kmeans": KMeansClustering,
    "mixture": MixtureClustering,
}


def fitted(
    method: ClusteringMethod, scaled: FloatArray, clusters: int, *, seed: int, thorough: bool = True
) -> Clustering:
    """Fit one method to (n, n_features); the cluster highest in the first feature comes first, ties by the next."""
    found = METHODS[method].fit(scaled, clusters, seed=seed, thorough=thorough)
    keys = [-found.centres[:, place] for place in reversed(range(scaled.shape[1]))]
    return found.reordered(np.lexsort(keys))


def from_facts(facts: Mapping[str, Any]) -> Clustering:
    """Read a clustering from what its ``to_facts`` wrote."""
    return METHODS[facts["method"]].from_facts(facts)
