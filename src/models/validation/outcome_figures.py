"""Figures of outcomes, benchmarks and publications as tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from models.evaluation.report.contents import OriginReport
from models.evaluation.report.names import benchmark_name
from models.monitoring.report import ALL, PublicationOutcomes
from models.validation.figures import FigureTable, Row, columns_of
from models.validation.report import ValidationReport


def outcome_figures(report: ValidationReport) -> Iterator[FigureTable]:
    """Metrics, calibration, totals, coverage and curve of the newest test origin; publications and alarms."""
    origins = sorted(report.evaluation.origins, key=lambda origin: origin.as_of, reverse=True)
    yield FigureTable(
        key="metrics",
        part="outcomes",
        title="Metrics at each test origin",
        read="out of time: models learned before the date only, outcomes came after it; 95% intervals by bootstrap "
        "over sponsor groups where they are known, else clients.",
        columns=columns_of("as of=as_of | target | metric | figure:number | low:number | high:number | clients:count"),
        rows=tuple(
            (f"{o.as_of}", target, metric.replace("_", " "), each.estimate, each.low, each.high, o.clients)
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
        title=f"Calibration of decline at {newest.as_of}",
        read="clients of about the same chance of decline: the mean foreseen should lie within the range of what came.",
        columns=columns_of("clients:count | foreseen:share | came:share | low:share | high:share"),
        rows=tuple((b.clients, b.foreseen, b.realised, b.low, b.high) for b in newest.parts.calibration),
    )
    yield _totals(report, newest)
    yield _coverage(newest)
    yield _curve(newest)
    yield from _publications(report)


def _beside(report: ValidationReport, as_of: date, target: str, metric: str) -> Iterator[Row]:
    origin = next(each for each in report.evaluation.origins if each.as_of == as_of)
    part = origin.of(target)
    for name, figures in part.metrics.items():
        if metric in figures:
            each, less = figures[metric], part.ours_minus.get(name)
            minus = (None, None, None) if less is None else (less.estimate, less.low, less.high)
            yield (
                *(f"{as_of}", target, metric.replace("_", " "), benchmark_name(name)),
                *(each.estimate, each.low, each.high, *minus),
            )


def benchmark_figures(report: ValidationReport) -> Iterator[FigureTable]:
    """The main metrics beside those of every benchmark."""
    yield FigureTable(
        key="benchmarks",
        part="benchmarks",
        title="Beside benchmarks",
        read="each benchmark judged the same clients; ours minus it with the paired 95% interval: where that holds 0 "
        "neither is proven better. Recency and past sums need no model, BG/NBD is the standard of the field, and "
        "untuned LightGBM and logistic regression are the default models.",
        columns=columns_of(
            "as of=as_of | target | metric | benchmark | figure:number | low:number | high:number"
            " | ours minus it=difference:number | low=difference_low:number | high=difference_high:number"
        ),
        rows=tuple(
            row for figure in report.card.figures for row in _beside(report, figure.as_of, figure.target, figure.metric)
        ),
    )


def newest_origin(report: ValidationReport) -> OriginReport:
    """The test origin whose plots are shown."""
    return max(report.evaluation.origins, key=lambda origin: origin.as_of)


def _totals(report: ValidationReport, newest: OriginReport) -> FigureTable:
    totals = newest.parts.totals
    amounts = {
        "value": [*totals.value_by_value, *totals.value_by_risk[1:]],
        "credit loss": list(totals.credit_loss_by_risk),
    }
    rows: list[Row] = [
        (what, each.name, each.clients, each.foreseen, r.estimate, r.low, r.high, each.ratio.estimate)
        for what, bands in amounts.items()
        for each in bands
        for r in [each.realised]
    ]
    rows += [
        ("defaults", d.name, d.clients, d.foreseen * d.clients, d.realised * d.clients, d.low * d.clients,
         d.high * d.clients, d.foreseen / d.realised if d.realised else None)
        for d in totals.defaults_by_risk
    ]  # fmt: skip
    return FigureTable(
        key="totals",
        part="outcomes",
        title=f"Totals by what was foreseen at {newest.as_of}, {report.card.currency}",
        read="bands by foreseen value and by chance of default; 1 in the last column is right. Defaults are "
        "numbers of clients.",
        columns=columns_of(
            "of | band | clients:count | foreseen:money | came:money | low:money | high:money | ratio:number"
        ),
        rows=tuple(rows),
    )


def _coverage(newest: OriginReport) -> FigureTable:
    part = newest.parts.coverage
    groups = [] if part is None else [*part.groups, *part.by_risk, *part.by_value]
    level = "" if part is None else f"{part.level:.0%} is claimed; "
    return FigureTable(
        key="coverage",
        part="outcomes",
        title=f"Values inside their intervals at {newest.as_of}",
        read=f"{level}by tier, chance of default and foreseen value.",
        columns=columns_of("clients of=group | clients:count | inside:share | low:share | high:share"),
        rows=tuple((each.name, each.clients, each.realised, each.low, each.high) for each in groups),
    )


def _curve(newest: OriginReport) -> FigureTable:
    part = newest.parts.curve
    steps = [] if part is None else zip(part.ends, part.foreseen, part.realised, part.low, part.high, strict=True)
    return FigureTable(
        key="curve",
        part="outcomes",
        title=f"When: the curve over the horizon at {newest.as_of}",
        read="the share of clients foreseen to have had it by the end of each period should lie in the range of what "
        "came.",
        columns=columns_of("until period=until_period:count | foreseen:share | came:share | low:share | high:share"),
        rows=tuple(steps),
    )


def _publications(report: ValidationReport) -> Iterator[FigureTable]:
    found = report.monitoring
    outcomes = () if found is None else found.outcomes
    yield FigureTable(
        key="publications",
        part="outcomes",
        title="What came since publications",
        read="events that the published curves foresaw by now, and those that came, by tier, whether or not the "
        "horizon is over.",
        columns=columns_of(
            "published=as_of | periods over=elapsed:count | of=horizon:count | tier | clients:count"
            " | foreseen:number | came:number | low:number | high:number"
        ),
        rows=tuple(row for each in outcomes for row in _since(each)),
        is_long=True,
    )
    alarms = () if found is None else found.alarms
    yield FigureTable(
        key="alarms",
        part="outcomes",
        title="Alarms of monitoring",
        read="figures of inputs, scores and outcomes that reach a limit of the section monitor.",
        columns=columns_of("severity | what=code | of=subjects | beside | figure:number | limit:number | found"),
        rows=tuple((a.severity.value, a.code, a.named, a.beside, a.figure, a.limit, a.found) for a in alarms),
    )


def _since(each: PublicationOutcomes) -> Iterator[Row]:
    for tier in each.tiers:
        called = "all" if tier.tier == ALL else tier.tier
        came = tier.came
        yield (
            *(f"{each.as_of}", each.elapsed, each.horizon, called),
            *(tier.clients, tier.foreseen, came.estimate, came.low, came.high),
        )
