"""The command that shows who moved between tiers, by what, and who did it: to a terminal, or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, JsonOption, LanguageOption, SetOption
from models.shell.output import date_of, out, print_json, settings_of
from models.text import ENGLISH

if TYPE_CHECKING:
    from models.movers import job, terminal
else:
    job = lazy("models.movers.job")
    terminal = lazy("models.movers.terminal")

MoversOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM-DD", help="The official run of this date. Default: the newest."),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="YYYY-MM-DD", help="Against the official run of this date. Default: that it built on."
    ),
]
CellOption = Annotated[
    str | None,
    typer.Option(
        "--cell",
        metavar="BEFORE:NOW",
        help="Only those from one tier to another, e.g. AA:B; nothing stands for who is not scored, e.g. AA:",
    ),
]
FirstMoversOption = Annotated[int, typer.Option("--first", metavar="N", min=0, help="So many clients.")]


def movers(  # noqa: PLR0917 - options of a command
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: MoversOfOption = None,
    since: SinceOption = None,
    cell: CellOption = None,
    first: FirstMoversOption = 20,
    lang: LanguageOption = ENGLISH,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Show who moved between tiers: the whole matrix, what moved each client, and who did it.

    Data, another model, another policy or people did it: decided by grading the present facts with the earlier policy,
    and where the runs do not tell, that is said. All movers are in movers.parquet of each run.
    """
    asked = job.cell_of(cell, limit=first)
    found = job.movers(settings_of(config, set_), asked=asked, as_of=date_of(as_of), since=date_of(since))
    if json_:
        print_json(found.report)
        return
    for part in terminal.moves_summary(found.report, found.policy, lang):
        out.print(part)
