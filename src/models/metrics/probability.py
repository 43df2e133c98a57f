"""Calibration and accuracy of outcome probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logit

from models.errors import TooLittleDataError
from models.metrics.inputs import Sample, outcomes, probabilities, rank_bins
from models.metrics.logit_line import LogitLine, fit_logit_line
from models.vocab import FloatArray

EPSILON = float(np.finfo(np.float64).eps)
BINS = 10


@dataclass(frozen=True, kw_only=True)
class BrierParts:
    """The Brier score taken apart; ``reliability - resolution + uncertainty + within_bins`` gives it back.

    ``reliability`` (less is better): what calibration would save. ``resolution`` (more is better): how far
    bins differ from the mean. ``uncertainty``: the score of always saying the mean. ``within_bins``: what the
    bins hide, zero when each holds one probability. All in squared probability.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float


def brier(actual: ArrayLike, probability: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Mean squared distance between the outcome and its probability.

    Shapes (n_clients,); ``actual`` is 0 or 1, ``probability`` between 0 and 1. 0 is perfect, 1 the worst.
    Raises ``TooLittleDataError`` if there is no client. Source: Brier (1950), in its two-class form.

    >>> brier([1, 0], [0.5, 0.5])
    0.25
    """
    checked = probabilities("Brier score", actual, probability, weight)
    return checked.mean((checked.score - checked.actual) ** 2)


def brier_parts(
    actual: ArrayLike, probability: ArrayLike, *, weight: ArrayLike | None = None, bins: int = BINS
) -> BrierParts:
    """Reliability, resolution and uncertainty over ``bins`` of about equal size; equals share a bin.

    Shapes, domain and errors as for ``brier``.
    Source: Murphy (1973); the parts within bins: Stephenson, Coelho and Jolliffe (2008).

    >>> brier_parts([1, 0], [0.5, 0.5])
    BrierParts(reliability=0.0, resolution=0.0, uncertainty=0.25, within_bins=0.0)
    """
    checked = probabilities("Brier score", actual, probability, weight)
    binned = _bins(checked, bins)
    said, seen = binned.probability[binned.place], binned.outcome[binned.place]
    mean = checked.mean(checked.actual)
    apart = checked.score - said
    return BrierParts(
        reliability=checked.mean((said - seen) ** 2),
        resolution=checked.mean((seen - mean) ** 2),
        uncertainty=mean * (1 - mean),
        within_bins=checked.mean(apart**2 - 2 * apart * (checked.actual - seen)),
    )


def log_loss(actual: ArrayLike, probability: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Mean of minus the logarithm of the probability given to what happened, in nats.

    Shapes (n_clients,); ``actual`` is 0 or 1, ``probability`` between 0 and 1, kept 2.2e-16 away from both
    ends, so that one confident mistake costs 36 nats and not infinity. 0 is perfect. Raises
    ``TooLittleDataError`` if there is no client. Source: Good (1952).

    >>> round(log_loss([1, 0], [0.5, 0.5]), 6)
    0.693147
    """
    checked = probabilities("log-loss", actual, probability, weight)
    inside = np.clip(checked.score, EPSILON, 1 - EPSILON)
    return checked.mean(-np.where(checked.actual == 1, np.log(inside), np.log1p(-inside)))


def calibration_slope(actual: ArrayLike, probability: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Slope of a logistic regression of the outcome on the log-odds of its probability.

    Shapes (n_clients,); ``actual`` is 0 or 1, ``probability`` between 0 and 1. 1 is right; below 1 the
    probabilities are too extreme, above 1 too timid.
    Raises ``TooLittleDataError`` if only one outcome was seen, all probabilities are equal, or they separate
    the outcomes perfectly. Source: Cox (1958), Biometrika 45.

    >>> round(calibration_slope([0, 0, 0, 1, 0, 1, 1, 1], [0.25] * 4 + [0.75] * 4), 6)
    1.0
    """
    return _calibration_line("calibration slope", actual, probability, weight, slope=None).slope


def calibration_intercept(actual: ArrayLike, probability: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """What has to be added to the log-odds of every probability to get the number of outcomes right.

    Shapes, domain as for ``calibration_slope``, whose slope is held at 1 here (calibration in the large). 0
    is right; above 0 the probabilities are too low. Raises ``TooLittleDataError`` if only one outcome was
    seen. Source: Cox (1958); Steyerberg (2019), section 15.3.

    >>> round(calibration_intercept([0, 1, 1, 1], [0.5] * 4), 6)
    1.098612
    """
    return _calibration_line("calibration intercept", actual, probability, weight, slope=1.0).intercept


def _calibration_line(
    metric: str, actual: ArrayLike, probability: ArrayLike, weight: ArrayLike | None, *, slope: float | None
) -> LogitLine:
    probabilities(metric, actual, probability, weight)
    checked = outcomes(metric, actual, probability, weight)
    margin = logit(np.clip(checked.score, EPSILON, 1 - EPSILON))
    line = fit_logit_line(checked.actual, margin, weight=checked.weight, slope=slope)
    if line is None:
        raise TooLittleDataError(
            rule=f"{metric} needs probabilities that differ and do not separate the outcomes perfectly",
            got="a line that is not determined",
            remedy="take more clients or origins",
        )
    return line


def ece(actual: ArrayLike, probability: ArrayLike, *, weight: ArrayLike | None = None, bins: int = BINS) -> float:
    """Expected calibration error: mean gap of probability and frequency, over bins of about equal size.

    Shapes (n_clients,); ``actual`` is 0 or 1, ``probability`` between 0 and 1. 0 is right; noise alone leaves
    about ``sqrt(2 p (1 - p) bins / (pi n))``. Resampling adds noise of its own, so that its bootstrap
    interval lies too high. Equal probabilities share a bin.
    Raises ``TooLittleDataError`` if there is no client.
    Source: Naeini, Cooper and Hauskrecht (2015), with bins of equal count.

    >>> ece([0, 1, 1, 1], [0.5, 0.5, 0.5, 0.5])
    0.25
    """
    checked = probabilities("ECE", actual, probability, weight)
    binned = _bins(checked, bins)
    gap = np.abs(binned.probability - binned.outcome)
    return float(binned.clients @ gap) / checked.total_weight


@dataclass(frozen=True, kw_only=True)
class _Bins:
    """Bin of each client, and per bin the clients, the mean probability and the frequency of the outcome."""

    place: np.ndarray[tuple[int], np.dtype[np.int64]]
    clients: FloatArray
    probability: FloatArray
    outcome: FloatArray


def _bins(checked: Sample, bins: int) -> _Bins:
    place = rank_bins(checked.score, checked.weight, bins)
    clients, said, seen = (
        np.bincount(place, weights=values, minlength=bins).astype(np.float64)
        for values in (checked.weight, checked.weight * checked.score, checked.weight * checked.actual)
    )
    divisor = np.where(clients > 0, clients, 1.0)
    return _Bins(place=place, clients=clients, probability=said / divisor, outcome=seen / divisor)
