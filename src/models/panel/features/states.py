"""How the client stands: ratings and satisfaction as last known, their change, age, and those of its group."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.panel.features.inputs import Feature, FeatureInputs, ratio, summed
from models.panel.features.words import NEWER, FeatureWords, FigureUnit, Said, Saying, Topic, words_for

ACCOUNTS = "financials"

_LAST = Saying(
    figure=FigureUnit.NUMBER,
    description=Said("last known {label}", "最近已知的{label}"),
    statement=Said("the last known {label} is {value}", "最近已知的{label}为{value}"),
    missing=Said("no {label} is known", "{label}未知"),
)
_AGE = Saying(
    figure=FigureUnit.DAYS,
    description=Said("age of the last known {label}", "最近已知的{label}距今时间"),
    statement=Said("the last known {label} is {value} old", "最近已知的{label}距今{value}"),
    missing=Said("no {label} is known", "{label}未知"),
    than=NEWER,
)
_CHANGE = Saying(
    figure=FigureUnit.NUMBER,
    description=Said("change of {label} {span}", "{span}{label}的变化"),
    statement=Said("the {label} changed by {value} {span}", "{span}{label}变化{value}"),
    missing=Said("the change of the {label} {span} is not known", "{span}{label}的变化未知"),
    none=Said("the {label} did not change {span}", "{span}{label}没有变化"),
    signed=True,
)
_MOVEMENT = Saying(
    figure=FigureUnit.NUMBER,
    description=Said("sum of all changes of {label} {span}", "{span}{label}累计变动幅度"),
    statement=Said("all changes of the {label} {span} add up to {value}", "{span}{label}累计变动{value}"),
    missing=Said("the movement of the {label} {span} is not known", "{span}{label}的变动未知"),
    none=Said("the {label} did not move {span}", "{span}{label}没有变动"),
)
_GROUP_MEAN = Saying(
    figure=FigureUnit.NUMBER,
    description=Said("average {label} of the rest of the sponsor group", "集团其他成员的平均{label}"),
    statement=Said(
        "the average {label} of the rest of the sponsor group is {value}", "集团其他成员的平均{label}为{value}"
    ),
    missing=Said("no {label} is known of others in the sponsor group", "集团其他成员的{label}未知"),
)
_ECONOMY_LAST = Saying(
    figure=FigureUnit.SHARE,
    description=Said("last published {label} of the client's country", "客户所在国最近公布的{label}"),
    statement=Said(
        "the last published {label} of the client's country is {value}", "客户所在国最近公布的{label}为{value}"
    ),
    missing=Said("the {label} of the client's country is not known", "客户所在国的{label}未知"),
)
_ECONOMY_CHANGE = Saying(
    figure=FigureUnit.POINTS,
    description=Said("change of the {label} of the client's country {span}", "{span}客户所在国{label}的变化"),
    statement=Said(
        "the {label} of the client's country changed by {value} {span}", "{span}客户所在国{label}变化{value}"
    ),
    missing=Said(
        "the change of the {label} of the client's country {span} is not known", "{span}客户所在国{label}的变化未知"
    ),
    none=Said("the {label} of the client's country did not change {span}", "{span}客户所在国{label}没有变化"),
    signed=True,
)
GROUP_TOPIC = Topic("sponsor_group", Said("sponsor group", "所属集团"))
_ECONOMY_TOPIC = Topic("economy", Said("economy of the client's country", "客户所在国经济"))


def state_features(known: FeatureInputs) -> Iterator[Feature]:
    """Last known value of each state, its change over each window, its age, and how much it moved."""
    for name in state_names(known, accounts=False):
        latest = known.past.state(name)
        yield Feature(f"{name}_last", "as recorded", latest, _spoken(_LAST, known, name))
        yield Feature(f"{name}_age_days", "days", known.past.state_age_days(name), _spoken(_AGE, known, name))
        for window in known.settings.windows:
            change = latest - known.past.state(name, ago=window)
            yield Feature(f"{name}_change_{window}p", "as recorded", change, _spoken(_CHANGE, known, name, window))
        window = known.settings.windows[-1]
        history = known.past.state_history(name, window + 1)
        moves = summed(np.nan_to_num(np.abs(np.diff(history, axis=0))))
        yield Feature(f"{name}_movement_{window}p", "as recorded", moves, _spoken(_MOVEMENT, known, name, window))


def group_state_features(known: FeatureInputs) -> Iterator[Feature]:
    """Mean of each rating state over the other clients of the sponsor group. None where groups are unknown."""
    if not known.groups_known:
        return
    for name in state_names(known, accounts=False):
        values = known.past.state(name)
        rated = (~np.isnan(values)).astype(np.float64)
        filled = np.nan_to_num(values)
        total = np.bincount(known.group, weights=filled)[known.group] - filled
        count = np.bincount(known.group, weights=rated)[known.group] - rated
        said = words_for(_GROUP_MEAN, GROUP_TOPIC, figure=_figure(known, name), label=known.labels.of(name))
        yield Feature(f"group_{name}_mean", "as recorded", ratio(total, count), said)


def macro_features(known: FeatureInputs) -> Iterator[Feature]:
    """Last published figures of the client's country and their change over the longest window."""
    if known.macro is None:
        return
    window = known.settings.windows[-1]
    span = known.labels.span(window)
    for column in known.macro.values:
        label = known.labels.of(column)
        latest = known.macro.last(column, known.country)
        yield Feature(f"macro_{column}_last", "share", latest, words_for(_ECONOMY_LAST, _ECONOMY_TOPIC, label=label))
        change = latest - known.macro.last(column, known.country, ago=window)
        said = words_for(_ECONOMY_CHANGE, _ECONOMY_TOPIC, label=label, span=span)
        yield Feature(f"macro_{column}_change_{window}p", "share", change, said)


def state_names(known: FeatureInputs, *, accounts: bool) -> list[str]:
    """The states of published accounts, or all others."""
    measures = known.past.measures
    return [state.name for state in measures.states if (measures.table_of(state.name) == ACCOUNTS) == accounts]


def _spoken(saying: Saying, known: FeatureInputs, name: str, window: int | None = None) -> FeatureWords:
    label, figure = known.labels.of(name), _figure(known, name)
    if saying is _AGE:
        figure = FigureUnit.DAYS
    elif saying is _CHANGE and figure is FigureUnit.SHARE:
        figure = FigureUnit.POINTS
    topic = known.labels.cause(name)
    return words_for(saying, topic, figure=figure, label=label, span=known.labels.span(window))


def _figure(known: FeatureInputs, name: str) -> FigureUnit:
    """How a state is said, by the column that it is read from."""
    column = next(state.cells[0].column for state in known.past.measures.states if state.name == name)
    if column.endswith("_hours"):
        return FigureUnit.HOURS
    return {"pd": FigureUnit.SHARE, "amount": FigureUnit.MONEY}.get(column, FigureUnit.NUMBER)
