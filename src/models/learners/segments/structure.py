"""Test for cluster structure: the book beside random books of the same features without clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from scipy.special import ndtr, ndtri

from models.learners.segments.kmeans import KMeansClustering
from models.learners.segments.rows import SAMPLE_ROWS, distinct_count, in_order, thinned
from models.learners.segments.separation import Apartness
from models.vocab import FloatArray

NUMBERS = (2, 3, 4, 5, 6)
"""Numbers of clusters that are looked for beside those of the config: structure is the book's, not the config's."""
DRAWS = 19
"""Chance alone puts the book before all of so many draws once in twenty times."""
MODES = 21


@dataclass(frozen=True, kw_only=True)
class StructureAt:
    """The silhouette of k-means on the book at one number of clusters, and the highest on books without clusters."""

    separation: float
    highest: float


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What the comparison found; one entry per number of clusters in ``clusters``.

    ``separation`` is the silhouette of k-means on the book, ``expected`` its mean on the drawn books, ``highest`` its
    maximum. ``beaten`` of ``draws`` drawn books are separated less well than the book, at the number of clusters that
    suits each best.
    """

    clusters: tuple[int, ...]
    separation: tuple[float, ...]
    expected: tuple[float, ...]
    highest: tuple[float, ...]
    beaten: int
    draws: int

    @property
    def is_found(self) -> bool:
        """Whether the book beats all draws: a test at 5%."""
        return self.beaten == self.draws

    @property
    def found_at(self) -> tuple[int, ...]:
        """The numbers of clusters at which a book with structure lies farther apart than every draw."""
        each = zip(self.clusters, self.separation, self.highest, strict=True)
        return tuple(number for number, book, draws in each if self.is_found and book > draws)

    def at(self, number: int) -> StructureAt | None:
        """``separation`` and ``highest`` at one number of clusters, None where it was not looked at."""
        if number not in self.clusters:
            return None
        place = self.clusters.index(number)
        return StructureAt(separation=self.separation[place], highest=self.highest[place])


def structure_of(ordered: FloatArray, *, seed: int, numbers: tuple[int, ...] = NUMBERS) -> Structure:
    """Hold (n, n_features), in canonical order, against books without clusters.

    In those each feature has one hump, the nearest one to what it has in the book, and features hang together as
    ranks of normal numbers do (a Gaussian copula); so neither skewness, nor heavy tails, nor correlation counts as
    structure. Statistic: the largest excess of the silhouette over its mean in the drawn books.
    Sources: Tibshirani, Walther and Hastie (2001) for holding clusters against a reference; Hartigan and Hartigan
    (1985) for the nearest distribution with one hump; Barnard (1963) for the test.
    """
    rows = thinned(ordered[:, np.ptp(ordered, axis=0) > 0], SAMPLE_ROWS)
    numbers = tuple(number for number in numbers if number <= distinct_count(rows))
    generator = np.random.default_rng(seed)
    humps = [Hump.nearest(column) for column in rows.T]
    root = _copula_root(rows)
    drawn = [_draw(humps, root, len(rows), generator) for _ in range(DRAWS)]
    separation = np.array([_separations(each, numbers, seed) for each in (rows, *drawn)])
    excess = (separation - separation[1:].mean(axis=0)).max(axis=1)
    return Structure(
        clusters=numbers,
        separation=tuple(separation[0].tolist()),
        expected=tuple(separation[1:].mean(axis=0).tolist()),
        highest=tuple(separation[1:].max(axis=0).tolist()),
        beaten=int(np.count_nonzero(excess[1:] < excess[0])),
        draws=DRAWS,
    )


def _separations(rows: FloatArray, numbers: tuple[int, ...], seed: int) -> list[float]:
    apart = Apartness.of(in_order(rows))
    return [
        apart.separation(KMeansClustering.fit(apart.rows, clusters, seed=seed, thorough=False)) for clusters in numbers
    ]


@dataclass(frozen=True)
class Hump:
    """A distribution with one hump by its quantile function: ``values`` at the rising ``levels`` of 0 to 1."""

    levels: FloatArray
    values: FloatArray

    @classmethod
    def nearest(cls, column: FloatArray) -> Hump:
        """The one nearest to that of (n,), by the largest gap between them.

        Left of the hump its density rises, right of it falls: each side is an isotonic regression of what lies
        between neighbouring values; equal values stand at the hump. Humps are tried at evenly spaced values and at the
        most frequent one.
        """
        values, counts = np.unique(column, return_counts=True)
        after = np.cumsum(counts) / len(column)
        before = after - counts / len(column)
        places = np.unique([*np.linspace(0, len(values) - 1, MODES).round().astype(int), int(counts.argmax())])
        sides = [(_rising(values[: at + 1], before[: at + 1]), _falling(values[at:], after[at:])) for at in places]
        gaps = [
            max(np.abs(left - before[: at + 1]).max(), np.abs(right - after[at:]).max())
            for at, (left, right) in zip(places, sides, strict=True)
        ]
        best = int(np.argmin(gaps))
        at = places[best]
        return cls(np.concatenate(sides[best]), np.concatenate([values[: at + 1], values[at:]]))

    def quantiles(self, level: FloatArray) -> FloatArray:
        """The values at ``level``, each between 0 and 1."""
        return np.asarray(np.interp(level, self.levels, self.values))


def _rising(values: FloatArray, share: FloatArray) -> FloatArray:
    """The cumulative share with a rising density that lies nearest below ``share``."""
    width = np.diff(values)
    if not len(width):
        return share
    density = scipy.optimize.isotonic_regression(np.diff(share) / width, weights=width).x
    return np.concatenate([share[:1], share[0] + np.cumsum(density * width)])


def _falling(values: FloatArray, share: FloatArray) -> FloatArray:
    mirrored = _rising(-values[::-1], 1.0 - share[::-1])
    return np.asarray(1.0 - mirrored[::-1])


def _copula_root(rows: FloatArray) -> FloatArray:
    """A matrix whose product with its transpose is the correlation of the normal scores, (f, f)."""
    scores = ndtri((scipy.stats.rankdata(rows, axis=0) - 0.5) / len(rows))
    values, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(scores, rowvar=False)))
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _draw(humps: list[Hump], root: FloatArray, rows: int, generator: np.random.Generator) -> FloatArray:
    level = ndtr(generator.standard_normal((rows, len(humps))) @ root.T)
    return np.column_stack([hump.quantiles(level[:, place]) for place, hump in enumerate(humps)])
