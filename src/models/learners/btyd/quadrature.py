"""Gauss quadrature over a beta distribution and over an interval, in place of differences of 2F1."""

from __future__ import annotations

import numpy as np

from models.vocab import FloatArray

BLOCK = 2_048
"""Clients whose nodes are held at once: 2 MB for each array."""

_INTERVAL_NODES = 40
_BETA_NODES = 128
_NEGLIGIBLE = 42.0
"""Past this many e-folds below its summit a density adds nothing to a double."""

_SMALLEST_LOG = -600.0
"""Below, a chance counts as exp(-600), whose inverse is still a number."""


def interval_nodes() -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights on 0 to 1. Shapes (40,); the weights sum to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(_INTERVAL_NODES)
    return (nodes + 1) / 2, weights / 2


def beta_nodes(a: float, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Nodes between 0 and 1 and weights whose sums are means over beta(``a``, ``b``).

    ``b`` is (n,), the results (n, 128), each row of weights summing to 1. The trapezoidal rule in v, where
    log(p / (1-p)) = log(a/b) + width sinh(v): near the mode as wide as the density, far from it as long as its tails.
    Source: Takahasi and Mori (1974), double exponential formulas.

    >>> nodes, weights = beta_nodes(2.0, np.array([3.0]))
    >>> round(float((nodes * weights).sum()), 12)
    0.4
    """
    b = b[:, np.newaxis]
    width = 1 / np.sqrt(1 + a * b / (a + b))
    bulk = np.sqrt(2 * _NEGLIGIBLE * (a + b) / (a * b))
    low = -np.arcsinh(np.maximum(_NEGLIGIBLE / a, bulk) / width)
    high = np.arcsinh(np.maximum(_NEGLIGIBLE / b, bulk) / width)
    v = low + (high - low) * np.linspace(0.0, 1.0, _BETA_NODES)
    log_odds = np.log(a / b) + width * np.sinh(v)
    log_leave, log_stay = -np.logaddexp(0.0, -log_odds), -np.logaddexp(0.0, log_odds)
    log_density = a * log_leave + b * log_stay
    weights = np.exp(log_density - log_density.max(axis=1, keepdims=True)) * np.cosh(v)
    return np.exp(np.maximum(log_leave, _SMALLEST_LOG)), weights / weights.sum(axis=1, keepdims=True)
