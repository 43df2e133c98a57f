"""Plots of explanations: reasons by size, and the effect of the leading features one by one."""

from __future__ import annotations

from functools import partial
from typing import Final

from markupsafe import Markup

from models.evaluation.plots.benchmark_styles import NAMED_FIGURE
from models.evaluation.report.explained import ExplainedModel, FeatureDependence
from models.reasons.units import feature_unit
from models.shell.chart import Chart, LegendKey
from models.shell.small_plots import short_number
from models.shell.svg import (
    AxisScale,
    Frame,
    Say,
    amounts,
    in_marks_of,
    percent,
    reaching,
    rows_frame,
    shortened,
)
from models.text import ENGLISH, Language, Text, heard, number

_SHARE = "share"
UNITS: Final = {"decline": Text("log-odds of decline"), "value": Text("logarithm of value")}
_SIZE: Final = Text("mean size, {unit}", "axis")
_MOVES: Final = {
    "decline": Text("What moves decline, reason by reason"),
    "value": Text("What moves value, reason by reason"),
}
_EIGHTHS: Final = Text("median of each eighth of the clients", "axis")
_EIGHTHS_IN: Final = Text("median of each eighth of the clients, {unit}", "axis")
_ADDS: Final = {
    "decline": Text("{feature}: what it adds to decline"),
    "value": Text("{feature}: what it adds to value"),
}
_BIN: Final = Text("{at}: {added} ({clients:,} clients)", "dot of a plot")
_MEDIAN: Final = Text("median added, with the middle half of the clients")


def reasons_chart(model: str, part: ExplainedModel, language: Language = ENGLISH) -> Chart:
    """Mean size of what each reason adds, the largest on top."""
    reasons = part.reasons
    scale = reaching(
        [each.size for each in reasons], name=_SIZE.within(language, unit=UNITS[model]), say=amounts(language)
    )
    frame = rows_frame(scale, max(len(reasons), 1), left=190)
    marks: list[Markup] = []
    for row, each in enumerate(reasons):
        called = heard(each.title, language)
        reported = NAMED_FIGURE.within(language, name=called, figure=number(f"{each.size:.3g}", language))
        marks.append(frame.text(scale.low, row, shortened(called, 31), "label end", shift=(-6, 4)))
        marks.append(frame.bar((0.0, each.size), (row - 0.34, row + 0.34), "bar ours", reported))
    title = _MOVES[model].within(language)
    return Chart(title=title, svg=frame.svg(title, marks))


def dependence_chart(model: str, part: FeatureDependence, language: Language = ENGLISH) -> Chart:
    """What a feature adds along its values: eighths of the clients, with the middle half of each as a line."""
    bins, is_share = part.bins, part.unit == _SHARE
    at: Say = in_marks_of(language, percent) if is_share else partial(short_number, language=language)
    unit = feature_unit(part.unit, language)
    places = tuple(float(number) for number in range(len(bins)))
    x = AxisScale(
        low=-0.5,
        high=len(bins) - 0.5,
        name=_EIGHTHS.within(language) if is_share else _EIGHTHS_IN.within(language, unit=unit),
        say=lambda place: at(bins[int(place)].at),
        places=places,
    )
    seen = [end for each in bins for end in (each.low, each.median, each.high)]
    frame = Frame(x=x, y=reaching(seen, name=UNITS[model].within(language), say=amounts(language)), height=200, left=56)
    marks = [frame.segment((-0.5, 0.0), (len(bins) - 0.5, 0.0), "reference")]
    middle = [(place, each.median) for place, each in zip(places, bins, strict=True)]
    marks.append(frame.line(middle, "ours"))
    for place, each in zip(places, bins, strict=True):
        marks.append(frame.segment((place, each.low), (place, each.high), "line ours thin"))
        added = number(f"{each.median:+.3g}", language)
        reported = _BIN.within(language, at=at(each.at), added=added, clients=each.rows)
        marks.append(frame.dot(place, each.median, "ours", reported))
    described = heard(part.description, language)
    title = _ADDS[model].within(language, feature=f"{described[:1].upper()}{described[1:]}")
    legend = (LegendKey(css="ours", label=_MEDIAN.within(language)),)
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)
