"""Ratings, satisfaction and ESG grade as last known: level, change, age, and those of the group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from models.book.state_tables import ESG
from models.panel.features.inputs import Feature, FeatureInputs, ratio, summed
from models.panel.features.words import NEWER, OWN_FIGURES, FeatureWords, FigureUnit, Template, Topic, words_for
from models.text import Text

ACCOUNTS = "financials"

_LAST = Template(
    figure=FigureUnit.NUMBER,
    description=Text("last known {label}"),
    statement=Text("the last known {label} is {value}"),
    missing=Text("no {label} is known"),
)
_AGE = Template(
    figure=FigureUnit.DAYS,
    description=Text("age of the last known {label}"),
    statement=Text("the last known {label} is {value} old"),
    missing=Text("no {label} is known"),
    than=NEWER,
)
_CHANGE = Template(
    figure=FigureUnit.NUMBER,
    description=Text("change of {label} {span}"),
    statement=Text("the {label} changed by {value} {span}"),
    missing=Text("the change of the {label} {span} is not known"),
    none=Text("the {label} did not change {span}"),
    signed=True,
)
_MOVEMENT = Template(
    figure=FigureUnit.NUMBER,
    description=Text("sum of all changes of {label} {span}"),
    statement=Text("all changes of the {label} {span} add up to {value}"),
    missing=Text("the movement of the {label} {span} is not known"),
    none=Text("the {label} did not move {span}"),
)
_GROUP_MEAN = Template(
    figure=FigureUnit.NUMBER,
    description=Text("average {label} of the rest of the sponsor group"),
    statement=Text("the average {label} of the rest of the sponsor group is {value}"),
    missing=Text("no {label} is known of others in the sponsor group"),
)
_ECONOMY_LAST = Template(
    figure=FigureUnit.SHARE,
    description=Text("last published {label} of the client's country"),
    statement=Text("the last published {label} of the client's country is {value}"),
    missing=Text("the {label} of the client's country is not known"),
)
_ECONOMY_CHANGE = Template(
    figure=FigureUnit.POINTS,
    description=Text("change of the {label} of the client's country {span}"),
    statement=Text("the {label} of the client's country changed by {value} {span}"),
    missing=Text("the change of the {label} of the client's country {span} is not known"),
    none=Text("the {label} of the client's country did not change {span}"),
    signed=True,
)
ESG_TOPIC: Final = Topic("esg_grade", Text("ESG grade"))
_UNGRADED: Final = Text("nobody gave the client an ESG grade")
_ESG_GRADE = Template(
    figure=FigureUnit.NAME,
    description=Text("ESG grade as last given"),
    statement=Text("the latest ESG grade is {value}"),
    missing=_UNGRADED,
)
_ESG_AGE = Template(
    figure=FigureUnit.DAYS,
    description=Text("age of the ESG grade"),
    statement=Text("the ESG grade is {value} old"),
    missing=_UNGRADED,
    than=NEWER,
)
GROUP_TOPIC = Topic("sponsor_group", Text("sponsor group"))
_ECONOMY_TOPIC = Topic("economy", Text("economy of the client's country"))


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


def esg_features(known: FeatureInputs) -> Iterator[Feature]:
    """The latest grade and its age; of several of one day the last by name. None without the table."""
    table, clients = known.past.reports.get(ESG), known.past.clients
    if table is None:
        return
    rows = table.standing()
    grade = np.full(clients, None, dtype=object)
    grade[rows.client] = rows.words["grade"]
    yield Feature("esg_grade_last", "category", pd.Series(grade, dtype="str"), words_for(_ESG_GRADE, ESG_TOPIC))
    latest = rows.extreme(rows.day.astype(np.float64), clients)
    yield Feature("esg_grade_age_days", "days", known.past.day - latest, words_for(_ESG_AGE, ESG_TOPIC))


def state_names(known: FeatureInputs, *, accounts: bool) -> list[str]:
    """The states of published accounts, or all others."""
    measures = known.past.measures
    return [state.name for state in measures.states if (measures.table_of(state.name) == ACCOUNTS) == accounts]


def _spoken(saying: Template, known: FeatureInputs, name: str, window: int | None = None) -> FeatureWords:
    label, figure = known.labels.of(name), _figure(known, name)
    if saying is _AGE:
        figure = FigureUnit.DAYS
    elif saying is _CHANGE and figure is FigureUnit.SHARE:
        figure = FigureUnit.POINTS
    topic = known.labels.cause(name)
    return words_for(saying, topic, figure=figure, label=label, span=known.labels.span(window))


def _figure(known: FeatureInputs, name: str) -> FigureUnit:
    """How a state is said, by the column that it is read from."""
    cell = next(state.cells[0] for state in known.past.measures.states if state.name == name)
    column, unit = cell.column, known.own.unit_of(cell.table, cell.column)
    if unit is not None:
        return OWN_FIGURES[unit]
    if column.endswith("_hours"):
        return FigureUnit.HOURS
    return {"pd": FigureUnit.SHARE, "amount": FigureUnit.MONEY}.get(column, FigureUnit.NUMBER)
