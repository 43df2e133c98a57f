"""Canonical row order, so that results depend neither on client ids nor on the order of a book."""

from __future__ import annotations

import numpy as np

from models.vocab import FloatArray

SAMPLE_ROWS = 1_000
"""Choices are made on so many clients at most, which bounds their cost in a book of any size."""


def in_order(matrix: FloatArray) -> FloatArray:
    """The rows of (n, f), rising in the first column, ties by the next; rows that tie in all are the same.

    >>> in_order(np.array([[2.0, 1.0], [1.0, 5.0], [1.0, 3.0]])).tolist()
    [[1.0, 3.0], [1.0, 5.0], [2.0, 1.0]]
    """
    return matrix[np.lexsort(matrix.T[::-1])]


def distinct_count(ordered: FloatArray) -> int:
    """How many different rows (n, f) holds, in the order of ``in_order``.

    >>> distinct_count(np.array([[1.0], [1.0], [2.0]]))
    2
    """
    return int(np.count_nonzero((np.diff(ordered, axis=0) != 0).any(axis=1))) + min(len(ordered), 1)


def thinned(ordered: FloatArray, most: int) -> FloatArray:
    """At most ``most`` rows of (n, f), evenly spaced, ends included: a sample that is the same every time.

    >>> thinned(np.arange(9.0)[:, None], 3).ravel().tolist()
    [0.0, 4.0, 8.0]
    """
    if len(ordered) <= most:
        return ordered
    return ordered[np.linspace(0, len(ordered) - 1, most).round().astype(np.int64)]
