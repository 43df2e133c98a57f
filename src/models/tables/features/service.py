"""How the relationship is lived: response and resolution times, complaints, campaigns, the tone of notes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.tables.features.amounts import flows_of
from models.tables.features.known import Feature, Known, ratio


def mean_features(known: Known) -> Iterator[Feature]:
    """Mean over each window of numbers that are not money: hours, scores, the tone of notes."""
    for name, unit in flows_of(known, "number"):
        for window in known.settings.windows:
            total, count = known.past.total(name, window), known.past.count(name, window)
            yield Feature(f"{name}_mean_{window}p", unit, ratio(total, count))
        window = known.settings.windows[0]
        before = ratio(known.past.total(name, window, ago=window), known.past.count(name, window, ago=window))
        now = ratio(known.past.total(name, window), known.past.count(name, window))
        yield Feature(f"{name}_trend_{window}p", unit, now - before)


def share_features(known: Known) -> Iterator[Feature]:
    """Share of each kind of contact in all contacts, and how many campaigns were answered."""
    names = [name for name, _ in flows_of(known, "event")]
    contacts = [name for name in names if known.past.measures.table_of(name) == "interactions"]
    for window in known.settings.windows if len(contacts) > 1 else ():
        counts = {name: known.past.count(name, window).astype(np.float64) for name in contacts}
        whole = np.asarray(sum(counts.values()))
        for name in set(contacts) & {"complaint"}:
            yield Feature(f"{name}_share_{window}p", "share", ratio(counts[name], whole))
        if {"campaign", "response"} <= set(contacts):
            yield Feature(f"campaign_response_share_{window}p", "share", ratio(counts["response"], counts["campaign"]))
