"""Nodes and weights to average over a beta distribution and an interval, in place of differences of 2F1."""

from __future__ import annotations

import numpy as np

from models.vocab import FloatArray

BLOCK = 4_096
"""Clients whose nodes are held at once: 2 MB for each array."""

NODES = 64


def interval_nodes() -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights on 0 to 1. Shapes (64,); the weights sum to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return (nodes + 1) / 2, weights / 2


def beta_nodes(a: float, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gauss-Jacobi nodes and weights whose sums are means over beta(``a``, ``b``) on 0 to 1.

    ``b`` is (n,), the results (n, 64) with weights that sum to 1. They are the eigenvalues, and the squared first
    parts of the eigenvectors, of the matrix of the recurrence. Source: Golub and Welsch (1969).

    >>> nodes, weights = beta_nodes(2.0, np.array([3.0]))
    >>> round(float((nodes * weights).sum()), 12)
    0.4
    """
    low, high = a - 1.0, b[:, np.newaxis] - 1.0
    step = np.arange(1.0, NODES)
    twice = 2 * step + low + high
    centre = (1 + (low**2 - high**2) / (twice * (twice + 2))) / 2
    first = a / (a + b[:, np.newaxis])
    side = step * (step + low) * (step + high) * (step + low + high) / (twice**2 * (twice + 1) * (twice - 1))
    # At step 1 the factor step + low + high divides twice - 1: cancel them, as both vanish at a + b = 1.
    side[:, :1] = a * (high + 1) / (twice[:, :1] ** 2 * (twice[:, :1] + 1))
    matrix = np.zeros((b.size, NODES, NODES))
    place = np.arange(NODES)
    matrix[:, place, place] = np.concatenate([first, centre], axis=1)
    matrix[:, place[1:], place[:-1]] = np.sqrt(side)
    values, vectors = np.linalg.eigh(matrix, UPLO="L")
    return np.clip(values, np.finfo(np.float64).tiny, 1.0), vectors[:, 0, :] ** 2
