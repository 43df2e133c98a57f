"""Plots of a backtest: value found by reviews, and screening efficiency date by date."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from models.backtest.contents import BacktestReport
from models.backtest.lists import LIST_NAMES
from models.shell.chart import Chart, LegendKey
from models.shell.svg import AxisScale, Frame, percent, reaching
from models.text import ENGLISH, Language, Text

_STYLES: Final = {
    "ours": "ours",
    "lists": "s2",
    "forecast": "s4",
    "rule": "s0",
    "random": "reference",
    "perfect": "best",
}
_DEEPEST: Final = 0.4
"""The enlarged chart ends at this share of clients: what lies beyond is no screening."""
_MAX_DATES: Final = 4
_SHARES: Final = ("ours", "s0", "s1", "s2", "s3", "s4", "s5")
_REVIEWED: Final = Text("share of clients reviewed, best-graded first")
_FOUND: Final = Text("share of future value found")
_FOUND_TITLE: Final = Text("Value found by reviews")
_ENLARGED_TITLE: Final = Text("The same, for the first {share:.0%} of the clients")
_AS_OF: Final = Text("as-of date", "axis")
_SAVED: Final = Text("reviews saved of the rule's")
_AIM: Final = Text("aim, {aim:.0%}")
_OF_VALUE: Final = Text("{share} of future value")
_FEWER: Final = Text("{day}: {saved:.0%} fewer reviews for {share} of value")
_DATES_TITLE: Final = Text("Screening efficiency against the rule, date by date")


def backtest_charts(report: BacktestReport, language: Language = ENGLISH) -> list[Chart]:
    """All of a backtest; date by date only where there are several."""
    charts = [found_chart(report, language), found_chart(report, language, deepest=_DEEPEST)]
    return [*charts, dates_chart(report, language)] if len(report.origins) > 1 else charts


def found_chart(report: BacktestReport, language: Language = ENGLISH, *, deepest: float = 1.0) -> Chart:
    """Share of future value found against share of clients reviewed, one line per list."""
    curves, names = report.curves, {name: LIST_NAMES[name].within(language) for name in report.lists}
    frame = Frame(
        x=AxisScale(low=0.0, high=deepest, name=_REVIEWED.within(language), say=percent),
        y=AxisScale(low=0.0, high=1.0, name=_FOUND.within(language), say=percent),
    )
    marks: list[Markup] = []
    for name in sorted(names, key=lambda name: name == "ours"):  # ours on top
        points = [(x, y) for x, y in zip(curves.clients, curves.found[name], strict=True) if x <= deepest + 1e-9]
        css = _STYLES[name]
        line = frame.segment(points[0], points[-1], css) if css == "reference" else frame.line(points, css, names[name])
        marks.append(line)
    title = (_FOUND_TITLE if deepest >= 1 else _ENLARGED_TITLE).within(language, share=deepest)
    legend = tuple(LegendKey(css=_STYLES[name], label=called) for name, called in names.items())
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def dates_chart(report: BacktestReport, language: Language = ENGLISH) -> Chart:
    """Screening efficiency of our grades at each date, one row of dots per share of value."""
    origins, aim = report.origins, report.aim
    frame = _dates_frame(report, language)
    marks = [frame.segment((-0.5, aim), (len(origins) - 0.5, aim), "target")]
    keys = [LegendKey(css="target", label=_AIM.within(language, aim=aim))]
    for css, share in zip(_SHARES, origins[0].efficiency, strict=False):
        keys.append(LegendKey(css=css, label=_OF_VALUE.within(language, share=share), shape="dot"))
        for place, each in enumerate(origins):
            saved = each.efficiency[share]
            said = _FEWER.within(language, day=each.as_of.isoformat(), saved=saved, share=share)
            marks.append(frame.dot(place, saved, css, said))
    title = _DATES_TITLE.within(language)
    return Chart(title=title, svg=frame.svg(title, marks), legend=tuple(keys))


def _dates_frame(report: BacktestReport, language: Language) -> Frame:
    dates = [each.as_of.isoformat() for each in report.origins]
    return Frame(
        x=AxisScale(
            low=-0.5,
            high=len(dates) - 0.5,
            name=_AS_OF.within(language),
            say=lambda place: dates[int(place)],
            places=tuple(range(0, len(dates), -(-len(dates) // _MAX_DATES))),
        ),
        y=reaching(
            [*(saved for each in report.origins for saved in each.efficiency.values()), report.aim],
            name=_SAVED.within(language),
            say=percent,
        ),
    )
