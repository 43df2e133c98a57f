"""The command that writes the page of a published run; it computes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from models.interfaces.commands.output import print_json, print_lines, progress, settings_of
from models.interfaces.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption

SHORT_HELP = "One page of a published run: tiers, movers, warnings, funnel, figures."
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
    from models.interfaces import overview_job, overview_summary  # noqa: PLC0415
    from models.interfaces.notice_words import notice_lines  # noqa: PLC0415
    from models.notices import notices_of  # noqa: PLC0415

    told = overview_job.overview(
        settings_of(config, set_),
        book=book,
        scores=scores,
        page=html,
        progress=progress(),
    )
    if json_:
        print_json(told.facts)
        return
    print_lines(notice_lines(notices_of(told.facts["notices"])))
    print_lines(list(overview_summary.overview_lines(told.facts, told.page)))
