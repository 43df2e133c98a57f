"""Figures of outcomes, benchmarks and publications as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from models.card.report import CardFigure
from models.evaluation.report.contents import OriginReport
from models.evaluation.report.names import benchmark_name, group_name
from models.monitoring.report import PublicationOutcomes
from models.monitoring.text import beside_what, tier_name
from models.reasons.figures import currency_name
from models.text import Language, Text
from models.validation.figures import FigureTable, Row, columns_of
from models.validation.names import SEVERITIES, metric_name, target_name
from models.validation.report import ValidationReport

_METRICS: Final = (
    Text("Metrics at each test origin"),
    Text(
        "out of time: models learned before the date only, outcomes came after it; 95% intervals by bootstrap over "
        "sponsor groups where they are known, else clients."
    ),
)
_CALIBRATION: Final = (
    Text("Calibration of decline at {day}"),
    Text("clients of about the same chance of decline: the mean foreseen should lie within the range of what came."),
)
_BENCHMARKS: Final = (
    Text("Beside benchmarks"),
    Text(
        "each benchmark judged the same clients; ours minus it with the paired 95% interval: where that holds 0 "
        "neither is proven better. Recency and past sums need no model, BG/NBD is the standard of the field, and "
        "untuned LightGBM and logistic regression are the default models."
    ),
)
_TOTALS: Final = (
    Text("Totals by what was foreseen at {day}, {currency}"),
    Text(
        "bands by foreseen value and by chance of default; 1 in the last column is right. Defaults are numbers of "
        "clients."
    ),
)
_OF: Final = {
    "value": Text("value", "total"),
    "credit loss": Text("credit loss", "total"),
    "defaults": Text("defaults", "total"),
}
_COVERAGE: Final = Text("Values inside their intervals at {day}")
_COVERAGE_READ: Final = Text("by tier, chance of default and foreseen value.")
_CLAIMED: Final = Text("{level:.0%} is claimed; by tier, chance of default and foreseen value.")
_CURVE: Final = (
    Text("When: the curve over the horizon at {day}"),
    Text(
        "the share of clients foreseen to have had it by the end of each period should lie in the range of what came."
    ),
)
_SINCE: Final = (
    Text("What came since publications"),
    Text(
        "events that the published curves foresaw by now, and those that came, by tier, whether or not the horizon is "
        "over."
    ),
)
_ALARMS: Final = (
    Text("Alarms of monitoring"),
    Text("figures of inputs, scores and outcomes that reach a limit of the section monitor."),
)


def outcome_figures(report: ValidationReport, language: Language) -> Iterator[FigureTable]:
    """Metrics, calibration, totals, coverage and curve of the newest test origin; publications and alarms."""
    origins = sorted(report.evaluation.origins, key=lambda origin: origin.as_of, reverse=True)
    yield FigureTable(
        key="metrics",
        part="outcomes",
        title=_METRICS[0].within(language),
        read=_METRICS[1].within(language),
        columns=columns_of(
            "as of=as_of | target | metric | figure:number | low:number | high:number | clients:count", language
        ),
        rows=tuple(
            (
                *(f"{o.as_of}", target_name(target, language), metric_name(metric, language)),
                *(each.estimate, each.low, each.high, o.clients),
            )
            for o in origins
            for target in ("decline", "value")
            for metric, each in o.of(target).metrics.get("ours", {}).items()
        ),
        is_long=True,
    )
    newest = newest_origin(report)
    yield FigureTable(
        key="calibration",
        part="outcomes",
        title=_CALIBRATION[0].within(language, day=str(newest.as_of)),
        read=_CALIBRATION[1].within(language),
        columns=columns_of("clients:count | foreseen:share | came:share | low:share | high:share", language),
        rows=tuple((b.clients, b.foreseen, b.realised, b.low, b.high) for b in newest.parts.calibration),
    )
    yield _totals(report, newest, language)
    yield _coverage(newest, language)
    yield _curve(newest, language)
    yield from _publications(report, language)


def _beside(report: ValidationReport, figure: CardFigure, language: Language) -> Iterator[Row]:
    as_of, target, metric = figure.as_of, figure.target, figure.metric
    origin = next(each for each in report.evaluation.origins if each.as_of == as_of)
    part = origin.of(target)
    for name, figures in part.metrics.items():
        if metric in figures:
            each, less = figures[metric], part.ours_minus.get(name)
            minus = (None, None, None) if less is None else (less.estimate, less.low, less.high)
            yield (
                *(
                    f"{as_of}",
                    target_name(target, language),
                    metric_name(metric, language),
                    benchmark_name(name, language),
                ),
                *(each.estimate, each.low, each.high, *minus),
            )


def benchmark_figures(report: ValidationReport, language: Language) -> Iterator[FigureTable]:
    """The main metrics beside those of every benchmark."""
    yield FigureTable(
        key="benchmarks",
        part="benchmarks",
        title=_BENCHMARKS[0].within(language),
        read=_BENCHMARKS[1].within(language),
        columns=columns_of(
            "as of=as_of | target | metric | benchmark | figure:number | low:number | high:number"
            " | ours minus it=difference:number | low=difference_low:number | high=difference_high:number",
            language,
        ),
        rows=tuple(row for figure in report.card.figures for row in _beside(report, figure, language)),
    )


def newest_origin(report: ValidationReport) -> OriginReport:
    """The test origin whose plots are shown."""
    return max(report.evaluation.origins, key=lambda origin: origin.as_of)


def _totals(report: ValidationReport, newest: OriginReport, language: Language) -> FigureTable:
    totals = newest.parts.totals
    amounts = {
        "value": [*totals.value_by_value, *totals.value_by_risk[1:]],
        "credit loss": list(totals.credit_loss_by_risk),
    }
    rows: list[Row] = [
        (
            _OF[what].within(language),
            group_name(each.name, language),
            each.clients,
            each.foreseen,
            r.estimate,
            r.low,
            r.high,
            each.ratio.estimate,
        )
        for what, bands in amounts.items()
        for each in bands
        for r in [each.realised]
    ]
    rows += [
        (_OF["defaults"].within(language), group_name(d.name, language), d.clients, d.foreseen * d.clients,
         d.realised * d.clients, d.low * d.clients, d.high * d.clients,
         d.foreseen / d.realised if d.realised else None)
        for d in totals.defaults_by_risk
    ]  # fmt: skip
    return FigureTable(
        key="totals",
        part="outcomes",
        title=_TOTALS[0].within(
            language, day=str(newest.as_of), currency=currency_name(report.card.currency, language)
        ),
        read=_TOTALS[1].within(language),
        columns=columns_of(
            "of | band | clients:count | foreseen:money | came:money | low:money | high:money | ratio:number", language
        ),
        rows=tuple(rows),
    )


def _coverage(newest: OriginReport, language: Language) -> FigureTable:
    part = newest.parts.coverage
    groups = [] if part is None else [*part.groups, *part.by_risk, *part.by_value]
    read = _COVERAGE_READ if part is None else _CLAIMED.filled(level=part.level)
    return FigureTable(
        key="coverage",
        part="outcomes",
        title=_COVERAGE.within(language, day=str(newest.as_of)),
        read=read.within(language),
        columns=columns_of("clients of=group | clients:count | inside:share | low:share | high:share", language),
        rows=tuple(
            (group_name(each.name, language), each.clients, each.realised, each.low, each.high) for each in groups
        ),
    )


def _curve(newest: OriginReport, language: Language) -> FigureTable:
    part = newest.parts.curve
    steps = [] if part is None else zip(part.ends, part.foreseen, part.realised, part.low, part.high, strict=True)
    return FigureTable(
        key="curve",
        part="outcomes",
        title=_CURVE[0].within(language, day=str(newest.as_of)),
        read=_CURVE[1].within(language),
        columns=columns_of(
            "until period=until_period:count | foreseen:share | came:share | low:share | high:share", language
        ),
        rows=tuple(steps),
    )


def _publications(report: ValidationReport, language: Language) -> Iterator[FigureTable]:
    found = report.monitoring
    outcomes = () if found is None else found.outcomes
    yield FigureTable(
        key="publications",
        part="outcomes",
        title=_SINCE[0].within(language),
        read=_SINCE[1].within(language),
        columns=columns_of(
            "published=as_of | periods over=elapsed:count | of=horizon:count | tier | clients:count"
            " | foreseen:number | came:number | low:number | high:number",
            language,
        ),
        rows=tuple(row for each in outcomes for row in _since(each, language)),
        is_long=True,
    )
    alarms = () if found is None else found.alarms
    yield FigureTable(
        key="alarms",
        part="outcomes",
        title=_ALARMS[0].within(language),
        read=_ALARMS[1].within(language),
        columns=columns_of(
            "severity | what=code | of=subjects | beside | figure:number | limit:number | found", language
        ),
        rows=tuple(
            (
                *(SEVERITIES[a.severity].within(language), a.code, a.named_text.within(language)),
                *(beside_what(a, language), a.figure, a.limit, a.within(language)[0]),
            )
            for a in alarms
        ),
    )


def _since(each: PublicationOutcomes, language: Language) -> Iterator[Row]:
    for tier in each.tiers:
        called = tier_name(tier.tier, language)
        came = tier.came
        yield (
            *(f"{each.as_of}", each.elapsed, each.horizon, called),
            *(tier.clients, tier.foreseen, came.estimate, came.low, came.high),
        )
