"""When: recency, tenure, and how regular the rhythm of activity is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.tables.features.amounts import flows_of
from models.tables.features.known import Feature, Known, ratio
from models.tables.measures import ACTIVITY


def recency_features(known: Known) -> Iterator[Feature]:
    """Days since the latest event of each flow."""
    for name, _ in flows_of(known, "money", "event"):
        yield Feature(f"{name}_recency_days", "days", known.past.days_since(name))


def tenure_features(known: Known) -> Iterator[Feature]:
    """Days since the first activity, and activity per year since then."""
    tenure = known.past.tenure_days()
    yield Feature("tenure_days", "days", tenure)
    years = np.maximum(tenure, 1.0) / 365.25
    yield Feature("activity_count_per_year", "events a year", known.past.count(ACTIVITY) / np.maximum(years, 1.0))
    idle = ratio(known.past.days_since(ACTIVITY), np.maximum(tenure, 1.0))
    yield Feature("activity_recency_share", "share of tenure", idle)


def rhythm_features(known: Known) -> Iterator[Feature]:
    """Mean gap between active periods, its variation, and how overdue the next activity is."""
    gaps, total, squares = known.past.rhythm[-1].astype(np.float64)
    mean = ratio(total, gaps)
    variance = np.maximum(ratio(squares, gaps) - mean * mean, 0.0)
    yield Feature("activity_gap_mean", "periods", mean)
    yield Feature("activity_gap_variation", "ratio", ratio(np.sqrt(variance), mean))
    yield Feature("activity_active_periods", "periods", gaps + (known.past.count(ACTIVITY) > 0))
    days_per_gap = ratio(known.past.tenure_days() - known.past.days_since(ACTIVITY), gaps)
    yield Feature("activity_overdue", "ratio", ratio(known.past.days_since(ACTIVITY), days_per_gap))
