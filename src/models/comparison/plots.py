"""Plots of a comparison: declines over time, value by tenth, differences by tier and region, and reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from models.comparison.report import ComparedSlice, ExplainedShift, JudgedVersions, ValueBand, VersionComparison
from models.comparison.text import grouping, names_of, reason_title
from models.metrics.bootstrap import ReportedInterval
from models.reasons.figures import currency_name
from models.shell.chart import Chart, LegendKey
from models.shell.svg import (
    AxisScale,
    Frame,
    amount,
    amounts,
    percent,
    plain_number,
    reaching,
    rows_frame,
    shortened,
)
from models.text import ENGLISH, Language, Text

FIRST, SECOND, CAME = "s2", "ours", "realised"
"""Styles of the two versions and of what came."""
_LABELS, _MAX_LABEL = 126, 19
_REASON_LABELS, _MAX_REASON = 190, 31
_SINCE = {
    "week": Text("weeks since {day}"),
    "month": Text("months since {day}"),
    "quarter": Text("quarters since {day}"),
}
_STAND = Text("stand as declined")
_NAMED = Text("{name}: {figure}", "mark of a plot")
_DECLINES = Text("Declines by now: expected, and come")
_CAME = Text("came, 95% range")
_AFTER = Text("after {elapsed}: {share}", "mark of a plot")
_TENTH = Text("tenth by expected value, highest first")
_PER_CLIENT = Text("{currency} per client", "axis")
_BROUGHT = Text("{name}: {figure} came", "mark of a plot")
_TENTHS = Text("Value by tenth: expected (line) and come (ring)")
_AUC_BY = Text("AUC by {by}: {second} less {first}")
_RANKS_BETTER = Text("right: ranks better")
_ERROR_BY = Text("Mean error of value by {by}: {second} less {first}")
_ERRS_LESS = Text("{currency}; left: errs less")
_DIFFERENCE = Text("difference, 95% range")
_NO_DIFFERENCE = Text("no difference")
_SHARE_MOVED = Text("share of what moves it")
_OF_REASON = Text("{reason}, {name}: {share}", "mark of a plot")
_MOVES = {
    "decline": Text("What moves decline: reasons that changed most"),
    "value": Text("What moves value: reasons that changed most"),
}


def judged_charts(report: VersionComparison, language: Language = ENGLISH) -> list[Chart]:
    """Both versions beside what came, over the whole book and by tier and region."""
    judged = report.judged
    if judged is None:
        return []
    names, currency = names_of(report, language), currency_name(report.currency, language)
    charts = [curve_chart(judged, names, language)]
    if judged.bands:
        charts.append(bands_chart(judged, names, currency, language))
    return [*charts, *slice_charts(judged.slices, names, currency, language)]


def curve_chart(judged: JudgedVersions, names: tuple[str, str], language: Language = ENGLISH) -> Chart:
    """Share of clients that stood as declined after each step, and what both versions expected."""
    points, part = judged.curve, judged.so_far
    seen = [end for each in points for end in (*each.expected, each.came.estimate, each.came.high)]
    frame = Frame(
        x=AxisScale(
            low=0,
            high=part.elapsed,
            name=_SINCE[part.period].within(language, day=str(judged.as_of)),
            say=plain_number,
        ),
        y=reaching(seen, name=_STAND.within(language), say=percent),
    )
    marks = [
        frame.line([(each.elapsed, each.expected[place]) for each in points], css, names[place])
        for place, css in enumerate((FIRST, SECOND))
    ]
    for each in points:
        marks += _standing(frame, each.elapsed, each.came, language)
        for place, css in enumerate((FIRST, SECOND)):
            said = _NAMED.within(language, name=names[place], figure=percent(each.expected[place]))
            marks.append(frame.dot(each.elapsed, each.expected[place], css, said, 2.2))
    title = _DECLINES.within(language)
    return Chart(title=title, svg=frame.svg(title, marks), legend=_legend(names, _CAME.within(language)))


def _standing(frame: Frame, elapsed: int, came: ReportedInterval, language: Language) -> Iterator[Markup]:
    if came.estimate is None:
        return
    if came.low is not None and came.high is not None:
        yield frame.segment((elapsed, came.low), (elapsed, came.high), f"line {CAME} thin")
    said = _AFTER.within(language, elapsed=elapsed, share=percent(came.estimate))
    yield frame.dot(elapsed, came.estimate, CAME, said)


def bands_chart(judged: JudgedVersions, names: tuple[str, str], currency: str, language: Language = ENGLISH) -> Chart:
    """Mean value expected and come by tenth of the clients, each version's own, the highest expected first."""
    bands = judged.bands
    ends = [value for each in bands for value in (*each.expected, *each.came)]
    frame = Frame(
        x=AxisScale(low=0.5, high=len(bands) + 0.5, name=_TENTH.within(language), say=plain_number),
        y=reaching(ends, name=_PER_CLIENT.within(language, currency=currency), say=amounts(language)),
    )
    marks: list[Markup] = []
    for place, css in enumerate((FIRST, SECOND)):
        marks.append(frame.line([(row, each.expected[place]) for row, each in _numbered(bands)], css, names[place]))
        for row, each in _numbered(bands):
            said = _BROUGHT.within(language, name=names[place], figure=amount(each.came[place], language))
            marks.append(frame.dot(row, each.came[place], f"{css} hollow", said, 3.6))
    title = _TENTHS.within(language)
    return Chart(title=title, svg=frame.svg(title, marks), legend=_legend(names))


def slice_charts(
    slices: Sequence[ComparedSlice], names: tuple[str, str], currency: str, language: Language = ENGLISH
) -> list[Chart]:
    """By tier and by region: how much the second ranks declines better, and errs more on value."""
    charts, (first, second) = [], names
    for by in dict.fromkeys(each.by for each in slices):
        mine = [each for each in slices if each.by == by]
        if any(each.auc_difference.low is not None for each in mine):
            rows = [(each.name, each.auc_difference) for each in mine]
            title = _AUC_BY.within(language, by=grouping(by), first=first, second=second)
            charts.append(_differences(title, rows, _RANKS_BETTER.within(language), language))
        rows = [(each.name, each.error_difference) for each in mine]
        title = _ERROR_BY.within(language, by=grouping(by), first=first, second=second)
        charts.append(_differences(title, rows, _ERRS_LESS.within(language, currency=currency), language))
    return charts


def _differences(title: str, rows: Sequence[tuple[str, ReportedInterval]], axis: str, language: Language) -> Chart:
    ends = [end for _, each in rows for end in (each.estimate, each.low, each.high)]
    frame = rows_frame(reaching(ends, name=axis, say=amounts(language)), len(rows), left=_LABELS)
    marks = [frame.segment((0.0, -0.5), (0.0, len(rows) - 0.5), "target")]
    for row, (name, each) in enumerate(rows):
        marks.append(frame.text(frame.x.low, row, shortened(name, _MAX_LABEL), "label end", shift=(-6, 4)))
        if each.low is not None and each.high is not None:
            marks.append(frame.segment((each.low, row), (each.high, row), f"line {SECOND} thin"))
        if each.estimate is not None:
            said = _NAMED.within(language, name=name, figure=amount(each.estimate, language))
            marks.append(frame.dot(each.estimate, row, SECOND, said))
    legend = (
        LegendKey(css=SECOND, label=_DIFFERENCE.within(language), shape="dot"),
        LegendKey(css="target", label=_NO_DIFFERENCE.within(language)),
    )
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)


def reason_charts(report: VersionComparison, language: Language = ENGLISH) -> list[Chart]:
    """Per model the reasons that changed most."""
    names = names_of(report, language)
    return [_reason_chart(each, names, language) for each in report.change.reasons if each.shifts]


def _reason_chart(shift: ExplainedShift, names: tuple[str, str], language: Language) -> Chart:
    rows, axis = shift.shifts, _SHARE_MOVED.within(language)
    scale = reaching([share for each in rows for share in each.shares], name=axis, say=percent)
    frame = rows_frame(scale, len(rows), left=_REASON_LABELS)
    marks: list[Markup] = []
    for row, each in enumerate(rows):
        reason = reason_title(each, language)
        marks.append(frame.text(scale.low, row, shortened(reason, _MAX_REASON), "label end", shift=(-6, 4)))
        marks.append(frame.segment((each.shares[0], row), (each.shares[1], row), f"line {SECOND} thin"))
        for place, css in enumerate((FIRST, SECOND)):
            share = percent(each.shares[place])
            said = _OF_REASON.within(language, reason=reason, name=names[place], share=share)
            marks.append(frame.dot(each.shares[place], row, css, said))
    title = _MOVES[shift.model].within(language)
    return Chart(title=title, svg=frame.svg(title, marks), legend=_legend(names, shape="dot"))


def _legend(names: tuple[str, str], came: str = "", *, shape: str = "line") -> tuple[LegendKey, ...]:
    keys = [LegendKey(css=css, label=name, shape=shape) for css, name in zip((FIRST, SECOND), names, strict=True)]
    return (*keys, LegendKey(css=CAME, label=came, shape="dot")) if came else tuple(keys)


def _numbered(bands: Sequence[ValueBand]) -> list[tuple[int, ValueBand]]:
    return list(enumerate(bands, start=1))
