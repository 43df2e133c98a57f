"""What is in the making: open opportunities, how far they came, how long they stay, and how often we won."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.tables.facilities import FOREVER
from models.tables.features.known import Feature, Known, ratio
from models.tables.features.words import LESS, NEARER, SHORTER, SMALLER, Figure, Said, Saying, Topic, words_for
from models.tables.opportunities import Opportunities
from models.vocab import FloatArray

_YEAR_DAYS = 365
_TOPIC = Topic("funnel", Said("business in the making", "储备业务机会"))
_NONE_OPEN = Said("no opportunity is open", "没有在谈机会")
_COUNT = Saying(
    figure=Figure.COUNT,
    description=Said("number of open opportunities", "在谈机会数"),
    statement=Said("the number of open opportunities is {value}", "在谈机会数为{value}"),
    missing=_NONE_OPEN,
    none=_NONE_OPEN,
    than=SMALLER,
)
_AMOUNT = Saying(
    figure=Figure.MONEY,
    description=Said("amount of open opportunities", "在谈机会金额"),
    statement=Said("open opportunities come to {value}", "在谈机会金额为{value}"),
    missing=_NONE_OPEN,
    none=Said("there is no open opportunity with an amount", "没有标明金额的在谈机会"),
    than=LESS,
)
_DAYS = Saying(
    figure=Figure.DAYS,
    description=Said("average time of open opportunities in their stage", "在谈机会在当前阶段的平均停留时间"),
    statement=Said(
        "open opportunities have been in their stage for {value} on average", "在谈机会在当前阶段平均停留{value}"
    ),
    missing=_NONE_OPEN,
    than=SHORTER,
)
_ASKED = Saying(
    figure=Figure.DAYS,
    description=Said("time since the newest opportunity arose", "距最近一次新机会出现的时间"),
    statement=Said("the newest opportunity arose {value} ago", "最近一次新机会出现于{value}前"),
    missing=Said("no opportunity has arisen so far", "迄今没有出现过机会"),
    than=NEARER,
)
_DEEPEST = Saying(
    figure=Figure.COUNT,
    description=Said("furthest step of the funnel reached by an open opportunity", "在谈机会达到的最远漏斗步骤"),
    statement=Said(
        "the furthest open opportunity has reached step {value} of 5", "最远的在谈机会处于第{value}步（共5步）"
    ),
    missing=_NONE_OPEN,
    none=_NONE_OPEN,
)
_WON_SHARE = Saying(
    figure=Figure.SHARE,
    description=Said("share of ended opportunities that we won", "已结束机会的赢单率"),
    statement=Said("we won {value} of the opportunities that ended", "已结束机会的赢单率为{value}"),
    missing=Said("no opportunity has ended so far", "迄今没有已结束的机会"),
    than=LESS,
)
_WON = Saying(
    figure=Figure.COUNT,
    description=Said("number of opportunities won in the last year", "近一年赢单数"),
    statement=Said("the number of opportunities won in the last year is {value}", "近一年赢单数为{value}"),
    missing=Said("no opportunity was won in the last year", "近一年没有赢单"),
    none=Said("no opportunity was won in the last year", "近一年没有赢单"),
    than=SMALLER,
)
_LOST = Saying(
    figure=Figure.COUNT,
    description=Said("number of opportunities lost in the last year", "近一年丢单数"),
    statement=Said("the number of opportunities lost in the last year is {value}", "近一年丢单数为{value}"),
    missing=Said("no opportunity was lost in the last year", "近一年没有丢单"),
    none=Said("no opportunity was lost in the last year", "近一年没有丢单"),
    than=SMALLER,
)


def funnel_features(known: Known) -> Iterator[Feature]:
    """Count, amount, stage and days in stage of the open opportunities; share won of the ended ones; newest of all."""
    if known.past.opportunities is None:
        return
    latest = known.past.opportunities.latest_stages()
    yield _asked(known, known.past.opportunities)
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
    yield Feature("funnel_open_count", "opportunities", count, words_for(_COUNT, _TOPIC))
    yield Feature("funnel_open_amount", known.currency, summed(amount), words_for(_AMOUNT, _TOPIC))
    yield Feature("funnel_days_in_stage", "days", ratio(summed(days), count), words_for(_DAYS, _TOPIC))
    yield Feature("funnel_deepest_stage", "steps", deepest, words_for(_DEEPEST, _TOPIC))
    yield Feature(
        "funnel_won_share_ever",
        "share",
        ratio(summed(latest.won.astype(np.float64)), ended),
        words_for(_WON_SHARE, _TOPIC),
    )
    recent = ~is_open & (latest.closed >= known.past.day - _YEAR_DAYS)
    for name, chosen, saying in (("won", recent & latest.won, _WON), ("lost", recent & ~latest.won, _LOST)):
        said = words_for(saying, _TOPIC)
        yield Feature(f"funnel_{name}_count_1y", "opportunities", summed(chosen.astype(np.float64)), said)


def _asked(known: Known, opportunities: Opportunities) -> Feature:
    """Days since the newest opportunity entered its first stage, whether it is still open or not."""
    first = opportunities.first_stages()
    newest = np.full(known.past.clients, -np.inf)
    np.maximum.at(newest, first.client, first.entered.astype(np.float64))
    days = np.where(np.isfinite(newest), known.past.day - newest, np.nan)
    return Feature("funnel_asked_recency_days", "days", days, words_for(_ASKED, _TOPIC))
