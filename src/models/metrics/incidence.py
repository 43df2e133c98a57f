"""Cumulative incidence of each cause under censoring."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from models.errors import InternalError, TooLittleDataError
from models.vocab import FloatArray

CENSORED = -1


def cumulative_incidence(
    period: ArrayLike, cause: ArrayLike, *, periods: int, causes: int, weight: ArrayLike | None = None
) -> FloatArray:
    """Aalen-Johansen estimate of the share of clients that each cause has ended by each period's end.

    ``period`` (n_clients,) counts from 1: when the client ended or, where ``cause`` is -1, the last period through
    which it was seen not to end. ``cause`` (n_clients,) is a code from 0 to ``causes`` - 1, or -1. Result
    (causes, periods), not falling along periods; over causes it sums to one minus the Kaplan-Meier survival. In a
    period, ends count before losses from sight. NaN from the first period on in which no client is left to be seen,
    unless all have ended. If every client is seen to its end or to the last period, it is the plain share. Raises
    ``TooLittleDataError`` if there is no client. Source: Aalen and Johansen (1978); Kalbfleisch and Prentice (2002),
    section 8.2.

    >>> cumulative_incidence([1, 2, 2, 3], [0, 1, -1, 0], periods=3, causes=2)
    array([[0.25, 0.25, 0.75],
           [0.  , 0.25, 0.25]])
    """
    when, why = np.asarray(period, dtype=np.int64), np.asarray(cause, dtype=np.int64)
    counts = np.ones(when.shape) if weight is None else np.asarray(weight, dtype=np.float64)
    _require_valid(when, why, counts, causes)
    place = np.minimum(when, periods + 1) - 1
    seen = np.bincount(place, weights=counts, minlength=periods + 1).astype(np.float64)
    at_risk = np.cumsum(seen[::-1])[::-1][:periods]
    ended = (why != CENSORED) & (when <= periods)
    cell = why[ended] * periods + place[ended]
    by_cause = np.bincount(cell, weights=counts[ended], minlength=causes * periods).astype(np.float64)
    return _estimate(by_cause.reshape(causes, periods), at_risk)


def _estimate(ended: FloatArray, at_risk: FloatArray) -> FloatArray:
    hazard = ended / np.where(at_risk > 0, at_risk, 1.0)
    survival = np.cumprod(1.0 - hazard.sum(axis=0))
    before = np.concatenate(([1.0], survival[:-1]))
    gone = np.isclose(before, 0.0, atol=1e-12)
    unseen = (at_risk <= 0) & ~gone
    return np.asarray(np.cumsum(np.where(unseen, np.nan, before * hazard), axis=1))


def _require_valid(when: np.ndarray, why: np.ndarray, counts: FloatArray, causes: int) -> None:
    if when.ndim != 1 or when.shape != why.shape or when.shape != counts.shape:
        raise InternalError("cumulative incidence needs a period, a cause and a weight of each client")
    if (when < 1).any() or (why < CENSORED).any() or (why >= causes).any() or not (counts >= 0).all():
        raise InternalError(f"cumulative incidence needs periods from 1 on and causes from -1 to {causes - 1}")
    if not counts.any():
        raise TooLittleDataError(
            rule="cumulative incidence needs at least one client",
            got=0,
            remedy="choose an origin at which clients are active",
        )
