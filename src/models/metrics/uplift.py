"""Estimators of uplift for treatments drawn at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from models.metrics.bootstrap import wilson
from models.vocab import BoolArray, FloatArray, TextArray

LEVEL = 0.95


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure with its 95% interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Arm:
    """Clients treated alike: their mean outcome, and what it lies above the control's (None for the control)."""

    name: str
    clients: int
    mean: Estimate
    uplift: Estimate | None


def uplift_by_arm(outcome: FloatArray, arm: TextArray, *, control: str) -> tuple[Arm, ...]:
    """Mean outcome and uplift of each arm, the control first. Shapes (n_clients,).

    An outcome of noughts and ones is a share: Wilson's interval, and for the difference Newcombe's, which joins two of
    them. Any other: Student's t, and Welch's for the difference. An arm needs two clients.
    Source: Newcombe (1998), Statistics in Medicine 17, method 10; Welch (1947), Biometrika 34.

    >>> arms = uplift_by_arm(np.array([0.0, 1, 1, 1]), np.array(["no", "no", "yes", "yes"]), control="no")
    >>> arms[1].uplift.estimate
    0.5
    """
    is_share = bool(np.isin(outcome, (0.0, 1.0)).all())
    base = outcome[arm == control]
    arms = [Arm(name=control, clients=base.size, mean=_mean(base, is_share=is_share), uplift=None)]
    for name in sorted(set(arm.tolist()) - {control}):
        treated = outcome[arm == name]
        mean = _mean(treated, is_share=is_share)
        uplift = _newcombe(mean, arms[0].mean) if is_share else difference(treated, base)
        arms.append(Arm(name=name, clients=treated.size, mean=mean, uplift=uplift))
    return tuple(arms)


def difference(treated: FloatArray, control: FloatArray) -> Estimate:
    """Mean of ``treated`` less that of ``control``, with Welch's interval."""
    parts = np.array([treated.var(ddof=1) / treated.size, control.var(ddof=1) / control.size])
    gap, variance = float(treated.mean() - control.mean()), float(parts.sum())
    if variance <= 0:
        return Estimate(estimate=gap, low=gap, high=gap)
    freedom = variance**2 / float((parts**2 / (np.array([treated.size, control.size]) - 1)).sum())
    half = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * float(np.sqrt(variance))
    return Estimate(estimate=gap, low=gap - half, high=gap + half)


def adjusted(outcome: FloatArray, before: FloatArray, treated: BoolArray) -> FloatArray:
    """The outcome less what the time before foretells of it, so that chance between arms weighs less.

    The slope is that within the arms; the mean over all clients stays. Shapes (n_clients,).
    Source: Deng, Xu, Kohavi and Walker (2013), WSDM, section 3 (CUPED).
    """
    inside = np.where(treated, before - before[treated].mean(), before - before[~treated].mean())
    spread = float((inside**2).sum())
    slope = float((inside * outcome).sum()) / spread if spread > 0 else 0.0
    return np.asarray(outcome - slope * (before - before.mean()))


def _mean(outcome: FloatArray, *, is_share: bool) -> Estimate:
    mean = float(outcome.mean())
    if is_share:
        low, high = wilson(mean, outcome.size)
        return Estimate(estimate=mean, low=low, high=high)
    half = float(stats.t.ppf((1 + LEVEL) / 2, outcome.size - 1)) * float(outcome.std(ddof=1)) / np.sqrt(outcome.size)
    return Estimate(estimate=mean, low=mean - half, high=mean + half)


def _newcombe(treated: Estimate, control: Estimate) -> Estimate:
    gap = treated.estimate - control.estimate
    below = np.hypot(treated.estimate - treated.low, control.high - control.estimate)
    above = np.hypot(treated.high - treated.estimate, control.estimate - control.low)
    return Estimate(estimate=gap, low=gap - float(below), high=gap + float(above))
