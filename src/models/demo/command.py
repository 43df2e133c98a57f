"""The command of the first five minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import JsonOption, SetOption
from models.shell.output import print_json, progress, settings_of

if TYPE_CHECKING:
    from models.demo import job
    from models.run import terminal
else:
    job = lazy("models.demo.job")
    terminal = lazy("models.run.terminal")


def demo(
    clients: Annotated[int, typer.Option("--clients", metavar="N", help="How many clients are simulated.")] = 1_000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same book.")] = 1,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """A first look, in an empty folder: write the demo's config and policies here, simulate its book, run the main job.

    It ends with what to open next.
    """
    shown = progress()
    done = job.demo(clients=clients, seed=seed, overrides=set_ or (), progress=shown)
    if json_:
        print_json(done.document)
        return
    terminal.show_run(done, settings_of(job.CONFIG, set_), job.CONFIG, shown.stages())
