"""Plots of how well clients are ranked: gains, deciles, and the main metric from origin to origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from markupsafe import Markup

from models.evaluation.plots.benchmark_styles import AT_RANDOM, BEST_FIRST, benchmark_styles, in_order
from models.evaluation.report.importance import MetricByOrigin
from models.evaluation.report.names import METRICS, benchmark_name
from models.evaluation.report.ranking import CapturedGains, ValueDeciles
from models.metrics.bootstrap import Interval
from models.reasons.figures import currency_name
from models.shell.chart import OURS, Chart, LegendKey
from models.shell.small_plots import short_number
from models.shell.svg import AxisScale, Frame, amounts, percent, reaching
from models.text import ENGLISH, Language, Text
from models.text import number as number_in

_GAINS_TITLES: Final = {
    "decline": Text("Share of all declines among the clients ranked riskiest"),
    "stay": Text("Share of all clients without decline among those ranked safest"),
}
_GAINS_AXES: Final = {
    "decline": Text("share of declines", "axis"),
    "stay": Text("share of those without decline", "axis"),
}
_STABILITY_TITLES: Final = {
    "value": Text("Value ranking by test origin, {metric} with 95% intervals"),
    "decline": Text("Decline ranking by test origin, {metric} with 95% intervals"),
}
_TENTHS: Final = Text("tenth of the clients, highest foreseen first", "axis")
_MEAN: Final = Text("mean value, {currency}", "axis")
_TENTH: Final = {
    "foreseen": Text("tenth {tenth}: foreseen {value} {currency}", "bar of a plot"),
    "realised": Text("tenth {tenth}: realised {value} {currency}", "bar of a plot"),
}
_MEANS: Final = Text("Mean value per client, foreseen and realised")
_AS_OF: Final = Text("as-of date", "axis")
_FIGURE: Final = Text("{name}: {estimate} ({low} to {high})", "dot of a plot")
_CAME: Final = {"foreseen": Text("foreseen"), "realised": Text("realised")}
_MAX_DATES = 4


def gains_chart(target: str, part: CapturedGains, language: Language = ENGLISH) -> Chart:
    """Share captured against share of clients, one line per benchmark."""
    captured = part.captured
    top = max(*(max(line) for line in captured.values()), 1.0)
    frame = Frame(
        x=AxisScale(low=0.0, high=1.0, name=BEST_FIRST.within(language), say=percent),
        y=AxisScale(
            low=min(0.0, *(min(line) for line in captured.values())),
            high=top,
            name=_GAINS_AXES[target].within(language),
            say=percent,
        ),
    )
    styles = benchmark_styles(in_order(captured))
    marks = [frame.segment((0.0, 0.0), (1.0, 1.0), "reference")]
    for name in sorted(captured, key=lambda name: name == OURS):  # ours on top
        points = list(zip(part.clients, captured[name], strict=True))
        marks.append(frame.line(points, styles[name], benchmark_name(name, language)))
    legend = (*_legend(styles, language), LegendKey(css="reference", label=AT_RANDOM.within(language)))
    title = _GAINS_TITLES[target].within(language)
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def deciles_chart(part: ValueDeciles, currency: str, language: Language = ENGLISH) -> Chart:
    """Foreseen and realised mean value side by side per tenth of the clients."""
    tenths, called = len(part.foreseen), currency_name(currency, language)
    frame = Frame(
        x=AxisScale(
            low=0.4,
            high=tenths + 0.6,
            name=_TENTHS.within(language),
            say=lambda number: f"{number:.0f}",
            places=tuple(range(1, tenths + 1)),
        ),
        y=reaching(
            [*part.foreseen, *part.realised], name=_MEAN.within(language, currency=called), say=amounts(language)
        ),
    )
    marks = []
    for tenth, (said, seen) in enumerate(zip(part.foreseen, part.realised, strict=True), start=1):
        for name, value, left in (("foreseen", said, tenth - 0.38), ("realised", seen, tenth + 0.02)):
            amount = short_number(value, language)
            reported = _TENTH[name].within(language, tenth=tenth, value=amount, currency=called)
            marks.append(frame.bar((left, left + 0.36), (0.0, value), f"bar {name}", reported))
    title = _MEANS.within(language)
    return Chart(title=title, svg=frame.svg(title, marks), legend=foreseen_and_realised("box", language))


def stability_chart(target: str, part: MetricByOrigin, dates: Sequence[date], language: Language = ENGLISH) -> Chart:
    """The main metric of each benchmark at each origin, with 95% intervals."""
    benchmarks = part.benchmarks
    ends = [end for figures in benchmarks.values() for each in figures if each for end in (each.low, each.high)]
    shown = range(0, len(dates), -(-len(dates) // _MAX_DATES))
    metric = METRICS[part.metric].within(language) if part.metric in METRICS else part.metric
    frame = Frame(
        x=AxisScale(
            low=-0.5,
            high=len(dates) - 0.5,
            name=_AS_OF.within(language),
            say=lambda place: dates[int(place)].isoformat(),
            places=tuple(shown),
        ),
        y=reaching(ends, name=metric, say=lambda value: number_in(f"{value:.2f}", language), zero=False),
    )
    styles = benchmark_styles(in_order(benchmarks))
    marks: list[Markup] = []
    for number, (name, figures) in enumerate((name, benchmarks[name]) for name in styles):
        shift = 0.7 * ((number + 0.5) / len(benchmarks) - 0.5)
        marks += _figures(frame, figures, shift, (styles[name], benchmark_name(name, language)), language)
    title = _STABILITY_TITLES[target].within(language, metric=metric)
    return Chart(title=title, svg=frame.svg(title, marks), legend=_legend(styles, language, "dot"))


def _figures(
    frame: Frame, figures: Sequence[Interval | None], shift: float, drawn: tuple[str, str], language: Language
) -> list[Markup]:
    """The figures of one benchmark, ``drawn`` in a style and by a name."""
    (css, name), marks = drawn, []
    for place, figure in enumerate(figures):
        if figure is not None:
            x = place + shift
            written = (number_in(f"{each:.3f}", language) for each in (figure.estimate, figure.low, figure.high))
            reported = _FIGURE.within(
                language, name=name, **dict(zip(("estimate", "low", "high"), written, strict=True))
            )
            marks.append(frame.segment((x, figure.low), (x, figure.high), f"line {css} solid"))
            marks.append(frame.dot(x, figure.estimate, css, reported))
    return marks


def foreseen_and_realised(shape: str, language: Language = ENGLISH) -> tuple[LegendKey, ...]:
    """The legend of everything that holds a forecast against what came."""
    return tuple(LegendKey(css=name, label=said.within(language), shape=shape) for name, said in _CAME.items())


def _legend(styles: Mapping[str, str], language: Language, shape: str = "line") -> tuple[LegendKey, ...]:
    return tuple(LegendKey(css=css, label=benchmark_name(name, language), shape=shape) for name, css in styles.items())
