"""How much: sums, counts, sizes, trend and volatility of each measure over the windows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.tables.features.known import Feature, Known, ratio, summed
from models.tables.measures import ACTIVITY
from models.vocab import FloatArray


def amount_features(known: Known) -> Iterator[Feature]:
    """Sums over every window for value and each flow of money; counts of everything that is counted."""
    for window in known.settings.windows:
        yield Feature(f"value_sum_{window}p", known.currency, known.past.value(window))
    sums = {window: known.past.totals_over(window) for window in known.settings.windows}
    for name, unit in flows_of(known, "money"):
        for window, totals in sums.items():
            yield Feature(f"{name}_sum_{window}p", unit, totals[known.past.measures.flow_index(name)])
    numbers = {window: known.past.counts_over(window) for window in known.settings.windows}
    for name, _ in flows_of(known, "money", "event"):
        for window, counts in numbers.items():
            yield Feature(f"{name}_count_{window}p", "events", counts[known.past.measures.flow_index(name)])


def size_features(known: Known) -> Iterator[Feature]:
    """Average size of an activity over the longest window and over the whole past."""
    for window, label in ((known.settings.windows[-1], f"{known.settings.windows[-1]}p"), (None, "ever")):
        size = ratio(known.past.total(ACTIVITY, window), known.past.count(ACTIVITY, window))
        yield Feature(f"activity_size_{label}", known.currency, size)
    yield Feature("value_sum_ever", known.currency, known.past.value())
    yield Feature("activity_count_ever", "events", known.past.count(ACTIVITY).astype(np.float64))


def trend_features(known: Known) -> Iterator[Feature]:
    """Each window against the one before it: -1 all lost, 0 as before, 1 all new."""
    for window in known.settings.windows[:-1]:
        now, before = known.past.total(ACTIVITY, window), known.past.total(ACTIVITY, window, ago=window)
        yield Feature(f"activity_growth_{window}p", "share", ratio(now - before, now + before))


def volatility_features(known: Known) -> Iterator[Feature]:
    """Standard deviation over mean of the activity per period, in the longest window."""
    window = known.settings.windows[-1]
    periods = known.past.per_period(ACTIVITY, window).astype(np.float64)
    yield Feature(f"activity_volatility_{window}p", "ratio", ratio(_deviation(periods), _mean(periods)))
    peak = periods.max(axis=0, initial=0.0)
    yield Feature(f"activity_peak_share_{window}p", "share", ratio(peak, summed(periods)))


def flows_of(known: Known, *forms: str) -> list[tuple[str, str]]:
    """Names and units of activity and the configured flows of these forms; parts of value are left to value itself.

    ``money``: sums of currency. ``event``: rows that carry no number. ``number``: of which only means make sense.
    """
    found = []
    for flow in known.past.measures.flows:
        cell = flow.cells[0]
        form = "money" if cell.table == "cashflows" else "number" if cell.column else "event"
        if form in forms and not flow.name.startswith("value_part_"):
            found.append((flow.name, known.currency if form == "money" else cell.column))
    return found


def _mean(periods: FloatArray) -> FloatArray:
    return np.asarray(summed(periods) / max(periods.shape[0], 1))


def _deviation(periods: FloatArray) -> FloatArray:
    centred = periods - _mean(periods)
    return np.asarray(np.sqrt(_mean(centred * centred)), dtype=np.float64)
