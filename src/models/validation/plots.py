"""Plots of a validation report by figure; those of evaluation and monitoring are drawn as their own pages draw them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from models.evaluation import plots as evaluation_plots
from models.evaluation.report.contents import OriginReport
from models.monitoring.plots import outcome_charts
from models.shell.chart import COLOURS, OURS, Chart, LegendKey
from models.shell.svg import AxisScale, Frame, Say, percent, plain_number, reaching, rows_frame, shares, shortened
from models.validation.outcome_figures import newest_origin
from models.validation.report import SelectionGroup, ShockEffect, ShockKind, ValidationReport
from models.validation.rules import SCORES

_LABELS, _MOST_LETTERS = 196, 31
_GROUP_LABELS, _GROUP_LETTERS = 126, 19
_FAIRNESS = ("region", "country", "size", "ownership")
_LIMITS = (0.1, 0.25)
"""Lines of a population stability index in credit scoring. Source: Siddiqi (2006)."""
_MOST_DATES = 5


def figure_charts(report: ValidationReport) -> dict[str, list[Chart]]:
    """Figure -> its plots; none of a figure that is a table alone."""
    newest = newest_origin(report)
    found = {
        **_of_outcomes(newest, report),
        "shocks": list(_shocks(report, of_inputs=False)),
        "input-shocks": list(_shocks(report, of_inputs=True)),
        "dates": [] if len(report.stability.dates) < 2 else [_dates(report)],  # noqa: PLR2004 - a line
        "selection": list(_selection(report)),
        "groups": [
            evaluation_plots.decline_errors_chart(name, newest.parts.errors[name])
            for name in _FAIRNESS
            if name in newest.parts.errors
        ],
    }
    return {key: charts for key, charts in found.items() if charts}


def _of_outcomes(newest: OriginReport, report: ValidationReport) -> dict[str, list[Chart]]:
    parts, horizon = newest.parts, report.evaluation.horizon
    stability = report.evaluation.stability
    several = len(stability.as_of) > 1
    return {
        "inputs": [evaluation_plots.importance_chart(model, part) for model, part in parts.importance.items()],
        "calibration": [evaluation_plots.calibration_chart(parts.calibration)],
        "totals": []
        if parts.deciles is None
        else [evaluation_plots.deciles_chart(parts.deciles, report.card.currency)],
        "coverage": [] if parts.coverage is None else evaluation_plots.coverage_charts(parts.coverage),
        "curve": [] if parts.curve is None else [evaluation_plots.curve_chart(parts.curve, horizon.period)],
        "benchmarks": [
            *(evaluation_plots.gains_chart(name, part) for name, part in parts.gains.items()),
            *(
                evaluation_plots.stability_chart(target, part, stability.as_of)
                for target, part in stability.metrics.items()
                if several
            ),
        ],
        "publications": outcome_charts(report.monitoring) if report.monitoring and report.monitoring.outcomes else [],
    }


def _shocks(report: ValidationReport, *, of_inputs: bool) -> Iterator[Chart]:
    """Value, decline, credit loss where it is known, and tiers."""
    chosen = [each for each in report.sensitivity.effects if (each.kind is ShockKind.INPUT) == of_inputs]
    if chosen:
        yield _bars("Expected value", "change of the total", chosen, _value, _signed_percent)
        yield _bars("Mean chance of decline", "change in points", chosen, _decline, _points)
        if any(each.before.credit_loss for each in chosen):
            yield _bars("Expected credit loss", "change of the total", chosen, _loss, _signed_percent)
        yield _bars("Clients in another tier", "share of clients", chosen, lambda each: each.moved, percent)


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
    title: str, axis: str, effects: Sequence[ShockEffect], read: Callable[[ShockEffect], float], say: Say
) -> Chart:
    """A bar per shock from nothing to its effect."""
    scale = reaching([read(each) for each in effects], name=axis, say=say)
    frame = rows_frame(scale, len(effects), left=_LABELS)
    marks: list[Markup] = []
    for row, each in enumerate(effects):
        reported = f"{each.title}: {say(read(each))}"
        marks.append(frame.text(scale.low, row, shortened(each.title, _MOST_LETTERS), "label end", shift=(-6, 4)))
        marks.append(frame.bar((0.0, read(each)), (row - 0.32, row + 0.32), "bar ours", reported))
    marks.append(frame.segment((0.0, -0.5), (0.0, len(effects) - 0.5), "target"))
    return Chart(title=title, svg=frame.svg(title, marks))


def _dates(report: ValidationReport) -> Chart:
    dates = report.stability.dates
    known = {name: [each.scores.get(name) for each in dates] for name in SCORES}
    lines = {name: line for name, line in known.items() if None not in line}
    top = [index for line in lines.values() for index in line if index is not None]
    step = -(-len(dates) // _MOST_DATES)
    x = AxisScale(
        low=-0.3,
        high=len(dates) - 0.7,
        name="as-of date",
        say=lambda place: f"{dates[int(place)].as_of:%Y-%m}",
        places=tuple(float(place) for place in range(0, len(dates), step)),
    )
    frame = Frame(x=x, y=reaching([*top, _LIMITS[1]], name="stability index", say=plain_number))
    styles = dict(zip(lines, (OURS, *COLOURS), strict=False))
    marks = [frame.segment((x.low, limit), (x.high, limit), "target") for limit in _LIMITS]
    for name, line in lines.items():
        points = [(float(place), index) for place, index in enumerate(line) if index is not None]
        marks.append(frame.line(points, styles[name], SCORES[name]))
        marks += [
            frame.dot(*point, styles[name], f"{SCORES[name]}, {dates[int(point[0])].as_of}: {point[1]:.2f}")
            for point in points
        ]
    legend = [LegendKey(css=css, label=SCORES[name]) for name, css in styles.items()]
    limits = LegendKey(css="target", label="0.1 and 0.25")
    title = "Scores beside training: stability index"
    return Chart(title=title, svg=frame.svg(title, marks), legend=(*legend, limits))


def _selection(report: ValidationReport) -> Iterator[Chart]:
    for by in dict.fromkeys(group.by for group in report.selection.groups):
        yield _selected(by, [group for group in report.selection.groups if group.by == by], report)


def _selected(by: str, groups: Sequence[SelectionGroup], report: ValidationReport) -> Chart:
    overall = sum(group.selected for group in groups) / sum(group.clients for group in groups)
    tiers = ", ".join(report.selection.tiers)
    ends = [end for group in groups for end in (group.low, group.high)]
    frame = rows_frame(shares([*ends, overall], name=f"share of clients in {tiers}"), len(groups), left=_GROUP_LABELS)
    marks = [frame.segment((overall, -0.5), (overall, len(groups) - 0.5), "target")]
    for row, each in enumerate(groups):
        label = shortened(each.name, _GROUP_LETTERS)
        said = f"{each.name}: {percent(each.share)} ({percent(each.low)} to {percent(each.high)}) of {each.clients:,}"
        marks.append(frame.text(frame.x.low, row, label, "label end", shift=(-6, 4)))
        marks.append(frame.segment((each.low, row), (each.high, row), "line ours thin"))
        marks.append(frame.dot(each.share, row, OURS, said))
    legend = (
        LegendKey(css=OURS, label="share, 95% range", shape="dot"),
        LegendKey(css="target", label="all clients"),
    )
    title = f"In {tiers} by {by}"
    return Chart(title=title, svg=frame.svg(title, marks), legend=legend)
