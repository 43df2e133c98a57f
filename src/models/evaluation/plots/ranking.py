"""Plots of how well clients are ranked: gains, deciles, and the main metric from origin to origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup

from models.evaluation.plots.benchmark_styles import benchmark_styles, in_order
from models.evaluation.report.importance import MetricByOrigin
from models.evaluation.report.names import benchmark_name
from models.evaluation.report.ranking import CapturedGains, ValueDeciles
from models.metrics.bootstrap import Interval
from models.shell.chart import OURS, Chart, LegendKey
from models.shell.small_plots import short_number
from models.shell.svg import AxisScale, Frame, percent, reaching

_GAINS_TITLES = {
    "decline": "Share of all declines among the clients ranked riskiest",
    "stay": "Share of all clients without decline among those ranked safest",
}
_GAINS_AXES = {"decline": "share of declines", "stay": "share of those without decline"}
_METRIC_NAMES = {"auc": "AUC", "normalized_gini": "normalized Gini"}
_STABILITY_TITLES = {"value": "Value ranking by test origin", "decline": "Decline ranking by test origin"}
_MAX_DATES = 4


def gains_chart(target: str, part: CapturedGains) -> Chart:
    """Share captured against share of clients, one line per benchmark."""
    captured = part.captured
    top = max(*(max(line) for line in captured.values()), 1.0)
    frame = Frame(
        x=AxisScale(low=0.0, high=1.0, name="share of clients, best-ranked first", say=percent),
        y=AxisScale(
            low=min(0.0, *(min(line) for line in captured.values())), high=top, name=_GAINS_AXES[target], say=percent
        ),
    )
    styles = benchmark_styles(in_order(captured))
    marks = [frame.segment((0.0, 0.0), (1.0, 1.0), "reference")]
    for name in sorted(captured, key=lambda name: name == OURS):  # ours on top
        points = list(zip(part.clients, captured[name], strict=True))
        marks.append(frame.line(points, styles[name], benchmark_name(name)))
    legend = (*_legend(styles), LegendKey(css="reference", label="at random"))
    return Chart(title=_GAINS_TITLES[target], svg=frame.svg(_GAINS_TITLES[target], marks), legend=legend)


def deciles_chart(part: ValueDeciles, currency: str) -> Chart:
    """Foreseen and realised mean value side by side per tenth of the clients."""
    tenths = len(part.foreseen)
    frame = Frame(
        x=AxisScale(
            low=0.4,
            high=tenths + 0.6,
            name="tenth of the clients, highest foreseen first",
            say=lambda number: f"{number:.0f}",
            places=tuple(range(1, tenths + 1)),
        ),
        y=reaching([*part.foreseen, *part.realised], name=f"mean value, {currency}"),
    )
    marks = []
    for tenth, (said, seen) in enumerate(zip(part.foreseen, part.realised, strict=True), start=1):
        for name, value, left in (("foreseen", said, tenth - 0.38), ("realised", seen, tenth + 0.02)):
            reported = f"tenth {tenth}: {name} {short_number(value)} {currency}"
            marks.append(frame.bar((left, left + 0.36), (0.0, value), f"bar {name}", reported))
    title = "Mean value per client, foreseen and realised"
    return Chart(title=title, svg=frame.svg(title, marks), legend=foreseen_and_realised("box"))


def stability_chart(target: str, part: MetricByOrigin, dates: Sequence[date]) -> Chart:
    """The main metric of each benchmark at each origin, with 95% intervals."""
    benchmarks = part.benchmarks
    ends = [end for figures in benchmarks.values() for each in figures if each for end in (each.low, each.high)]
    shown = range(0, len(dates), -(-len(dates) // _MAX_DATES))
    metric = _METRIC_NAMES.get(part.metric, part.metric)
    frame = Frame(
        x=AxisScale(
            low=-0.5,
            high=len(dates) - 0.5,
            name="as-of date",
            say=lambda place: dates[int(place)].isoformat(),
            places=tuple(shown),
        ),
        y=reaching(ends, name=metric, say=lambda value: f"{value:.2f}", zero=False),
    )
    styles = benchmark_styles(in_order(benchmarks))
    marks: list[Markup] = []
    for number, (name, figures) in enumerate((name, benchmarks[name]) for name in styles):
        shift = 0.7 * ((number + 0.5) / len(benchmarks) - 0.5)
        marks += _figures(frame, figures, shift, styles[name], benchmark_name(name))
    title = f"{_STABILITY_TITLES[target]}, {metric} with 95% intervals"
    return Chart(title=title, svg=frame.svg(title, marks), legend=_legend(styles, "dot"))


def _figures(frame: Frame, figures: Sequence[Interval | None], shift: float, css: str, name: str) -> list[Markup]:
    marks = []
    for place, figure in enumerate(figures):
        if figure is not None:
            x = place + shift
            reported = f"{name}: {figure.estimate:.3f} ({figure.low:.3f} to {figure.high:.3f})"
            marks.append(frame.segment((x, figure.low), (x, figure.high), f"line {css} solid"))
            marks.append(frame.dot(x, figure.estimate, css, reported))
    return marks


def foreseen_and_realised(shape: str) -> tuple[LegendKey, ...]:
    """The legend of everything that holds a forecast against what came."""
    return tuple(LegendKey(css=name, label=name, shape=shape) for name in ("foreseen", "realised"))


def _legend(styles: Mapping[str, str], shape: str = "line") -> tuple[LegendKey, ...]:
    return tuple(LegendKey(css=css, label=benchmark_name(name), shape=shape) for name, css in styles.items())
