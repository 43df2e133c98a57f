"""Metrics of the same clients under many weightings at once: what the bootstrap would else compute one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from models.metrics.concentration import loss_concentration, signed_concentration
from models.metrics.inputs import descending, tie_starts
from models.metrics.ranking import auc, normalized_gini
from models.vocab import FloatArray

AtOnce = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
"""(actual (n_clients,), score (n_clients,), weights (n_resamples, n_clients)) -> (n_resamples,), NaN if undefined."""


def auc_at_once(actual: FloatArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """``auc`` under each row of ``weights``.

    >>> auc_at_once(np.array([0.0, 1.0, 0.0]), np.array([3.0, 2.0, 1.0]), np.array([[1.0, 1.0, 1.0], [0, 1, 1]]))
    array([0.5, 1. ])
    """
    clients, events = _by_score(actual, score, weights)
    others = clients - events
    pairs = np.einsum("rs,rs->r", others, np.cumsum(events, axis=1) - events / 2)
    return _ratio(pairs, events.sum(axis=1) * others.sum(axis=1))


def gini_at_once(actual: FloatArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """``normalized_gini`` under each row of ``weights``.

    >>> gini_at_once(np.array([0.0, 1.0, 3.0]), np.array([1.0, 2.0, 3.0]), np.array([[1.0, 1.0, 1.0], [2, 0, 0]]))
    array([ 1., nan])
    """
    best = np.where(_differs(actual, weights), _excess_area(actual, actual, weights), 0.0)
    return _ratio(_excess_area(actual, score, weights), best)


def concentration_at_once(actual: FloatArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """``signed_concentration`` under each row of ``weights``.

    >>> concentration_at_once(np.array([8.0, 0.0, -2.0]), np.array([3.0, 2.0, 1.0]), np.array([[1.0, 1, 1], [1, 0, 0]]))
    array([ 1., nan])
    """
    moved = (weights.sum(axis=1) - 1) * (weights @ np.abs(actual))
    return _ratio(2 * _excess_area(actual, score, weights), moved)


def losses_at_once(actual: FloatArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """``loss_concentration`` under each row of ``weights``.

    >>> losses_at_once(np.array([8.0, 0.0, -2.0]), np.array([3.0, 2.0, 1.0]), np.array([[1.0, 1.0, 1.0], [1, 1, 0]]))
    array([ 1., nan])
    """
    return concentration_at_once(np.maximum(-actual, 0.0), -score, weights)


AT_ONCE: Mapping[Callable[..., float], AtOnce] = {
    auc: auc_at_once,
    normalized_gini: gini_at_once,
    signed_concentration: concentration_at_once,
    loss_concentration: losses_at_once,
}
"""Metric -> the same for many weightings."""


def _by_score(amount: FloatArray, score: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Clients and amount at each distinct score, highest first. Shapes (n_resamples, n_distinct)."""
    order = descending(score)
    starts = tie_starts(score[order])
    counted = weights[:, order]
    summed = counted * amount[order]
    if starts.size == order.size:
        return counted, summed
    return np.add.reduceat(counted, starts, axis=1), np.add.reduceat(summed, starts, axis=1)


def _excess_area(amount: FloatArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """Area between the gains curve and the straight line of a random ranking."""
    clients, summed = _by_score(amount, score, weights)
    area = np.einsum("rs,rs->r", clients, np.cumsum(summed, axis=1) - summed / 2)
    return np.asarray(area - clients.sum(axis=1) * summed.sum(axis=1) / 2)


def _differs(actual: FloatArray, weights: FloatArray) -> FloatArray:
    """Whether the clients that count brought different amounts."""
    order = descending(actual)
    counted = weights[:, order] > 0
    first, last = np.argmax(counted, axis=1), order.size - 1 - np.argmax(counted[:, ::-1], axis=1)
    return np.asarray(actual[order][first] > actual[order][last])


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    defined = whole > 0
    return np.asarray(np.where(defined, part / np.where(defined, whole, 1.0), np.nan))
