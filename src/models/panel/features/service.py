"""How the relationship is lived: response and resolution times, complaints, campaigns, the tone of notes."""

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
    SHORTER,
    FeatureWords,
    FigureUnit,
    Said,
    Saying,
    Than,
    Topic,
    words_for,
)

_NO_RECORD = Said("there is no record of {label} {span}", "{span}没有{label}记录")
_TONE_TOPIC = Topic("tone", Said("tone of notes", "沟通记录的语气"))
_MEAN = Saying(
    figure=FigureUnit.NUMBER,
    description=Said("average of {label} {span}", "{span}{label}平均值"),
    statement=Said("{label} averaged {value} {span}", "{span}{label}平均为{value}"),
    missing=_NO_RECORD,
)
_TREND = Saying(
    figure=FigureUnit.NUMBER,
    description=Said(
        "change in the average of {label} from the {window} before to the last {window}",
        "近{window}{label}平均值较前{window}的变化",
    ),
    statement=Said(
        "compared with the {window} before, the average of {label} in the last {window} changed by {value}",
        "近{window}{label}平均值较前{window}变化{value}",
    ),
    missing=Said(
        "there are too few records of {label} to compare the last {window} with the {window} before",
        "{label}记录不足，无法比较近{window}与之前{window}",
    ),
    none=Said(
        "the average of {label} in the last {window} is as in the {window} before",
        "近{window}{label}平均值与前{window}持平",
    ),
    signed=True,
)
_SHARE = Saying(
    figure=FigureUnit.SHARE,
    description=Said("share of {label} in all contacts {span}", "{span}{label}占全部联络的比例"),
    statement=Said("{label} made up {value} of all contacts {span}", "{span}{label}占全部联络的{value}"),
    missing=Said("there is no record of contacts {span}", "{span}没有联络记录"),
    than=LESS,
)
_ANSWERED = Saying(
    figure=FigureUnit.SHARE,
    description=Said("rate of responses to campaigns {span}", "{span}营销响应率"),
    statement=Said("the rate of responses to campaigns was {value} {span}", "{span}营销响应率为{value}"),
    missing=Said("there is no record of campaigns {span}", "{span}没有营销活动记录"),
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


def _named(known: FeatureInputs, name: str) -> tuple[Said, Topic]:
    """A number's label and topic; the components of the tone of notes are one topic."""
    if known.past.measures.table_of(name) == NOTES:
        return known.labels.tone(int(name.rpartition("_")[2])), _TONE_TOPIC
    return known.labels.of(name), known.labels.cause(name)


def _spoken(saying: Saying, topic: Topic, label: Said, labels: Labels, window: int, unit: str) -> FeatureWords:
    in_hours = unit.endswith("_hours")
    than: Than = SHORTER if in_hours else LOWER
    figure = FigureUnit.HOURS if in_hours else FigureUnit.MONEY if unit == "amount" else FigureUnit.NUMBER
    return words_for(
        saying, topic, figure=figure, than=than, label=label, span=labels.span(window), window=labels.window(window)
    )
