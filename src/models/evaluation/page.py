"""Turns the report of an evaluation into one HTML page without scripts; tables and plots come from the report alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.evaluation import plots as report_plots
from models.evaluation.plots.benchmark_styles import in_order
from models.evaluation.report.contents import EvaluationReport, OriginParts
from models.evaluation.report.errors_by_group import ErrorGroup
from models.evaluation.report.explained import ExplainedModels
from models.evaluation.report.frequency import JudgedCurveByStep
from models.evaluation.report.importance import Figures, Stability
from models.evaluation.report.names import benchmark_name
from models.evaluation.text import Sentence, verdict_sentences
from models.pipeline.serving import ServingModels
from models.pipeline.serving_text import serving_sentences
from models.shell.chart import Chart
from models.shell.html import environment
from models.shell.small_plots import short_number
from models.store.drafts import publish_text
from models.text import ENGLISH

_TITLES = {"decline": "Decline", "value": "Value"}


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """One metric of the headline table: its name, which way is better, and how its figures are written.

    ``is_loose`` where it hangs on a few clients that brought almost nothing, so that nobody is judged by it.
    """

    key: str
    name: str
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


_MOST_COLUMNS = 7
"""So many fit beside one another with their intervals on a page of 1,080 pixels."""
_COLUMNS = {
    "decline": (
        TableColumn(key="auc", name="AUC", better="↑"),
        TableColumn(key="pr_auc", name="PR-AUC", better="↑"),
        TableColumn(key="h_measure", name="H-measure", better="↑"),
        TableColumn(key="brier", name="Brier", better="↓"),
        TableColumn(key="brier_reliability", name="Brier: reliability", better="↓", digits=4),
        TableColumn(key="brier_resolution", name="Brier: resolution", better="↑", digits=4),
        TableColumn(key="log_loss", name="log-loss", better="↓"),
        TableColumn(key="calibration_slope", name="calibration slope", better="→ 1", digits=2),
        TableColumn(key="calibration_intercept", name="calibration intercept", better="→ 0", digits=2),
        TableColumn(key="ece", name="ECE", better="↓"),
        TableColumn(key="campaign_profit", name="campaign profit per client", better="↑", is_money=True),
        TableColumn(key="curve_auc", name="AUC over the curve", better="↑"),
        TableColumn(key="curve_brier", name="Brier over the curve", better="↓"),
    ),
    "value": (
        TableColumn(key="normalized_gini", name="normalized Gini", better="↑"),
        TableColumn(key="signed_concentration", name="signed concentration", better="↑"),
        TableColumn(key="loss_concentration", name="losses ranked last", better="↑"),
        TableColumn(key="spearman", name="Spearman", better="↑"),
        TableColumn(key="top_decile_lift", name="top-decile lift", better="↑", digits=2),
        TableColumn(key="total_ratio", name="total ratio", better="→ 1", digits=2),
        TableColumn(key="decile_mape", name="decile MAPE", better="↓", digits=2, is_loose=True),
        TableColumn(key="rmse", name="RMSE", better="↓", is_money=True),
        TableColumn(key="mae", name="MAE", better="↓", is_money=True),
        TableColumn(key="interval_coverage", name="interval coverage", better=""),
        TableColumn(key="interval_width", name="interval width / mean size", better="↓", digits=2),
        TableColumn(key="interval_score", name="interval score", better="↓", is_money=True),
    ),
}


def write_report_page(
    report: EvaluationReport,
    path: Path,
    *,
    explained: ExplainedModels | None = None,
    serving: ServingModels | None = None,
) -> None:
    """Write the page of a report, whole or not at all; ``explained`` and ``serving``: the models that serve, if any."""
    publish_text(path, report_page(report, explained, serving))


def report_page(
    report: EvaluationReport, explained: ExplainedModels | None = None, serving: ServingModels | None = None
) -> str:
    """The page of a report; the newest origin stands first."""
    origins = sorted(report.origins, key=lambda origin: origin.as_of, reverse=True)
    return str(
        environment(
            filters={"figure": short_number, "benchmark": benchmark_name},
            functions={
                "headline_tables": _headline_tables,
                "said": _said,
                "serving_sentences": serving_sentences,
                "short": short_number,
                "two_digits": "{:.2f}".format,
                "verdict": _verdict,
            },
        )
        .get_template("evaluation/page.html")
        .render(
            report=report,
            origins=origins,
            pooled=report.pooled,
            titles=_TITLES,
            stability=_stability_charts(report.stability),
            serving=None if serving is None else serving_sentences(serving),
            explained=[] if explained is None else _explained(explained),
            agreements={} if explained is None else explained.stability,
            shown=[_charts(origin.parts, report) for origin in origins],
        )
    )


def _verdict(parts: OriginParts, currency: str) -> tuple[Sentence, ...]:
    return verdict_sentences(parts, currency, ENGLISH)


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
    return [*known, *(TableColumn(key=name, name=name.replace("_", " "), better="") for name in others)]


def _ranked(metrics: Mapping[str, Figures], column: TableColumn) -> list[str]:
    """Ours first, then the benchmarks, the best by ``column`` before the others, then the truth."""
    figures = {name: each[column.key].estimate for name, each in metrics.items() if column.key in each}
    return in_order(sorted(metrics, key=lambda name: -figures.get(name, float("-inf"))))


def _said(column: TableColumn, value: float) -> str:
    """A figure as its column writes it.

    >>> _said(TableColumn(key="mae", name="MAE", better="↓", is_money=True), 59_002.6)
    '59.0k'
    """
    return short_number(value) if column.is_money else f"{value:.{column.digits}f}"


def _stability_charts(stability: Stability) -> list[Chart]:
    if len(stability.as_of) < 2:  # noqa: PLR2004
        return []
    return [report_plots.stability_chart(target, part, stability.as_of) for target, part in stability.metrics.items()]


def _explained(explained: ExplainedModels) -> list[ExplainedCharts]:
    return [
        ExplainedCharts(
            title=_TITLES[model],
            rows=part.rows,
            reasons=report_plots.reasons_chart(model, part),
            summary=report_plots.summary_image(model, part),
            dependence=[report_plots.dependence_chart(model, each) for each in part.dependence if each.bins],
        )
        for model, part in explained.models.items()
    ]


def _charts(parts: OriginParts, report: EvaluationReport) -> OriginCharts:
    return OriginCharts(
        gains=[
            *([] if parts.profit is None else report_plots.profit_charts(parts.profit, report.currency)),
            *(report_plots.gains_chart(captured, part) for captured, part in parts.gains.items()),
        ],
        accuracy=[
            *([] if parts.deciles is None else [report_plots.deciles_chart(parts.deciles, report.currency)]),
            report_plots.calibration_chart(parts.calibration),
        ],
        coverage=[] if parts.coverage is None else report_plots.coverage_charts(parts.coverage),
        curve=[] if parts.curve is None else _curve_charts(parts.curve, report.horizon.period),
        errors=[chart for name, groups in parts.errors.items() for chart in _error_charts(name, groups)],
        importance=[report_plots.importance_chart(name, part) for name, part in parts.importance.items()],
    )


def _curve_charts(curve: JudgedCurveByStep, period: str) -> list[Chart]:
    by_cause = [report_plots.causes_chart(curve, period)] if curve.causes else []
    return [report_plots.curve_chart(curve, period), *by_cause]


def _error_charts(name: str, groups: Sequence[ErrorGroup]) -> list[Chart]:
    return [report_plots.total_errors_chart(name, groups), report_plots.decline_errors_chart(name, groups)]
