"""Profit of acting on a risk ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike
from scipy.special import betainc

from models.errors import InternalError, TooLittleDataError
from models.metrics.inputs import Sample, gains, outcomes
from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class CampaignProfit:
    """The best that contacting the riskiest clients earns, and how many to contact for it.

    Attributes:
        profit: in the currency of the values, per client of the book (contacted or not); never below 0.
        fraction: share of the clients contacted, between 0 and 1.
    """

    profit: float
    fraction: float


def expected_maximum_profit(
    declined: ArrayLike,
    value: ArrayLike,
    score: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    alpha: float = 6.0,
    beta: float = 14.0,
    incentive_share: float = 0.05,
    contact_share: float = 0.005,
) -> CampaignProfit:
    """Profit of contacting the clients with the highest ``score``, at the best cut, over an unsure success.

    Shapes (n_clients,). ``declined`` is 0 or 1; ``value`` is what is at stake with each client, in currency:
    what it would bring if it stayed, so not what a client that declined has brought. Below 0 it counts as 0.
    A contact costs ``contact_share`` of the mean value. A client that would have declined is won back with
    probability gamma, and then brings its value less the incentive, ``incentive_share`` of the mean value; one
    that would have stayed takes the incentive and brings nothing that would not have come anyway:

        declined: gamma * (value - incentive) - contact        not declined: -incentive - contact

    gamma ~ Beta(``alpha``, ``beta``); for each gamma the best cut is taken, then profit and cut are averaged over
    gamma, exactly. As a function of the cut, costs against gains form a curve whose convex hull an isotonic fit
    gives; its slopes are the gammas from which on it pays to go further. Clients of equal score are contacted
    together. Raises ``TooLittleDataError`` if only one outcome was seen or nothing is at stake.
    Source: Verbraken, Verbeke and Baesens (2013), IEEE TKDE 25(5), the expected maximum profit for churn, whose
    defaults these are; here with each client's own value in place of the mean.

    >>> best = expected_maximum_profit([1, 0], [100, 100], [0.9, 0.1], incentive_share=0, contact_share=0.01)
    >>> round(best.profit, 3), round(best.fraction, 3)  # half the clients: (0.3 * 100 - 1) / 2
    (14.5, 0.5)
    """
    checked = outcomes("expected maximum profit", declined, score, weight)
    scale, stake = _at_stake(checked, value)
    incentive, contact = incentive_share * scale, contact_share * scale
    won = gains(checked.actual * (stake - incentive), checked.score, checked.weight)
    spent = gains(contact + (1 - checked.actual) * incentive, checked.score, checked.weight)
    steps = _hull(won.amount, spent.amount, won.clients)
    pays = _above(steps.threshold, alpha, beta)
    # gamma weighted by gamma is again a Beta, with alpha one higher
    earned = alpha / (alpha + beta) * _above(steps.threshold, alpha + 1, beta) - steps.threshold * pays
    return CampaignProfit(
        profit=float(steps.gain @ earned) / checked.total_weight,
        fraction=float(steps.clients @ pays) / checked.total_weight,
    )


@dataclass(frozen=True, kw_only=True)
class _Steps:
    """Going further along the ranking: what it gains at success 1, for how many clients, and from which success on."""

    gain: FloatArray
    clients: FloatArray
    threshold: FloatArray


def _at_stake(checked: Sample, value: ArrayLike) -> tuple[float, FloatArray]:
    stake = np.asarray(value, dtype=np.float64)
    if stake.shape != checked.actual.shape or not np.isfinite(stake).all():
        raise InternalError(f"expected maximum profit needs a finite value of each of {checked.actual.size} clients")
    stake = np.maximum(stake, 0.0)
    mean = checked.mean(stake)
    if not mean > 0:
        raise TooLittleDataError(
            rule="expected maximum profit needs clients with something at stake",
            got="a value of 0 for all",
            remedy="take more clients, or another measure of what is at stake",
        )
    return mean, stake


def _hull(won: FloatArray, spent: FloatArray, clients: FloatArray) -> _Steps:
    """Only cuts that win more than every cut before them can be best, since each costs more than those before it."""
    before = np.maximum.accumulate(np.concatenate(([0.0], won[:-1])))
    kept = np.flatnonzero(np.concatenate(([True], won[1:] > before[1:])))
    gain, cost = np.diff(won[kept]), np.diff(spent[kept])
    threshold = scipy.optimize.isotonic_regression(cost / gain, weights=gain, increasing=True).x if gain.size else gain
    return _Steps(gain=gain, clients=np.diff(clients[kept]), threshold=threshold)


def _above(threshold: FloatArray, alpha: float, beta: float) -> FloatArray:
    """Probability that gamma ~ Beta(alpha, beta) lies above each threshold."""
    return np.asarray(1.0 - betainc(alpha, beta, np.minimum(threshold, 1.0)))
