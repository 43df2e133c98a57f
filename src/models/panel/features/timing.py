"""Timing: recency, tenure and regularity of activity."""

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
    Template,
    Topic,
    words_for,
)
from models.text import Text

_TENURE_TOPIC = Topic("tenure", Text("length of the relationship"))
_NEVER = Text("there is no record of {label} so far")
_NO_GAP = Text("{label} occurred too rarely for a gap to be known")
_RECENCY = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since the latest entry of {label}"),
    statement=Text("{label} last occurred {value} ago"),
    missing=_NEVER,
    than=NEARER,
)
_TENURE = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since business began"),
    statement=Text("business with us began {value} ago"),
    missing=Text("business with us has not begun"),
    than=NEARER,
)
_PER_YEAR = Template(
    figure=FigureUnit.TIMES,
    description=Text("entries of {label} per year of the relationship"),
    statement=Text("since business began we recorded {label} {value} a year on average"),
    missing=_NEVER,
    than=RARER,
)
_IDLE_SHARE = Template(
    figure=FigureUnit.SHARE,
    description=Text("time since the latest entry of {label} as a share of the relationship"),
    statement=Text("the time since {label} last occurred makes up {value} of the relationship"),
    missing=_NEVER,
    than=LESS,
)
_GAP = Template(
    figure=FigureUnit.MONTHS,
    description=Text("average gap between {period}s with {label}"),
    statement=Text("{period}s with {label} lie {value} apart on average"),
    missing=_NO_GAP,
    than=SHORTER,
)
_GAP_VARIATION = Template(
    figure=FigureUnit.SHARE,
    description=Text("irregularity of the gaps between {label}"),
    statement=Text("the gaps between {label} vary by {value} around their mean"),
    missing=_NO_GAP,
    than=LESS,
)
_ACTIVE = Template(
    figure=FigureUnit.MONTHS,
    description=Text("number of {period}s with {label} so far"),
    statement=Text("{label} occurred in {value} so far"),
    missing=_NEVER,
    than=FEWER,
)
_OVERDUE = Template(
    figure=FigureUnit.MULTIPLE,
    description=Text("time since the latest entry of {label} against the usual gap"),
    statement=Text("the time since {label} last occurred is {value} the usual gap"),
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


def _spoken(saying: Template, known: FeatureInputs, *, in_periods: bool = False) -> FeatureWords:
    labels = known.labels
    figure = FigureUnit(f"{labels.period}s") if in_periods else None
    topic = labels.cause(ACTIVITY)
    return words_for(saying, topic, figure=figure, label=labels.of(ACTIVITY), period=labels.one_period)
