"""Plots of a comparison: declines over time, value by tenth, differences by tier and region, and reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from models.comparison.report import ComparedSlice, ExplainedShift, JudgedVersions, ValueBand, VersionComparison
from models.comparison.text import names_of
from models.metrics.bootstrap import ReportedInterval
from models.shell.chart import Chart, LegendKey
from models.shell.svg import AxisScale, Frame, amount, percent, plain_number, reaching, rows_frame, shortened

FIRST, SECOND, CAME = "s2", "ours", "realised"
"""Styles of the two versions and of what came."""
_LABELS, _MAX_LABEL = 126, 19
_REASON_LABELS, _MAX_REASON = 190, 31


def judged_charts(report: VersionComparison) -> list[Chart]:
    """Both versions beside what came, over the whole book and by tier and region."""
    judged = report.judged
    if judged is None:
        return []
    names = names_of(report)
    charts = [curve_chart(judged, names)]
    if judged.bands:
        charts.append(bands_chart(judged, names, report.currency))
    return [*charts, *slice_charts(judged.slices, names, report.currency)]


def curve_chart(judged: JudgedVersions, names: tuple[str, str]) -> Chart:
    """Share of clients that stood as declined after each step, and what both versions expected."""
    points, part = judged.curve, judged.so_far
    seen = [end for each in points for end in (*each.expected, each.came.estimate, each.came.high)]
    frame = Frame(
        x=AxisScale(low=0, high=part.elapsed, name=f"{part.period}s since {judged.as_of}", say=plain_number),
        y=reaching(seen, name="stand as declined", say=percent),
    )
    marks = [
        frame.line([(each.elapsed, each.expected[place]) for each in points], css, names[place])
        for place, css in enumerate((FIRST, SECOND))
    ]
    for each in points:
        marks += _standing(frame, each.elapsed, each.came)
        marks += [
            frame.dot(each.elapsed, each.expected[place], css, f"{names[place]}: {percent(each.expected[place])}", 2.2)
            for place, css in enumerate((FIRST, SECOND))
        ]
    title = "Declines by now: expected, and come"
    return Chart(title=title, svg=frame.svg(title, marks), legend=_legend(names, "came, 95% range"))


def _standing(frame: Frame, elapsed: int, came: ReportedInterval) -> Iterator[Markup]:
    if came.estimate is None:
        return
    if came.low is not None and came.high is not None:
        yield frame.segment((elapsed, came.low), (elapsed, came.high), f"line {CAME} thin")
    yield frame.dot(elapsed, came.estimate, CAME, f"after {elapsed}: {percent(came.estimate)}")


def bands_chart(judged: JudgedVersions, names: tuple[str, str], currency: str) -> Chart:
    """Mean value expected and come by tenth of the clients, each version's own, the highest expected first."""
    bands = judged.bands
    ends = [value for each in bands for value in (*each.expected, *each.came)]
    frame = Frame(
        x=AxisScale(low=0.5, high=len(bands) + 0.5, name="tenth by expected value, highest first", say=plain_number),
        y=reaching(ends, name=f"{currency} per client", say=amount),
    )
    marks: list[Markup] = []
    for place, css in enumerate((FIRST, SECOND)):
        marks.append(frame.line([(row, each.expected[place]) for row, each in _numbered(bands)], css, names[place]))
        marks += [
            frame.dot(row, each.came[place], f"{css} hollow", f"{names[place]}: {amount(each.came[place])} came", 3.6)
            for row, each in _numbered(bands)
        ]
    title = "Value by tenth: expected (line) and come (ring)"
    return Chart(title=title, svg=frame.svg(title, marks), legend=_legend(names))


def slice_charts(slices: Sequence[ComparedSlice], names: tuple[str, str], currency: str) -> list[Chart]:
    """By tier and by region: how much the second ranks declines better, and errs more on value."""
    charts = []
    for by in dict.fromkeys(each.by for each in slices):
        mine = [each for each in slices if each.by == by]
        if any(each.auc_difference.low is not None for each in mine):
            rows = [(each.name, each.auc_difference) for each in mine]
            charts.append(_differences(f"AUC by {by}: {names[1]} less {names[0]}", rows, "right: ranks better"))
        rows = [(each.name, each.error_difference) for each in mine]
        title = f"Mean error of value by {by}: {names[1]} less {names[0]}"
        charts.append(_differences(title, rows, f"{currency}; left: errs less"))
    return charts


def _differences(title: str, rows: Sequence[tuple[str, ReportedInterval]], axis: str) -> Chart:
    ends = [end for _, each in rows for end in (each.estimate, each.low, each.high)]
    frame = rows_frame(reaching(ends, name=axis), len(rows), left=_LABELS)
    marks = [frame.segment((0.0, -0.5), (0.0, len(rows) - 0.5), "target")]
    for row, (name, each) in enumerate(rows):
        marks.append(frame.text(frame.x.low, row, shortened(name, _MAX_LABEL), "label end", shift=(-6, 4)))
        if each.low is not None and each.high is not None:
            marks.append(frame.segment((each.low, row), (each.high, row), f"line {SECOND} thin"))
        if each.estimate is not None:
            marks.append(frame.dot(each.estimate, row, SECOND, f"{name}: {amount(each.estimate)}"))
    legend = (
        LegendKey(css=SECOND, label="difference, 95% range", shape="dot"),
        LegendKey(css="target", label="no difference"),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def reason_charts(report: VersionComparison) -> list[Chart]:
    """Per model the reasons that changed most."""
    names = names_of(report)
    return [_reason_chart(each, names) for each in report.change.reasons if each.shifts]


def _reason_chart(shift: ExplainedShift, names: tuple[str, str]) -> Chart:
    rows = shift.shifts
    scale = reaching([share for each in rows for share in each.shares], name="share of what moves it", say=percent)
    frame = rows_frame(scale, len(rows), left=_REASON_LABELS)
    marks: list[Markup] = []
    for row, each in enumerate(rows):
        marks.append(frame.text(scale.low, row, shortened(each.title, _MAX_REASON), "label end", shift=(-6, 4)))
        marks.append(frame.segment((each.shares[0], row), (each.shares[1], row), f"line {SECOND} thin"))
        marks += [
            frame.dot(each.shares[place], row, css, f"{each.title}, {names[place]}: {percent(each.shares[place])}")
            for place, css in enumerate((FIRST, SECOND))
        ]
    title = f"What moves {shift.model}: reasons that changed most"
    return Chart(title=title, svg=frame.svg(title, marks), legend=_legend(names, shape="dot"))


def _legend(names: tuple[str, str], came: str = "", *, shape: str = "line") -> tuple[LegendKey, ...]:
    keys = [LegendKey(css=css, label=name, shape=shape) for css, name in zip((FIRST, SECOND), names, strict=True)]
    return (*keys, LegendKey(css=CAME, label=came, shape="dot")) if came else tuple(keys)


def _numbered(bands: Sequence[ValueBand]) -> list[tuple[int, ValueBand]]:
    return list(enumerate(bands, start=1))
