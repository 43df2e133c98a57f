"""The command that judges a config at past origins, to a terminal or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import date_of, out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.evaluation import job, terminal
else:
    job = lazy("models.evaluation.job")
    terminal = lazy("models.evaluation.terminal")

TestsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--at", metavar="YYYY-MM-DD", help="A test origin, may be repeated. Default: origins.test of the config."
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Where the report is written. Default: data/processed/BOOK/report.json."
    ),
]


def evaluate(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    at: TestsOption = None,
    written: ReportOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Judge the recipe of a config at past origins, beside the baselines.

    Models are fitted anew for each origin, and none is registered.
    """
    settings = settings_of(config, set_)
    tests = [day for day in map(date_of, at or ()) if day]
    report, path = job.evaluate(settings, book=book, tests=tests, out=written, progress=progress())
    if json_:
        print_json(report)
        return
    print_lines(terminal.verdict_lines(report))
    for table in terminal.metrics_tables(report.origins):
        out.print(table)
    print_lines([f"report   {path}", f"page     {path.with_suffix('.html')}"])
