"""The zero-inflated lognormal loss for boosting: gradient and hessian of three raw scores."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from models.learners.value.secant_slopes import log_chance
from models.vocab import FloatArray

LEAST_SPREAD = 0.1
MOST_SPREAD = 3.0
"""Bounds of sigma: the mean holds exp(sigma**2 / 2), and one leaf with a spread beyond makes any client a giant."""

_RANGE = MOST_SPREAD - LEAST_SPREAD
_INSIDE = 0.02
"""How near to a bound the search may start: on it, nothing would move any more."""


def spread(raw: FloatArray) -> FloatArray:
    """Sigma between its bounds, rising with its raw score; near the lower bound as softplus is.

    >>> spread(np.array([-50.0, 0.0, 50.0])).round(6)
    array([0.1 , 1.55, 3.  ])
    """
    return LEAST_SPREAD + _RANGE * np.asarray(expit(raw))


def spread_slope(raw: FloatArray) -> FloatArray:
    """How fast ``spread`` rises."""
    return _RANGE * np.asarray(expit(raw) * expit(-raw))


def start_of(target: FloatArray, weight: FloatArray) -> FloatArray:
    """Raw scores (3,) that say the same of everybody: share, mean and spread of the logarithms of what is not zero.

    ``target`` (n,) holds zeros and others. All shares stay inside their bounds.
    """
    some = target > 0
    share = weight[some].sum() / weight.sum()
    logs = np.log(target[some])
    mean = np.average(logs, weights=weight[some])
    sigma = np.sqrt(np.average((logs - mean) ** 2, weights=weight[some]))
    place = np.clip((sigma - LEAST_SPREAD) / _RANGE, _INSIDE, 1 - _INSIDE)
    return np.array([logit(share), mean, logit(place)])


def loss(raw: FloatArray, target: FloatArray) -> FloatArray:
    """Minus log-likelihood of each row. ``raw`` (n, 3): log-odds of any, mean and raw spread of the logarithm.

    -log P(0), or -log P(any) - log density of the lognormal. Source: Wang, Liu and Miao (2019), "A deep probabilistic
    model for customer lifetime value prediction", section 3, with sigma bounded.
    """
    some, logs = _logs(target)
    sigma = spread(raw[:, 2])
    amount = logs + np.log(sigma) + 0.5 * np.log(2 * np.pi) + 0.5 * ((logs - raw[:, 1]) / sigma) ** 2
    return np.where(some, amount - log_chance(raw[:, 0]), -log_chance(-raw[:, 0]))


def slopes(raw: FloatArray, target: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gradient of ``loss`` and its expected hessian (Fisher's), whose diagonal is never negative. Both (n, 3).

    Expected, since the observed one of sigma is negative for a client nearer to the mean than it should be.
    """
    some, logs = _logs(target)
    chance, sigma = expit(raw[:, 0]), spread(raw[:, 2])
    away = (logs - raw[:, 1]) / sigma
    stretch = spread_slope(raw[:, 2]) / sigma
    gradient = np.column_stack([chance - some, -(some * away) / sigma, some * (1 - away**2) * stretch])
    hessian = np.column_stack([chance * (1 - chance), some / sigma**2, some * 2 * stretch**2])
    return gradient, hessian


def log_mean(raw: FloatArray) -> FloatArray:
    """Logarithm of the expected target. (n, 3) -> (n,)."""
    return np.asarray(log_chance(raw[:, 0]) + raw[:, 1] + spread(raw[:, 2]) ** 2 / 2)


def _logs(target: FloatArray) -> tuple[np.ndarray, FloatArray]:
    some = target > 0
    return some, np.log(np.where(some, target, 1.0))
