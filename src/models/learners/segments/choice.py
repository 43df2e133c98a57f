"""Chooses the clustering method and number of clusters by stability under resampling, separation and size."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from models.config.segments import ClusteringMethod, SegmentsConfig
from models.lazy import lazy
from models.learners.segments.clustering import Clustering
from models.learners.segments.methods import fitted
from models.learners.segments.rows import SAMPLE_ROWS, distinct_count, in_order, thinned
from models.learners.segments.separation import Apartness
from models.learners.segments.structure import NUMBERS, Structure, structure_of
from models.vocab import FloatArray, IntArray

sklearn_metrics = lazy("sklearn.metrics")

Reason = Literal["separation", "fewest", "stability"]
"""Clearest of the steady; fewest of the steady, where nothing lies apart; steadiest, where nothing is steady."""


@dataclass(frozen=True, kw_only=True)
class SegmentationCandidate:
    """One method with one number of clusters.

    ``stability`` is the median adjusted Rand index between the clustering and its refits on resamples, over the
    clients of the sample: 1 the same, 0 as by chance. ``separation`` is the mean silhouette; ``smallest_share`` the
    share of clients in the smallest cluster.
    """

    method: ClusteringMethod
    clusters: int
    stability: float
    separation: float
    smallest_share: float


@dataclass(frozen=True, kw_only=True)
class Choice:
    """All candidates, which of them serves, by which rule, and at which numbers of clusters there is structure."""

    candidates: tuple[SegmentationCandidate, ...]
    served: SegmentationCandidate
    reason: Reason
    structure: Structure

    @property
    def has_structure(self) -> bool:
        """Whether clusters as many as serve lie farther apart than in any book without clusters."""
        return self.served.clusters in self.structure.found_at

    def to_facts(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Choice:
        """Read what ``to_facts`` wrote."""
        structure: dict[str, Any] = {
            name: tuple(each) if isinstance(each, list) else each for name, each in facts["structure"].items()
        }
        return cls(
            candidates=tuple(SegmentationCandidate(**each) for each in facts["candidates"]),
            served=SegmentationCandidate(**facts["served"]),
            reason=facts["reason"],
            structure=Structure(**structure),
        )


def choose(ordered: FloatArray, config: SegmentsConfig, *, seed: int) -> Choice:
    """Let the methods and numbers of ``config`` compete on (n, n_features), in canonical order.

    Numbers above that of distinct clients are left out; at least one must remain.
    Sources: Hennig (2007) and Hubert and Arabie (1985) for stability; Rousseeuw (1987) for separation.
    """
    sample = thinned(ordered, SAMPLE_ROWS)
    numbers = tuple(number for number in config.numbers if number <= distinct_count(sample))
    generator = np.random.default_rng(seed)
    resamples = [np.sort(generator.integers(0, len(sample), len(sample))) for _ in range(config.resamples)]
    apart = Apartness.of(sample)
    candidates = tuple(
        _candidate(method, number, sample, resamples, apart, seed) for method in config.methods for number in numbers
    )
    structure = structure_of(ordered, seed=seed, numbers=tuple(sorted({*NUMBERS, *numbers})))
    served, reason = chosen(candidates, config, found_at=structure.found_at)
    return Choice(candidates=candidates, served=served, reason=reason, structure=structure)


def chosen(
    candidates: Sequence[SegmentationCandidate], config: SegmentsConfig, *, found_at: Collection[int]
) -> tuple[SegmentationCandidate, Reason]:
    """Which candidate serves by the rule that ``SegmentsConfig`` states, and what decided.

    Only numbers of clusters with structure (``found_at``) compete by how far they lie apart. Where none of them is
    admitted there are still segments, because reports and peers need groups; but separation says nothing then, and
    there is no cause for more than the fewest.
    """
    sized = [each for each in candidates if each.smallest_share >= config.min_share] or list(candidates)
    admitted = [
        each for each in sized if each.stability >= config.min_stability and each.smallest_share >= config.min_share
    ]
    if not admitted:
        return max(sized, key=lambda each: each.stability), "stability"
    clear = [each for each in admitted if each.clusters in found_at]
    within = config.simpler_within if clear else np.inf
    best = max(each.separation for each in clear or admitted)
    near = [each for each in clear or admitted if each.separation >= best - within]
    simplest = min(near, key=lambda each: (each.clusters, config.methods.index(each.method)))
    return simplest, "separation" if clear else "fewest"


def _candidate(
    method: ClusteringMethod,
    clusters: int,
    sample: FloatArray,
    resamples: Sequence[IntArray],
    apart: Apartness,
    seed: int,
) -> SegmentationCandidate:
    found = fitted(method, sample, clusters, seed=seed)
    label = _labels(found, sample)
    agreements = [_agreement(label, method, clusters, sample, resample, seed) for resample in resamples]
    return SegmentationCandidate(
        method=method,
        clusters=clusters,
        stability=float(np.median(agreements)),
        separation=apart.separation(found),
        smallest_share=float(np.bincount(label, minlength=clusters).min() / len(sample)),
    )


def _agreement(
    label: IntArray, method: ClusteringMethod, clusters: int, sample: FloatArray, resample: IntArray, seed: int
) -> float:
    """Adjusted Rand index of a refit on ``resample``; 0 where that has too few distinct clients to be clustered."""
    rows = in_order(sample[resample])
    if distinct_count(rows) < clusters:
        return 0.0
    again = fitted(method, rows, clusters, seed=seed, thorough=False)
    return float(sklearn_metrics.adjusted_rand_score(label, _labels(again, sample)))


def _labels(clustering: Clustering, rows: FloatArray) -> IntArray:
    return np.asarray(clustering.costs(rows).argmin(axis=1), dtype=np.int64)
