"""The fitted segment model: assigns a client to a segment, with its distance and how clear the assignment is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from threadpoolctl import threadpool_limits

from models.config.segments import SegmentsConfig, SegmentWords
from models.errors import DamagedBundleError, FeatureContractError, TooLittleDataError
from models.lazy import load
from models.learners.scaling import RobustScaling
from models.learners.segments.choice import Choice, choose
from models.learners.segments.clustering import Clustering
from models.learners.segments.methods import fitted, from_facts
from models.learners.segments.names import names_of
from models.learners.segments.rows import distinct_count, in_order, thinned
from models.text import Language
from models.vocab import FloatArray, IntArray

REACH_SPREADS = 2.0
"""Beyond this from the median client only the logarithm counts: one giant must not become a segment of its own."""
MOST_ROWS = 100_000
"""Centres are learned from so many clients at most; more change them by less than a resample does."""


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """Where each client belongs. Shapes (n_clients,).

    Attributes:
        segment: number of its segment.
        second: number of the segment that comes next.
        distance: from the middle of its segment; in spreads of the features for k-means, in standard deviations of the
            segment for mixtures.
        margin: 0 where it lies between two segments, towards 1 where there is no doubt; each method defines it.
    """

    segment: IntArray
    second: IntArray
    distance: FloatArray
    margin: FloatArray


@dataclass(frozen=True, kw_only=True)
class SegmentModel:
    """Segments by their clusters, numbered from the highest in the first feature on, ties by the next.

    A refit that is matched to its predecessor takes over the numbers, which may then have gaps.
    ``numbers`` (rising) and ``names`` belong to the clusters one by one; ``numbers_given`` is the next number that was
    never given. Names say by the config's ``words`` where each stands apart from the median client, by ``typical``:
    the segments' medians in spreads from that of the book, (n_clusters, n_features), NaN where most of a segment's
    clients have none.
    """

    features: tuple[str, ...]
    scaling: RobustScaling
    clustering: Clustering
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    numbers_given: int
    typical: FloatArray
    choice: Choice
    words: Mapping[str, SegmentWords] = field(default_factory=dict)

    @classmethod
    def fit(
        cls,
        matrix: FloatArray,
        config: SegmentsConfig,
        *,
        seed: int,
        describe: Callable[[str], str] = str,
        least: Mapping[str, float] | None = None,
    ) -> SegmentModel:
        """Learn from (n_clients, n_features), the columns being ``config.features``; NaN is missing.

        Rows are brought into an order that follows from what they hold, and libraries are kept to one thread (in the
        whole process, while it lasts): neither ids nor the order of clients nor threads change anything. ``describe``
        turns the name of a feature into what people call it; a median that lies no farther than ``least`` from that of
        the book, in the feature's own unit, counts as the same.
        Raises ``TooLittleDataError`` if fewer distinct clients are there than the fewest clusters asked for.
        """
        load("sklearn.cluster")  # only what is loaded can be kept to one thread

        _check(matrix, config.features)
        scaling = RobustScaling.fit(matrix)
        ordered = in_order(_scaled(scaling, matrix))
        _require_distinct(distinct_count(ordered), config)
        with threadpool_limits(limits=1):
            choice = choose(ordered, config, seed=seed)
            served = choice.served
            clustering = fitted(served.method, thinned(ordered, MOST_ROWS), served.clusters, seed=seed)
        label = clustering.costs(_scaled(scaling, matrix)).argmin(axis=1)
        nearest = np.array([(least or {}).get(name, 0.0) for name in config.features])
        typical = _typical(matrix, label, scaling, served.clusters, nearest)
        return cls(
            features=config.features,
            scaling=scaling,
            clustering=clustering,
            numbers=tuple(range(served.clusters)),
            names=names_of(typical, config.features, describe=describe, words=config.words),
            numbers_given=served.clusters,
            typical=typical,
            choice=choice,
            words=config.words,
        )

    @property
    def segment_names(self) -> tuple[str, ...]:
        """Names by number, from 0 on; a number that is no longer in use has an empty one."""
        by_number = dict(zip(self.numbers, self.names, strict=True))
        return tuple(by_number.get(number, "") for number in range(max(self.numbers) + 1))

    @property
    def centres(self) -> FloatArray:
        """Middle of each cluster in spreads from the median client, (n_clusters, n_features)."""
        return self.clustering.centres

    def names_in(self, language: Language, describe: Callable[[str], str] = str) -> tuple[str, ...]:
        """The names by cluster in another language; ``describe`` says what people call a feature there."""
        return names_of(self.typical, self.features, describe=describe, words=self.words, language=language)

    def scaled(self, matrix: FloatArray) -> FloatArray:
        """Clients on the scale on which they are clustered: spreads from the median client. (n, f) -> (n, f)."""
        _check(matrix, self.features)
        return _scaled(self.scaling, matrix)

    def assign(self, matrix: FloatArray) -> Assigned:
        """The segment of each client, the lower number on a tie. (n, n_features). A row's result is its own."""
        scaled = self.scaled(matrix)
        costs = self.clustering.costs(scaled)
        rows = np.arange(len(scaled))
        first = costs.argmin(axis=1)
        least = costs[rows, first]
        costs[rows, first] = np.inf
        second = costs.argmin(axis=1)
        numbers = np.array(self.numbers, dtype=np.int64)
        return Assigned(
            segment=numbers[first],
            second=numbers[second],
            distance=self.clustering.distance(scaled, first),
            margin=self.clustering.margin(least, costs[rows, second]),
        )

    def renumbered(self, renamed: Mapping[int, int], *, numbers_given: int) -> SegmentModel:
        """The same segments under other numbers; ``numbers_given`` may only rise."""
        numbers = np.array([renamed[number] for number in self.numbers])
        order = np.argsort(numbers)
        return replace(
            self,
            clustering=self.clustering.reordered(order),
            numbers=tuple(numbers[order].tolist()),
            names=tuple(self.names[place] for place in order),
            typical=self.typical[order],
            numbers_given=max(numbers_given, int(numbers.max()) + 1),
        )

    def to_json(self) -> str:
        """The model as text; numbers keep every digit."""
        scaling = {name: values.tolist() for name, values in asdict(self.scaling).items()}
        facts = {name: getattr(self, name) for name in ("features", "numbers", "names", "numbers_given")}
        facts["typical"] = [[None if np.isnan(each) else each for each in row] for row in self.typical.tolist()]
        facts["words"] = {name: words.model_dump() for name, words in self.words.items()}
        facts |= {"scaling": scaling, "clustering": self.clustering.to_facts(), "choice": self.choice.to_facts()}
        return json.dumps(facts, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> SegmentModel:
        """Read what ``to_json`` wrote. Raises ``DamagedBundleError`` if the text is something else."""
        try:
            read = json.loads(text)
            return cls(
                features=tuple(read["features"]),
                scaling=RobustScaling(**{name: np.array(values) for name, values in read["scaling"].items()}),
                clustering=from_facts(read["clustering"]),
                numbers=tuple(read["numbers"]),
                names=tuple(read["names"]),
                numbers_given=int(read["numbers_given"]),
                typical=np.array(read["typical"], dtype=np.float64),
                choice=Choice.from_facts(read["choice"]),
                words={name: SegmentWords(**words) for name, words in read.get("words", {}).items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedBundleError(
                rule="the segments must be as they were written", got=repr(error), remedy="restore the bundle"
            ) from error


def _scaled(scaling: RobustScaling, matrix: FloatArray) -> FloatArray:
    plain = scaling.apply(matrix)
    beyond = np.maximum(np.abs(plain) - REACH_SPREADS, 0.0)
    return np.asarray(plain - np.sign(plain) * (beyond - np.log1p(beyond)))


def _typical(
    matrix: FloatArray, label: IntArray, scaling: RobustScaling, clusters: int, least: FloatArray
) -> FloatArray:
    """Medians of clusters in spreads from the median of all, by what most clients of each have. (n_clusters, f)."""
    typical = np.full((clusters, matrix.shape[1]), np.nan)
    for cluster in range(clusters):
        inside = matrix[label == cluster]
        is_told = (~np.isnan(inside)).sum(axis=0) * 2 > len(inside)
        medians, book = np.where(is_told, 0.0, np.nan), scaling.filling
        medians[is_told] = np.nanmedian(inside[:, is_told], axis=0)
        alike = np.abs(medians - book) < least
        typical[cluster] = np.where(is_told, _scaled(scaling, np.where(alike, book, medians)[None])[0], np.nan)
    return typical


def _require_distinct(distinct: int, config: SegmentsConfig) -> None:
    if distinct < config.clusters.fewest:
        raise TooLittleDataError(
            rule=f"{config.clusters.fewest} clusters need at least as many clients that differ",
            got=distinct,
            remedy="lower learners.segments.clusters or name other learners.segments.features",
        )


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
