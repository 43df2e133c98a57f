"""The command that audits a book: to a terminal, as JSON and as a page; it computes nothing."""

from __future__ import annotations

import typer

from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, PageOption, SetOption
from models.shell.output import out, print_json, print_lines, progress, settings_of

SHORT_HELP = "Audit a book: its rows, tables and criteria."
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
    from models.audit import job as checkup  # noqa: PLC0415
    from models.audit import terminal as check_summary  # noqa: PLC0415
    from models.audit.quarantine import RefusedRows  # noqa: PLC0415
    from models.shell import notices as notice_words  # noqa: PLC0415

    settings = settings_of(config, set_)
    found = checkup.check(settings, book=book, page=page, progress=progress())
    if json_:
        print_json(found.audit or RefusedRows(quarantine=found.bad))
    else:
        for part in check_summary.summary(found):
            out.print(part)
        print_lines(notice_words.notice_lines(found.notices))
        print_lines(check_summary.places(found))
    if found.refused is not None:
        raise found.refused
    if found.has_findings:
        raise typer.Exit(FINDINGS)
