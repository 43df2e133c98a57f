"""Scales features of different units and tails so that distances between clients are meaningful."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.vocab import BoolArray, FloatArray

HEAVY_TAIL_SPREADS = 5.0


def signed_log(values: FloatArray, unit: FloatArray) -> FloatArray:
    """``sign(x) log(1 + |x| / unit)``: orders of magnitude, smooth through zero. Shapes (n, f) and (f,).

    >>> signed_log(np.array([[-1.0], [0.0], [3.0]]), np.array([1.0])).ravel().round(3)
    array([-0.693,  0.   ,  1.386])
    """
    return np.asarray(np.sign(values) * np.log1p(np.abs(values) / unit))


@dataclass(frozen=True, kw_only=True)
class RobustScaling:
    """How each feature is filled, stretched, centred and scaled. Shapes (f,).

    ``log_unit`` is 0 where numbers are taken as they are; ``spread`` is 0 for a feature that tells nothing
    apart.
    """

    filling: FloatArray
    log_unit: FloatArray
    centre: FloatArray
    spread: FloatArray

    @classmethod
    def fit(cls, matrix: FloatArray) -> RobustScaling:
        """Learn from (n, f); NaN is missing.

        Gaps are filled with the median (0 where nothing is known). A feature has a heavy tail if a value lies
        more than five interquartile ranges from the median, as nearly all amounts do: then its signed
        logarithm is taken, in units of the median size of what is not zero, which makes it the same in every
        currency. The centre is the median; the spread is the interquartile range, or the standard deviation
        where half of the clients are alike. The order of the rows changes nothing, not even the last digit.
        """
        matrix = np.sort(matrix, axis=0)
        known = ~np.isnan(matrix)
        anything = known.any(axis=0)
        filling = np.zeros(matrix.shape[1])
        filling[anything] = np.nanmedian(matrix[:, anything], axis=0)
        filled = np.where(known, matrix, filling)
        log_unit = np.where(_heavy_tailed(filled), _typical_size(filled), 0.0)
        plain = _transformed(filled, log_unit)
        return cls(filling=filling, log_unit=log_unit, centre=np.median(plain, axis=0), spread=_spread(plain))

    def apply(self, matrix: FloatArray) -> FloatArray:
        """Scaled features, (n, f) -> (n, f), each row on its own; what tells nothing apart becomes 0."""
        filled = np.where(np.isnan(matrix), self.filling, matrix)
        centred = _transformed(filled, self.log_unit) - self.centre
        return np.where(self.spread > 0, centred / np.where(self.spread > 0, self.spread, 1.0), 0.0)


def _transformed(filled: FloatArray, log_unit: FloatArray) -> FloatArray:
    logged = signed_log(filled, np.where(log_unit > 0, log_unit, 1.0))
    return np.where(log_unit > 0, logged, filled)


def _interquartile(values: FloatArray) -> FloatArray:
    low, high = np.quantile(values, [0.25, 0.75], axis=0)
    return np.asarray(high - low)


def _heavy_tailed(filled: FloatArray) -> BoolArray:
    reach = np.abs(filled - np.median(filled, axis=0)).max(axis=0)
    return np.asarray(reach > HEAVY_TAIL_SPREADS * _interquartile(filled))


def _typical_size(filled: FloatArray) -> FloatArray:
    sizes = np.where(filled == 0, np.nan, np.abs(filled))
    typical = np.ones(filled.shape[1])
    counted = ~np.isnan(sizes).all(axis=0)
    typical[counted] = np.nanmedian(sizes[:, counted], axis=0)
    return typical


def _spread(plain: FloatArray) -> FloatArray:
    varied = np.ptp(plain, axis=0) > 0
    quartiles = _interquartile(plain)
    return np.where(varied, np.where(quartiles > 0, quartiles, plain.std(axis=0)), 0.0)
