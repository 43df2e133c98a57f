"""Context: the sponsor group, and the client's country, region and industry at the as-of date."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from models.book.measures import ACTIVITY
from models.config.own import OwnColumnConfig
from models.panel.features.inputs import Feature, FeatureContext, FeatureInputs, ratio
from models.panel.features.labels import Labels
from models.panel.features.states import GROUP_TOPIC
from models.panel.features.words import (
    LESS,
    NEARER,
    OWN_FIGURES,
    RARER,
    SMALLER,
    FeatureWords,
    FigureUnit,
    Template,
    Topic,
    words_for,
)
from models.text import Text
from models.vocab import FloatArray

_GROUP_COUNT = Template(
    figure=FigureUnit.TIMES,
    description=Text("number of entries of {label} in the rest of the sponsor group {span}"),
    statement=Text("in the rest of the sponsor group we recorded {label} {value} {span}"),
    missing=Text("the sponsor group is not known"),
    none=Text("there is no record of {label} in the rest of the sponsor group {span}"),
    than=RARER,
)
_GROUP_VALUE = Template(
    figure=FigureUnit.MONEY,
    description=Text("value brought by the rest of the sponsor group {span}"),
    statement=Text("the rest of the sponsor group brought a value of {value} {span}"),
    missing=Text("the sponsor group is not known"),
    none=Text("the rest of the sponsor group brought no value {span}"),
    than=LESS,
)
_GROUP_CLIENTS = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of other clients in the sponsor group"),
    statement=Text("the number of other clients in the sponsor group is {value}"),
    missing=Text("the sponsor group is not known"),
    none=Text("there is no other client in the sponsor group"),
    than=SMALLER,
)
_AROUND_COUNT = Template(
    figure=FigureUnit.TIMES,
    description=Text("number of entries of {label} across the client's {place} {span}"),
    statement=Text("across the client's {place} we recorded {label} {value} {span}"),
    missing=Text("the client's {place} is not known"),
    none=Text("there is no record of {label} across the client's {place} {span}"),
    than=RARER,
)
_AROUND_SIZE = Template(
    figure=FigureUnit.MONEY,
    description=Text("average entry of {label} across the client's {place} {span}"),
    statement=Text("across the client's {place}, {label} averaged {value} per entry {span}"),
    missing=Text("there is no record of {label} across the client's {place} {span}"),
    than=LESS,
)
_AROUND_GROWTH = Template(
    figure=FigureUnit.GROWTH,
    description=Text(
        "change in the number of entries of {label} across the client's {place} "
        "from the {window} before to the last {window}"
    ),
    statement=Text(
        "compared with the {window} before, entries of {label} across the client's {place} {value} in the last {window}"
    ),
    missing=Text(
        "there is no record of {label} across the client's {place} in the last {window} or the {window} before"
    ),
)
_ATTRIBUTE = Template(
    figure=FigureUnit.NAME,
    description=Text("{label}"),
    statement=Text("the {label} is {value}"),
    missing=Text("the {label} is not known"),
)
_SINCE = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since {label}"),
    statement=Text("the time since {label} is {value}"),
    missing=Text("{label} is not known"),
    than=NEARER,
)
_ATTRIBUTE_FIGURES = {
    "registered_capital": FigureUnit.MONEY,
    "acquisition_cost": FigureUnit.MONEY,
    "employees": FigureUnit.COUNT,
}


def group_features(known: FeatureInputs) -> Iterator[Feature]:
    """What the other clients of the sponsor group did over each window. None where groups are unknown."""
    if not known.groups_known:
        return
    label = known.labels.of(ACTIVITY)
    for window in known.settings.windows:
        count = known.past.count(ACTIVITY, window)
        said = words_for(_GROUP_COUNT, GROUP_TOPIC, label=label, span=known.labels.span(window))
        yield Feature(f"group_activity_count_{window}p", "events", _others(known, count.astype(np.float64)), said)
    window = known.settings.windows[-1]
    said = words_for(_GROUP_VALUE, GROUP_TOPIC, span=known.labels.span(window))
    yield Feature(f"group_value_sum_{window}p", known.currency, _others(known, known.past.value(window)), said)
    others = _others(known, (known.past.count(ACTIVITY) > 0).astype(np.float64))
    yield Feature("group_clients", "clients", others, words_for(_GROUP_CLIENTS, GROUP_TOPIC))


def context_features(known: FeatureInputs) -> Iterator[Feature]:
    """What the client's surroundings did over each window: how often, how much, and whether it grows."""
    for column, around in known.context_past.items():
        for window in known.settings.windows:
            count = around.past.count(ACTIVITY, window)
            said = _spoken(_AROUND_COUNT, known.labels, column, window)
            yield Feature(f"{column}_activity_count_{window}p", "events", around.look_up(count), said)
            size = ratio(around.past.total(ACTIVITY, window), count)
            said = _spoken(_AROUND_SIZE, known.labels, column, window)
            yield Feature(f"{column}_activity_size_{window}p", known.currency, around.look_up(size), said)
        for window in known.settings.windows[:-1]:
            said = _spoken(_AROUND_GROWTH, known.labels, column, window)
            yield Feature(f"{column}_activity_growth_{window}p", "share", _growth(around, window), said)


def attribute_features(known: FeatureInputs) -> Iterator[Feature]:
    """The client's own attributes; text stays text and becomes a category later."""
    for column in known.settings.attributes:
        if column in known.own.clients:
            yield _own_attribute(known, column, known.own.clients[column])
        elif column in known.attributes:
            yield Feature(column, "category", known.attributes[column], _attribute(known, column))


def _growth(around: FeatureContext, window: int) -> FloatArray:
    before, count = around.past.count(ACTIVITY, window, ago=window), around.past.count(ACTIVITY, window)
    return around.look_up(ratio(count - before, count + before))


def _own_attribute(known: FeatureInputs, column: str, own: OwnColumnConfig) -> Feature:
    """An own column of clients: a date becomes the days since it, below 0 where it lies ahead; a truth a category."""
    label, values = known.labels.of(column), known.attributes[column]
    topic = Topic(column, label)
    if own.type == "date":
        days = values.to_numpy(dtype="datetime64[D]")
        since = np.where(np.isnat(days), np.nan, known.past.day - days.astype(np.float64))
        return Feature(column, "days", since, words_for(_SINCE, topic, label=label))
    if own.is_number:
        figure = OWN_FIGURES.get(own.unit or "", FigureUnit.NUMBER)
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        unit = known.currency if own.unit == "money" else own.unit or "as recorded"
        return Feature(column, unit, numbers, words_for(_ATTRIBUTE, topic, figure=figure, label=label))
    if own.type == "truth":
        values = values.map({True: "yes", False: "no"}).astype("str")
    return Feature(column, "category", values, words_for(_ATTRIBUTE, topic, label=label))


def _attribute(known: FeatureInputs, column: str) -> FeatureWords:
    label = known.labels.of(column)
    is_number = pd.api.types.is_numeric_dtype(known.attributes[column].dtype)
    figure = _ATTRIBUTE_FIGURES.get(column, FigureUnit.NUMBER) if is_number else FigureUnit.NAME
    return words_for(_ATTRIBUTE, Topic(column, label), figure=figure, label=label)


def _spoken(saying: Template, labels: Labels, column: str, window: int) -> FeatureWords:
    """All that happens around a client in one sense is one reason."""
    place = labels.of(column)
    topic = Topic(f"{column}_surroundings", Text("business across the client's {place}").filled(place=place))
    return words_for(
        saying,
        topic,
        label=labels.of(ACTIVITY),
        place=place,
        span=labels.span(window),
        window=labels.window(window),
    )


def _others(known: FeatureInputs, values: FloatArray) -> FloatArray:
    """Sum over the group less the client's own."""
    return np.bincount(known.group, weights=values, minlength=1)[known.group] - values
