"""Exact split of a change of a prediction into data, trees and calibration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from models.errors import AdditivityError
from models.learners.contributions import Contributions
from models.learners.value.shapley import shapley_values
from models.vocab import FloatArray, IntArray

Curve = Callable[[FloatArray], FloatArray]

TOLERANCE = 1e-9
"""Relative, of the parts of a change against the change."""
_FLAT = 1e-8
"""Over a smaller rise the slope is as exact as a difference, of which the rounding would be seen."""


@dataclass(frozen=True, kw_only=True)
class ModelReading:
    """How one version of a model reads the same clients before and after, in parts of what it says uncalibrated.

    ``curve`` is its calibration, from what it says uncalibrated to what it says, and ``slope`` how fast that rises;
    ``features`` name the columns of the parts.
    """

    features: tuple[str, ...]
    before: Contributions
    after: Contributions
    curve: Curve
    slope: Curve


@dataclass(frozen=True, kw_only=True)
class SplitChange:
    """``before`` + the row's ``data`` + ``model`` + ``calibration`` = ``after``, all in ``unit``.

    Shapes: ``data`` (n_clients, n_reasons), one column for each of ``reasons``; the others (n_clients,).
    """

    target: str
    unit: str
    reasons: tuple[str, ...]
    before: FloatArray
    after: FloatArray
    data: FloatArray
    model: FloatArray
    calibration: FloatArray

    def check(self, tolerance: float = TOLERANCE) -> None:
        """Hold every row's sum against ``after``, relative to the largest of ``before``, ``after`` and the parts.

        Raises ``AdditivityError`` with the worst row, a number that is missing or infinite counting as worst.
        """
        if not self.after.size:
            return
        size = np.maximum(np.maximum(np.abs(self.before), np.abs(self.after)), np.finfo(np.float64).tiny)
        size = np.maximum(size, np.abs(self.data).max(axis=1, initial=0.0))
        reported = self.before + self.data.sum(axis=1) + self.model + self.calibration
        gap = np.abs(reported - self.after) / size
        row = int(np.argmax(gap))  # which takes a missing number for the largest
        if not gap[row] <= tolerance:
            raise AdditivityError(model=f"change of {self.target}", row=row, gap=float(gap[row]), tolerance=tolerance)

    def rescaled(self, *, unit: str, curve: Curve, rate: FloatArray) -> SplitChange:
        """The same split of ``curve`` of the prediction: each part keeps its share of the way.

        ``rate`` (n_clients,) is the row's change of the curve over that of the prediction.
        """
        return SplitChange(
            target=self.target,
            unit=unit,
            reasons=self.reasons,
            before=curve(self.before),
            after=curve(self.after),
            data=self.data * rate[:, None],
            model=self.model * rate,
            calibration=self.calibration * rate,
        )


def split_change(old: ModelReading, new: ModelReading, *, reasons: Mapping[str, str]) -> SplitChange:
    """Split what ``new`` says after minus what ``old`` said before into data (by reason), model and calibration.

    What is new, the data, the trees or the calibration, can be taken up in six orders, and what each adds depends on
    the order. Each gets its mean over all of them, because no order is more true than another; so the parts sum
    exactly, what is not new gets exactly nothing, and the way back has the same parts with the other sign, which no
    fixed order has. The data's part of one mix of trees and calibration falls to the features as the differences of
    that model's own contributions, times the chord of the calibration. A feature belongs to the reason that
    ``reasons`` gives it, else to one of its own name; features that only one version knows get what that version adds.

    Both must read the same clients in the same order. Source: Shorrocks (2013), after Shapley (1953).
    """
    said = mixed_predictions(old, new)
    _, model, calibration = mean_steps(said)
    named = tuple(dict.fromkeys(reasons.get(name, name) for name in (*new.features, *old.features)))
    data = np.zeros((said.shape[-1], len(named)))
    for trees, read in enumerate((old, new)):
        place = np.array([named.index(reasons.get(name, name)) for name in read.features])
        for calibrated, by in enumerate((old, new)):
            share = 1 / 3 if trees == calibrated else 1 / 6  # of the orders in which the data change in this mix
            _add_by_reason(data, share * _by_feature(read, by, said[:, trees, calibrated]), place)
    return SplitChange(
        target=new.after.model,
        unit=new.after.unit,
        reasons=named,
        before=said[0, 0, 0],
        after=said[1, 1, 1],
        data=data,
        model=model,
        calibration=calibration,
    )


def mixed_predictions(old: ModelReading, new: ModelReading) -> FloatArray:
    """What each mix of old (0) and new (1) says: (2, 2, 2, n_clients) over data, trees and calibration."""
    said = np.empty((2, 2, 2, len(old.before.prediction)))
    for trees, read in enumerate((old, new)):
        for data, parts in enumerate((read.before, read.after)):
            parts.check()
            for calibrated, by in enumerate((old, new)):
                said[data, trees, calibrated] = by.curve(parts.prediction)
    return said


def mean_steps(said: FloatArray) -> FloatArray:
    """What each of m things adds when it becomes new, as the mean over all orders: (2, ..., 2, n) -> (m, n).

    ``said[0, 1, 0]`` is what holds where only the second is new.

    >>> mean_steps(np.array([[[0.0], [1.0]], [[2.0], [5.0]]])).ravel()
    array([3., 2.])
    """
    count = said.ndim - 1
    new = np.ones((count, said.shape[-1]))

    def mix(reported: FloatArray) -> FloatArray:
        place: list[int] = np.count_nonzero(reported, axis=1).clip(max=1).tolist()
        return np.asarray(said[tuple(place)])

    return shapley_values(mix, new, np.zeros(count))


def _by_feature(read: ModelReading, by: ModelReading, said: FloatArray) -> FloatArray:
    """The features' parts of ``said[1] - said[0]``, with ``by``'s calibration. (2, n) -> (n, n_features)."""
    moved = np.ascontiguousarray(read.after.values - read.before.values)  # so that a row's sum is its own to the bit
    rise, wanted = moved.sum(axis=1), said[1] - said[0]
    level = np.abs(rise) < _FLAT
    middle = (read.before.prediction + read.after.prediction) / 2
    rate = np.where(level, by.slope(middle), wanted / np.where(level, 1.0, rise))
    # A kink of the calibration inside a rise too small to divide by leaves a trifle: it goes where the movement is.
    rest = wanted - rate * rise
    whole = np.abs(moved).sum(axis=1)
    spread = np.divide(rest, whole, out=np.zeros_like(rest), where=whole > 0)
    return np.asarray(moved * rate[:, None] + np.abs(moved) * spread[:, None])


def _add_by_reason(data: FloatArray, parts: FloatArray, place: IntArray) -> None:
    """Add each feature's column of ``parts`` to the column of its reason, one after the other in ``data``."""
    for column, reason in enumerate(place):
        data[:, reason] += parts[:, column]
