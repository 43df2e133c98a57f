"""The page of figures and funnel: one HTML file without scripts, with trend plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from markupsafe import Markup

from models.funnel.compute import FunnelReport
from models.funnel.text import (
    candidate_cells,
    candidate_heads,
    kind_name,
    layer_cells,
    layer_heads,
    layer_name,
    layers_note,
    order_names,
)
from models.kpis.compute import KpiRow
from models.kpis.definition import ShownIn
from models.kpis.report import KpiReport
from models.kpis.text import (
    dimension_name,
    effect,
    figure_formula,
    figure_title,
    group_name,
    no_effect,
    shown_figures,
    unit_beside,
    unit_name,
    unit_of,
    with_interval,
)
from models.reasons.figures import currency_name
from models.shell.chart import Chart
from models.shell.editions import ALONE, Edition
from models.shell.html import environment
from models.shell.small_plots import share_bar
from models.shell.svg import AxisScale, Frame, amounts, in_marks_of, percent, reaching
from models.shell.tier_styles import tier_style
from models.shell.units import KpiUnit, written
from models.text import ENGLISH, Language, Text

_COLUMNS = 6
"""Columns of a table by group: so many fit beside one another on a page of 1,080 pixels."""
MAX_CANDIDATES = 25
_MOST_DATES = 4
_FEWEST_DATES = 2
_UNTIL: Final = Text("the window until", "axis")


@dataclass(frozen=True, kw_only=True)
class GroupTable:
    """Figures side by side for the groups of a dimension; None where a group has none."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[KpiRow | None, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class GroupTables:
    """All tables of one dimension, of so many groups."""

    name: str
    groups: int
    tables: tuple[GroupTable, ...]


def kpis_page(report: KpiReport, funnel: FunnelReport | None, edition: Edition = ALONE) -> str:
    """The page of both reports; without a funnel where the book has none."""
    whole, language = report.whole, edition.language
    trends = [trend_chart(report, name, language) for name in shown_figures(report, ShownIn.TRENDS)]
    charts = [chart for chart in trends if chart is not None]
    spoken = {
        function.__name__: partial(function, language=language)
        for function in (
            *(written, with_interval, effect, no_effect, unit_beside, figure_formula),
            *(layer_name, layer_cells, layers_note, candidate_cells, kind_name, currency_name, dimension_name),
        )
    }
    return str(
        environment(
            edition,
            functions={
                **spoken,
                "unit_of": partial(unit_of, meanings=report.definitions),
                "figure_title": partial(figure_title, meanings=report.definitions, language=language),
                "group_name": partial(group_name, report, language=language),
                "KpiUnit": KpiUnit,
                "share_bar": partial(share_bar, language=language),
                "css": partial(tier_style, colours=report.tier_colours),
            },
        )
        .get_template("kpis/page.html")
        .render(
            report=report,
            definitions=report.definitions,
            whole=whole,
            tiles=[name for name in shown_figures(report, ShownIn.TILES) if whole[name].estimate is not None],
            charts=charts,
            dimensions=[_dimension(report, name) for name in report.dimensions],
            funnel=funnel,
            orders=order_names(language),
            layer_heads=layer_heads(language),
            candidate_heads=candidate_heads(language),
            candidates=() if funnel is None else funnel.candidates[:MAX_CANDIDATES],
        )
    )


def trend_chart(report: KpiReport, name: str, language: Language = ENGLISH) -> Chart | None:
    """A figure of the whole book date by date with its intervals; None where fewer than two dates are known."""
    rows = [row for row in report.trend if row.figure == name and row.estimate is not None]
    if len(rows) < _FEWEST_DATES:
        return None
    meanings = report.definitions
    title, unit = figure_title(name, meanings, language=language), unit_of(name, meanings)
    ends = [end for row in rows for end in (row.low, row.high, row.estimate) if end is not None]
    dates = [row.as_of.isoformat() for row in rows]
    frame = Frame(x=_dates(dates, language), y=_upright(ends, unit, report.currency, language))
    points = [(float(place), row.estimate) for place, row in enumerate(rows) if row.estimate is not None]
    marks = [*_band(frame, rows), frame.line(points, "ours", title)]
    for (place, estimate), row in zip(points, rows, strict=True):
        marks.append(frame.dot(place, estimate, "ours", f"{row.as_of}: {with_interval(row, unit, language)}"))
    return Chart(title=title, svg=frame.svg(title, marks))


def _band(frame: Frame, rows: Sequence[KpiRow]) -> list[Markup]:
    """The intervals as an area, where at least two dates have one."""
    ends = [
        (float(place), row.low, row.high)
        for place, row in enumerate(rows)
        if row.low is not None and row.high is not None
    ]
    if len(ends) < _FEWEST_DATES:
        return []
    upper = [(place, high) for place, _, high in ends]
    lower = [(place, low) for place, low, _ in reversed(ends)]
    return [frame.area([*upper, *lower], "band")]


def _dates(dates: Sequence[str], language: Language) -> AxisScale:
    shown = range(len(dates) - 1, -1, -(-len(dates) // _MOST_DATES))
    return AxisScale(
        low=-0.3,
        high=len(dates) - 0.7,
        name=_UNTIL.within(language),
        say=lambda place: dates[int(place)],
        places=tuple(float(place) for place in sorted(shown)),
    )


def _upright(ends: Sequence[float], unit: KpiUnit, currency: str, language: Language) -> AxisScale:
    say = in_marks_of(language, percent) if unit is KpiUnit.SHARE else amounts(language)
    return reaching(ends, name=unit_name(unit, currency, language), say=say, zero=False)


def _dimension(report: KpiReport, dimension: str) -> GroupTables:
    """A row per group, a column per figure that is known of any."""
    cells = {(row.group, row.figure): row for row in report.figures if row.dimension == dimension}
    figures = shown_figures(report, ShownIn.GROUPS)
    groups = [group for group, figure in cells if figure == figures[0]]
    parts = (figures[start : start + _COLUMNS] for start in range(0, len(figures), _COLUMNS))
    known = (tuple(name for name in part if any((group, name) in cells for group in groups)) for part in parts)
    return GroupTables(
        name=dimension,
        groups=len(groups),
        tables=tuple(
            GroupTable(
                columns=columns,
                rows=tuple((group, tuple(cells.get((group, name)) for name in columns)) for group in groups),
            )
            for columns in known
            if columns
        ),
    )
