"""How a prediction splits into features, and the check that the parts sum to it; no model lives here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.errors import AdditivityError
from models.vocab import FloatArray

RELATIVE_TOLERANCE = 1e-6


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
        """Hold every row's sum against its prediction, relative to the larger of prediction and base.

        Raises ``AdditivityError`` with the worst row, a number that is missing or infinite counting as worst.
        """
        if not self.prediction.size:
            return
        size = np.maximum(np.abs(self.prediction), max(abs(self.base), np.finfo(np.float64).tiny))
        gap = np.abs(self.base + self.values.sum(axis=1) - self.prediction) / size
        row = int(np.argmax(gap))  # which takes a missing number for the largest
        if not gap[row] <= tolerance:
            raise AdditivityError(model=self.model, row=row, gap=float(gap[row]), tolerance=tolerance)

    def rescaled(self, *, unit: str, base: float, prediction: FloatArray, rate: FloatArray) -> Contributions:
        """The same parts on another scale: each row's values times its ``rate`` (n_clients,); shares stay.

        ``rate`` is the row's (prediction - base) on the new scale over that on the old one.
        """
        values = self.values * rate[:, None]
        return Contributions(model=self.model, unit=unit, base=base, values=values, prediction=prediction)


def exp_rate(base: float, rise: FloatArray) -> FloatArray:
    """``(exp(base + rise) - exp(base)) / rise``, and its limit where ``rise`` is 0. Shape of ``rise``.

    >>> exp_rate(0.0, np.array([0.0, 1.0])).round(6)
    array([1.      , 1.718282])
    """
    return np.asarray(np.exp(base) * _expm1_ratio(rise))


def logistic_rate(base: float, rise: FloatArray) -> FloatArray:
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
