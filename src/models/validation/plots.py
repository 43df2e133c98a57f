"""Plots of a validation report by figure; those of evaluation and monitoring are drawn as their own pages draw them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from markupsafe import Markup

from models.evaluation import plots as evaluation_plots
from models.evaluation.report.contents import OriginReport
from models.evaluation.report.names import ReportWords, group_name
from models.monitoring.plots import outcome_charts
from models.shell.chart import COLOURS, OURS, Chart, LegendKey
from models.shell.svg import AxisScale, Frame, Say, percent, plain_number, reaching, rows_frame, shares, shortened
from models.text import ENGLISH, Language, Slot, Text, in_a_row
from models.validation.outcome_figures import newest_origin
from models.validation.report import SelectionGroup, ShockEffect, ShockKind, ValidationReport
from models.validation.rules import GROUPINGS, SCORES

_VALUE = Text("Expected value", "title of a plot")
_DECLINE = Text("Mean chance of decline", "title of a plot")
_LOSS = Text("Expected credit loss", "title of a plot")
_MOVED = Text("Clients in another tier")
_OF_TOTAL = Text("change of the total")
_IN_POINTS = Text("change in points")
_OF_CLIENTS = Text("share of clients")
_POINT = Text("{name}: {figure}", "mark of a plot")
_AS_OF = Text("as-of date", "axis")
_INDEX = Text("stability index")
_LINES = Text("0.1 and 0.25", "legend")
_DATES = Text("Scores beside training: stability index")
_SHARE_IN = Text("share of clients in {tiers}")
_OF_GROUP = Text("{name}: {share} ({low} to {high}) of {clients:,}", "mark of a plot")
_SHARE = Text("share, 95% range")
_ALL = Text("all clients")
_IN_BY = Text("In {tiers} by {by}")
_LABELS, _MOST_LETTERS = 196, 31
_GROUP_LABELS, _GROUP_LETTERS = 126, 19
_FAIRNESS = ("region", "country", "size", "ownership")
_LIMITS = (0.1, 0.25)
"""Lines of a population stability index in credit scoring. Source: Siddiqi (2006)."""
_MOST_DATES = 5


def figure_charts(report: ValidationReport, language: Language = ENGLISH) -> dict[str, list[Chart]]:
    """Figure -> its plots; none of a figure that is a table alone."""
    newest, words = newest_origin(report), ReportWords(language, report.evaluation.called)
    found = {
        **_of_outcomes(newest, report, language),
        "shocks": list(_shocks(report, language, of_inputs=False)),
        "input-shocks": list(_shocks(report, language, of_inputs=True)),
        "dates": [] if len(report.stability.dates) < 2 else [_dates(report, language)],  # noqa: PLR2004 - a line
        "selection": list(_selection(report, language)),
        "groups": [
            evaluation_plots.decline_errors_chart(name, newest.parts.errors[name], words)
            for name in _FAIRNESS
            if name in newest.parts.errors
        ],
    }
    return {key: charts for key, charts in found.items() if charts}


def _of_outcomes(newest: OriginReport, report: ValidationReport, language: Language) -> dict[str, list[Chart]]:
    parts, horizon = newest.parts, report.evaluation.horizon
    words = ReportWords(language, report.evaluation.called)
    stability = report.evaluation.stability
    several = len(stability.as_of) > 1
    return {
        "inputs": [evaluation_plots.importance_chart(model, part, words) for model, part in parts.importance.items()],
        "calibration": [evaluation_plots.calibration_chart(parts.calibration, language)],
        "totals": []
        if parts.deciles is None
        else [evaluation_plots.deciles_chart(parts.deciles, report.card.currency, language)],
        "coverage": [] if parts.coverage is None else evaluation_plots.coverage_charts(parts.coverage, words),
        "curve": [] if parts.curve is None else [evaluation_plots.curve_chart(parts.curve, horizon.period, language)],
        "benchmarks": [
            *(evaluation_plots.gains_chart(name, part, language) for name, part in parts.gains.items()),
            *(
                evaluation_plots.stability_chart(target, part, stability.as_of, language)
                for target, part in stability.metrics.items()
                if several
            ),
        ],
        "publications": outcome_charts(report.monitoring, language)
        if report.monitoring and report.monitoring.outcomes
        else [],
    }


def _shocks(report: ValidationReport, language: Language, *, of_inputs: bool) -> Iterator[Chart]:
    """Value, decline, credit loss where it is known, and tiers."""
    chosen = [each for each in report.sensitivity.effects if (each.kind is ShockKind.INPUT) == of_inputs]
    if chosen:
        bars = partial(_bars, effects=chosen, language=language)
        yield bars(_VALUE, _OF_TOTAL, read=_value, say=_signed_percent)
        yield bars(_DECLINE, _IN_POINTS, read=_decline, say=_points)
        if any(each.before.credit_loss for each in chosen):
            yield bars(_LOSS, _OF_TOTAL, read=_loss, say=_signed_percent)
        yield bars(_MOVED, _OF_CLIENTS, read=lambda each: each.moved, say=percent)


def _value(effect: ShockEffect) -> float:
    before = effect.before.value
    return (effect.after.value - before) / abs(before) if before else 0.0


def _loss(effect: ShockEffect) -> float:
    before, after = effect.before.credit_loss, effect.after.credit_loss
    return (after - before) / abs(before) if before and after is not None else 0.0


def _decline(effect: ShockEffect) -> float:
    return 100 * (effect.after.decline - effect.before.decline)


def _signed_percent(share: float) -> str:
    return f"{100 * share:+.3g}%" if share else "0%"


def _points(points: float) -> str:
    return f"{points:+.3g}" if points else "0"


def _bars(
    title: Text,
    axis: Text,
    *,
    effects: Sequence[ShockEffect],
    read: Callable[[ShockEffect], float],
    say: Say,
    language: Language,
) -> Chart:
    """A bar per shock from nothing to its effect."""
    scale = reaching([read(each) for each in effects], name=axis.within(language), say=say)
    frame = rows_frame(scale, len(effects), left=_LABELS)
    marks: list[Markup] = []
    for row, each in enumerate(effects):
        called = each.title_in(language)
        reported = _POINT.within(language, name=called, figure=say(read(each)))
        marks.append(frame.text(scale.low, row, shortened(called, _MOST_LETTERS), "label end", shift=(-6, 4)))
        marks.append(frame.bar((0.0, read(each)), (row - 0.32, row + 0.32), "bar ours", reported))
    marks.append(frame.segment((0.0, -0.5), (0.0, len(effects) - 0.5), "target"))
    said = title.within(language)
    return Chart(title=said, svg=frame.svg(said, marks))


def _dates(report: ValidationReport, language: Language) -> Chart:
    dates = report.stability.dates
    known = {name: [each.scores.get(name) for each in dates] for name in SCORES}
    lines = {name: line for name, line in known.items() if None not in line}
    top = [index for line in lines.values() for index in line if index is not None]
    step = -(-len(dates) // _MOST_DATES)
    x = AxisScale(
        low=-0.3,
        high=len(dates) - 0.7,
        name=_AS_OF.within(language),
        say=lambda place: f"{dates[int(place)].as_of:%Y-%m}",
        places=tuple(float(place) for place in range(0, len(dates), step)),
    )
    frame = Frame(x=x, y=reaching([*top, _LIMITS[1]], name=_INDEX.within(language), say=plain_number))
    styles, names = dict(zip(lines, (OURS, *COLOURS), strict=False)), {k: t.within(language) for k, t in SCORES.items()}
    marks = [frame.segment((x.low, limit), (x.high, limit), "target") for limit in _LIMITS]
    for name, line in lines.items():
        points = [(float(place), index) for place, index in enumerate(line) if index is not None]
        marks.append(frame.line(points, styles[name], names[name]))
        marks += [
            frame.dot(*point, styles[name], f"{names[name]}, {dates[int(point[0])].as_of}: {point[1]:.2f}")
            for point in points
        ]
    legend = [LegendKey(css=css, label=names[name]) for name, css in styles.items()]
    limits = LegendKey(css="target", label=_LINES.within(language))
    title = _DATES.within(language)
    return Chart(title=title, svg=frame.svg(title, marks), legend=(*legend, limits))


def _selection(report: ValidationReport, language: Language) -> Iterator[Chart]:
    for by in dict.fromkeys(group.by for group in report.selection.groups):
        groups = [group for group in report.selection.groups if group.by == by]
        yield _selected(by, groups, in_a_row(report.selection.tiers), language)


def _selected(by: str, groups: Sequence[SelectionGroup], tiers: Slot, language: Language) -> Chart:
    overall = sum(group.selected for group in groups) / sum(group.clients for group in groups)
    ends = [end for group in groups for end in (group.low, group.high)]
    frame = rows_frame(
        shares([*ends, overall], name=_SHARE_IN.within(language, tiers=tiers)), len(groups), left=_GROUP_LABELS
    )
    marks = [frame.segment((overall, -0.5), (overall, len(groups) - 0.5), "target")]
    for row, each in enumerate(groups):
        called = group_name(each.name, language)
        label = shortened(called, _GROUP_LETTERS)
        said = _OF_GROUP.within(
            language,
            name=called,
            share=percent(each.share),
            low=percent(each.low),
            high=percent(each.high),
            clients=each.clients,
        )
        marks.append(frame.text(frame.x.low, row, label, "label end", shift=(-6, 4)))
        marks.append(frame.segment((each.low, row), (each.high, row), "line ours thin"))
        marks.append(frame.dot(each.share, row, OURS, said))
    legend = (
        LegendKey(css=OURS, label=_SHARE.within(language), shape="dot"),
        LegendKey(css="target", label=_ALL.within(language)),
    )
    title = _IN_BY.within(language, tiers=tiers, by=GROUPINGS[by])
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)
