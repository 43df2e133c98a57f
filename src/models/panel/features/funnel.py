"""What is in the making: open opportunities, how far they came, how long they stay, and how often we won."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.book.periods import DAYS_PER_PERIOD, WHOLE_YEAR_DAYS
from models.panel.facilities import FOREVER, Facilities
from models.panel.features.causes import FUNNEL
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.runoff import FacilityLimits
from models.panel.features.words import LESS, NEARER, SHORTER, SMALLER, FigureUnit, Said, Saying, words_for
from models.panel.opportunities import Opportunities
from models.vocab import FloatArray

_NONE_OPEN = Said("no opportunity is open", "没有在谈项目")
_COUNT = Saying(
    figure=FigureUnit.COUNT,
    description=Said("number of open opportunities", "在谈项目数"),
    statement=Said("the number of open opportunities is {value}", "在谈项目数为{value}"),
    missing=_NONE_OPEN,
    none=_NONE_OPEN,
    than=SMALLER,
)
_AMOUNT = Saying(
    figure=FigureUnit.MONEY,
    description=Said("amount of open opportunities", "在谈项目金额"),
    statement=Said("open opportunities come to {value}", "在谈项目金额为{value}"),
    missing=_NONE_OPEN,
    none=Said("there is no open opportunity with an amount", "没有标明金额的在谈项目"),
    than=LESS,
)
_DAYS = Saying(
    figure=FigureUnit.DAYS,
    description=Said("average time of open opportunities in their stage", "在谈项目在当前阶段的平均停留时间"),
    statement=Said(
        "open opportunities have been in their stage for {value} on average", "在谈项目在当前阶段平均停留{value}"
    ),
    missing=_NONE_OPEN,
    than=SHORTER,
)
_DEEPEST = Saying(
    figure=FigureUnit.COUNT,
    description=Said("furthest step of the funnel reached by an open opportunity", "在谈项目达到的最远漏斗步骤"),
    statement=Said(
        "the furthest open opportunity has reached step {value} of 5", "最远的在谈项目处于第{value}步（共5步）"
    ),
    missing=_NONE_OPEN,
    none=_NONE_OPEN,
)
_WON_SHARE = Saying(
    figure=FigureUnit.SHARE,
    description=Said("share of ended opportunities that we won", "已结束商机的赢单率"),
    statement=Said("we won {value} of the opportunities that ended", "已结束商机的赢单率为{value}"),
    missing=Said("no opportunity has ended so far", "迄今没有已结束的商机"),
    than=LESS,
)
_WON = Saying(
    figure=FigureUnit.COUNT,
    description=Said("number of opportunities won in the last year", "近一年赢单数"),
    statement=Said("the number of opportunities won in the last year is {value}", "近一年赢单数为{value}"),
    missing=Said("no opportunity was won in the last year", "近一年没有赢单"),
    none=Said("no opportunity was won in the last year", "近一年没有赢单"),
    than=SMALLER,
)
_LOST = Saying(
    figure=FigureUnit.COUNT,
    description=Said("number of opportunities lost in the last year", "近一年丢单数"),
    statement=Said("the number of opportunities lost in the last year is {value}", "近一年丢单数为{value}"),
    missing=Said("no opportunity was lost in the last year", "近一年没有丢单"),
    none=Said("no opportunity was lost in the last year", "近一年没有丢单"),
    than=SMALLER,
)


_NEW = Saying(
    figure=FigureUnit.COUNT,
    description=Said("number of opportunities that arose {span}", "{span}新增商机数"),
    statement=Said("the number of opportunities that arose {span} is {value}", "{span}新增商机数为{value}"),
    missing=Said("no opportunity arose {span}", "{span}没有新增商机"),
    none=Said("no opportunity arose {span}", "{span}没有新增商机"),
    than=SMALLER,
)
_SINCE_NEW = Saying(
    figure=FigureUnit.DAYS,
    description=Said("time since the latest opportunity arose", "距最近一次新增商机的时间"),
    statement=Said("the latest opportunity arose {value} ago", "最近一次新增商机距今{value}"),
    missing=Said("no opportunity arose so far", "迄今没有商机"),
    than=NEARER,
)
_SINCE_STEP = Saying(
    figure=FigureUnit.DAYS,
    description=Said("time since an opportunity last moved ahead", "距最近一次商机推进的时间"),
    statement=Said("an opportunity last moved ahead {value} ago", "最近一次商机推进距今{value}"),
    missing=Said("no opportunity arose so far", "迄今没有商机"),
    than=NEARER,
)
_PER_LIMIT = Saying(
    figure=FigureUnit.SHARE,
    description=Said("open opportunities as a share of the open limits", "在谈项目金额与在用授信额度之比"),
    statement=Said("open opportunities come to {value} of the open limits", "在谈项目金额为在用授信额度的{value}"),
    missing=Said("no limit is open", "没有在用授信额度"),
    none=Said("no opportunity with an amount stands beside the open limits", "没有在谈项目可补充在用授信额度"),
    than=LESS,
)
_PER_MATURING = Saying(
    figure=FigureUnit.SHARE,
    description=Said(
        "open opportunities as a share of the limits that mature within a year", "在谈项目金额与一年内到期额度之比"
    ),
    statement=Said(
        "open opportunities come to {value} of the limits that mature within a year",
        "在谈项目金额为一年内到期额度的{value}",
    ),
    missing=Said("no limit matures within a year", "一年内没有额度到期"),
    none=Said(
        "no opportunity with an amount could replace what matures within a year", "没有在谈项目可接续一年内到期的额度"
    ),
    than=LESS,
)


def funnel_features(known: FeatureInputs) -> Iterator[Feature]:
    """Count, amount, stage and days in stage of the open opportunities; share won of the ended ones; how many arise."""
    if known.past.opportunities is None:
        return
    latest = known.past.opportunities.latest_stages()
    clients = known.past.clients
    is_open = latest.closed == FOREVER

    def summed(values: FloatArray) -> FloatArray:
        return np.bincount(latest.client, weights=values, minlength=clients).astype(np.float64)

    count = summed(is_open.astype(np.float64))
    ended = summed(np.logical_not(is_open).astype(np.float64))
    days = np.where(is_open, known.past.day - latest.entered.astype(np.float64), 0.0)
    amount = np.where(is_open, np.nan_to_num(latest.amount), 0.0)
    deepest = np.zeros(clients)
    np.maximum.at(deepest, latest.client[is_open], latest.stage[is_open] + 1.0)
    yield Feature("funnel_open_count", "opportunities", count, words_for(_COUNT, FUNNEL))
    in_all = summed(amount)
    yield Feature("funnel_open_amount", known.currency, in_all, words_for(_AMOUNT, FUNNEL))
    yield Feature("funnel_days_in_stage", "days", ratio(summed(days), count), words_for(_DAYS, FUNNEL))
    yield Feature("funnel_deepest_stage", "steps", deepest, words_for(_DEEPEST, FUNNEL))
    yield Feature(
        "funnel_won_share_ever",
        "share",
        ratio(summed(latest.won.astype(np.float64)), ended),
        words_for(_WON_SHARE, FUNNEL),
    )
    recent = ~is_open & (latest.closed >= known.past.day - WHOLE_YEAR_DAYS)
    for name, chosen, saying in (("won", recent & latest.won, _WON), ("lost", recent & ~latest.won, _LOST)):
        said = words_for(saying, FUNNEL)
        yield Feature(f"funnel_{name}_count_1y", "opportunities", summed(chosen.astype(np.float64)), said)
    yield from _arising_features(known, known.past.opportunities)
    if known.past.facilities is not None:
        yield from _replacing_features(known, known.past.facilities, in_all)


def _arising_features(known: FeatureInputs, entries: Opportunities) -> Iterator[Feature]:
    """Opportunities that arose within each window, and days since one arose or moved ahead last."""
    clients, day, per_period = known.past.clients, known.past.day, DAYS_PER_PERIOD[known.labels.period]
    arose = entries.first_stages()
    for window in known.settings.windows:
        lately = arose.client[arose.entered >= day - window * per_period]
        count = np.bincount(lately, minlength=clients).astype(np.float64)
        said = words_for(_NEW, FUNNEL, span=known.labels.span(window))
        yield Feature(f"funnel_new_count_{window}p", "opportunities", count, said)
    for name, rows, saying in (("new", arose, _SINCE_NEW), ("step", entries, _SINCE_STEP)):
        latest = np.full(clients, -1, dtype=np.int64)
        np.maximum.at(latest, rows.client, rows.entered)
        since = np.where(latest < 0, np.nan, day - latest.astype(np.float64))
        yield Feature(f"funnel_{name}_recency_days", "days", since, words_for(saying, FUNNEL))


def _replacing_features(known: FeatureInputs, facilities: Facilities, amount: FloatArray) -> Iterator[Feature]:
    """What is in the making against what is open, and against what of it matures within a year."""
    limits, day, step = (
        FacilityLimits(facilities, known.past.clients, known.past.day),
        known.past.day,
        known.past.measures.money_step,
    )
    still_open = limits.open_at(day)
    maturing = still_open & (facilities.maturity < day + WHOLE_YEAR_DAYS)
    for name, chosen, saying in (("limit", still_open, _PER_LIMIT), ("maturing", maturing, _PER_MATURING)):
        share = ratio(amount, limits.of(chosen) * step)
        yield Feature(f"funnel_open_per_{name}", "ratio", share, words_for(saying, FUNNEL))
