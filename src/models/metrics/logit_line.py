"""Maximum-likelihood line through log-odds, for calibration slope and intercept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from models.vocab import FloatArray

MAX_STEPS = 50
TOLERANCE = 1e-10
MAX_LOG_ODDS_STEP = 5.0


@dataclass(frozen=True, kw_only=True)
class LogitLine:
    """Log-odds of an outcome as ``slope * margin + intercept``."""

    slope: float
    intercept: float


def fit_logit_line(
    actual: FloatArray, margin: FloatArray, *, weight: FloatArray | None = None, slope: float | None = None
) -> LogitLine | None:
    """Logistic regression of ``actual`` (0 or 1, both seen) on ``margin``, unpenalised, by Newton's method.

    Shapes (n_clients,). With ``slope`` given, only the intercept is fitted. None if no maximum was reached:
    the margin is the same for all, or it separates the outcomes perfectly.

    >>> round(fit_logit_line(np.array([0.0, 1.0, 1.0, 1.0]), np.zeros(4), slope=1.0).intercept, 6)
    1.098612
    """
    counts = np.ones(actual.shape) if weight is None else weight
    centre = float(counts @ margin) / float(counts.sum())
    offset = 0.0 if slope is None else slope
    design = np.stack([np.ones(margin.size), margin - centre])[: 1 if slope is not None else 2]
    solution = _newton(actual, design, offset * (margin - centre), counts)
    if solution is None:
        return None
    fitted = offset if slope is not None else solution[1]
    return LogitLine(slope=float(fitted), intercept=float(solution[0] - fitted * centre))


def _newton(actual: FloatArray, design: FloatArray, offset: FloatArray, weight: FloatArray) -> FloatArray | None:
    share = float(weight @ actual) / float(weight.sum())
    solution = np.zeros(design.shape[0])
    solution[0] = np.log(share / (1 - share))
    for _ in range(MAX_STEPS):
        fitted = expit(solution @ design + offset)
        gradient = design @ (weight * (actual - fitted))
        curvature = (design * (weight * fitted * (1 - fitted))) @ design.T
        step = _step(curvature, gradient)
        if step is None:
            return None
        solution = solution + step
        if np.abs(step).max() < TOLERANCE * (1 + np.abs(solution).max()):
            return solution
    return None


def _step(curvature: FloatArray, gradient: FloatArray) -> FloatArray | None:
    """One Newton step, shortened where the likelihood is so flat that it would overshoot."""
    scale = float(np.trace(curvature))
    if not scale > 0 or np.linalg.cond(curvature) > 1 / TOLERANCE:
        return None
    step = np.linalg.solve(curvature, gradient)
    return np.asarray(step * min(1.0, MAX_LOG_ODDS_STEP / max(float(np.abs(step).max()), TOLERANCE)))
