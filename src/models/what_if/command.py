"""The command that asks what another policy would do: to a terminal or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

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
from models.shell.output import date_of, out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.what_if import job, terminal
else:
    job = lazy("models.what_if.job")
    terminal = lazy("models.what_if.terminal")

WhatIfOption = Annotated[
    list[str] | None,
    typer.Option(
        "--what-if",
        metavar="KEY=VALUE",
        help="Another value in the policy, e.g. caps.overdue_30.above=15: entries of a list by name. May be repeated.",
    ),
]


def tiers(  # noqa: PLR0917 - options of a command are named by who types them
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    bundle: SpeakingOption = "published",
    as_of: AsOfOption = None,
    what_if: WhatIfOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Grade the book by the policy of the config and by it with the values of --what-if, and tell who would move.

    Nothing is published. Earlier tiers count in neither grading, overrides that hold on the day in both. Without
    --what-if the policy of the config is held against the one that the models were published with.
    """
    shift = job.tiers(
        settings_of(config, set_),
        what_if or (),
        book=book,
        bundle=bundle,
        as_of=date_of(as_of),
        progress=progress(),
    )
    if json_:
        print_json(shift)
        return
    print_lines(notice_lines(shift.notices))
    for part in terminal.shift_summary(shift):
        out.print(part)
    out.print(Text(terminal.shift_sentence(shift)))
