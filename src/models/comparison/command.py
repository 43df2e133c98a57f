"""The command that compares two versions: to a terminal, as JSON and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.notices import notice_lines
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import date_of, out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.comparison import job, terminal
else:
    job = lazy("models.comparison.job")
    terminal = lazy("models.comparison.terminal")

FirstArgument = Annotated[
    str, typer.Argument(metavar="A", help="The version that serves: a number, an alias or the folder of a bundle.")
]
SecondArgument = Annotated[str, typer.Argument(metavar="B", help="The version that may take its place, likewise.")]
AtOption = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="YYYY-MM-DD",
        help="The as-of date at which both are scored and judged by what came since. Default: of those that neither "
        "learned from, the newest whose outcomes are complete, else the one with the most outcomes.",
    ),
]
InSampleOption = Annotated[
    bool,
    typer.Option(
        "--in-sample", help="Also judge at a date that a version learned from: it proves nothing, and says so."
    ),
]
PageOption = Annotated[
    Path | None,
    typer.Option(
        "--page", metavar="FILE", help="Where the page is written. Default: data/processed/BOOK/comparison.html."
    ),
]


def compare(  # noqa: PLR0913, PLR0917 - options of a command are named by who types them
    first: FirstArgument = "champion",
    second: SecondArgument = "challenger",
    config: ConfigOption = DEFAULT_CONFIG,
    at: AtOption = None,
    book: BookOption = None,
    in_sample: InSampleOption = False,
    page: PageOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Hold two versions against what came since, on the same clients, and tell what would change. Nothing is refitted.

    Each figure of B stands beside that of A with the 95% interval of their difference, over whole sponsor groups. While
    a horizon is not over, declines so far are held against the curves of decline, and value so far against the share
    that had come by then at earlier dates.
    """
    settings = settings_of(config, set_)
    done = job.compare(
        settings,
        first,
        second,
        at=date_of(at),
        book=book,
        in_sample=in_sample,
        page=page,
        progress=progress(),
    )
    if json_:
        print_json(done.report)
        return
    print_lines(notice_lines(terminal.notices(done.report)))
    for part in terminal.summary(done.report):
        out.print(part)
    print_lines([*terminal.closing_lines(done.report), f"page     {done.page}"])
