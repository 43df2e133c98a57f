"""Keeps segment numbers over refits: each new cluster is matched to the old one it shares most clients with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from models.lazy import lazy
from models.learners.segments.model import SegmentModel
from models.vocab import BoolArray, FloatArray, IntArray

sklearn_metrics = lazy("sklearn.metrics")

KNOWN_AGAIN = 1 / 3
"""A cluster keeps an old number if at least a third of the clients in either are in both."""


@dataclass(frozen=True, kw_only=True)
class Matching:
    """How new segments continue old ones, by the clients that both know.

    Attributes:
        renamed: new number -> the one it is to have: that of the old segment which it continues, else one never given.
        given_up: old numbers that no new segment continues.
        clients: how many clients both know.
        moved_share: share of them whose number changes.
        agreement: adjusted Rand index of old and new segments, which knows no numbers.
        overlaps: old number -> clients in both over clients in either.
    """

    renamed: dict[int, int]
    given_up: tuple[int, ...]
    clients: int
    moved_share: float
    agreement: float
    overlaps: dict[int, float]


@dataclass(frozen=True, kw_only=True)
class Matched:
    """A model with the numbers of its predecessor, and how they were found."""

    model: SegmentModel
    matching: Matching


def matched_to(previous: SegmentModel, model: SegmentModel, *, before: FloatArray, now: FloatArray) -> Matched:
    """Give ``model`` the numbers of ``previous``, so that segment 3 stays segment 3.

    The same clients at the same as-of date, as each model sees them: ``before`` (n, features of ``previous``) and
    ``now`` (n, features of ``model``). Only the refit tells them apart then, not what the clients did since.
    """
    old, new = previous.assign(before).segment, model.assign(now).segment
    matching = match(new, old, numbers=model.numbers, old_numbers=previous.numbers, first_free=previous.numbers_given)
    return Matched(model=model.renumbered(matching.renamed, numbers_given=previous.numbers_given), matching=matching)


def match(
    new: IntArray, old: IntArray, *, numbers: Sequence[int], old_numbers: Sequence[int], first_free: int
) -> Matching:
    """Match segments by the numbers of the clients that both know, ``new`` and ``old`` (n_clients,).

    Pairs are those whose overlaps (Jaccard) have the largest sum; a pair that overlaps by less than a third is none.
    Segments without a pair get numbers from ``first_free`` on.
    Sources: Kuhn (1955) for the assignment; Hennig (2007) for the overlap.

    >>> new, old = np.array([0, 0, 1, 1, 1]), np.array([7, 7, 3, 3, 7])
    >>> found = match(new, old, numbers=[0, 1], old_numbers=[3, 7], first_free=8)
    >>> found.renamed, found.moved_share
    ({0: 7, 1: 3}, 0.2)
    """
    overlap = np.array([[_jaccard(new == number, old == before) for before in old_numbers] for number in numbers])
    pairs = zip(*scipy.optimize.linear_sum_assignment(overlap, maximize=True), strict=True)
    kept = {int(row): int(column) for row, column in pairs if overlap[row, column] >= KNOWN_AGAIN}
    fresh = [number for row, number in enumerate(numbers) if row not in kept]
    renamed = {numbers[row]: old_numbers[column] for row, column in kept.items()}
    renamed |= {number: first_free + place for place, number in enumerate(fresh)}
    lookup = np.zeros(max(numbers) + 1, dtype=np.int64)
    lookup[list(renamed)] = list(renamed.values())
    return Matching(
        renamed=renamed,
        given_up=tuple(number for number in old_numbers if number not in renamed.values()),
        clients=len(new),
        moved_share=float(np.mean(lookup[new] != old)) if len(new) else 0.0,
        agreement=float(sklearn_metrics.adjusted_rand_score(old, new)),
        overlaps={old_numbers[column]: float(overlap[row, column]) for row, column in kept.items()},
    )


def _jaccard(one: BoolArray, other: BoolArray) -> float:
    either = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / either if either else 0.0
