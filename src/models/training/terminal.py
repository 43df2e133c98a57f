"""What people read in a terminal: tables and summaries. It computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.book.counts import TableCount
from models.evaluation.metrics import MAIN_METRIC
from models.evaluation.report.names import benchmark_name
from models.grading.override_text import overrides_sentence
from models.scoring.report import Predicted
from models.shell.small_plots import short_number
from models.showable import without_secrets
from models.simulator.book import SimulationSummary
from models.training.job import TrainResult

_WIDTH = 80
_SIDE_BY_SIDE = 2
"""So many origins fit beside one another on 80 columns with their intervals on the same line."""
_TITLES = {"decline": "Decline (AUC)", "value": "Value (normalized Gini)"}
_SHORT = {"btyd": "BG/NBD x G-G"}
"""Three origins side by side leave no more room at 80 columns."""


def counts_table(counts: Iterable[TableCount]) -> Table:
    """Rows in, used and quarantined of each table, with the reasons, and how many values count as missing."""
    table = Table(title="Rows of the book", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("rows in", "used", "quarantined"):
        if name == "rows in":
            table.add_column("table")
        table.add_column(name, justify="right")
    table.add_column("why")
    for count in counts:
        reasons = [f"{reason}: {number:,}" for reason, number in count.reasons.items()]
        reasons += [f"{found.reason}: {found.values:,} values missing" for found in count.unreadable]
        table.add_row(
            count.table,
            f"{count.rows_in:,}",
            f"{count.rows_used:,}",
            f"{count.rows_quarantined:,}",
            Text("; ".join(reasons)),
        )
    return table


def simulation_table(written: SimulationSummary) -> Table:
    """Rows of each file of a simulated book."""
    title = f"{written.clients:,} clients over {written.months} months, seed {written.seed}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, min_width=len(title))
    table.add_column("file")
    table.add_column("rows", justify="right")
    for name, rows in written.rows.items():
        table.add_row(f"{name}.parquet", f"{rows:,}")
    return table


def metrics_table(report: Mapping[str, Any], target: str) -> Table:
    """The main metric of a target at each origin, ours and the baselines, with 95% intervals."""
    metric = MAIN_METRIC[target]
    apart = " " if len(report["origins"]) <= _SIDE_BY_SIDE else "\n"
    table = Table(title=_TITLES[target], title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for origin in report["origins"]:
        table.add_column(f"{origin['as_of']}\n{origin['clients']:,} clients", justify="right")
    for name in dict.fromkeys(name for origin in report["origins"] for name in origin[target]["metrics"]):
        figures = [origin[target]["metrics"].get(name, {}).get(metric) for origin in report["origins"]]
        cells = [_interval(figure, apart) for figure in figures]
        table.add_row(_SHORT.get(name, benchmark_name(name)), *cells, style="bold" if name == "ours" else None)
    if any(origin[target]["way"] for origin in report["origins"]):
        cells = [_way(origin[target]["way"], apart) for origin in report["origins"]]
        table.add_row("ours: way to it from recency", *cells, style="dim")
    return table


def tiers_table(predicted: Predicted, currency: str) -> Table:
    """How many clients each tier holds, what they are worth and how likely they decline."""
    table = Table(title=f"Tiers at {predicted.as_of}", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in (
        "tier",
        "clients",
        "share",
        f"expected value, {currency}",
        "share of value",
        "mean decline",
    ):
        table.add_column(name, justify="left" if name == "tier" else "right")
    total = sum(predicted.value_by_tier.values())
    for tier, clients in predicted.tiers.items():
        value = predicted.value_by_tier[tier]
        table.add_row(
            tier,
            f"{clients:,}",
            f"{clients / predicted.clients:.0%}",
            short_number(float(value)),
            f"{value / total:.0%}" if total else "–",
            f"{predicted.decline_by_tier[tier]:.0%}",
        )
    return table


def training_lines(result: TrainResult, tracking_uri: str) -> list[str]:
    """Where to look next after training."""
    role = ", champion" if result.is_champion else ""
    return [
        f"model    {result.model_name} version {result.version}{role} (bundle {result.bundle_key[:12]})",
        f"bundle   {result.bundle}",
        f"report   {result.page}",
        f"look at  mlflow ui --backend-store-uri {without_secrets(tracking_uri)}",
    ]


def prediction_lines(predicted: Predicted) -> list[str]:
    """What became of overrides, where there are any, and where the results of a prediction stand."""
    reported = (
        [f"{'overrides':<21}{overrides_sentence(predicted.overrides)}"] if any(predicted.overrides.values()) else []
    )
    names = (
        "scores.parquet", "explanations.parquet", "curves.parquet", "warnings.parquet", "movers.parquet",
        "manifest.json",
    )  # fmt: skip
    return [
        *reported,
        *(f"{name:<21}{predicted.folder / name}" for name in names),
        f"{'newest, always':<21}{predicted.folder.parent / 'latest'}",
    ]


def _way(share: Mapping[str, float] | None, apart: str) -> str:
    return f"{share['estimate']:.0%}{apart}({share['low']:.0%}-{share['high']:.0%})" if share else ""


def _interval(figure: Mapping[str, float] | None, apart: str) -> str:
    """A dash where the clients leave it open: a notice says why."""
    if figure is None:
        return "-"
    return f"{figure['estimate']:.3f}{apart}({figure['low']:.3f}-{figure['high']:.3f})"
