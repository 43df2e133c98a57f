"""Turns figures and funnel into one HTML page without scripts, with trend plots; it computes nothing but positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from models.kpis.terminal import ORDERS, candidate_cells, layer_cells, layer_name
from models.kpis.text import effect, no_effect, with_interval, written
from models.shell.chart import Chart
from models.shell.html import environment
from models.shell.small_plots import share_bar, short_number
from models.shell.svg import AxisScale, Frame, amount, percent, reaching
from models.shell.tier_styles import tier_style

Facts = Mapping[str, Any]
TRENDS = ("relationship_score", "retention", "csat", "nps", "answered_in_time", "complaints", "cac", "top_share")
TILES = ("relationship_score", "retention", "cac", "clv_to_cac", "nps", "csat", "answered_in_time", "settled_in_time")
GROUPED = (
    ("relationship_score", "retention", "csat", "nps", "answer_hours", "answered_in_time"),
    ("settled_in_time", "participation", "cac", "clv_to_cac", "top_share"),
)
"""Columns of the tables by group: so many fit beside one another on a page of 1,080 pixels."""
MAX_CANDIDATES = 25
_MOST_DATES = 4
_FEWEST_DATES = 2


def kpis_page(facts: Facts, funnel: Facts | None) -> str:
    """The page of what ``kpi_facts`` and ``funnel_facts`` tell; without a funnel where the book has none."""
    whole = {row["figure"]: row for row in facts["figures"] if row["dimension"] == "all"}
    charts = [chart for name in TRENDS if (chart := trend_chart(facts, name)) is not None]
    return str(
        environment(
            filters={"figure": short_number},
            functions={
                "written": written,
                "with_interval": with_interval,
                "effect": effect,
                "no_effect": no_effect,
                "share_bar": share_bar,
                "layer_name": layer_name,
                "layer_cells": layer_cells,
                "candidate_cells": candidate_cells,
                "css": tier_style,
            },
        )
        .get_template("kpis/page.html")
        .render(
            facts=facts,
            definitions=facts["definitions"],
            whole=whole,
            tiles=[name for name in TILES if whole[name]["estimate"] is not None],
            charts=charts,
            dimensions=[_dimension(facts, name) for name in _dimensions(facts)],
            funnel=funnel,
            orders=ORDERS,
            candidates=[] if funnel is None else funnel["candidates"][:MAX_CANDIDATES],
        )
    )


def trend_chart(facts: Facts, name: str) -> Chart | None:
    """A figure of the whole book date by date with its intervals; None where fewer than two dates are known."""
    rows = [row for row in facts["trend"] if row["figure"] == name and row["estimate"] is not None]
    if len(rows) < _FEWEST_DATES:
        return None
    said = facts["definitions"][name]
    unit = said["unit"]
    ends = [row[end] for row in rows for end in ("low", "high", "estimate") if row[end] is not None]
    frame = Frame(x=_dates([row["as_of"] for row in rows]), y=_upright(ends, unit))
    marks: list[Markup] = []
    banded = [(place, row) for place, row in enumerate(rows) if row["low"] is not None]
    if len(banded) >= _FEWEST_DATES:
        upper = [(float(place), row["high"]) for place, row in banded]
        lower = [(float(place), row["low"]) for place, row in reversed(banded)]
        marks.append(frame.area([*upper, *lower], "band"))
    marks.append(frame.line([(float(place), row["estimate"]) for place, row in enumerate(rows)], "ours", said["title"]))
    for place, row in enumerate(rows):
        marks.append(frame.dot(place, row["estimate"], "ours", f"{row['as_of']}: {with_interval(row, unit)}"))
    return Chart(title=said["title"], svg=frame.svg(said["title"], marks))


def _dates(dates: Sequence[str]) -> AxisScale:
    shown = range(len(dates) - 1, -1, -(-len(dates) // _MOST_DATES))
    return AxisScale(
        low=-0.3,
        high=len(dates) - 0.7,
        name="the window until",
        say=lambda place: dates[int(place)],
        places=tuple(float(place) for place in sorted(shown)),
    )


def _upright(ends: Sequence[float], unit: str) -> AxisScale:
    if unit == "share":
        return reaching(ends, name=unit, say=percent, zero=False)
    return reaching(ends, name=unit.partition(",")[0], say=amount, zero=False)


def _dimensions(facts: Facts) -> list[str]:
    return list(dict.fromkeys(row["dimension"] for row in facts["figures"] if row["dimension"] != "all"))


def _dimension(facts: Facts, dimension: str) -> dict[str, Any]:
    """The tables of one dimension: a row per group, a column per figure that is known of any."""
    cells = {(row["group"], row["figure"]): row for row in facts["figures"] if row["dimension"] == dimension}
    groups = [group for group, figure in cells if figure == GROUPED[0][0]]
    parts = ([name for name in part if any((group, name) in cells for group in groups)] for part in GROUPED)
    tables = [
        {"columns": columns, "rows": [(group, [cells.get((group, name)) for name in columns]) for group in groups]}
        for columns in parts
        if columns
    ]
    return {"name": dimension, "groups": len(groups), "tables": tables}
