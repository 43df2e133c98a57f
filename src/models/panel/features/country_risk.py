"""Country risk: political risk, sovereign rating and sanctions where the client sits and where its projects are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from models.panel.country_risk import NOTCH, POLITICAL_RISK, SANCTIONS
from models.panel.facilities import FOREVER
from models.panel.features.inputs import Feature, FeatureInputs
from models.panel.features.words import LOWER, SMALLER, FigureUnit, Template, Topic, words_for
from models.panel.macro import Macro
from models.text import Text
from models.vocab import FloatArray

COUNTRY_TOPIC: Final = Topic("country_risk", Text("country and political risk"))
_RISK = Template(
    figure=FigureUnit.NUMBER,
    description=Text("political risk of the client's country (0 to 100)"),
    statement=Text("the political risk of the client's country is {value} of 100"),
    missing=Text("the political risk of the client's country is not known"),
    than=SMALLER,
)
_CHANGE = Template(
    figure=FigureUnit.NUMBER,
    description=Text("change of the political risk of the client's country {span}"),
    statement=Text("the political risk of the client's country changed by {value} {span}"),
    missing=Text("the change of the political risk of the client's country {span} is not known"),
    none=Text("the political risk of the client's country did not change {span}"),
    signed=True,
)
_PROJECTS = Template(
    figure=FigureUnit.NUMBER,
    description=Text("highest political risk where open facilities are (0 to 100)"),
    statement=Text("the highest political risk where open facilities are is {value} of 100"),
    missing=Text("the political risk where open facilities are is not known"),
    than=SMALLER,
)
_NOTCH = Template(
    figure=FigureUnit.NUMBER,
    description=Text("sovereign rating of the client's country in notches (1 is AAA)"),
    statement=Text("the sovereign rating of the client's country stands at notch {value} (1 is AAA)"),
    missing=Text("the sovereign rating of the client's country is not known"),
    than=LOWER,
)
_NOTCH_CHANGE = Template(
    figure=FigureUnit.NUMBER,
    description=Text("change of the sovereign rating of the client's country {span}, in notches"),
    statement=Text("the sovereign rating of the client's country changed by {value} notches {span}"),
    missing=Text("the change of the sovereign rating of the client's country {span} is not known"),
    none=Text("the sovereign rating of the client's country did not change {span}"),
    signed=True,
)
_SANCTIONS = Template(
    figure=FigureUnit.COUNT,
    description=Text("sanctions where the client or a project of it is (1: in force)"),
    statement=Text("sanctions in force where the client or a project of it is: {value} (1: yes)"),
    missing=Text("it is not known whether sanctions are in force"),
    none=Text("no sanctions are in force where the client and its projects are"),
    than=SMALLER,
)


def country_features(known: FeatureInputs) -> Iterator[Feature]:
    """Level and change of political risk and sovereign rating, and sanctions. None without the table."""
    if known.countries is None:
        return
    countries, place = known.countries, known.risk_country
    risk = countries.last(POLITICAL_RISK, place)
    yield Feature("political_risk_last", "score", risk, words_for(_RISK, COUNTRY_TOPIC))
    for window in known.settings.windows:
        change = risk - countries.last(POLITICAL_RISK, place, ago=window)
        said = words_for(_CHANGE, COUNTRY_TOPIC, span=known.labels.span(window))
        yield Feature(f"political_risk_change_{window}p", "score", change, said)
    projects = _worst_of_projects(known, countries, POLITICAL_RISK)
    yield Feature("political_risk_projects_max", "score", projects, words_for(_PROJECTS, COUNTRY_TOPIC))
    notch, window = countries.last(NOTCH, place), known.settings.windows[-1]
    yield Feature("sovereign_notch_last", "notches", notch, words_for(_NOTCH, COUNTRY_TOPIC))
    moved = notch - countries.last(NOTCH, place, ago=window)
    said = words_for(_NOTCH_CHANGE, COUNTRY_TOPIC, span=known.labels.span(window))
    yield Feature(f"sovereign_notch_change_{window}p", "notches", moved, said)
    sanctions = np.fmax(countries.last(SANCTIONS, place), _worst_of_projects(known, countries, SANCTIONS))
    yield Feature("sanctions_last", "yes or no", sanctions, words_for(_SANCTIONS, COUNTRY_TOPIC))


def _worst_of_projects(known: FeatureInputs, countries: Macro, figure: str) -> FloatArray:
    """The largest figure of the countries of a client's open facilities; NaN where none is known. (n_clients,)."""
    worst, facilities = np.full(known.past.clients, -np.inf), known.past.facilities
    if facilities is not None:
        is_open = (facilities.closed == FOREVER) & (facilities.maturity > known.past.day)
        values = countries.last(figure, countries.places(pd.Series(facilities.country, dtype=object)))
        chosen = is_open & ~np.isnan(values)
        np.maximum.at(worst, facilities.client[chosen], values[chosen])
    return np.where(np.isfinite(worst), worst, np.nan)
