"""Coverage and width of prediction intervals for amounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.errors import InternalError, TooLittleDataError
from models.metrics.inputs import Sample, sample
from models.vocab import FloatArray


def interval_coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Share of clients whose amount lies within its interval, ends included.

    Shapes (n_clients,), in currency, ``low`` never above ``high``. Right is the level of the interval. Raises
    ``TooLittleDataError`` if there is no client.

    >>> interval_coverage([1.0, 5.0], [0.0, 0.0], [2.0, 2.0])
    0.5
    """
    bounds = _bounds("interval coverage", actual, low, high, weight)
    inside = (bounds.low <= bounds.clients.actual) & (bounds.clients.actual <= bounds.high)
    return bounds.clients.mean(inside.astype(np.float64))


def interval_width(actual: ArrayLike, low: ArrayLike, high: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Mean width of the intervals over the mean absolute amount: a figure without unit, less is better.

    Shapes as for ``interval_coverage``; to be read beside it, because an interval of no width covers nothing. Raises
    ``TooLittleDataError`` if all amounts are zero.

    >>> interval_width([2.0, -2.0], [0.0, -3.0], [3.0, 0.0])
    1.5
    """
    bounds = _bounds("interval width", actual, low, high, weight)
    size = bounds.clients.mean(np.abs(bounds.clients.actual))
    if not size > 0:
        raise TooLittleDataError(
            rule="interval width needs amounts other than zero",
            got="zero for all",
            remedy="take more clients or a longer horizon",
        )
    return bounds.clients.mean(bounds.high - bounds.low) / size


def interval_score(
    actual: ArrayLike, low: ArrayLike, high: ArrayLike, *, level: float, weight: ArrayLike | None = None
) -> float:
    """Mean width plus ``2 / (1 - level)`` times how far amounts lie outside, in currency; less is better.

    Shapes as for ``interval_coverage``; ``level`` between 0 and 1 is what the intervals claim to cover. It is least for
    the true quantiles at (1 - level) / 2 and (1 + level) / 2, so that neither wide nor bold intervals win.
    Raises ``TooLittleDataError`` if there is no client.
    Source: Winkler (1972); Gneiting and Raftery (2007), section 6.2.

    >>> interval_score([5.0], [0.0], [4.0], level=0.5)
    8.0
    """
    if not 0 < level < 1:
        raise InternalError(f"an interval score needs a level between 0 and 1, got {level}")
    bounds = _bounds("interval score", actual, low, high, weight)
    seen = bounds.clients.actual
    outside = np.maximum(bounds.low - seen, 0.0) + np.maximum(seen - bounds.high, 0.0)
    return bounds.clients.mean(bounds.high - bounds.low + 2 / (1 - level) * outside)


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    clients: Sample
    low: FloatArray
    high: FloatArray


def _bounds(metric: str, actual: ArrayLike, low: ArrayLike, high: ArrayLike, weight: ArrayLike | None) -> _Bounds:
    checked = sample(metric, actual, low, weight)
    upper = sample(metric, actual, high, weight).score
    if (checked.score > upper).any():
        raise InternalError(f"{metric} needs intervals whose low end is not above the high one")
    return _Bounds(clients=checked, low=checked.score, high=upper)
