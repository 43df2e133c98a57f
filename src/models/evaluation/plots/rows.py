"""Plots with one row per tier, group of clients or feature: coverage, errors by group, importance."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from models.evaluation.plots.frequency import RealisedShare, reported
from models.evaluation.report.errors_by_group import ErrorGroup
from models.evaluation.report.frequency import CoverageGroup, IntervalCoverage
from models.evaluation.report.importance import ModelImportance
from models.shell.chart import Chart, LegendKey
from models.shell.svg import AxisScale, Frame, percent, reaching, rows_frame, shares, shortened

_LABELS = 126
_MAX_LABEL = 19
_RATIO_PLACES = (0.5, 0.7, 1.0, 1.4, 2.0)


def coverage_charts(part: IntervalCoverage) -> list[Chart]:
    """Share of realised values inside their interval by tier, risk and foreseen value; the line is what is claimed."""
    every = [("tier", part.groups), ("probability of default", part.by_risk), ("foreseen value", part.by_value)]
    low = min(part.level, *(each.low for _, groups in every for each in groups))
    scale = AxisScale(low=max(low - 0.03, 0.0), high=1.0, name="share of clients inside their interval", say=percent)
    return [_coverage_chart(part.level, scale, name, groups) for name, groups in every if groups]


def _coverage_chart(level: float, scale: AxisScale, name: str, groups: Sequence[CoverageGroup]) -> Chart:
    frame = rows_frame(scale, len(groups), left=_LABELS)
    marks = [frame.segment((level, -0.5), (level, len(groups) - 0.5), "target")]
    for row, each in enumerate(groups):
        marks += _range(frame, row, each, f"{each.name} ({each.clients:,})", "ours")
    title = f"Values inside their {level:.0%} interval, by {name}"
    legend = (LegendKey(css="ours", label="covered, 95% range", shape="dot"), LegendKey(css="target", label="claimed"))
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def decline_errors_chart(attribute: str, groups: Sequence[ErrorGroup]) -> Chart:
    """Foreseen mean and realised share of decline, group by group."""
    seen = [end for each in groups for end in (each.foreseen, each.low, each.high)]
    frame = rows_frame(shares(seen, name="share of clients that decline"), len(groups), left=_LABELS)
    marks: list[Markup] = []
    for row, each in enumerate(groups):
        marks += _range(frame, row, each, each.name, "realised", each.foreseen)
        marks.append(frame.dot(each.foreseen, row, "foreseen hollow", reported(each.name, each, each.foreseen), 4.2))
    title = f"Decline by {attribute.replace('_', ' ')}"
    legend = (
        LegendKey(css="foreseen hollow", label="foreseen", shape="dot"),
        LegendKey(css="realised", label="realised, 95% range", shape="dot"),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def total_errors_chart(attribute: str, groups: Sequence[ErrorGroup]) -> Chart:
    """Foreseen over realised total value, group by group, on a scale of doublings; what lies beyond is at its end."""
    places = tuple(math.log2(ratio) for ratio in _RATIO_PLACES)
    scale = AxisScale(
        low=places[0] - 0.1,
        high=places[-1] + 0.1,
        name="foreseen total over realised total",
        say=lambda doublings: f"{2**doublings:.2g}",
        places=places,
    )
    frame = rows_frame(scale, len(groups), left=_LABELS)
    marks = [frame.segment((0.0, -0.5), (0.0, len(groups) - 0.5), "target")]
    for row, each in enumerate(groups):
        marks.append(_row_label(frame, row, each.name))
        if each.total_ratio is not None:
            marks += _ratio(frame, row, each.name, each.total_ratio)
    title = f"Total value by {attribute.replace('_', ' ')}"
    legend = (
        LegendKey(css="target", label="1: right in total"),
        LegendKey(css="bar ours", label="foreseen / realised", shape="box"),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def _ratio(frame: Frame, row: int, name: str, ratio: float) -> list[Markup]:
    """A bar from 1 to the ratio, and the figure on the other side of 1."""
    doublings = math.log2(ratio) if ratio > 0 else frame.x.low
    side = ("tick end", (-4.0, 4.0)) if doublings >= 0 else ("tick", (4.0, 4.0))
    return [
        frame.bar((0.0, doublings), (row - 0.3, row + 0.3), "bar ours", f"{name}: {ratio:.2f}"),
        frame.text(0.0, row, f"{ratio:.2f}", side[0], shift=side[1]),
    ]


def importance_chart(model: str, part: ModelImportance) -> Chart:
    """The features of the largest gain, as shares of all gain."""
    features = part.features
    scale = reaching([each.share for each in features], name="share of the model's gain", say=percent)
    frame = rows_frame(scale, max(len(features), 1), left=190)
    marks: list[Markup] = []
    for row, each in enumerate(features):
        reported = f"{each.name}: {percent(each.share)}"
        marks.append(frame.text(scale.low, row, shortened(each.name, 31), "label end", shift=(-6, 4)))
        marks.append(frame.bar((0.0, each.share), (row - 0.34, row + 0.34), "bar ours", reported))
    title = f"What the {model} model leans on"
    return Chart(title=title, svg=frame.svg(title, marks))


def _range(
    frame: Frame, row: int, found: RealisedShare, name: str, css: str, foreseen: float | None = None
) -> list[Markup]:
    """One row: its label, its realised share as a dot, its 95% range as a line."""
    return [
        _row_label(frame, row, name),
        frame.segment((found.low, row), (found.high, row), f"line {css} thin"),
        frame.dot(found.realised, row, css, reported(name, found, foreseen)),
    ]


def _row_label(frame: Frame, row: int, name: str) -> Markup:
    return frame.text(frame.x.low, row, shortened(name, _MAX_LABEL), "label end", shift=(-6, 4))
