"""Plots of the profit curve: cumulative value by rank, and what was foreseen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from models.evaluation.plots.benchmark_styles import AT_RANDOM, BEST_FIRST, benchmark_styles, in_order
from models.evaluation.report.names import benchmark_name
from models.evaluation.report.profit import ProfitCurve
from models.reasons.figures import currency_name
from models.shell.chart import OURS, Chart, LegendKey
from models.shell.small_plots import short_number
from models.shell.svg import AxisScale, Frame, amounts, percent, reaching
from models.text import ENGLISH, Language, Text

_PEAK: Final = Text("clientvalue is highest at {share} of the clients: {value} {currency}")
_TOGETHER: Final = Text("Value that the best-ranked clients brought together")
_PROMISE: Final = Text("The same in the order of clientvalue, foreseen and realised")
_SO_FAR: Final = Text("value so far, {currency}", "axis")
_LINES: Final = {
    "foreseen": Text("foreseen"),
    "realised": Text("realised"),
    "truth": Text("what can be known"),
}


def profit_charts(part: ProfitCurve, currency: str, language: Language = ENGLISH) -> list[Chart]:
    """The curve of every ranking, and that of ours as foreseen, as it came and as the truth expects it."""
    return [_rankings_chart(part, currency, language), _promise_chart(part, currency, language)]


def _rankings_chart(part: ProfitCurve, currency: str, language: Language) -> Chart:
    frame = _frame(part.realised, currency, language)
    styles = benchmark_styles(in_order(part.realised))
    total = part.realised[OURS][-1]
    ours_on_top = sorted(part.realised, key=lambda name: name == OURS)
    marks = [
        frame.segment((0.0, 0.0), (1.0, total), "reference"),
        *(
            frame.line(_points(part, part.realised[name]), styles[name], benchmark_name(name, language))
            for name in ours_on_top
        ),
    ]
    peak = part.peaks[OURS]
    value = short_number(peak.value, language)
    reported = _PEAK.within(
        language, share=percent(peak.clients), value=value, currency=currency_name(currency, language)
    )
    marks.append(frame.dot(peak.clients, peak.value, OURS, reported))
    title = _TOGETHER.within(language)
    legend = (
        *(LegendKey(css=css, label=benchmark_name(name, language)) for name, css in styles.items()),
        LegendKey(css="reference", label=AT_RANDOM.within(language)),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _promise_chart(part: ProfitCurve, currency: str, language: Language) -> Chart:
    lines = {"foreseen": part.foreseen, "realised": part.realised[OURS]}
    labels = {name: said.within(language) for name, said in _LINES.items()}
    if part.known is not None:
        lines["truth"] = part.known
    frame = _frame(lines, currency, language)
    marks: list[Markup] = [frame.line(_points(part, line), css, labels[css]) for css, line in lines.items()]
    title = _PROMISE.within(language)
    legend = tuple(LegendKey(css=css, label=labels[css]) for css in lines)
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _frame(lines: Mapping[str, Sequence[float]], currency: str, language: Language) -> Frame:
    name = _SO_FAR.within(language, currency=currency_name(currency, language))
    return Frame(
        x=AxisScale(low=0.0, high=1.0, name=BEST_FIRST.within(language), say=percent),
        y=reaching([end for line in lines.values() for end in line], name=name, say=amounts(language)),
        left=62,
    )


def _points(part: ProfitCurve, line: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip(part.clients, line, strict=True))
