"""Additive contributions of features to a prediction, and the check that they sum to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from models.errors import AdditivityError
from models.vocab import FloatArray

RELATIVE_TOLERANCE = 1e-6
RAW_TOLERANCE = 1e-9
CURRENCY = "currency"
"""The unit of what is served of value."""
ROUNDED_TO = 2.0**-24
"""A part is a whole multiple of it, about 6e-8 of a logarithm or of log-odds: exact in binary, and short on disk."""


@dataclass(frozen=True, kw_only=True)
class Contributions:
    """``base`` + the row's ``values`` = ``prediction``, all in ``unit``.

    Shapes: ``values`` (n_clients, n_features), ``prediction`` (n_clients,); ``base`` is one number: what is
    said of a client of whom nothing is known.
    """

    model: str
    unit: str
    base: float
    values: FloatArray
    prediction: FloatArray

    def check(self, tolerance: float = RELATIVE_TOLERANCE) -> None:
        """Hold every row's sum against its prediction, relative to the largest of prediction, base and parts.

        A margin and a credit loss may nearly cancel: of the little that is left, rounding is a large share.
        Raises ``AdditivityError`` with the worst row, a number that is missing or infinite counting as worst.
        """
        size = np.maximum(np.abs(self.prediction), max(abs(self.base), np.finfo(np.float64).tiny))
        size = np.maximum(size, np.abs(self.values).max(axis=1, initial=0.0))
        _require_small(self.model, np.abs(self.base + self.values.sum(axis=1) - self.prediction) / size, tolerance)

    def rounded(self) -> Contributions:
        """The same with whole multiples of ``ROUNDED_TO`` as parts, but for the largest of each row.

        It takes what rounding left over, at most half a ``ROUNDED_TO`` per feature, so that the sum stays as it was.
        The parts are checked first: raises ``AdditivityError`` rather than hide a gap in the largest part.
        """
        self.check()
        values = np.rint(self.values / ROUNDED_TO) * ROUNDED_TO
        largest = np.abs(values).argmax(axis=1)
        values[np.arange(len(values)), largest] += self.prediction - self.base - values.sum(axis=1)
        return replace(self, values=values)

    def rescaled(self, *, unit: str, base: float, prediction: FloatArray, rate: FloatArray) -> Contributions:
        """The same parts on another scale: each row's values times its ``rate`` (n_clients,); shares stay.

        ``rate`` is the row's (prediction - base) on the new scale over that on the old one.
        """
        values = self.values * rate[:, None]
        return Contributions(model=self.model, unit=unit, base=base, values=values, prediction=prediction)


def as_probability(parts: Contributions) -> Contributions:
    """Parts of log-odds as parts of the probability; a feature keeps its share of the way from the base."""
    return parts.rescaled(
        unit="probability",
        base=float(expit(parts.base)),
        prediction=np.asarray(expit(parts.prediction)),
        rate=logistic_rate(parts.base, parts.values.sum(axis=1)),
    )


def require_sums(model: str, sums: FloatArray, scores: FloatArray, tolerance: float = RAW_TOLERANCE) -> None:
    """Hold sums against the raw scores that they explain, both (n, outputs), relative to the larger of score and 1.

    Raw scores are log-odds or logarithms, to which 1 is large. Raises ``AdditivityError`` with the worst row.
    """
    gap = np.abs(sums - scores) / np.maximum(np.abs(scores), 1.0)
    _require_small(model, gap.max(axis=1), tolerance)


def _require_small(model: str, gap: FloatArray, tolerance: float) -> None:
    if not gap.size:
        return
    row = int(np.argmax(gap))  # which takes a missing number for the largest
    if not gap[row] <= tolerance:
        raise AdditivityError(model=model, row=row, gap=float(gap[row]), tolerance=tolerance)


def exp_rate(base: float | FloatArray, rise: FloatArray) -> FloatArray:
    """``(exp(base + rise) - exp(base)) / rise``, and its limit where ``rise`` is 0. Shape of ``rise``.

    ``base`` is one number, or one per row.

    >>> exp_rate(0.0, np.array([0.0, 1.0])).round(6)
    array([1.      , 1.718282])
    """
    return np.asarray(np.exp(base) * _expm1_ratio(rise))


def logistic_rate(base: float | FloatArray, rise: FloatArray) -> FloatArray:
    """The same for the logistic function, without loss of digits far from one half.

    >>> logistic_rate(0.0, np.array([0.0])).round(6)
    array([0.25])
    """
    low, high = np.minimum(base, base + rise), np.maximum(base, base + rise)
    # p(high) - p(low) = p(high) p(-low) (1 - exp(low - high)), and each factor is exact at its own end.
    return np.asarray(np.exp(-np.logaddexp(0, -high) - np.logaddexp(0, low)) * _expm1_ratio(low - high))


def _expm1_ratio(exponent: FloatArray) -> FloatArray:
    divisor = np.where(exponent == 0, 1.0, exponent)
    return np.where(exponent == 0, 1.0, np.expm1(exponent) / divisor)
