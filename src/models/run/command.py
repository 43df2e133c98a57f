"""The command that does the main job, and ends with what each of its steps would print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import (
    DEFAULT_CONFIG,
    BookOption,
    ConfigOption,
    JsonOption,
    ReplaceChampionOption,
    SetOption,
)
from models.shell.output import print_json, progress, settings_of

if TYPE_CHECKING:
    from models.run import job, terminal
else:
    job = lazy("models.run.job")
    terminal = lazy("models.run.terminal")

ChallengerOption = Annotated[
    bool,
    typer.Option("--challenger", help="Score with the version just trained, as a shadow where it is no champion."),
]


def run(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    replace_champion: ReplaceChampionOption = "",
    challenger: ChallengerOption = False,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """The main job: check the book, train, evaluate, register, then score and explain every active client.

    It scores with the champion, which the first version is; a later one waits for clientvalue promote. It ends with
    one page, where time went, and what to open next.
    """
    settings = settings_of(config, set_)
    shown = progress()
    done = job.run(settings, book=book, replace_champion=replace_champion, challenger=challenger, progress=shown)
    if json_:
        print_json(done.document)
        return
    terminal.show_run(done, settings, config, shown.stages())
