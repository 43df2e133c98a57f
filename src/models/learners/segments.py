"""Which clients resemble one another: clusters over a few stated features, numbered and named by rule."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from models.config import SegmentsConfig
from models.errors import DamagedBundleError, FeatureContractError, TooLittleDataError
from models.learners.scaling import RobustScaling
from models.vocab import FloatArray, IntArray

STARTS = 10
MEDIUM_SPREADS = 0.25
VERY_SPREADS = 1.0


@dataclass(frozen=True, kw_only=True)
class SegmentModel:
    """Clusters by their centres. Segment 0 is highest in the first feature, ties by the next.

    ``centres`` is (n_segments, n_features) on the robust scale of ``scaling``; ``segment_names`` says what
    sets each apart from the median client.
    """

    features: tuple[str, ...]
    scaling: RobustScaling
    centres: FloatArray
    segment_names: tuple[str, ...]

    @classmethod
    def fit(cls, matrix: FloatArray, config: SegmentsConfig, *, seed: int) -> SegmentModel:
        """Learn from (n_clients, n_features), the columns being ``config.features``; NaN is missing.

        k-means with ten starts on one thread. It depends on row order: bring clients sorted by their id.
        Raises ``TooLittleDataError`` if fewer distinct clients are there than clusters asked for.
        Source: Lloyd (1982); Arthur and Vassilvitskii (2007) for the starts.
        """
        _check(matrix, config.features)
        scaling = RobustScaling.fit(matrix)
        scaled = scaling.apply(matrix)
        distinct = np.unique(scaled, axis=0).shape[0]
        if distinct < config.clusters:
            raise TooLittleDataError(
                rule=f"{config.clusters} clusters need at least as many clients that differ",
                got=distinct,
                remedy="lower learners.segments.clusters or name other learners.segments.features",
            )
        with threadpool_limits(limits=1):
            found = KMeans(n_clusters=config.clusters, n_init=STARTS, random_state=seed).fit(scaled)
        centres = _in_order(np.asarray(found.cluster_centers_, dtype=np.float64))
        return cls(
            features=config.features,
            scaling=scaling,
            centres=centres,
            segment_names=_distinct_names(centres, config.features),
        )

    def assign(self, matrix: FloatArray) -> IntArray:
        """Segment of each client: the nearest centre, the lower number on a tie. (n, n_features) -> (n,).

        A row's result is its own: distances are summed feature by feature.
        """
        _check(matrix, self.features)
        scaled = self.scaling.apply(matrix)
        distance = np.zeros((matrix.shape[0], self.centres.shape[0]))
        for place in range(scaled.shape[1]):
            distance += (scaled[:, place, None] - self.centres[None, :, place]) ** 2
        return np.asarray(distance.argmin(axis=1), dtype=np.int64)

    def to_json(self) -> str:
        """The model as text; numbers keep every digit."""
        scaling = {name: values.tolist() for name, values in asdict(self.scaling).items()}
        return json.dumps(
            {
                "features": self.features,
                "segment_names": self.segment_names,
                "centres": self.centres.tolist(),
                "scaling": scaling,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> SegmentModel:
        """Read what ``to_json`` wrote. Raises ``DamagedBundleError`` if the text is something else."""
        try:
            read = json.loads(text)
            return cls(
                features=tuple(read["features"]),
                segment_names=tuple(read["segment_names"]),
                centres=np.array(read["centres"], dtype=np.float64),
                scaling=RobustScaling(**{name: np.array(values) for name, values in read["scaling"].items()}),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedBundleError(
                rule="the segments must be as they were written", got=repr(error), remedy="restore the bundle"
            ) from error


def _check(matrix: FloatArray, features: Sequence[str]) -> None:
    if matrix.ndim != 2 or matrix.shape[1] != len(features):  # noqa: PLR2004
        raise FeatureContractError(
            rule=f"segments need the {len(features)} features {', '.join(features)}",
            got=f"shape {matrix.shape}",
            remedy="pick the columns that learners.segments.features names",
        )
    infinite = np.asarray(np.isinf(matrix).any(axis=0))
    if infinite.any():
        named = [name for name, bad in zip(features, infinite.tolist(), strict=True) if bad]
        raise FeatureContractError(
            rule="segments need features that are finite or missing",
            got=f"infinite {', '.join(named)}",
            remedy="mend the amounts at the source",
        )


def _in_order(centres: FloatArray) -> FloatArray:
    return centres[np.lexsort(tuple(-centres[:, place] for place in reversed(range(centres.shape[1]))))]


def _distinct_names(apart: FloatArray, features: Sequence[str]) -> tuple[str, ...]:
    """Name each segment by the features that deviate most, as few of them as keep all names apart.

    ``apart`` is (n_segments, n_features), in spreads from the median client; what no number of features tells
    apart gets a number.

    >>> _distinct_names(np.array([[2.0, 0.1], [-0.5, 0.4]]), ["fee_sum_12p", "tenure"])
    ('very high fee_sum_12p', 'low fee_sum_12p')
    """
    for depth in range(1, len(features) + 1):
        phrases = [_phrases(row, features, depth) for row in apart]
        if len(set(map(frozenset, phrases))) == len(phrases):
            return tuple(", ".join(segment) for segment in phrases)
    return tuple(f"{', '.join(segment)} ({number})" for number, segment in enumerate(phrases))


def _phrases(apart: FloatArray, features: Sequence[str], depth: int) -> list[str]:
    farthest = np.argsort(-np.abs(apart), kind="stable")[:depth]
    return [f"{_grade(float(apart[place]))} {features[place]}" for place in farthest]


def _grade(apart: float) -> str:
    if abs(apart) < MEDIUM_SPREADS:
        return "medium"
    direction = "high" if apart > 0 else "low"
    return f"very {direction}" if abs(apart) >= VERY_SPREADS else direction
