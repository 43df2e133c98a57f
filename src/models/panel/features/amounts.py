"""Amounts: sums, counts, sizes, trend and volatility of each measure over the windows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.book.measures import ACTIVITY
from models.panel.features.inputs import Feature, FeatureInputs, ratio, summed
from models.panel.features.labels import Labels
from models.panel.features.words import LESS, OWN_FIGURES, RARER, FeatureWords, FigureUnit, Template, Topic, words_for
from models.text import Text
from models.vocab import FloatArray

_ADDING_UP = ("count", "hours", "days")
"""Units of own numbers of which a sum says something; of scores and shares only means do."""
_VALUE_TOPIC = Topic("value_so_far", Text("value brought so far"))
_NO_RECORD = Text("there is no record of {label} {span}")
_VALUE_SUM = Template(
    figure=FigureUnit.MONEY,
    description=Text("value brought {span}"),
    statement=Text("the value brought {span} was {value}"),
    missing=Text("the value brought {span} is not known"),
    than=LESS,
)
_SUM = Template(
    figure=FigureUnit.MONEY,
    description=Text("amount of {label} {span}"),
    statement=Text("{label} came to {value} {span}"),
    missing=_NO_RECORD,
    none=Text("{label} came to nothing {span}"),
    than=LESS,
)
_COUNT = Template(
    figure=FigureUnit.TIMES,
    description=Text("number of entries of {label} {span}"),
    statement=Text("we recorded {label} {value} {span}"),
    missing=_NO_RECORD,
    none=_NO_RECORD,
    than=RARER,
)
_SIZE = Template(
    figure=FigureUnit.MONEY,
    description=Text("average entry of {label} {span}"),
    statement=Text("{label} averaged {value} per entry {span}"),
    missing=_NO_RECORD,
    than=LESS,
)
_GROWTH = Template(
    figure=FigureUnit.GROWTH,
    description=Text("change of {label} from the {window} before to the last {window}"),
    statement=Text("compared with the {window} before, {label} {value} in the last {window}"),
    missing=Text("there is no record of {label} in the last {window} or the {window} before"),
)
_VOLATILITY = Template(
    figure=FigureUnit.SHARE,
    description=Text("ups and downs of {label} {span}"),
    statement=Text("{label} per {period} varied by {value} around the mean {span}"),
    missing=_NO_RECORD,
    than=LESS,
)
_PEAK = Template(
    figure=FigureUnit.SHARE,
    description=Text("share of the best {period} in {label} {span}"),
    statement=Text("the best {period} made up {value} of {label} {span}"),
    missing=_NO_RECORD,
    than=LESS,
)


def amount_features(known: FeatureInputs) -> Iterator[Feature]:
    """Sums over every window for value and each flow of money; counts of everything that is counted."""
    for window in known.settings.windows:
        said = words_for(_VALUE_SUM, _VALUE_TOPIC, span=known.labels.span(window))
        yield Feature(f"value_sum_{window}p", known.currency, known.past.value(window), said)
    sums = {window: known.past.totals_over(window) for window in known.settings.windows}
    for name, unit in flows_of(known, "money"):
        for window, totals in sums.items():
            said = _spoken(_SUM, known.labels.cause(name), known.labels, name, window)
            yield Feature(f"{name}_sum_{window}p", unit, totals[known.past.measures.flow_index(name)], said)
    for name, unit in flows_of(known, "sum"):
        for window, totals in sums.items():
            said = _spoken(_SUM, known.labels.cause(name), known.labels, name, window, OWN_FIGURES[unit])
            yield Feature(f"{name}_sum_{window}p", unit, totals[known.past.measures.flow_index(name)], said)
    numbers = {window: known.past.counts_over(window) for window in known.settings.windows}
    for name, _ in flows_of(known, "money", "sum", "event"):
        for window, counts in numbers.items():
            said = _spoken(_COUNT, known.labels.cause(name), known.labels, name, window)
            yield Feature(f"{name}_count_{window}p", "events", counts[known.past.measures.flow_index(name)], said)


def size_features(known: FeatureInputs) -> Iterator[Feature]:
    """Average size of an activity over the longest window and over the whole past."""
    topic = known.labels.cause(ACTIVITY)
    for window, label in ((known.settings.windows[-1], f"{known.settings.windows[-1]}p"), (None, "ever")):
        size = ratio(known.past.total(ACTIVITY, window), known.past.count(ACTIVITY, window))
        said = _spoken(_SIZE, topic, known.labels, ACTIVITY, window)
        yield Feature(f"activity_size_{label}", known.currency, size, said)
    total = words_for(_VALUE_SUM, _VALUE_TOPIC, span=known.labels.span(None))
    yield Feature("value_sum_ever", known.currency, known.past.value(), total)
    count = _spoken(_COUNT, topic, known.labels, ACTIVITY, None)
    yield Feature("activity_count_ever", "events", known.past.count(ACTIVITY).astype(np.float64), count)


def trend_features(known: FeatureInputs) -> Iterator[Feature]:
    """Each window against the one before it: -1 all lost, 0 as before, 1 all new."""
    label, topic = known.labels.of(ACTIVITY), known.labels.cause(ACTIVITY)
    for window in known.settings.windows[:-1]:
        now, before = known.past.total(ACTIVITY, window), known.past.total(ACTIVITY, window, ago=window)
        said = words_for(_GROWTH, topic, label=label, window=known.labels.window(window))
        yield Feature(f"activity_growth_{window}p", "share", ratio(now - before, now + before), said)


def volatility_features(known: FeatureInputs) -> Iterator[Feature]:
    """Standard deviation over mean of the activity per period, in the longest window."""
    window, topic = known.settings.windows[-1], known.labels.cause(ACTIVITY)
    swing, best = (_spoken(saying, topic, known.labels, ACTIVITY, window) for saying in (_VOLATILITY, _PEAK))
    periods = known.past.per_period(ACTIVITY, window).astype(np.float64)
    yield Feature(f"activity_volatility_{window}p", "ratio", ratio(_deviation(periods), _mean(periods)), swing)
    peak = periods.max(axis=0, initial=0.0)
    yield Feature(f"activity_peak_share_{window}p", "share", ratio(peak, summed(periods)), best)


def flows_of(known: FeatureInputs, *forms: str) -> list[tuple[str, str]]:
    """Names and units of activity and the configured flows of these forms; parts of value are left to value itself.

    ``money``: sums of currency. ``sum``: other own numbers that add up. ``event``: rows that carry no number.
    ``number``: of which only means make sense.
    """
    found = []
    for flow in known.past.measures.flows:
        cell = flow.cells[0]
        unit = known.own.unit_of(cell.table, cell.column)
        form = "money" if cell.table == "cashflows" or unit == "money" else "number" if cell.column else "event"
        if form == "number" and unit in _ADDING_UP:
            form = "sum"
        if form in forms and not flow.name.startswith("value_part_"):
            found.append((flow.name, known.currency if form == "money" else unit or cell.column))
    return found


def _spoken(
    saying: Template,
    topic: Topic,
    labels: Labels,
    name: str,
    window: int | None,
    figure: FigureUnit | None = None,
) -> FeatureWords:
    return words_for(
        saying, topic, figure=figure, label=labels.of(name), span=labels.span(window), period=labels.one_period
    )


def _mean(periods: FloatArray) -> FloatArray:
    return np.asarray(summed(periods) / max(periods.shape[0], 1))


def _deviation(periods: FloatArray) -> FloatArray:
    centred = periods - _mean(periods)
    return np.asarray(np.sqrt(_mean(centred * centred)), dtype=np.float64)
