"""The command that takes away what no publication names any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, JsonOption, SetOption
from models.shell.output import print_json, print_lines, settings_of

if TYPE_CHECKING:
    from models.retention import job, terminal
else:
    job = lazy("models.retention.job")
    terminal = lazy("models.retention.terminal")

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")]


def gc(
    config: ConfigOption = DEFAULT_CONFIG,
    dry_run: DryRunOption = False,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Take away replaced runs, shadows, leftovers and unopened books, once they are older than nightly.kept says.

    The official run of a date never goes, nor a run that it built on, a bundle that made it, or the book it rests on.
    """
    found = job.gc(settings_of(config, set_), dry_run=dry_run)
    if json_:
        print_json(found)
        return
    print_lines(terminal.removal_lines(found))
