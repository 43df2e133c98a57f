"""Calibrates values by size on later origins; a monotone map, which keeps their ranking."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import numpy as np
import scipy

from models.errors import TooLittleDataError
from models.vocab import FloatArray, IntArray

_BINS = 10
_MIN_PER_BIN = 50
_LEAST_SLOPE = 0.05
"""Calibrated values keep at least a twentieth of a difference, in logarithms: so a ranking survives."""
_FURTHEST = 20.0
"""No bin is corrected against the whole by more than this factor either way, e.g. where it only made losses."""
_LEAST_VARIANCE = 1e-12
_POWER = 1.5
"""Variance of a client's value goes with this power of its mean, as in the middle of the Tweedie family."""


@dataclass(frozen=True, kw_only=True)
class ValueCalibration:
    """A rising line through the points (``at``, ``to``), both logarithms of currency, both rising.

    Between the points it is straight, beyond the first and last it goes on with slope 1, which is a constant factor.
    """

    at: tuple[float, ...] = (0.0,)
    to: tuple[float, ...] = (0.0,)

    @classmethod
    def fit(cls, log_value: FloatArray, realised: FloatArray, *, weight: FloatArray | None = None) -> ValueCalibration:
        """Learn from predictions made before the outcome: ``log_value`` (n,), ``realised`` (n,) in currency.

        ``realised`` is taken as it came, with its losses; rows of several origins may be pooled, ``weight`` saying how
        much each counts. In up to ten bins of equal size the ratio of realised to predicted is measured against that
        of the whole and shrunk towards it: of its distance a bin keeps the variance between bins over that plus its own
        variance by chance, so that bins that differ by chance alone become one factor, and a bin of few or odd clients
        follows the whole. The values are then made to rise by pooling, and their weighted mean over these rows is made
        that of ``realised``. Raises ``TooLittleDataError`` unless both totals are above zero.

        Sources: DerSimonian and Laird (1986) for the variance between bins; Ayer et al. (1955) for pooling.

        >>> factor = ValueCalibration.fit(np.zeros(20), np.full(20, math.e))
        >>> factor.log_value(np.array([0.0, 5.0]))
        array([1., 6.])
        """
        rows = np.ones(len(log_value)) if weight is None else weight
        order = np.lexsort((rows, realised, log_value))  # so that the order of rows changes no bit
        logs, amount, rows = log_value[order], realised[order], rows[order]
        _require_totals(math.fsum(rows * amount), math.fsum(rows * np.exp(logs)))
        bins = _Bins.of(logs, amount, rows)
        at = np.log(bins.foreseen)
        to = _rising(at, at + np.log(np.clip(bins.shrunk(), 1 / _FURTHEST, _FURTHEST)), bins.size)
        shape = cls(at=tuple(at.tolist()), to=tuple(to.tolist()))
        missing = math.fsum(rows * amount) / math.fsum(rows * np.exp(shape.log_value(logs)))
        return cls(at=shape.at, to=tuple((to + math.log(missing)).tolist()))

    def log_value(self, log_value: FloatArray) -> FloatArray:
        """Calibrated logarithm of the value. (n,) -> (n,)."""
        at, to = np.asarray(self.at), np.asarray(self.to)
        beyond = log_value - np.clip(log_value, at[0], at[-1])
        return np.asarray(np.interp(log_value, at, to) + beyond)

    def slope(self, log_value: FloatArray) -> FloatArray:
        """How fast the calibrated logarithm rises there. (n,) -> (n,)."""
        slopes = np.concatenate([[1.0], np.diff(self.to) / np.diff(self.at), [1.0]])
        return np.asarray(slopes[np.searchsorted(np.asarray(self.at), log_value)])

    def to_json(self) -> str:
        """The points as text; numbers come back to the bit."""
        return json.dumps({"at": self.at, "to": self.to})

    @classmethod
    def from_json(cls, text: str) -> ValueCalibration:
        """Read what ``to_json`` wrote."""
        points = json.loads(text)
        return cls(at=tuple(points["at"]), to=tuple(points["to"]))


@dataclass(frozen=True, kw_only=True)
class _Bins:
    """What was foreseen and what came, by bin of what was foreseen, lowest first. Shapes (bins,).

    ``foreseen`` is the mean per client, ``ratio`` realised over foreseen against that of the whole, ``size`` the weight
    of the rows. ``variance`` is that of the ratio by chance: halfway between what the bin's own clients show, which is
    too little where the rare large one is still to come, and what all clients show, each by its size.
    """

    foreseen: FloatArray
    ratio: FloatArray
    variance: FloatArray
    size: FloatArray

    @classmethod
    def of(cls, logs: FloatArray, amount: FloatArray, weight: FloatArray) -> _Bins:
        """Rows (n,) in order of ``logs``, what was foreseen of each, against the ``amount`` that came."""
        place = _places(logs)
        foreseen = np.exp(logs)

        def total(terms: FloatArray) -> FloatArray:
            return np.asarray(np.bincount(place, weights=terms), dtype=np.float64)

        overall = (weight @ amount) / (weight @ foreseen)
        expected = overall * total(weight * foreseen)
        squared = (amount - overall * foreseen) ** 2
        typical = (weight @ (squared / foreseen**_POWER)) / weight.sum() * foreseen**_POWER
        return cls(
            foreseen=total(weight * foreseen) / total(weight),
            ratio=total(weight * amount) / expected,
            variance=np.maximum(total(weight**2 * (squared + typical) / 2) / expected**2, _LEAST_VARIANCE),
            size=total(weight),
        )

    def shrunk(self) -> FloatArray:
        between = _variance_between(self.ratio, self.variance)
        return 1.0 + between / (between + self.variance) * (self.ratio - 1.0)


def _places(logs: FloatArray) -> IntArray:
    """The bin of each row; ``logs`` is sorted, and what is equal stays together."""
    bins = int(np.clip(len(logs) // _MIN_PER_BIN, 1, _BINS))
    edges = np.unique([part[0] for part in np.array_split(logs, bins)])
    return np.asarray(np.searchsorted(edges, logs, side="right") - 1)


def _variance_between(ratio: FloatArray, variance: FloatArray) -> float:
    """Of the bins' true ratios around 1, not below zero."""
    if len(ratio) == 1:
        return 0.0
    sure = 1.0 / variance
    excess = float(np.sum(sure * (ratio - 1.0) ** 2)) - (len(ratio) - 1)
    return max(excess, 0.0) / float(sure.sum() - (sure**2).sum() / sure.sum())


def _rising(at: FloatArray, to: FloatArray, size: FloatArray) -> FloatArray:
    """``to`` made to rise by ``_LEAST_SLOPE`` or more, at the least squared distance."""
    floor = _LEAST_SLOPE * at
    return np.asarray(scipy.optimize.isotonic_regression(to - floor, weights=size).x + floor)


def _require_totals(realised: float, foreseen: float) -> None:
    if not (realised > 0 and foreseen > 0):
        raise TooLittleDataError(
            rule="calibration of values needs clients that together brought more than nothing",
            got=f"a total of {realised:,.0f} against {foreseen:,.0f} predicted",
            remedy="calibrate on more clients or a longer horizon",
        )
