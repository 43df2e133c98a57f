"""A whole run in a terminal: how good the models are, who is graded how, where time went, and what to open next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from models.backtest import terminal as backtested
from models.config.root import Config
from models.evaluation import terminal as evaluated
from models.notices import by_severity
from models.overview import terminal as overviewed
from models.run.job import RunResult
from models.scoring import terminal as scored
from models.shell.notices import notice_lines
from models.shell.output import out, print_lines
from models.shell.progress import TimedStage
from models.training import terminal as trained

_LEAST_SECONDS = 0.5
"""Stages that took less stand together in one row."""


def show_run(done: RunResult, settings: Config, config: Path, stages: Sequence[TimedStage]) -> None:
    """Print what each step of a run has to say, where time went, and what to open next."""
    currency = settings.book.currency
    print_lines(evaluated.verdict_lines(done.trained.report))
    tables = chain(
        evaluated.metrics_tables(done.trained.report.origins),
        [scored.tiers_table(done.predicted, currency)],
        scored.cold_start_tables(done.predicted, currency),
        backtested.headline_lines(done.headline),
    )
    for table in tables:
        out.print(table)
    print_lines(notice_lines(by_severity([*done.trained.notices, *done.predicted.notices])))
    print_lines(trained.training_lines(done.trained, settings.run.tracking_uri))
    print_lines(scored.prediction_lines(done.predicted))
    print_lines(list(overviewed.overview_lines(done.overviewed.report, done.overviewed.page)))
    out.print(stages_table(stages))
    print_lines(next_lines(done, config))


def stages_table(stages: Sequence[TimedStage]) -> Table:
    """Seconds of each stage, in the order they began; those of a moment in one row."""
    title = "where time went"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, min_width=len(title))
    table.add_column("stage")
    table.add_column("seconds", justify="right")
    table.add_column("share", justify="right")
    whole = sum(stage.seconds for stage in stages)
    for title, seconds in _rows(stages):
        table.add_row(title, f"{seconds:,.1f}", f"{seconds / whole:.0%}" if whole else "")
    table.add_row("together", f"{whole:,.1f}", "")
    return table


def _rows(stages: Sequence[TimedStage]) -> Iterator[tuple[str, float]]:
    long = [stage for stage in stages if stage.seconds >= _LEAST_SECONDS]
    yield from ((stage.title, stage.seconds) for stage in long)
    others = len(stages) - len(long)
    if others:
        yield (
            "1 other" if others == 1 else f"{others} others",
            sum(stage.seconds for stage in stages if stage.seconds < _LEAST_SECONDS),
        )


def next_lines(done: RunResult, config: Path) -> list[str]:
    """What a reader opens next: the page of the run, a client's, the report of the models, and the workbench."""
    warned = [shlex.quote(each.client_id) for each in done.overviewed.report.alarms.first[:1]]
    return [
        "open next",
        f"the book     {done.overviewed.page}",
        f"the models   {done.trained.page}",
        *(f"one client   clientvalue explain {client} --config {config} --html client.html" for client in warned),
        f"workbench    clientvalue review --config {config} --demo",
    ]
