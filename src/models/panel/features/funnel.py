"""Open opportunities: stage, age and past win rate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.book.periods import DAYS_PER_PERIOD, WHOLE_YEAR_DAYS
from models.panel.facilities import FOREVER, Facilities
from models.panel.features.causes import FUNNEL
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.runoff import FacilityLimits
from models.panel.features.words import LESS, NEARER, SHORTER, SMALLER, FigureUnit, Template, words_for
from models.panel.opportunities import Opportunities
from models.text import Text
from models.vocab import FloatArray

_NONE_OPEN = Text("no opportunity is open")
_COUNT = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of open opportunities"),
    statement=Text("the number of open opportunities is {value}"),
    missing=_NONE_OPEN,
    none=_NONE_OPEN,
    than=SMALLER,
)
_AMOUNT = Template(
    figure=FigureUnit.MONEY,
    description=Text("amount of open opportunities"),
    statement=Text("open opportunities come to {value}"),
    missing=_NONE_OPEN,
    none=Text("there is no open opportunity with an amount"),
    than=LESS,
)
_DAYS = Template(
    figure=FigureUnit.DAYS,
    description=Text("average time of open opportunities in their stage"),
    statement=Text("open opportunities have been in their stage for {value} on average"),
    missing=_NONE_OPEN,
    than=SHORTER,
)
_DEEPEST = Template(
    figure=FigureUnit.COUNT,
    description=Text("furthest step of the funnel reached by an open opportunity"),
    statement=Text("the furthest open opportunity has reached step {value} of 5"),
    missing=_NONE_OPEN,
    none=_NONE_OPEN,
)
_WON_SHARE = Template(
    figure=FigureUnit.SHARE,
    description=Text("share of ended opportunities that we won"),
    statement=Text("we won {value} of the opportunities that ended"),
    missing=Text("no opportunity has ended so far"),
    than=LESS,
)
_WON = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of opportunities won in the last year"),
    statement=Text("the number of opportunities won in the last year is {value}"),
    missing=Text("no opportunity was won in the last year"),
    none=Text("no opportunity was won in the last year"),
    than=SMALLER,
)
_LOST = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of opportunities lost in the last year"),
    statement=Text("the number of opportunities lost in the last year is {value}"),
    missing=Text("no opportunity was lost in the last year"),
    none=Text("no opportunity was lost in the last year"),
    than=SMALLER,
)


_NEW = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of opportunities that arose {span}"),
    statement=Text("the number of opportunities that arose {span} is {value}"),
    missing=Text("no opportunity arose {span}"),
    none=Text("no opportunity arose {span}"),
    than=SMALLER,
)
_SINCE_NEW = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since the latest opportunity arose"),
    statement=Text("the latest opportunity arose {value} ago"),
    missing=Text("no opportunity arose so far"),
    than=NEARER,
)
_SINCE_STEP = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since an opportunity last moved ahead"),
    statement=Text("an opportunity last moved ahead {value} ago"),
    missing=Text("no opportunity arose so far"),
    than=NEARER,
)
_PER_LIMIT = Template(
    figure=FigureUnit.SHARE,
    description=Text("open opportunities as a share of the open limits"),
    statement=Text("open opportunities come to {value} of the open limits"),
    missing=Text("no limit is open"),
    none=Text("no opportunity with an amount stands beside the open limits"),
    than=LESS,
)
_PER_MATURING = Template(
    figure=FigureUnit.SHARE,
    description=Text("open opportunities as a share of the limits that mature within a year"),
    statement=Text("open opportunities come to {value} of the limits that mature within a year"),
    missing=Text("no limit matures within a year"),
    none=Text("no opportunity with an amount could replace what matures within a year"),
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
