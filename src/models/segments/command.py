"""The command that profiles the kinds of clients in a book: to a terminal, as JSON, and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.notices import notice_lines
from models.shell.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    BookOption,
    ConfigOption,
    JsonOption,
    SetOption,
    SpeakingOption,
)
from models.shell.output import out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.segments import job, terminal
    from models.workspace import days as typed_days
else:
    typed_days = lazy("models.workspace.days")
    job = lazy("models.segments.job")
    terminal = lazy("models.segments.terminal")

HtmlOption = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Where the page is written. Default: data/processed/BOOK/segments.html."
    ),
]


def segments(  # noqa: PLR0917 - options of a command are named by who types them
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    bundle: SpeakingOption = "published",
    as_of: AsOfOption = None,
    html: HtmlOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Profile the kinds of clients in a book: its segments and how they were chosen, stages, types, regions."""
    settings = settings_of(config, set_)
    found = job.segments(
        settings,
        book=book,
        bundle=bundle,
        as_of=typed_days.day_of(as_of, settings.time.period),
        page=html,
        progress=progress(),
    )
    if json_:
        print_json(found.report)
        return
    print_lines(notice_lines(found.report.notices))
    for part in terminal.summary(found.report):
        out.print(part)
    print_lines(["", f"page     {found.page}"])
