"""Service: response and resolution times, complaints, campaigns, tone of notes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.book.measures import NOTES
from models.panel.features.amounts import flows_of
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.labels import Labels
from models.panel.features.words import (
    LESS,
    LOWER,
    OWN_FIGURES,
    SHORTER,
    Comparative,
    FeatureWords,
    FigureUnit,
    Template,
    Topic,
    words_for,
)
from models.text import Phrase, Text

_NO_RECORD = Text("there is no record of {label} {span}")
_TONE_TOPIC = Topic("tone", Text("tone of notes"))
_MEAN = Template(
    figure=FigureUnit.NUMBER,
    description=Text("average of {label} {span}"),
    statement=Text("{label} averaged {value} {span}"),
    missing=_NO_RECORD,
)
_TREND = Template(
    figure=FigureUnit.NUMBER,
    description=Text("change in the average of {label} from the {window} before to the last {window}"),
    statement=Text("compared with the {window} before, the average of {label} in the last {window} changed by {value}"),
    missing=Text("there are too few records of {label} to compare the last {window} with the {window} before"),
    none=Text("the average of {label} in the last {window} is as in the {window} before"),
    signed=True,
)
_SHARE = Template(
    figure=FigureUnit.SHARE,
    description=Text("share of {label} in all contacts {span}"),
    statement=Text("{label} made up {value} of all contacts {span}"),
    missing=Text("there is no record of contacts {span}"),
    than=LESS,
)
_ANSWERED = Template(
    figure=FigureUnit.SHARE,
    description=Text("rate of responses to campaigns {span}"),
    statement=Text("the rate of responses to campaigns was {value} {span}"),
    missing=Text("there is no record of campaigns {span}"),
)


def mean_features(known: FeatureInputs) -> Iterator[Feature]:
    """Mean over each window of numbers that are not money: hours, scores, the tone of notes."""
    for name, unit in flows_of(known, "number"):
        label, topic = _named(known, name)
        for window in known.settings.windows:
            total, count = known.past.total(name, window), known.past.count(name, window)
            said = _spoken(_MEAN, topic, label, known.labels, window, unit)
            yield Feature(f"{name}_mean_{window}p", unit, ratio(total, count), said)
        window = known.settings.windows[0]
        before = ratio(known.past.total(name, window, ago=window), known.past.count(name, window, ago=window))
        now = ratio(known.past.total(name, window), known.past.count(name, window))
        said = _spoken(_TREND, topic, label, known.labels, window, unit)
        yield Feature(f"{name}_trend_{window}p", unit, now - before, said)


def share_features(known: FeatureInputs) -> Iterator[Feature]:
    """Share of each kind of contact in all contacts, and how many campaigns were answered."""
    names = [name for name, _ in flows_of(known, "event")]
    contacts = [name for name in names if known.past.measures.table_of(name) == "interactions"]
    for window in known.settings.windows if len(contacts) > 1 else ():
        counts = {name: known.past.count(name, window).astype(np.float64) for name in contacts}
        whole = np.asarray(sum(counts.values()))
        span = known.labels.span(window)
        for name in set(contacts) & {"complaint"}:
            said = words_for(_SHARE, known.labels.cause(name), label=known.labels.of(name), span=span)
            yield Feature(f"{name}_share_{window}p", "share", ratio(counts[name], whole), said)
        if {"campaign", "response"} <= set(contacts):
            said = words_for(_ANSWERED, known.labels.cause("response"), span=span)
            answered = ratio(counts["response"], counts["campaign"])
            yield Feature(f"campaign_response_share_{window}p", "share", answered, said)


def _named(known: FeatureInputs, name: str) -> tuple[Phrase, Topic]:
    """A number's label and topic; the components of the tone of notes are one topic."""
    if known.past.measures.table_of(name) == NOTES:
        return known.labels.tone(int(name.rpartition("_")[2])), _TONE_TOPIC
    return known.labels.of(name), known.labels.cause(name)


def _spoken(saying: Template, topic: Topic, label: Phrase, labels: Labels, window: int, unit: str) -> FeatureWords:
    in_hours = unit.endswith("_hours") or unit == "hours"
    than: Comparative = SHORTER if in_hours else LOWER
    figure = FigureUnit.MONEY if unit == "amount" else OWN_FIGURES.get(unit, FigureUnit.NUMBER)
    figure = FigureUnit.HOURS if in_hours else figure
    return words_for(
        saying, topic, figure=figure, than=than, label=label, span=labels.span(window), window=labels.window(window)
    )
