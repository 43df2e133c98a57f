"""Reads purchase histories from features of a panel; what is made of them lives with the models."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.learners.btyd.history import PurchaseHistory
from models.vocab import FloatArray

PURCHASE_FEATURES = ("tenure_days", "activity_recency_days", "activity_active_periods", "value_sum_ever")
"""Days since the first activity and since the last, periods with activity, and value so far in currency."""


def history_from_features(features: Mapping[str, FloatArray], *, days_per_period: float) -> PurchaseHistory:
    """Clients as "buy till you die" models see them, from ``PURCHASE_FEATURES``, each (n,) and known.

    A period with activity counts as one purchase; all purchases of a client are taken to be of its mean size. Features
    that contradict each other are kept to what a history can be: the last activity is not before the first, counts
    are whole, nothing is negative.

    >>> reported = {"tenure_days": [360.0], "activity_recency_days": [60.0]}
    >>> reported |= {"activity_active_periods": [3.0], "value_sum_ever": [900.0]}
    >>> history = history_from_features({name: np.array(what) for name, what in reported.items()}, days_per_period=30.0)
    >>> history.purchases, history.recency, history.age, history.size
    (array([2.]), array([10.]), array([12.]), array([300.]))
    """
    tenure, idle, active, total = (np.maximum(features[name], 0.0) for name in PURCHASE_FEATURES)
    periods = np.floor(active)
    again = periods > 1
    return PurchaseHistory(
        purchases=np.maximum(periods - 1, 0.0),
        recency=np.where(again, np.maximum(tenure - idle, 0.0) / days_per_period, 0.0),
        age=tenure / days_per_period,
        size=np.where(again, total / np.maximum(periods, 1.0), 0.0),
    )
