"""What is in the making: open opportunities, how far they came, how long they stay, and how often we won."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.tables.facilities import FOREVER
from models.tables.features.known import Feature, Known, ratio
from models.vocab import FloatArray

_YEAR_DAYS = 365


def funnel_features(known: Known) -> Iterator[Feature]:
    """Count, amount, stage and days in stage of the open opportunities; share won of the ended ones."""
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
    yield Feature("funnel_open_count", "opportunities", count)
    yield Feature("funnel_open_amount", known.currency, summed(amount))
    yield Feature("funnel_days_in_stage", "days", ratio(summed(days), count))
    yield Feature("funnel_deepest_stage", "steps", deepest)
    yield Feature("funnel_won_share_ever", "share", ratio(summed(latest.won.astype(np.float64)), ended))
    recent = ~is_open & (latest.closed >= known.past.day - _YEAR_DAYS)
    for name, chosen in (("won", recent & latest.won), ("lost", recent & ~latest.won)):
        yield Feature(f"funnel_{name}_count_1y", "opportunities", summed(chosen.astype(np.float64)))
