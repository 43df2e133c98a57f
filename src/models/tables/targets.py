"""What is to be foreseen: value and decline over the horizon, from the future half of the cube alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.config import DeclineConfig
from models.vocab import BoolArray, FloatArray, IntArray

PERIODS_PER_YEAR = {"week": 365.25 / 7, "month": 12.0, "quarter": 4.0}
DAYS_PER_PERIOD = {period: 365.25 / count for period, count in PERIODS_PER_YEAR.items()}


@dataclass(frozen=True, kw_only=True)
class Activity:
    """How busy clients were before and after the as-of date.

    Shapes (n_clients,). Sums are in book currency, counts in events; ``*_periods`` are the lengths of the windows.
    """

    past_sum: FloatArray
    past_periods: int
    future_sum: FloatArray
    future_count: IntArray
    future_periods: int


def discount_factors(periods: int, *, annual_rate: float, period: str) -> FloatArray:
    """Present value of one unit at the end of each period. Shape (periods,).

    >>> discount_factors(2, annual_rate=0.0, period="month")
    array([1., 1.])
    >>> discount_factors(4, annual_rate=0.21, period="quarter")[-1].round(6)
    np.float64(0.826446)
    """
    years = np.arange(1, periods + 1) / PERIODS_PER_YEAR[period]
    return np.asarray((1.0 + annual_rate) ** -years, dtype=np.float64)


def present_value(margin: FloatArray, *, annual_rate: float, period: str) -> FloatArray:
    """Value of each client: the discounted sum of its margin over the horizon.

    ``margin`` is (horizon_periods, n_clients) in book currency; the result is (n_clients,).

    >>> present_value(np.array([[1.0, 0.0], [2.0, 5.0]]), annual_rate=0.0, period="month")
    array([3., 5.])
    """
    factors = discount_factors(margin.shape[0], annual_rate=annual_rate, period=period)
    total = np.zeros(margin.shape[1])
    for row, factor in zip(margin, factors, strict=True):  # in order: one client alone gives the same bits
        total += row * factor
    return total


def declined(activity: Activity, rule: DeclineConfig, *, only_matured: BoolArray | None = None) -> BoolArray:
    """Whether each client declined within the horizon. Shape (n_clients,).

    ``lapse``: nothing happened. ``drop``: activity per period fell below the configured share of the past.
    ``only_matured`` marks clients of whom something ended, and all of it on schedule: these did not decline.
    """
    if rule.rule == "lapse":
        result = activity.future_count == 0
    else:
        past_rate = activity.past_sum / activity.past_periods
        result = activity.future_sum / activity.future_periods < rule.share * past_rate
        result |= activity.future_count == 0
    return np.asarray(result if only_matured is None else result & ~only_matured)
