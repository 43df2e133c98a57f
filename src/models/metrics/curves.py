"""Accuracy of whole decline curves over the horizon, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.errors import InternalError, TooLittleDataError
from models.metrics.probability import brier
from models.metrics.ranking import auc
from models.vocab import FloatArray


@dataclass(frozen=True, eq=False)
class CurveScore:
    """A figure at the end of each step, shape (n_steps,), NaN where it is not defined, and the mean of the others."""

    by_step: FloatArray
    mean: float


def curve_brier(
    event_period: ArrayLike, probability: ArrayLike, ends: ArrayLike, *, weight: ArrayLike | None = None
) -> CurveScore:
    """Brier score of "the event has happened by the end of the step", per step, and its plain mean over the steps.

    ``event_period`` (n_clients,) is the period of the event, counted from 1; 0: none within the horizon.
    ``probability`` (n_clients, n_steps) is that of the event until the end of each step, between 0 and 1; ``ends``
    (n_steps,) is the last period of each step. Outcomes must be complete within the horizon: no client was lost from
    sight, so that no weights for censoring are needed. 0 is perfect.
    Raises ``TooLittleDataError`` if there is no client.
    Source: Graf, Schmoor, Sauerbrei and Schumacher (1999), without censoring.

    >>> score = curve_brier([1, 0], [[0.5, 0.5], [0.0, 0.5]], [1, 2])
    >>> score.by_step, score.mean
    (array([0.125, 0.25 ]), 0.1875)
    """
    return _by_step(brier, event_period, probability, ends, weight)


def curve_auc(
    event_period: ArrayLike, probability: ArrayLike, ends: ArrayLike, *, weight: ArrayLike | None = None
) -> CurveScore:
    """Cumulative/dynamic AUC per step: clients with the event by then against those still without, and its mean.

    Shapes as for ``curve_brier``, complete outcomes likewise; ``probability`` may be any score that rises with risk. A
    step by whose end no client, or every one, had the event is NaN and not in the mean. Raises
    ``TooLittleDataError`` if no step is defined. Source: Heagerty, Lumley and Pepe (2000), without censoring.

    >>> curve_auc([1, 2, 0], [[0.9, 0.9], [0.1, 0.2], [0.2, 0.3]], [1, 2]).by_step
    array([1. , 0.5])
    """
    return _by_step(auc, event_period, probability, ends, weight)


def _by_step(
    metric: Callable[..., float],
    event_period: ArrayLike,
    probability: ArrayLike,
    ends: ArrayLike,
    weight: ArrayLike | None,
) -> CurveScore:
    happened = happened_by(event_period, ends)
    said = np.asarray(probability, dtype=np.float64)
    if said.shape != happened.shape:
        raise InternalError(f"a curve needs probabilities of shape {happened.shape}, got {said.shape}")
    found = [_defined(metric, *step, weight) for step in zip(happened.T, said.T, strict=True)]
    by_step = np.array([figure for figure, _ in found])
    if np.isnan(by_step).all():
        raise next(error for _, error in found if error is not None)
    return CurveScore(by_step=by_step, mean=float(np.nanmean(by_step)))


def happened_by(event_period: ArrayLike, ends: ArrayLike) -> FloatArray:
    """Whether each client had its event by the end of each step, 0 or 1. Shape (n_clients, n_steps).

    >>> happened_by([2, 0], [1, 3])
    array([[0., 1.],
           [0., 0.]])
    """
    period, last = np.asarray(event_period)[:, None], np.asarray(ends)[None, :]
    return np.asarray(((period > 0) & (period <= last)).astype(np.float64))


def _defined(
    metric: Callable[..., float], happened: FloatArray, said: FloatArray, weight: ArrayLike | None
) -> tuple[float, TooLittleDataError | None]:
    try:
        return metric(happened, said, weight=weight), None
    except TooLittleDataError as error:
        return float("nan"), error
