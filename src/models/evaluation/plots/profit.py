"""Plots of the profit curve: cumulative value by rank, and what was foreseen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from models.evaluation.plots.benchmark_styles import benchmark_styles, in_order
from models.evaluation.report.names import benchmark_name
from models.evaluation.report.profit import ProfitCurve
from models.shell.chart import OURS, Chart, LegendKey
from models.shell.small_plots import short_number
from models.shell.svg import AxisScale, Frame, percent, reaching


def profit_charts(part: ProfitCurve, currency: str) -> list[Chart]:
    """The curve of every ranking, and that of ours as foreseen, as it came and as the truth expects it."""
    return [_rankings_chart(part, currency), _promise_chart(part, currency)]


def _rankings_chart(part: ProfitCurve, currency: str) -> Chart:
    frame = _frame(part.realised, f"value so far, {currency}")
    styles = benchmark_styles(in_order(part.realised))
    total = part.realised[OURS][-1]
    ours_on_top = sorted(part.realised, key=lambda name: name == OURS)
    marks = [
        frame.segment((0.0, 0.0), (1.0, total), "reference"),
        *(frame.line(_points(part, part.realised[name]), styles[name], benchmark_name(name)) for name in ours_on_top),
    ]
    peak = part.peaks[OURS]
    reported = (
        f"clientvalue is highest at {percent(peak.clients)} of the clients: {short_number(peak.value)} {currency}"
    )
    marks.append(frame.dot(peak.clients, peak.value, OURS, reported))
    title = "Value that the best-ranked clients brought together"
    legend = (
        *(LegendKey(css=css, label=benchmark_name(name)) for name, css in styles.items()),
        LegendKey(css="reference", label="at random"),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _promise_chart(part: ProfitCurve, currency: str) -> Chart:
    lines = {"foreseen": part.foreseen, "realised": part.realised[OURS]}
    labels = {"foreseen": "foreseen", "realised": "realised", "truth": "what can be known"}
    if part.known is not None:
        lines["truth"] = part.known
    frame = _frame(lines, f"value so far, {currency}")
    marks: list[Markup] = [frame.line(_points(part, line), css, labels[css]) for css, line in lines.items()]
    title = "The same in the order of clientvalue, foreseen and realised"
    legend = tuple(LegendKey(css=css, label=labels[css]) for css in lines)
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _frame(lines: Mapping[str, Sequence[float]], name: str) -> Frame:
    return Frame(
        x=AxisScale(low=0.0, high=1.0, name="share of clients, best-ranked first", say=percent),
        y=reaching([end for line in lines.values() for end in line], name=name),
        left=62,
    )


def _points(part: ProfitCurve, line: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip(part.clients, line, strict=True))
