"""Runs that were written, and the tables of a sink, in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from models.sinks.report import SinkReport, SinksReport, TableNote


def sink_lines(report: SinksReport) -> Iterator[str]:
    """A line per run that was written, and one per sink that says how level it is."""
    for sink in report.sinks:
        for run in sink.written:
            replaced = "" if run.replaced is None else f", in the place of {run.replaced[:12]}"
            yield f"{run.as_of}  run {run.run_key[:12]}  {run.rows:,} rows{replaced}"
            for column in run.added_columns:
                yield f"            new column {column}"
        yield f"{sink.sink}: {_level(sink)}"


def schema_tables(tables: tuple[TableNote, ...], prefix: str) -> Iterator[Table]:
    """One table per table of a sink: the name of each column, and its kind, unit and meaning."""
    for each in tables:
        title = Text(f"{prefix}{each.name}: {each.row}", style="bold")
        table = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for column in each.columns:
            kind = f"{column.kind} ({column.unit})" if column.unit else column.kind
            key = " (key)" if column.name in each.key else ""
            table.add_row(Text(column.name), Text(f"{kind}: {column.meaning}{key}"))
        table.add_row("", "")
        yield table


def _level(sink: SinkReport) -> str:
    if sink.problems:
        return f"{len(sink.written)} written, {len(sink.problems)} not"
    if not sink.written:
        return f"nothing to do, {sink.held:,} runs stand there"
    return f"{len(sink.written):,} written, {sink.held:,} stood there, {sink.publications:,} publications"
