"""The command that writes the page of a published run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.notices import notice_lines
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.overview import job, terminal
else:
    job = lazy("models.overview.job")
    terminal = lazy("models.overview.terminal")

ScoresFolderOption = Annotated[
    Path | None,
    typer.Option(
        "--scores", metavar="FOLDER", help="What predict published. Default: data/processed/BOOK/scores/latest."
    ),
]
HtmlOption = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Where the page is written. Default: data/processed/BOOK/overview.html."
    ),
]


def overview(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    scores: ScoresFolderOption = None,
    html: HtmlOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Tell of a published run on one page: tiers, value against risk, who moved, who is warned of, funnel, figures."""
    made = job.overview(
        settings_of(config, set_),
        book=book,
        scores=scores,
        page=html,
        progress=progress(),
    )
    if json_:
        print_json(made.report)
        return
    print_lines(notice_lines(made.report.notices))
    print_lines(list(terminal.overview_lines(made.report, made.page)))
