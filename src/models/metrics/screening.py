"""Screening effort: reviews needed for a share of value, and value for a budget of reviews."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.errors import InternalError
from models.metrics.inputs import descending, tie_starts
from models.vocab import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class ReviewList:
    """Clients in the order in which they are reviewed, sorted once and then counted under many weightings.

    ``order`` (n_clients,) sorts the clients, ``starts`` (n_distinct,) is where each run of equal scores begins,
    ``amount`` (n_clients,), sorted, is what a review of each finds, in currency. Clients of equal score are reviewed in
    proportion, so that no order among them matters and one score for all is a random choice.
    """

    order: IntArray
    starts: IntArray
    amount: FloatArray

    @classmethod
    def of(cls, amount: ArrayLike, score: ArrayLike) -> ReviewList:
        """The list by ``score``, highest first. Shapes (n_clients,)."""
        found, said = np.asarray(amount, dtype=np.float64), np.asarray(score, dtype=np.float64)
        if found.shape != said.shape or found.ndim != 1 or not np.isfinite(said).all():
            raise InternalError("a review list needs an amount and a finite score of each client")
        order = descending(said)
        return cls(order=order, starts=tie_starts(said[order]), amount=found[order])

    def reviewed(self, share: float, weights: FloatArray) -> FloatArray:
        """How many clients are reviewed until ``share`` of the amount is found, under each row of ``weights``.

        Shapes (n_resamples, n_clients) -> (n_resamples,); NaN where nothing is to be found. Amounts below zero count as
        nothing found: a review cannot lose what was found before.

        >>> best_first = ReviewList.of([6.0, 3.0, 1.0, 0.0], [4, 3, 2, 1])
        >>> best_first.reviewed(0.75, np.ones((1, 4))).tolist()
        [1.5]
        """
        counted, found = self._steps(np.maximum(self.amount, 0.0), weights)
        total = np.cumsum(found, axis=1)
        wanted = share * total[:, -1]
        place = np.minimum((total < wanted[:, None]).sum(axis=1), total.shape[1] - 1)
        rows = np.arange(len(weights))
        last, clients = found[rows, place], np.cumsum(counted, axis=1)[rows, place]
        spare = np.divide(total[rows, place] - wanted, last, out=np.zeros(len(rows)), where=last > 0)
        return np.where(wanted > 0, clients - spare * counted[rows, place], np.nan)

    def found(self, clients: float, weights: FloatArray) -> FloatArray:
        """What the first ``clients`` of the list, a share of all, bring together. Shapes as in ``reviewed``.

        >>> ReviewList.of([6.0, -3.0], [2, 1]).found(0.75, np.ones((1, 2))).tolist()
        [4.5]
        """
        counted, found = self._steps(self.amount, weights)
        before = np.cumsum(counted, axis=1) - counted
        budget = clients * counted.sum(axis=1, keepdims=True)
        part = np.divide(budget - before, counted, out=np.zeros_like(counted), where=counted > 0)
        return np.asarray((found * np.clip(part, 0.0, 1.0)).sum(axis=1))

    def _steps(self, amount: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Clients and amount at each distinct score. Shapes (n_resamples, n_distinct)."""
        counted = weights[:, self.order]
        summed = counted * amount
        if self.starts.size == self.order.size:
            return counted, summed
        return np.add.reduceat(counted, self.starts, axis=1), np.add.reduceat(summed, self.starts, axis=1)


def screening_efficiency(ours: FloatArray, theirs: FloatArray) -> FloatArray:
    """Share of the other list's reviews that ours saves: 1 - clients reviewed by ours / clients reviewed by theirs.

    Both find the same share of what then came. 0: no fewer; 0.4: 40% fewer; below 0: more. Any shape. It is the
    relative form of the workload saved over a baseline at equal recall, which Cohen et al. (2006), JAMIA 13(2), define
    against a random order.

    >>> screening_efficiency(np.array([30.0]), np.array([50.0])).tolist()
    [0.4]
    """
    return np.asarray(1.0 - ours / theirs)
