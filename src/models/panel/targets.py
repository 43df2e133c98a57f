"""Targets from the future half of the cube: value, and occurrence, time and cause of decline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.book.periods import PERIODS_PER_YEAR
from models.config.sections import DeclineConfig
from models.errors import InternalError
from models.vocab import BoolArray, DeclineCause, ExitCause, FloatArray, IntArray

DECLINE_CAUSES = tuple(DeclineCause)
"""A cause's place here is its code; -1 is none."""
EXIT_CAUSES = tuple(ExitCause)
"""The same for the cause by which a facility ended; there -1 is also one that is not known."""
NO_CAUSE = -1


@dataclass(frozen=True, kw_only=True)
class Activity:
    """How busy clients were before and after the as-of date.

    ``past_sum`` is (n_clients,), over ``past_periods``. ``sum_so_far`` and ``count_so_far`` are
    (horizon_periods, n_clients): from the as-of date to the end of each period. Sums are in book currency, counts in
    events. ``default_so_far``, likewise, tells who was in default by then; None where no rule asks for it.
    """

    past_sum: FloatArray
    past_periods: int
    sum_so_far: FloatArray
    count_so_far: IntArray
    default_so_far: BoolArray | None = None


@dataclass(frozen=True, kw_only=True)
class Endings:
    """What became of clients' facilities within the horizon. Shapes (n_clients,).

    Attributes:
        only_matured: of those known at the as-of date something ended, and all of it on schedule.
        defaulted: something ended in default or was written off.
        still_open: something is signed and not ended when the horizon ends.
        last_cause: by what the facility ended that ended last otherwise than on schedule, as a place in
            ``EXIT_CAUSES``; -1 for none.
    """

    only_matured: BoolArray
    defaulted: BoolArray
    still_open: BoolArray
    last_cause: IntArray


SO_FAR = ("behind", "pace", "pace_lately", "only_matured", "defaulted", "still_open")
"""What is known of an outcome when a part of the horizon is over: columns of ``standing``."""


def standing(activity: Activity, rule: DeclineConfig, endings: Endings | None) -> FloatArray:
    """How outcomes stand after the periods that ``activity`` covers. Shape (n_clients, len(``SO_FAR``)).

    Behind: whether it would be a decline, had the horizon ended. Pace: activity per period since the as-of date as a
    share of the past's, over all periods and over the later half of them; NaN without a past. What became of
    facilities, as in ``Endings``; NaN where it is not known.
    """
    periods = len(activity.count_so_far)
    with np.errstate(divide="ignore", invalid="ignore"):
        past_rate = activity.past_sum / activity.past_periods
        pace = activity.sum_so_far[-1] / periods / past_rate
        half = periods // 2
        earlier = activity.sum_so_far[half - 1] if half else 0.0
        lately = (activity.sum_so_far[-1] - earlier) / (periods - half) / past_rate
    ends = [getattr(endings, name, None) for name in SO_FAR[3:]]
    unknown = np.full(len(pace), np.nan)
    columns = [_behind(activity, rule)[-1], pace, lately, *(unknown if end is None else end for end in ends)]
    table = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])
    return np.where(np.isfinite(table), table, np.nan)


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

    ``lapse``: nothing happened. ``drop``: activity per period fell below the configured share of the past. ``default``:
    in default, however it ended. Else ``only_matured`` marks clients of whom something ended, and all of it on
    schedule: these did not decline.
    """
    behind = _behind(activity, rule)[-1]
    return np.asarray(behind if only_matured is None or rule.rule == "default" else behind & ~only_matured)


def event_periods(activity: Activity, rule: DeclineConfig, *, only_matured: BoolArray | None = None) -> IntArray:
    """The period, from 1, of what the curve of decline tells; 0 where it did not happen. Shape (n_clients,).

    ``drop``: the onset of a decline, from which on the activity since the as-of date stays behind the configured
    share of the past until the horizon ends. ``default``: the first event of default. Who declined has one, and nobody
    else.

    ``lapse``: a decline is that nothing happens, which has no date; reported is the return, the first period with
    activity. Who did not decline has one, but for clients that stayed away after all they had ended on schedule.
    """
    behind = _behind(activity, rule)
    if rule.rule == "lapse":
        return np.where(behind[-1], 0, 1 + behind.sum(axis=0))
    periods = np.arange(1, len(behind) + 1)[:, None]
    caught_up = np.where(behind, 0, periods).max(axis=0)
    return np.where(declined(activity, rule, only_matured=only_matured), 1 + caught_up, 0)


def decline_causes(declines: BoolArray, endings: Endings) -> IntArray:
    """Why clients declined: places in ``DECLINE_CAUSES``, -1 where ``declines`` is false. Shape (n_clients,).

    Default, if anything defaulted; else reduced, if something is still open when the horizon ends; else the cause of
    what ended last otherwise than on schedule; else dormant.
    """
    refinanced = endings.last_cause == EXIT_CAUSES.index(ExitCause.REFINANCED_AWAY)
    rules = [
        (~declines, NO_CAUSE),
        (endings.defaulted, DECLINE_CAUSES.index(DeclineCause.DEFAULT)),
        (endings.still_open, DECLINE_CAUSES.index(DeclineCause.REDUCED)),
        (refinanced, DECLINE_CAUSES.index(DeclineCause.REFINANCED_AWAY)),
    ]
    dormant = DECLINE_CAUSES.index(DeclineCause.DORMANT)
    return np.select([who for who, _ in rules], [code for _, code in rules], default=dormant)


def _defaulted(activity: Activity) -> BoolArray:
    if activity.default_so_far is None:
        raise InternalError("rule default needs events of default")
    return activity.default_so_far


def _behind(activity: Activity, rule: DeclineConfig) -> BoolArray:
    """Whether clients would have declined, had the horizon ended with each period. (horizon_periods, n_clients)."""
    if rule.rule == "default":
        return _defaulted(activity)
    idle = activity.count_so_far == 0
    if rule.rule == "lapse":
        return np.asarray(idle)
    periods = np.arange(1, len(idle) + 1)[:, None]
    past_rate = activity.past_sum / activity.past_periods
    return np.asarray(idle | (activity.sum_so_far / periods < rule.share * past_rate))
