"""Portfolio loss when only the best-ranked exposure is kept or the worst-ranked limits are cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.errors import InternalError
from models.metrics.inputs import descending, tie_starts
from models.vocab import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept, summed over clients, under each weighting. Shapes (n_resamples,).

    ``exposure`` and ``loss`` in currency; ``squared_loss``, ``squared_exposure`` and ``product`` (of the two) are the
    sums of squares that volatility is made of. Parts of several dates add up.
    """

    exposure: FloatArray
    loss: FloatArray
    squared_loss: FloatArray
    squared_exposure: FloatArray
    product: FloatArray

    def __add__(self, other: Kept) -> Kept:
        return Kept(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})

    @property
    def loss_rate(self) -> FloatArray:
        """Net loss over exposure; NaN where nothing is kept."""
        return _ratio(self.loss, self.exposure)

    @property
    def volatility(self) -> FloatArray:
        """Standard deviation of the loss rate, if clients lose independently of each other.

        sqrt(sum (loss - rate * exposure)^2) / sum exposure, the standard error of a ratio of sums. Source: Cochran
        (1977), Sampling Techniques, section 2.11.
        """
        rate = self.loss_rate
        spread = self.squared_loss - 2 * rate * self.product + rate**2 * self.squared_exposure
        return _ratio(np.sqrt(np.maximum(spread, 0.0)), self.exposure)


@dataclass(frozen=True, kw_only=True, eq=False)
class SafetyList:
    """Clients from the safest on, sorted once. Clients of equal score are kept in proportion.

    ``order`` (n_clients,), ``starts`` (n_distinct,); ``exposure`` and ``loss`` (n_clients,), sorted, in currency.
    """

    order: IntArray
    starts: IntArray
    exposure: FloatArray
    loss: FloatArray

    @classmethod
    def of(cls, exposure: ArrayLike, loss: ArrayLike, score: ArrayLike) -> SafetyList:
        """The list by ``score``, highest first. Shapes (n_clients,)."""
        owed, lost, said = (np.asarray(each, dtype=np.float64) for each in (exposure, loss, score))
        if not owed.shape == lost.shape == said.shape or not np.isfinite(said).all():
            raise InternalError("a safety list needs an exposure, a loss and a finite score of each client")
        order = descending(said)
        return cls(order=order, starts=tie_starts(said[order]), exposure=owed[order], loss=lost[order])

    def kept(self, volume: float, weights: FloatArray) -> Kept:
        """The safest clients that make up ``volume``, a share of all exposure, under each row of ``weights``.

        The client at the border is kept in part. Shape of ``weights`` (n_resamples, n_clients).

        >>> kept = SafetyList.of([100.0, 100.0], [0.0, 20.0], [2, 1]).kept(0.75, np.ones((1, 2)))
        >>> kept.exposure.tolist(), kept.loss.tolist()
        ([150.0], [10.0])
        """
        counted = weights[:, self.order]
        exposure = self._steps(counted * self.exposure)
        before = np.cumsum(exposure, axis=1) - exposure
        wanted = volume * exposure.sum(axis=1, keepdims=True)
        part = np.clip(np.divide(wanted - before, exposure, out=np.zeros_like(exposure), where=exposure > 0), 0.0, 1.0)
        sums = {
            "exposure": exposure,
            "loss": self._steps(counted * self.loss),
            "squared_loss": self._steps(counted * self.loss**2),
            "squared_exposure": self._steps(counted * self.exposure**2),
            "product": self._steps(counted * self.loss * self.exposure),
        }
        return Kept(**{name: np.asarray((part * each).sum(axis=1)) for name, each in sums.items()})

    def _steps(self, amounts: FloatArray) -> FloatArray:
        return amounts if self.starts.size == self.order.size else np.add.reduceat(amounts, self.starts, axis=1)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.asarray(np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0))
