"""Covenants: how many were last found breached, how near the others are, and how long ago one was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from models.book.state_tables import BREACHED, COVENANTS
from models.panel.features.inputs import Feature, FeatureInputs
from models.panel.features.words import FEWER, LESS, NEARER, NEWER, FigureUnit, Template, Topic, words_for
from models.text import Text

COVENANT_TOPIC: Final = Topic("covenants", Text("covenants", "reason"))
_UNTESTED: Final = Text("no covenant of the client was tested")
_BREACHED = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of covenants that the latest test found breached"),
    statement=Text("the number of covenants breached in their latest test is {value}"),
    missing=_UNTESTED,
    none=Text("every covenant was met in its latest test"),
    than=FEWER,
)
_HEADROOM = Template(
    figure=FigureUnit.SHARE,
    description=Text("least headroom of a covenant"),
    statement=Text("the nearest covenant has a headroom of {value}"),
    missing=Text("the headroom of the covenants is not known"),
    none=Text("the nearest covenant has no headroom"),
    than=LESS,
)
_COUNT = Template(
    figure=FigureUnit.TIMES,
    description=Text("number of covenant breaches {span}"),
    statement=Text("covenants were found breached {value} {span}"),
    missing=_UNTESTED,
    none=Text("no covenant was found breached {span}"),
    than=FEWER,
)
_RECENCY = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since a covenant was last found breached"),
    statement=Text("a covenant was last found breached {value} ago"),
    missing=Text("no covenant was ever found breached"),
    than=NEARER,
)
_AGE = Template(
    figure=FigureUnit.DAYS,
    description=Text("time since the latest test of a covenant"),
    statement=Text("a covenant was last tested {value} ago"),
    missing=_UNTESTED,
    than=NEWER,
)


def covenant_features(known: FeatureInputs) -> Iterator[Feature]:
    """Breaches now and over each window, least headroom, recency and age of tests. None without the table."""
    table, clients = known.past.reports.get(COVENANTS), known.past.clients
    if table is None:
        return
    standing, tested = table.standing(), table.covered(clients)
    breached = standing.total((standing.words["outcome"] == BREACHED).astype(np.float64), clients)
    yield Feature(
        "covenant_breached_last", "covenants", np.where(tested, breached, np.nan), words_for(_BREACHED, COVENANT_TOPIC)
    )
    least = standing.extreme(standing.numbers["headroom"], clients, np.minimum)
    yield Feature("covenant_headroom_min", "share", least, words_for(_HEADROOM, COVENANT_TOPIC))
    found = table.where(table.words["outcome"] == BREACHED)
    for window in known.settings.windows:
        lately = found.since(known.day_before(window))
        count = lately.total(np.ones(len(lately)), clients)
        said = words_for(_COUNT, COVENANT_TOPIC, span=known.labels.span(window))
        yield Feature(f"covenant_breach_count_{window}p", "tests", np.where(tested, count, np.nan), said)
    latest = found.extreme(found.day.astype(np.float64), clients)
    yield Feature("covenant_breach_recency_days", "days", known.past.day - latest, words_for(_RECENCY, COVENANT_TOPIC))
    last = table.extreme(table.day.astype(np.float64), clients)
    yield Feature("covenant_age_days", "days", known.past.day - last, words_for(_AGE, COVENANT_TOPIC))
