"""Secant slopes that carry additive contributions through a link function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from models.vocab import FloatArray

Curve = Callable[[FloatArray], FloatArray]

_FLAT = 1e-8
"""Over a smaller rise the slope is as exact as a difference, of which the rounding would be seen."""


def secant_slope(curve: Curve, slope: Curve, base: float, rise: FloatArray) -> FloatArray:
    """``(curve(base + rise) - curve(base)) / rise``, and ``slope`` where there is no rise. Shape of ``rise``.

    >>> secant_slope(np.square, lambda x: 2 * x, 3.0, np.array([0.0, 1.0]))
    array([6., 7.])
    """
    level = np.abs(rise) < _FLAT
    start = curve(np.full(1, base))
    difference = (curve(base + rise) - start) / np.where(level, 1.0, rise)
    return np.where(level, slope(base + rise / 2), difference)


def log_chance(log_odds: FloatArray) -> FloatArray:
    """Logarithm of the probability, without overflow.

    >>> log_chance(np.array([-1000.0, 0.0])).round(4)
    array([-1.000e+03, -6.931e-01])
    """
    return np.asarray(-np.logaddexp(0.0, -log_odds))


def log_chance_slope(log_odds: FloatArray) -> FloatArray:
    """How fast ``log_chance`` rises."""
    return np.asarray(expit(-log_odds))
