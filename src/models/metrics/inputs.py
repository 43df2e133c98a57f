"""Checks of what metrics are given, and the one way in which they rank; no metric itself lives here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.errors import InternalError, TooLittleDataError
from models.vocab import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What was observed and what was said of the same clients, with how often each counts.

    All shapes (n_clients,); ``weight`` is not negative and some of it is above zero.
    """

    actual: FloatArray
    score: FloatArray
    weight: FloatArray

    @property
    def total_weight(self) -> float:
        """How many clients count."""
        return float(self.weight.sum())

    def mean(self, values: FloatArray) -> float:
        """Mean of ``values`` over the clients that count."""
        return float(self.weight @ values) / self.total_weight


def sample(metric: str, actual: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None) -> Sample:
    """Check and convert the inputs of ``metric``.

    Raises ``TooLittleDataError`` if there is no client or a number is missing or infinite.
    """
    observed, said = np.asarray(actual, dtype=np.float64), np.asarray(score, dtype=np.float64)
    counts = np.ones(observed.shape) if weight is None else np.asarray(weight, dtype=np.float64)
    if observed.ndim != 1 or observed.shape != said.shape or observed.shape != counts.shape:
        shapes = f"{observed.shape}, {said.shape} and {counts.shape}"
        raise InternalError(f"{metric} needs arrays of one shape (n_clients,), got {shapes}")
    _require_numbers(metric, observed, said, counts)
    return Sample(actual=observed, score=said, weight=counts)


def _require_numbers(metric: str, actual: FloatArray, score: FloatArray, weight: FloatArray) -> None:
    unknown = int(np.count_nonzero(~(np.isfinite(actual) & np.isfinite(score))))
    if unknown:
        raise TooLittleDataError(
            rule=f"{metric} needs a finite outcome and score of every client",
            got=f"{unknown:,} of {actual.size:,} missing or infinite",
            remedy="leave out clients whose outcome is not known yet",
        )
    if not (weight >= 0).all():
        raise InternalError(f"{metric} needs weights of at least zero")
    if not weight.any():
        raise TooLittleDataError(
            rule=f"{metric} needs at least one client",
            got=0,
            remedy="choose an origin at which clients are active",
        )


def outcomes(metric: str, actual: ArrayLike, score: ArrayLike, weight: ArrayLike | None = None) -> Sample:
    """The same for an outcome that is 0 or 1 (or false, true) and took both values.

    Raises ``TooLittleDataError`` if only one of the two was seen.
    """
    checked = sample(metric, actual, score, weight)
    positive = checked.actual == 1
    if not (positive | (checked.actual == 0)).all():
        raise InternalError(f"{metric} needs outcomes of 0 and 1 only")
    count, events = checked.total_weight, float(checked.weight @ checked.actual)
    if events in (0.0, count):
        raise TooLittleDataError(
            rule=f"{metric} needs clients with and without the outcome",
            got=f"{events:,.0f} of {count:,.0f} with it",
            remedy="take more clients, a longer horizon or more origins",
        )
    return checked


def probabilities(metric: str, actual: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None) -> Sample:
    """The same for scores that are probabilities; one outcome alone is enough."""
    checked = sample(metric, actual, probability, weight)
    if not ((checked.score >= 0) & (checked.score <= 1)).all():
        raise InternalError(f"{metric} needs probabilities between 0 and 1")
    if not ((checked.actual == 1) | (checked.actual == 0)).all():
        raise InternalError(f"{metric} needs outcomes of 0 and 1 only")
    return checked


def descending(score: FloatArray) -> IntArray:
    """Positions of the clients, highest score first.

    The stable sort is linear in time when the clients already stand in this order, which the bootstrap relies
    on.
    """
    return np.argsort(-score, kind="stable")


def tie_starts(ordered: FloatArray) -> IntArray:
    """Where each run of equal numbers begins in an ordered array.

    >>> tie_starts(np.array([5.0, 5.0, 2.0]))
    array([0, 2])
    """
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))


@dataclass(frozen=True, kw_only=True)
class Gains:
    """What the best-ranked clients make up together: clients counted and amount, after each distinct score.

    Shapes (n_distinct + 1,), both starting at 0. Between two points the curve is straight, so clients with
    the same score share their mean rank, and no order among them matters.
    """

    clients: FloatArray
    amount: FloatArray

    @property
    def area(self) -> float:
        """Area under the curve, in clients times amount."""
        return float(np.trapezoid(self.amount, self.clients))

    @property
    def excess_area(self) -> float:
        """Area between the curve and the straight line of a random ranking, in clients times amount."""
        return self.area - float(self.clients[-1] * self.amount[-1]) / 2

    def amount_at(self, clients: FloatArray) -> FloatArray:
        """Amount made up by the first ``clients`` of the ranking."""
        return np.asarray(np.interp(clients, self.clients, self.amount))


def gains(amount: FloatArray, score: FloatArray, weight: FloatArray) -> Gains:
    """Rank by ``score``, highest first, and cumulate ``amount``.

    >>> gains(np.array([1.0, 0.0, 1.0]), np.array([0.9, 0.5, 0.5]), np.ones(3)).amount
    array([0., 1., 2.])
    """
    order = descending(score)
    starts = tie_starts(score[order])
    counted = np.add.reduceat(weight[order], starts)
    summed = np.add.reduceat((weight * amount)[order], starts)
    return Gains(clients=_from_zero(counted), amount=_from_zero(summed))


def _from_zero(steps: FloatArray) -> FloatArray:
    return np.concatenate(([0.0], np.cumsum(steps)))


def mean_ranks(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Rank of each client from 1 for the lowest, ties sharing their mean rank. Shape (n_clients,).

    A client of weight 2 counts as two clients of the same value.

    >>> mean_ranks(np.array([7.0, 3.0, 7.0]), np.ones(3))
    array([2.5, 1. , 2.5])
    """
    order = np.argsort(values, kind="stable")
    starts = tie_starts(values[order])
    counted = np.add.reduceat(weight[order], starts)
    middle = np.cumsum(counted) - counted / 2 + 0.5
    ranks = np.empty(values.size)
    ranks[order] = np.repeat(middle, np.diff(starts, append=values.size))
    return ranks


def rank_bins(score: FloatArray, weight: FloatArray, bins: int) -> IntArray:
    """Bin of each client among ``bins`` of about equal size, 0 for the lowest; equal scores share a bin.

    >>> rank_bins(np.array([0.1, 0.2, 0.9, 0.9]), np.ones(4), 2)
    array([0, 0, 1, 1])
    """
    place = (mean_ranks(score, weight) - 0.5) / weight.sum()
    return np.asarray(np.clip(place * bins, 0, bins - 1).astype(np.int64))
