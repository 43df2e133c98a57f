"""An evaluation as tables of a terminal, at 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from models.evaluation.report.contents import EvaluationReport, OriginReport
from models.evaluation.report.importance import MAIN_METRIC
from models.evaluation.report.names import benchmark_name
from models.evaluation.text import Judgement, verdict_sentences
from models.metrics.bootstrap import Interval
from models.shell.notices import hanging
from models.text import ENGLISH

_SIDE_BY_SIDE = 2
"""So many origins fit beside one another on 80 columns with their intervals on the same line."""
_TITLES = {"decline": "Decline (AUC)", "value": "Value (normalized Gini)"}
_SHORT = {"btyd": "BG/NBD x G-G"}
"""Three origins side by side leave no more room at 80 columns."""


def verdict_lines(report: EvaluationReport) -> list[str]:
    """At each test origin first what is wrong, then what is better than the benchmarks.

    Benchmarks that the clients cannot tell from ours stand on the page; the tables show them with their intervals.
    """
    lines = []
    for origin in report.origins:
        lines.append(f"At {origin.as_of}, {origin.clients:,} clients:")
        for sentence in verdict_sentences(origin.parts, report.currency, ENGLISH):
            if sentence.judgement is not Judgement.OPEN:
                lines += hanging(f"{sentence.judgement + ':':<9}", sentence.said)
        lines.append("")
    return lines


def metrics_tables(origins: Sequence[OriginReport]) -> Iterator[Table]:
    """The main metrics of both targets, decline first."""
    for target in _TITLES:
        yield metrics_table(origins, target)


def metrics_table(origins: Sequence[OriginReport], target: str) -> Table:
    """The main metric of a target at each origin, ours and the baselines, with 95% intervals."""
    metric = MAIN_METRIC[target]
    apart = " " if len(origins) <= _SIDE_BY_SIDE else "\n"
    table = Table(title=_TITLES[target], title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for origin in origins:
        table.add_column(f"{origin.as_of}\n{origin.clients:,} clients", justify="right")
    for name in dict.fromkeys(name for origin in origins for name in origin.of(target).metrics):
        figures = [origin.of(target).metrics.get(name, {}).get(metric) for origin in origins]
        cells = [_interval(figure, apart) for figure in figures]
        table.add_row(_SHORT.get(name, benchmark_name(name)), *cells, style="bold" if name == "ours" else None)
    if any(origin.of(target).way for origin in origins):
        cells = [_way(origin.of(target).way, apart) for origin in origins]
        table.add_row("ours: way to it from recency", *cells, style="dim")
    return table


def _way(share: Interval | None, apart: str) -> str:
    return f"{share.estimate:.0%}{apart}({share.low:.0%}-{share.high:.0%})" if share else ""


def _interval(figure: Interval | None, apart: str) -> str:
    """A dash where the clients leave it open: a notice says why."""
    if figure is None:
        return "-"
    return f"{figure.estimate:.3f}{apart}({figure.low:.3f}-{figure.high:.3f})"
