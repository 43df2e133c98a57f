"""The command that shows the work lists of a published run: to a terminal, or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, JsonOption, LanguageOption, SetOption
from models.shell.output import out, print_json, settings_of
from models.text import ENGLISH

if TYPE_CHECKING:
    from models.lists import job, terminal
else:
    job = lazy("models.lists.job")
    terminal = lazy("models.lists.terminal")

ListsFolderOption = Annotated[
    Path | None,
    typer.Option(
        "--scores", metavar="FOLDER", help="What predict published. Default: data/processed/BOOK/scores/latest."
    ),
]
FirstOption = Annotated[int, typer.Option("--first", metavar="N", min=1, help="So many clients of each list.")]


def lists(
    config: ConfigOption = DEFAULT_CONFIG,
    scores: ListsFolderOption = None,
    first: FirstOption = 10,
    lang: LanguageOption = ENGLISH,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Say whom to act on, for one purpose each: review next, act early, keep, grow, cut or cover.

    Each client stands there with what acting is expected to bring, why, and what is proposed. All are in lists.parquet.
    """
    found = job.lists(settings_of(config, set_), scores=scores, first=first)
    if json_:
        print_json(found)
        return
    for part in terminal.lists_summary(found, lang):
        out.print(part)
