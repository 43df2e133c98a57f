"""Plots with one row per tier, group of clients or feature: coverage, errors by group, importance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from models.evaluation.plots.benchmark_styles import NAMED_FIGURE
from models.evaluation.plots.frequency import RealisedShare, reported
from models.evaluation.report.errors_by_group import ErrorGroup
from models.evaluation.report.frequency import CoverageGroup, IntervalCoverage
from models.evaluation.report.importance import ModelImportance
from models.evaluation.report.names import PLAIN, ReportWords, attribute_name
from models.shell.chart import Chart, LegendKey
from models.shell.svg import AxisScale, Frame, percent, reaching, rows_frame, shares, shortened
from models.text import Language, Text, number

_LABELS = 126
_MAX_LABEL = 19
_RATIO_PLACES = (0.5, 0.7, 1.0, 1.4, 2.0)
_COVERED: Final = {
    "tier": Text("Values inside their {level:.0%} interval, by tier"),
    "risk": Text("Values inside their {level:.0%} interval, by probability of default"),
    "value": Text("Values inside their {level:.0%} interval, by foreseen value"),
}
_INSIDE: Final = Text("share of clients inside their interval", "axis")
_COUNTED: Final = Text("{name} ({clients:,})", "group of clients")
_WITHIN, _CLAIMED = Text("covered, 95% range"), Text("claimed", "coverage of an interval")
_DECLINING: Final = Text("share of clients that decline", "axis")
_DECLINE_BY, _TOTAL_BY = Text("Decline by {attribute}"), Text("Total value by {attribute}")
_FORESEEN, _REALISED = Text("foreseen"), Text("realised, 95% range")
_OVER: Final = Text("foreseen total over realised total", "axis")
_RIGHT, _RATIO = Text("1: right in total"), Text("foreseen / realised")
_GAIN: Final = Text("share of the model's gain", "axis")
_LEANS: Final = {
    "decline": Text("What the decline model leans on"),
    "value": Text("What the value model leans on"),
}


def coverage_charts(part: IntervalCoverage, words: ReportWords = PLAIN) -> list[Chart]:
    """Share of realised values inside their interval by tier, risk and foreseen value; the line is what is claimed."""
    every = [("tier", part.groups), ("risk", part.by_risk), ("value", part.by_value)]
    low = min(part.level, *(each.low for _, groups in every for each in groups))
    scale = AxisScale(low=max(low - 0.03, 0.0), high=1.0, name=_INSIDE.within(words.language), say=percent)
    return [_coverage_chart(part.level, scale, _COVERED[name], groups, words) for name, groups in every if groups]


def _coverage_chart(
    level: float, scale: AxisScale, title: Text, groups: Sequence[CoverageGroup], words: ReportWords
) -> Chart:
    frame = rows_frame(scale, len(groups), left=_LABELS)
    marks = [frame.segment((level, -0.5), (level, len(groups) - 0.5), "target")]
    for row, each in enumerate(groups):
        name = _COUNTED.within(words.language, name=words.group(each.name), clients=each.clients)
        marks += _range(frame, row, each, name, "ours", language=words.language)
    said = title.within(words.language, level=level)
    legend = (
        LegendKey(css="ours", label=_WITHIN.within(words.language), shape="dot"),
        LegendKey(css="target", label=_CLAIMED.within(words.language)),
    )
    return Chart(title=said, svg=frame.svg(said, marks), legend=legend)


def decline_errors_chart(attribute: str, groups: Sequence[ErrorGroup], words: ReportWords = PLAIN) -> Chart:
    """Foreseen mean and realised share of decline, group by group."""
    seen, language = [end for each in groups for end in (each.foreseen, each.low, each.high)], words.language
    frame = rows_frame(shares(seen, name=_DECLINING.within(language)), len(groups), left=_LABELS)
    marks: list[Markup] = []
    for row, each in enumerate(groups):
        name = words.group(each.name)
        marks += _range(frame, row, each, name, "realised", each.foreseen, language=language)
        said = reported(name, each, each.foreseen, language=language)
        marks.append(frame.dot(each.foreseen, row, "foreseen hollow", said, 4.2))
    title = _DECLINE_BY.within(language, attribute=attribute_name(attribute, language))
    legend = (
        LegendKey(css="foreseen hollow", label=_FORESEEN.within(language), shape="dot"),
        LegendKey(css="realised", label=_REALISED.within(language), shape="dot"),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def total_errors_chart(attribute: str, groups: Sequence[ErrorGroup], words: ReportWords = PLAIN) -> Chart:
    """Foreseen over realised total value, group by group, on a scale of doublings; what lies beyond is at its end."""
    places, language = tuple(math.log2(ratio) for ratio in _RATIO_PLACES), words.language
    scale = AxisScale(
        low=places[0] - 0.1,
        high=places[-1] + 0.1,
        name=_OVER.within(language),
        say=lambda doublings: f"{2**doublings:.2g}",
        places=places,
    )
    frame = rows_frame(scale, len(groups), left=_LABELS)
    marks = [frame.segment((0.0, -0.5), (0.0, len(groups) - 0.5), "target")]
    for row, each in enumerate(groups):
        name = words.group(each.name)
        marks.append(_row_label(frame, row, name))
        if each.total_ratio is not None:
            marks += _ratio(frame, row, name, each.total_ratio, language)
    title = _TOTAL_BY.within(language, attribute=attribute_name(attribute, language))
    legend = (
        LegendKey(css="target", label=_RIGHT.within(language)),
        LegendKey(css="bar ours", label=_RATIO.within(language), shape="box"),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _ratio(frame: Frame, row: int, name: str, ratio: float, language: Language) -> list[Markup]:
    """A bar from 1 to the ratio, and the figure on the other side of 1."""
    doublings = math.log2(ratio) if ratio > 0 else frame.x.low
    side = ("tick end", (-4.0, 4.0)) if doublings >= 0 else ("tick", (4.0, 4.0))
    figure = number(f"{ratio:.2f}", language)
    said = NAMED_FIGURE.within(language, name=name, figure=figure)
    return [
        frame.bar((0.0, doublings), (row - 0.3, row + 0.3), "bar ours", said),
        frame.text(0.0, row, figure, side[0], shift=side[1]),
    ]


def importance_chart(model: str, part: ModelImportance, words: ReportWords = PLAIN) -> Chart:
    """The features of the largest gain, as shares of all gain."""
    features, language = part.features, words.language
    scale = reaching([each.share for each in features], name=_GAIN.within(language), say=percent)
    frame = rows_frame(scale, max(len(features), 1), left=190)
    marks: list[Markup] = []
    for row, each in enumerate(features):
        name = words.group(each.name)
        reported = NAMED_FIGURE.within(language, name=name, figure=number(percent(each.share), language))
        marks.append(frame.text(scale.low, row, shortened(name, 31), "label end", shift=(-6, 4)))
        marks.append(frame.bar((0.0, each.share), (row - 0.34, row + 0.34), "bar ours", reported))
    title = _LEANS[model].within(language)
    return Chart(title=title, svg=frame.svg(title, marks))


def _range(
    frame: Frame,
    row: int,
    found: RealisedShare,
    name: str,
    css: str,
    foreseen: float | None = None,
    *,
    language: Language,
) -> list[Markup]:
    """One row: its label, its realised share as a dot, its 95% range as a line."""
    return [
        _row_label(frame, row, name),
        frame.segment((found.low, row), (found.high, row), f"line {css} thin"),
        frame.dot(found.realised, row, css, reported(name, found, foreseen, language=language)),
    ]


def _row_label(frame: Frame, row: int, name: str) -> Markup:
    return frame.text(frame.x.low, row, shortened(name, _MAX_LABEL), "label end", shift=(-6, 4))
