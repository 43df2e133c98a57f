"""Times segments of a large book, beside scikit-learn alone: choosing and fitting, and assigning every client.

Run: python -m bench segments --clients 1000000. Segments must be those that scikit-learn predicts from the same
centres, or the bench fails. Each side runs once, on drawn clients of six kinds.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from models.config.segments import SegmentsConfig
from models.learners.segments.model import SegmentModel

KINDS = 6
MOST_SECONDS = {"assign": 10.0, "fit": 300.0}
MOST_GIB = 4.0
Result = TypeVar("Result")


def drawn(clients: int, features: int) -> np.ndarray:
    """Clients of several kinds with heavy tails and some gaps."""
    generator = np.random.default_rng(1)
    kind = generator.integers(0, KINDS, clients)
    middle = generator.normal(scale=2.0, size=(KINDS, features))
    matrix = np.exp(middle[kind] + generator.normal(scale=0.6, size=(clients, features)))
    matrix[generator.random(clients) < 0.05, 0] = np.nan
    return np.asarray(matrix)


def timed(name: str, work: Callable[[], Result]) -> tuple[Result, float]:
    """The result of ``work`` and how long it took, told as it ends."""
    began = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - began
    print(f"{name:<46}{seconds:8.1f} s   peak {peak_gib():.2f} GiB", flush=True)
    return result, seconds


def peak_gib() -> float:
    """Most memory that the process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> int:
    """Fit and assign by each method; 1 if a bound is broken or scikit-learn disagrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=5)
    counts = parser.parse_args()
    matrix = drawn(counts.clients, counts.features)
    names = tuple(f"feature_{place}" for place in range(counts.features))
    broken = []
    for method in ("kmeans", "mixture"):
        config = SegmentsConfig(features=names, methods=(method,))
        model, fit_seconds = timed(f"{method}: choose among 3 to 8 and fit", lambda c=config: fitted(matrix, c))
        assigned, seconds = timed(f"{method}: assign all", lambda m=model: m.assign(matrix))
        if fit_seconds > MOST_SECONDS["fit"] or seconds > MOST_SECONDS["assign"] or peak_gib() > MOST_GIB:
            broken.append(method)
        if method == "kmeans":
            broken += beside_scikit_learn(model, matrix, assigned.segment)
    print("broken:", ", ".join(broken) or "nothing")
    return bool(broken)


def fitted(matrix: np.ndarray, config: SegmentsConfig) -> SegmentModel:
    """Segments of drawn clients."""
    return SegmentModel.fit(matrix, config, seed=1)


def beside_scikit_learn(model: SegmentModel, matrix: np.ndarray, segment: np.ndarray) -> list[str]:
    """One fit of k-means on all clients, and its prediction from our centres; what it disagrees about."""
    scaled, clusters = model.scaled(matrix), len(model.numbers)
    with threadpool_limits(limits=1):
        theirs, _ = timed(
            f"scikit-learn: k-means, {clusters} clusters, ten starts",
            lambda: KMeans(clusters, n_init=10, random_state=1).fit(scaled),
        )
    theirs.cluster_centers_ = model.centres.copy()
    predicted, _ = timed("scikit-learn: predict", lambda: theirs.predict(scaled))
    differing = int(np.count_nonzero(predicted != segment))
    print(f"clients that scikit-learn puts elsewhere: {differing}")
    return ["agreement"] if differing > len(segment) * 1e-6 else []


if __name__ == "__main__":
    sys.exit(main())
