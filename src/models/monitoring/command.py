"""The command that monitors what was published: to a terminal, as JSON, as a page and as gauges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import date_of, out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.monitoring import job, terminal
else:
    job = lazy("models.monitoring.job")
    terminal = lazy("models.monitoring.terminal")

DayOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="YYYY-MM-DD",
        help="Look as on this day: at what was published for it and before, and at outcomes before it. Default: all.",
    ),
]
ScoresFolderOption = Annotated[
    Path | None,
    typer.Option("--scores", metavar="FOLDER", help="Where predict published. Default: data/processed/BOOK/scores."),
]
HtmlOption = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Where the page is written. Default: data/processed/BOOK/monitor.html."
    ),
]
PrometheusOption = Annotated[
    Path | None,
    typer.Option(
        "--prometheus",
        metavar="FILE",
        help="Where the gauges for Prometheus are written. Default: data/processed/BOOK/monitor.prom.",
    ),
]
ALARM = 3
"""The exit code where an alarm is raised."""


def monitor(  # noqa: PLR0917 - options of a command are named by who types them
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    as_of: DayOption = None,
    scores: ScoresFolderOption = None,
    html: HtmlOption = None,
    prometheus: PrometheusOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Hold what was published against training, the publication before, and what came since.

    It ends with 3 if an alarm is raised; limits stand in the section monitor of the config.
    """
    settings = settings_of(config, set_)
    found = job.monitor(
        settings,
        book=book,
        as_of=date_of(as_of),
        places=job.Places(scores=scores, page=html, prometheus=prometheus),
        progress=progress(),
    )
    if json_:
        print_json(found.report)
    else:
        print_lines(list(terminal.alarm_lines(found.report)))
        out.print(terminal.publications_table(found.report))
        for since, table in terminal.outcome_tables(found.report):
            print_lines(since)
            out.print(table)
        print_lines([*terminal.outcome_lines(found.report), *terminal.notices(found.report)])
        print_lines([f"page      {found.page}", f"gauges    {found.prometheus}"])
    if found.report.is_raised:
        raise typer.Exit(ALARM)
