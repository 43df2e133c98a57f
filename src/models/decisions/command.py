"""The command that audits what was decided: to a terminal, as JSON, and by its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, JsonOption, SetOption
from models.shell.output import print_json, print_lines, settings_of

if TYPE_CHECKING:
    from models.decisions import job, terminal
else:
    job = lazy("models.decisions.job")
    terminal = lazy("models.decisions.terminal")

BROKEN = 3
"""The exit code where the chain does not hold."""
WhatArgument = Annotated[
    Literal["verify"], typer.Argument(metavar="verify", help="verify: look at every entry of the chain of decisions.")
]


def audit(
    what: WhatArgument,  # noqa: ARG001 - further questions stand beside it
    config: ConfigOption = DEFAULT_CONFIG,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Look whether what people decided is as it was recorded.

    It ends with 3 if an entry of the chain was changed, left out or put elsewhere, and names the first of them.
    """
    report = job.verify_chain(settings_of(config, set_))
    if json_:
        print_json(report)
    else:
        print_lines(terminal.chain_lines(report))
    if not report.holds:
        raise typer.Exit(BROKEN)
