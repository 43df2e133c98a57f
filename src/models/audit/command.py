"""The command that audits a book: to a terminal, as JSON and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.notices import notice_lines
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.audit import job, quarantine, terminal
else:
    job = lazy("models.audit.job")
    quarantine = lazy("models.audit.quarantine")
    terminal = lazy("models.audit.terminal")

PageOption = Annotated[
    Path | None,
    typer.Option("--page", metavar="FILE", help="Where the page is written. Default: data/processed/BOOK/check.html."),
]
FINDINGS = 3
"""The exit code where something is implausible and only warned of."""


def check(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    page: PageOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Audit a book: bad rows, tables against each other, and which features make good criteria.

    It ends with 3 if something is implausible and only warned of, with 2 if another command would refuse the book.
    """
    settings = settings_of(config, set_)
    found = job.check(settings, book=book, page=page, progress=progress())
    if json_:
        print_json(found.audit or quarantine.RefusedRows(quarantine=found.bad))
    else:
        for part in terminal.summary(found):
            out.print(part)
        print_lines(notice_lines(found.notices))
        print_lines(terminal.places(found))
    if found.refused is not None:
        raise found.refused
    if found.has_findings:
        raise typer.Exit(FINDINGS)
