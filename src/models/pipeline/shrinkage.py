"""Shrinks a calibration by how much out-of-time origins disagree (positive-part James-Stein).

The models that serve have learned from more, and from nearer, than those of the out-of-time forecasts, and each origin
has luck of its own. What one origin asks for and the next denies would only add noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.learners.calibration import PlattCalibration
from models.learners.value.calibration import ValueCalibration
from models.metrics.logit_line import fit_logit_line
from models.vocab import FloatArray

UNKNOWN = 0.5
"""Of a single forecast nobody can say how much of its correction was luck: half of it is taken."""
_APART = 2.0
"""Independent forecasts from which on their disagreement tells luck; such that look at nearly the same time agree
because they share it."""


def shrunk_share(correction: float, of_each: Sequence[float], independent: float) -> float:
    """The share of a pooled ``correction`` to carry over, from 0 to 1.

    ``of_each`` are the corrections that single forecasts ask for, ``independent`` how many of these do not look at the
    same time. Of the squared correction, what their disagreement explains is luck. Source: James and Stein (1961), its
    positive part. Between one forecast and two independent ones, the share lies between ``UNKNOWN`` and theirs.

    >>> shrunk_share(1.0, [0.9, 1.1], 2), round(shrunk_share(0.1, [-0.4, 0.6], 2), 3)
    (0.99, 0.0)
    >>> shrunk_share(1.0, [1.0], 1), shrunk_share(1.0, [1.0, 1.0], 1.25)
    (0.5, 0.625)
    """
    if len(of_each) == 1:
        return UNKNOWN
    luck = float(np.var(of_each, ddof=1)) / independent
    agreed = max(0.0, 1.0 - luck / correction**2) if correction else 0.0
    apart = min(1.0, (independent - 1.0) / (_APART - 1.0))
    return apart * agreed + (1.0 - apart) * UNKNOWN


def shrunk_value(
    calibration: ValueCalibration, logs: Sequence[FloatArray], realised: Sequence[FloatArray], independent: float
) -> ValueCalibration:
    """The calibration with its overall level as far as forecasts agree on it; how it differs by size is left.

    ``logs`` and ``realised`` per forecast: log value before calibration, and value in currency.
    """
    foreseen = [np.exp(calibration.log_value(log)) for log in logs]
    raw = [float(np.exp(log).sum()) for log in logs]
    level = float(np.log(sum(each.sum() for each in foreseen) / sum(raw)))
    each = [float(np.log(max(seen.sum(), said / 100) / said)) for seen, said in zip(realised, raw, strict=True)]
    kept = shrunk_share(level, each, independent)
    return replace(calibration, to=tuple(to - (1.0 - kept) * level for to in calibration.to))


def shrunk_level(margins: Sequence[FloatArray], outcomes: Sequence[FloatArray], independent: float) -> PlattCalibration:
    """A calibration of slope 1 with its level as far as forecasts agree on it: for events too rare to tell a slope.

    ``margins`` and ``outcomes`` per forecast: log-odds before calibration, and 0 or 1. None is drawn from forecasts of
    which nothing happened.
    """
    known = [(seen, said) for seen, said in zip(outcomes, margins, strict=True) if 0 < seen.sum() < seen.size]
    shifts = [line.intercept for seen, said in known if (line := fit_logit_line(seen, said, slope=1.0)) is not None]
    if not shifts:
        return PlattCalibration()
    seen, said = (np.concatenate(list(each)) for each in zip(*known, strict=True))
    pooled = fit_logit_line(seen, said, slope=1.0)
    level = 0.0 if pooled is None else pooled.intercept
    return PlattCalibration(intercept=level * shrunk_share(level, shifts, independent))


def shrunk_decline(
    calibration: PlattCalibration, margins: Sequence[FloatArray], declined: Sequence[FloatArray], independent: float
) -> PlattCalibration:
    """The calibration with level and slope each as far as forecasts agree on it.

    ``margins`` and ``declined`` per forecast: log-odds before calibration, and 0 or 1. One whose line is not determined
    has no say.
    """
    centre = float(np.concatenate(list(margins)).mean())
    level = calibration.slope * centre + calibration.intercept - centre
    reported = [(seen, said) for seen, said in zip(declined, margins, strict=True) if seen.min() < seen.max()]
    lines = [fit_logit_line(seen, said) for seen, said in reported]
    levels = [fit_logit_line(seen, said, slope=1.0) for seen, said in reported]
    slopes = [line.slope - 1.0 for line in lines if line is not None]
    shifts = [line.intercept for line in levels if line is not None]
    if not slopes or not shifts:
        return calibration
    slope = 1.0 + (calibration.slope - 1.0) * shrunk_share(calibration.slope - 1.0, slopes, independent)
    kept = level * shrunk_share(level, shifts, independent)
    return PlattCalibration(slope=slope, intercept=centre + kept - slope * centre)
