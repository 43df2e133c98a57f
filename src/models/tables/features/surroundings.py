"""Who stands around: the sponsor group, and the client's country, region and industry at the as-of date."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.tables.features.known import Feature, Known, ratio
from models.tables.measures import ACTIVITY
from models.vocab import FloatArray


def group_features(known: Known) -> Iterator[Feature]:
    """What the other clients of the sponsor group did over each window. None where groups are unknown."""
    if not known.groups_known:
        return
    for window in known.settings.windows:
        count = known.past.count(ACTIVITY, window)
        yield Feature(f"group_activity_count_{window}p", "events", _others(known, count.astype(np.float64)))
    window = known.settings.windows[-1]
    yield Feature(f"group_value_sum_{window}p", known.currency, _others(known, known.past.value(window)))
    yield Feature("group_clients", "clients", _others(known, (known.past.count(ACTIVITY) > 0).astype(np.float64)))


def context_features(known: Known) -> Iterator[Feature]:
    """What the client's surroundings did over each window: how often, how much, and whether it grows."""
    for column, around in known.surroundings.items():
        for window in known.settings.windows:
            count = around.past.count(ACTIVITY, window)
            yield Feature(f"{column}_activity_count_{window}p", "events", around.look_up(count))
            size = ratio(around.past.total(ACTIVITY, window), count)
            yield Feature(f"{column}_activity_size_{window}p", known.currency, around.look_up(size))
        for window in known.settings.windows[:-1]:
            before = around.past.count(ACTIVITY, window, ago=window)
            count = around.past.count(ACTIVITY, window)
            yield Feature(
                f"{column}_activity_growth_{window}p",
                "share",
                around.look_up(ratio(count - before, count + before)),
            )


def attribute_features(known: Known) -> Iterator[Feature]:
    """The client's own attributes; text stays text and becomes a category later."""
    for column in known.settings.attributes:
        if column in known.attributes:
            yield Feature(column, "category", known.attributes[column])


def _others(known: Known, values: FloatArray) -> FloatArray:
    """Sum over the group less the client's own."""
    return np.bincount(known.group, weights=values, minlength=1)[known.group] - values
