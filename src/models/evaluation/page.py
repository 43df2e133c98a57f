"""Turns the report of an evaluation into one HTML page without scripts; tables and plots come from the report alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from models.evaluation import plots as report_plots
from models.evaluation.plots.benchmark_styles import in_order
from models.evaluation.report.contents import EvaluationReport, OriginParts
from models.evaluation.report.errors_by_group import ErrorGroup
from models.evaluation.report.explained import ExplainedModels
from models.evaluation.report.frequency import JudgedCurveByStep
from models.evaluation.report.importance import Figures, Stability
from models.evaluation.report.names import ReportWords, attribute_name, benchmark_name, cause_name
from models.evaluation.text import judgement_name, verdict_sentences
from models.panel.features.labels import STRETCHES
from models.pipeline.serving import ServingModels
from models.pipeline.serving_text import serving_sentences
from models.reasons.figures import currency_name
from models.shell.chart import Chart
from models.shell.editions import ALONE, Edition, publish_page
from models.shell.html import environment
from models.shell.small_plots import short_number
from models.text import ENGLISH, Language, Phrase, Text, as_written, number

_TITLES: Final = {"decline": Text("Decline", "target"), "value": Text("Value", "target")}


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """One metric of the headline table: its name, which way is better, and how its figures are written.

    ``is_loose`` where it hangs on a few clients that brought almost nothing, so that nobody is judged by it.
    """

    key: str
    name: Phrase
    better: str
    digits: int = 3
    is_money: bool = False
    is_loose: bool = False


@dataclass(frozen=True, kw_only=True)
class HeadlineTable:
    """Metrics side by side: benchmarks as rows, those first that ours is judged against."""

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str, Figures], ...]


@dataclass(frozen=True, kw_only=True)
class OriginCharts:
    """The plots of one test origin by section; a section without plots is empty."""

    gains: Sequence[Chart]
    accuracy: Sequence[Chart]
    coverage: Sequence[Chart]
    curve: Sequence[Chart]
    errors: Sequence[Chart]
    importance: Sequence[Chart]


@dataclass(frozen=True, kw_only=True)
class ExplainedCharts:
    """The plots of what moves one served model; ``summary`` is a picture as a data address."""

    title: str
    rows: int
    reasons: Chart
    summary: str
    dependence: Sequence[Chart]


_UNTIL: Final = {
    "week": Text("until week"),
    "month": Text("until month"),
    "quarter": Text("until quarter"),
}
_MODELS: Final = {"decline": Text("decline", "model"), "value": Text("value", "model")}
_FITS: Final = {"served": Text("served", "fit")}
_MOST_COLUMNS = 7
"""So many fit beside one another with their intervals on a page of 1,080 pixels."""
_COLUMNS = {
    "decline": (
        TableColumn(key="auc", name=Text("AUC"), better="↑"),
        TableColumn(key="pr_auc", name=Text("PR-AUC"), better="↑"),
        TableColumn(key="h_measure", name=Text("H-measure"), better="↑"),
        TableColumn(key="brier", name=Text("Brier"), better="↓"),
        TableColumn(key="brier_reliability", name=Text("Brier: reliability"), better="↓", digits=4),
        TableColumn(key="brier_resolution", name=Text("Brier: resolution"), better="↑", digits=4),
        TableColumn(key="log_loss", name=Text("log-loss"), better="↓"),
        TableColumn(key="calibration_slope", name=Text("calibration slope"), better="→ 1", digits=2),
        TableColumn(key="calibration_intercept", name=Text("calibration intercept"), better="→ 0", digits=2),
        TableColumn(key="ece", name=Text("ECE"), better="↓"),
        TableColumn(key="campaign_profit", name=Text("campaign profit per client"), better="↑", is_money=True),
        TableColumn(key="curve_auc", name=Text("AUC over the curve"), better="↑"),
        TableColumn(key="curve_brier", name=Text("Brier over the curve"), better="↓"),
    ),
    "value": (
        TableColumn(key="normalized_gini", name=Text("normalized Gini"), better="↑"),
        TableColumn(key="signed_concentration", name=Text("signed concentration"), better="↑"),
        TableColumn(key="loss_concentration", name=Text("losses ranked last"), better="↑"),
        TableColumn(key="spearman", name=Text("Spearman"), better="↑"),
        TableColumn(key="top_decile_lift", name=Text("top-decile lift"), better="↑", digits=2),
        TableColumn(key="total_ratio", name=Text("total ratio"), better="→ 1", digits=2),
        TableColumn(key="decile_mape", name=Text("decile MAPE"), better="↓", digits=2, is_loose=True),
        TableColumn(key="rmse", name=Text("RMSE"), better="↓", is_money=True),
        TableColumn(key="mae", name=Text("MAE"), better="↓", is_money=True),
        TableColumn(key="interval_coverage", name=Text("interval coverage"), better=""),
        TableColumn(key="interval_width", name=Text("interval width / mean size"), better="↓", digits=2),
        TableColumn(key="interval_score", name=Text("interval score"), better="↓", is_money=True),
    ),
}


def write_report_page(
    report: EvaluationReport,
    path: Path,
    *,
    explained: ExplainedModels | None = None,
    serving: ServingModels | None = None,
) -> None:
    """Write the page of a report in every language, each whole or not at all.

    ``explained`` and ``serving``: the models that serve, if any.
    """
    publish_page(path, partial(report_page, report, explained, serving))


def report_page(
    report: EvaluationReport,
    explained: ExplainedModels | None = None,
    serving: ServingModels | None = None,
    edition: Edition = ALONE,
) -> str:
    """The page of a report; the newest origin stands first."""
    origins = sorted(report.origins, key=lambda origin: origin.as_of, reverse=True)
    language = edition.language
    words = ReportWords(language, report.called)
    return str(
        environment(edition, filters={"benchmark": partial(benchmark_name, language=language)}, functions=_said(words))
        .get_template("evaluation/page.html")
        .render(
            report=report,
            currency=currency_name(report.currency, language),
            until=_UNTIL[report.horizon.period].within(language),
            horizon=STRETCHES[report.horizon.period].within(language, count=report.horizon.periods),
            origins=origins,
            pooled=report.pooled,
            titles={target: title.within(language) for target, title in _TITLES.items()},
            stability=_stability_charts(report.stability, language),
            serving=None if serving is None else serving_sentences(serving, language),
            explained=[] if explained is None else _explained(explained, language),
            agreements={} if explained is None else explained.stability,
            shown=[_charts(origin.parts, report, words) for origin in origins],
        )
    )


def _said(words: ReportWords) -> dict[str, Callable[..., Any]]:
    """What the template calls, in the page's language."""
    language = words.language
    return {
        "headline_tables": _headline_tables,
        "figure_of": partial(_figure_of, language=language),
        "serving_sentences": partial(serving_sentences, lang=language),
        "short": partial(short_number, language=language),
        "two_digits": lambda value: number(f"{value:.2f}", language),
        "group": words.group,
        "fit": partial(_fit, language=language),
        "model_name": lambda model: _MODELS[model].within(language),
        "attribute": partial(attribute_name, language=language),
        "cause": partial(cause_name, language=language),
        "judgement": partial(judgement_name, language=language),
        "verdict": partial(verdict_sentences, language=language),
    }


def _fit(name: str, language: Language) -> str:
    """What a fit is called; that of a test origin by its date."""
    return _FITS[name].within(language) if name in _FITS else name


def _headline_tables(target: str, metrics: Mapping[str, Figures]) -> list[HeadlineTable]:
    """First what every benchmark is judged by, then what only forecasts can be, in tables that fit the page."""
    columns = _columns_of(target, metrics)
    names = _ranked(metrics, columns[0])
    of_all = [column for column in columns if all(column.key in each for each in metrics.values())]
    of_some = [column for column in columns if column not in of_all]
    tables = -(-len(of_some) // _MOST_COLUMNS)
    size = -(-len(of_some) // max(tables, 1))
    parts = [of_all, *(of_some[start : start + size] for start in range(0, len(of_some), size or 1))]
    return [_headline_table(part, names, metrics) for part in parts if part]


def _headline_table(
    columns: Sequence[TableColumn], names: Sequence[str], metrics: Mapping[str, Figures]
) -> HeadlineTable:
    judged = [name for name in names if any(column.key in metrics[name] for column in columns)]
    return HeadlineTable(columns=tuple(columns), rows=tuple((name, metrics[name]) for name in judged))


def _columns_of(target: str, metrics: Mapping[str, Figures]) -> list[TableColumn]:
    """The metrics that any benchmark has: known ones in their order, then others by name."""
    there = {name for each in metrics.values() for name in each}
    known = [column for column in _COLUMNS[target] if column.key in there]
    others = sorted(there - {column.key for column in known})
    return [*known, *(TableColumn(key=name, name=as_written(name.replace("_", " ")), better="") for name in others)]


def _ranked(metrics: Mapping[str, Figures], column: TableColumn) -> list[str]:
    """Ours first, then the benchmarks, the best by ``column`` before the others, then the truth."""
    figures = {name: each[column.key].estimate for name, each in metrics.items() if column.key in each}
    return in_order(sorted(metrics, key=lambda name: -figures.get(name, float("-inf"))))


def _figure_of(column: TableColumn, value: float, language: Language = ENGLISH) -> str:
    """A figure as its column writes it.

    >>> _figure_of(TableColumn(key="mae", name=Text("MAE"), better="↓", is_money=True), 59_002.6)
    '59.0k'
    """
    return short_number(value, language) if column.is_money else number(f"{value:.{column.digits}f}", language)


def _stability_charts(stability: Stability, language: Language) -> list[Chart]:
    if len(stability.as_of) < 2:  # noqa: PLR2004
        return []
    return [
        report_plots.stability_chart(target, part, stability.as_of, language)
        for target, part in stability.metrics.items()
    ]


def _explained(explained: ExplainedModels, language: Language) -> list[ExplainedCharts]:
    return [
        ExplainedCharts(
            title=_TITLES[model].within(language),
            rows=part.rows,
            reasons=report_plots.reasons_chart(model, part, language),
            summary=report_plots.summary_image(model, part, language),
            dependence=[report_plots.dependence_chart(model, each, language) for each in part.dependence if each.bins],
        )
        for model, part in explained.models.items()
    ]


def _charts(parts: OriginParts, report: EvaluationReport, words: ReportWords) -> OriginCharts:
    language, currency = words.language, report.currency
    return OriginCharts(
        gains=[
            *([] if parts.profit is None else report_plots.profit_charts(parts.profit, currency, language)),
            *(report_plots.gains_chart(captured, part, language) for captured, part in parts.gains.items()),
        ],
        accuracy=[
            *([] if parts.deciles is None else [report_plots.deciles_chart(parts.deciles, currency, language)]),
            report_plots.calibration_chart(parts.calibration, language),
        ],
        coverage=[] if parts.coverage is None else report_plots.coverage_charts(parts.coverage, words),
        curve=[] if parts.curve is None else _curve_charts(parts.curve, report.horizon.period, language),
        errors=[chart for name, groups in parts.errors.items() for chart in _error_charts(name, groups, words)],
        importance=[report_plots.importance_chart(name, part, words) for name, part in parts.importance.items()],
    )


def _curve_charts(curve: JudgedCurveByStep, period: str, language: Language) -> list[Chart]:
    by_cause = [report_plots.causes_chart(curve, period, language)] if curve.causes else []
    return [report_plots.curve_chart(curve, period, language), *by_cause]


def _error_charts(name: str, groups: Sequence[ErrorGroup], words: ReportWords) -> list[Chart]:
    return [
        report_plots.total_errors_chart(name, groups, words),
        report_plots.decline_errors_chart(name, groups, words),
    ]
