"""Formulas for the benefit of acting on a client, by purpose, readable without any model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from models.config.lists import CutOrCoverConfig, GrowConfig, KeepConfig
from models.config.simulation import InterventionEconomics
from models.simulator.intervention import share_avoided
from models.vocab import BoolArray, FloatArray


class Purpose(StrEnum):
    """What a work list is for."""

    REVIEW_NEXT = "review_next"
    ACT_EARLY = "act_early"
    KEEP = "keep"
    GROW = "grow"
    CUT_OR_COVER = "cut_or_cover"


@dataclass(frozen=True, kw_only=True)
class Benefit:
    """What acting on each client is expected to bring, in book currency, with its bounds. Shapes (n_clients,).

    ``low`` and ``high`` are NaN where nothing bounds the forecasts behind it.
    """

    expected: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, kw_only=True)
class Success:
    """Share of clients about to decline that an offer keeps, with its 95% interval.

    ``measured`` is what campaigns with targets drawn at random show by themselves; None where there were none.
    """

    share: float
    low: float
    high: float
    measured: float | None = None
    campaigns: int = 0


def mean_share_avoided(incidence: FloatArray, months: FloatArray, effect: InterventionEconomics) -> FloatArray:
    """Share of a loss that acting now avoids, over the months in which each client may default. Shape (n_clients,).

    ``incidence`` (n_clients, n_steps) never falls along a row; ``months`` (n_steps,) is how long each step lies ahead.
    Without any chance of default it is that of the last step.

    >>> may_default, months = np.array([[0.1, 0.1], [0.0, 0.1]]), np.array([0.0, 12.0])
    >>> mean_share_avoided(may_default, months, InterventionEconomics()).round(3).tolist()
    [0.25, 0.55]
    """
    added, shares = np.diff(incidence, axis=1, prepend=0.0), share_avoided(months, effect)
    total = incidence[:, -1]
    weighed = (added * shares).sum(axis=1)
    return np.asarray(np.divide(weighed, total, out=np.full(len(total), float(shares[-1])), where=total > 0))


def offer_profit(declines: FloatArray, stake: FloatArray, success: float, costs: KeepConfig, mean: float) -> FloatArray:
    """What an offer earns: declines * success * (stake - incentive) - (1 - declines) * incentive - contact.

    Shapes (n_clients,). ``declines`` is the probability of a decline that an offer can avert; incentive and contact are
    shares of ``mean``, what is at stake with a client on average. Source: Verbraken, Verbeke and Baesens (2013), IEEE
    TKDE 25(5), with each client's own stake.

    >>> offer_profit(np.array([1.0, 0.0]), np.array([100.0, 300.0]), 0.3, KeepConfig(), 200.0).tolist()
    [26.0, -11.0]
    """
    incentive, contact = costs.incentive * mean, costs.contact * mean
    return np.asarray(declines * success * (stake - incentive) - (1 - declines) * incentive - contact)


def pooled_success(costs: KeepConfig, measured: float, error: float, campaigns: int) -> Success:
    """What is stated of an offer's success and what campaigns show, each weighed by its precision, within 0 and 1.

    Source: Gelman et al. (2013), Bayesian Data Analysis, section 2.5 (normal mean with a normal prior).

    >>> round(pooled_success(KeepConfig(), 0.10, 0.10, 3).share, 3)
    0.2
    """
    known, shown = costs.success_error**-2, error**-2
    share = (costs.success * known + measured * shown) / (known + shown)
    low, high = (float(np.clip(share + side * 1.96 * (known + shown) ** -0.5, 0.0, 1.0)) for side in (-1, 1))
    return Success(share=float(np.clip(share, 0.0, 1.0)), low=low, high=high, measured=measured, campaigns=campaigns)


def stated_success(costs: KeepConfig) -> Success:
    """What is stated of an offer's success, where no campaign tells."""
    low, high = (float(np.clip(costs.success + side * 1.96 * costs.success_error, 0.0, 1.0)) for side in (-1, 1))
    return Success(share=costs.success, low=low, high=high)


def growth_foreseen(value: FloatArray, stays: FloatArray, stake: FloatArray) -> FloatArray:
    """Value beyond the past pace that is foreseen: all of it comes from clients that stay. Shapes (n_clients,).

    stays * max(value / stays - stake, 0), for ``stays`` the probability of no decline: where few come back, but bring
    much, the mean itself lies below the past pace of nearly all.

    >>> growth_foreseen(np.array([20.0, 90.0]), np.array([0.1, 1.0]), np.array([100.0, 100.0])).tolist()
    [10.0, 0.0]
    """
    return np.maximum(value - stays * stake, 0.0)


def debt_headroom(leverage: FloatArray, ebitda: FloatArray, limit: FloatArray, settings: GrowConfig) -> FloatArray:
    """How much more debt each client can bear, in book currency: up to ``most_leverage`` times its EBITDA.

    Shapes (n_clients,). Where its accounts do not tell, as much again as its open limits; NaN where these are unknown
    too.

    >>> leverage, ebitda = np.array([4.0, 9.0, np.nan]), np.array([10.0, 10.0, np.nan])
    >>> debt_headroom(leverage, ebitda, np.full(3, 7.0), GrowConfig()).tolist()
    [20.0, 0.0, 7.0]
    """
    known = (settings.most_leverage - leverage) * np.maximum(ebitda, 0.0)
    return np.where(np.isnan(known), limit, np.maximum(known, 0.0))


def may_grow(default: FloatArray, in_arrears: BoolArray, capped: BoolArray, settings: GrowConfig) -> BoolArray:
    """Who may be lent more: nobody in arrears, under a cap, or too likely to default. NaN: not known. (n_clients,)."""
    return np.asarray(~in_arrears & ~capped & ~(default >= settings.most_default))


def within_share(exposure: FloatArray, order: FloatArray, settings: CutOrCoverConfig) -> BoolArray:
    """Clients of the highest ``order``, of equals the first, until their exposure is a share of all. (n_clients,).

    The client at the border is in; one with nothing at risk never is.

    >>> within_share(np.array([40.0, 8.0, 52.0]), np.array([1.0, 3.0, 2.0]), CutOrCoverConfig()).tolist()
    [False, True, True]
    """
    place = np.argsort(-order, kind="stable")
    before = np.cumsum(exposure[place]) - exposure[place]
    chosen = np.zeros(len(order), dtype=np.bool_)
    chosen[place] = before < settings.share * exposure.sum()
    return chosen & (exposure > 0)
