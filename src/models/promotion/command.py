"""The commands that change the champion: a version through the gate, or the one before again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.notices import notice_lines
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import date_of, out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.promotion import job, terminal
else:
    job = lazy("models.promotion.job")
    terminal = lazy("models.promotion.terminal")

REFUSED = 3
"""The exit code where the gate does not let a version through."""
VersionArgument = Annotated[
    str, typer.Argument(metavar="VERSION", help="The version that is to serve: its number, or an alias.")
]
AtOption = Annotated[
    str | None,
    typer.Option("--at", metavar="YYYY-MM-DD", help="The as-of date to judge at. Default: as `clientvalue compare`."),
]
OverrideOption = Annotated[
    str,
    typer.Option(
        "--override-reason",
        metavar="TEXT",
        help="Promote it though the gate does not hold; the reason is kept with the version and in the ledger.",
    ),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show the gate and change nothing.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept.")]


def promote(  # noqa: PLR0917 - options of a command are named by who types them
    version: VersionArgument = "challenger",
    config: ConfigOption = DEFAULT_CONFIG,
    at: AtOption = None,
    override_reason: OverrideOption = "",
    dry_run: DryRunOption = False,
    book: BookOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Make a version the champion if it passes the gate: the section gate of the config, line by line.

    The version is compared with the champion as `clientvalue compare` does. A line that cannot be judged does not pass,
    unless gate.accept_not_judged names it. Who, when, why and on what evidence is kept. It ends with 3 if the gate does
    not hold.
    """
    settings = settings_of(config, set_)
    report = job.promote(
        settings,
        version,
        at=date_of(at),
        override_reason=override_reason,
        dry_run=dry_run,
        book=book,
        progress=progress(),
    )
    if json_:
        print_json(report)
    else:
        print_lines(notice_lines(terminal.notices(report)))
        for table in terminal.gate_table(report):
            out.print(table)
        print_lines(terminal.promotion_lines(report))
    if report.is_refused:
        raise typer.Exit(REFUSED)


def rollback(
    config: ConfigOption = DEFAULT_CONFIG,
    reason: ReasonOption = "",
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Return to the champion before. Who, when and why is kept; scores that were published stay as they are.

    Once more, and the one before that returns. Refused where none was before, or where its files are lost.
    """
    report = job.rollback(settings_of(config, set_), reason=reason)
    if json_:
        print_json(report)
        return
    print_lines(terminal.rollback_lines(report))
