"""A backtest as one HTML page without scripts."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from models.backtest.contents import BacktestReport
from models.backtest.text import (
    HEADLINE_HEADS,
    amount_range,
    headline_rows,
    override_cells,
    share_range,
    verdicts,
    ways_apart,
)
from models.metrics.bootstrap import ReportedInterval
from models.segments.text import percent_or_dash
from models.shell.chart import Chart, LegendKey
from models.shell.html import environment
from models.shell.small_plots import short_number
from models.shell.svg import AxisScale, Frame, percent, reaching
from models.store.drafts import publish_text

_STYLES = {"ours": "ours", "lists": "s2", "forecast": "s4", "rule": "s0", "random": "reference", "perfect": "best"}
_DEEPEST = 0.4
"""The enlarged chart ends at this share of clients: what lies beyond is no screening."""
_MAX_DATES = 4


def write_backtest_page(report: BacktestReport, path: Path) -> None:
    """Write the page, whole or not at all."""
    publish_text(path, backtest_page(report))


def backtest_page(report: BacktestReport) -> str:
    """The page of a backtest."""
    made = environment(
        filters={"figure": short_number, "percent": percent_or_dash, "amounts": amounts_in_two, "range": shares_in_two},
        functions={"ways_apart": ways_apart, "override_cells": override_cells, "headline_rows": headline_rows},
    )
    charts = [found_chart(report), found_chart(report, deepest=_DEEPEST)]
    charts += [dates_chart(report)] if len(report.origins) > 1 else []
    return str(
        made.get_template("backtest/page.html").render(
            report=report, verdicts=list(verdicts(report)), charts=charts, heads=HEADLINE_HEADS
        )
    )


def shares_in_two(figure: ReportedInterval, *, signed: bool = False, digits: int = 0) -> Markup:
    """A share and its interval, which a narrow page puts on a line of its own."""
    return _in_two(share_range(figure, signed=signed, digits=digits))


def amounts_in_two(figure: ReportedInterval) -> Markup:
    """An amount and its interval, likewise."""
    return _in_two(amount_range(figure))


def _in_two(said: str) -> Markup:
    estimate, _, interval = said.partition(" (")
    ranged = Markup(' <span class="range">({})</span>').format(interval.removesuffix(")")) if interval else Markup("")
    return Markup("{}{}").format(estimate, ranged)


def found_chart(report: BacktestReport, *, deepest: float = 1.0) -> Chart:
    """Share of future value found against share of clients reviewed, one line per list."""
    curves, lists = report.curves, report.lists
    frame = Frame(
        x=AxisScale(low=0.0, high=deepest, name="share of clients reviewed, best-graded first", say=percent),
        y=AxisScale(low=0.0, high=1.0, name="share of future value found", say=percent),
    )
    marks: list[Markup] = []
    for name in sorted(lists, key=lambda name: name == "ours"):  # ours on top
        points = [(x, y) for x, y in zip(curves.clients, curves.found[name], strict=True) if x <= deepest + 1e-9]
        css = _STYLES[name]
        line = frame.segment(points[0], points[-1], css) if css == "reference" else frame.line(points, css, lists[name])
        marks.append(line)
    title = "Value found by reviews" if deepest >= 1 else f"The same, for the first {deepest:.0%} of the clients"
    legend = tuple(LegendKey(css=_STYLES[name], label=called) for name, called in lists.items())
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def dates_chart(report: BacktestReport) -> Chart:
    """Screening efficiency of our grades at each date, one row of dots per share of value."""
    origins = report.origins
    shares, dates = list(origins[0].efficiency), [each.as_of.isoformat() for each in origins]
    frame = Frame(
        x=AxisScale(
            low=-0.5,
            high=len(dates) - 0.5,
            name="as-of date",
            say=lambda place: dates[int(place)],
            places=tuple(range(0, len(dates), -(-len(dates) // _MAX_DATES))),
        ),
        y=reaching(
            [*(each.efficiency[share] for each in origins for share in shares), report.aim],
            name="reviews saved of the rule's",
            say=percent,
        ),
    )
    aim = report.aim
    marks = [frame.segment((-0.5, aim), (len(dates) - 0.5, aim), "target")]
    styles = ("ours", "s0", "s1", "s2", "s3", "s4", "s5")
    keys = [LegendKey(css="target", label=f"aim, {aim:.0%}")]
    for css, share in zip(styles, shares, strict=False):
        keys.append(LegendKey(css=css, label=f"{share} of future value", shape="dot"))
        for place, each in enumerate(origins):
            said = f"{each.as_of}: {each.efficiency[share]:.0%} fewer reviews for {share} of value"
            marks.append(frame.dot(place, each.efficiency[share], css, said))
    title = "Screening efficiency against the rule, date by date"
    return Chart(title=title, svg=frame.svg(title, marks), legend=tuple(keys))
