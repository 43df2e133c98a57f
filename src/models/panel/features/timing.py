"""When: recency, tenure, and how regular the rhythm of activity is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.book.measures import ACTIVITY
from models.book.periods import DAYS_PER_YEAR
from models.panel.features.amounts import flows_of
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.words import (
    FEWER,
    LESS,
    NEARER,
    RARER,
    SHORTER,
    FeatureWords,
    FigureUnit,
    Said,
    Saying,
    Topic,
    words_for,
)

_TENURE_TOPIC = Topic("tenure", Said("length of the relationship", "合作年限"))
_NEVER = Said("there is no record of {label} so far", "迄今没有{label}记录")
_NO_GAP = Said("{label} occurred too rarely for a gap to be told", "{label}次数太少，尚无间隔可言")
_RECENCY = Saying(
    figure=FigureUnit.DAYS,
    description=Said("time since the latest entry of {label}", "距最近一次{label}的时间"),
    statement=Said("{label} last occurred {value} ago", "最近一次{label}距今{value}"),
    missing=_NEVER,
    than=NEARER,
)
_TENURE = Saying(
    figure=FigureUnit.DAYS,
    description=Said("time since business began", "合作时间"),
    statement=Said("business with us began {value} ago", "合作至今已有{value}"),
    missing=Said("business with us has not begun", "尚未开始合作"),
    than=NEARER,
)
_PER_YEAR = Saying(
    figure=FigureUnit.TIMES,
    description=Said("entries of {label} per year of the relationship", "合作以来{label}年均次数"),
    statement=Said("since business began we recorded {label} {value} a year on average", "合作以来{label}年均{value}"),
    missing=_NEVER,
    than=RARER,
)
_IDLE_SHARE = Saying(
    figure=FigureUnit.SHARE,
    description=Said(
        "time since the latest entry of {label} as a share of the relationship", "距最近一次{label}的时间占合作期的比例"
    ),
    statement=Said(
        "the time since {label} last occurred makes up {value} of the relationship",
        "距最近一次{label}的时间占合作期的{value}",
    ),
    missing=_NEVER,
    than=LESS,
)
_GAP = Saying(
    figure=FigureUnit.MONTHS,
    description=Said("average gap between {period}s with {label}", "{label}的平均间隔"),
    statement=Said("{period}s with {label} lie {value} apart on average", "{label}平均间隔{value}"),
    missing=_NO_GAP,
    than=SHORTER,
)
_GAP_VARIATION = Saying(
    figure=FigureUnit.SHARE,
    description=Said("irregularity of the gaps between {label}", "{label}间隔的不规则程度"),
    statement=Said("the gaps between {label} vary by {value} around their mean", "{label}间隔围绕均值波动{value}"),
    missing=_NO_GAP,
    than=LESS,
)
_ACTIVE = Saying(
    figure=FigureUnit.MONTHS,
    description=Said("number of {period}s with {label} so far", "迄今有{label}的{period}数"),
    statement=Said("{label} occurred in {value} so far", "迄今有{label}的时间共{value}"),
    missing=_NEVER,
    than=FEWER,
)
_OVERDUE = Saying(
    figure=FigureUnit.MULTIPLE,
    description=Said(
        "time since the latest entry of {label} against the usual gap", "距最近一次{label}的时间与通常间隔之比"
    ),
    statement=Said(
        "the time since {label} last occurred is {value} the usual gap", "距最近一次{label}的时间为通常间隔的{value}"
    ),
    missing=_NO_GAP,
    than=SHORTER,
)


def recency_features(known: FeatureInputs) -> Iterator[Feature]:
    """Days since the latest event of each flow."""
    for name, _ in flows_of(known, "money", "event"):
        said = words_for(_RECENCY, known.labels.cause(name), label=known.labels.of(name))
        yield Feature(f"{name}_recency_days", "days", known.past.days_since(name), said)


def tenure_features(known: FeatureInputs) -> Iterator[Feature]:
    """Days since the first activity, and activity per year since then."""
    tenure = known.past.tenure_days()
    yield Feature("tenure_days", "days", tenure, words_for(_TENURE, _TENURE_TOPIC))
    years = np.maximum(tenure, 1.0) / DAYS_PER_YEAR
    per_year = known.past.count(ACTIVITY) / np.maximum(years, 1.0)
    yield Feature("activity_count_per_year", "events a year", per_year, _spoken(_PER_YEAR, known))
    idle = ratio(known.past.days_since(ACTIVITY), np.maximum(tenure, 1.0))
    yield Feature("activity_recency_share", "share of tenure", idle, _spoken(_IDLE_SHARE, known))


def rhythm_features(known: FeatureInputs) -> Iterator[Feature]:
    """Mean gap between active periods, its variation, and how overdue the next activity is."""
    gaps, total, squares = known.past.rhythm[-1].astype(np.float64)
    mean = ratio(total, gaps)
    variance = np.maximum(ratio(squares, gaps) - mean * mean, 0.0)
    yield Feature("activity_gap_mean", "periods", mean, _spoken(_GAP, known, in_periods=True))
    yield Feature("activity_gap_variation", "ratio", ratio(np.sqrt(variance), mean), _spoken(_GAP_VARIATION, known))
    active = gaps + (known.past.count(ACTIVITY) > 0)
    yield Feature("activity_active_periods", "periods", active, _spoken(_ACTIVE, known, in_periods=True))
    days_per_gap = ratio(known.past.tenure_days() - known.past.days_since(ACTIVITY), gaps)
    overdue = ratio(known.past.days_since(ACTIVITY), days_per_gap)
    yield Feature("activity_overdue", "ratio", overdue, _spoken(_OVERDUE, known))


def _spoken(saying: Saying, known: FeatureInputs, *, in_periods: bool = False) -> FeatureWords:
    labels = known.labels
    figure = FigureUnit(f"{labels.period}s") if in_periods else None
    topic = labels.cause(ACTIVITY)
    return words_for(saying, topic, figure=figure, label=labels.of(ACTIVITY), period=labels.one_period)
