"""The command that writes a simulated book, and a figure of it if asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, JsonOption, SetOption
from models.shell.output import out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.simulator import job, plots, terminal
else:
    job = lazy("models.simulator.job")
    plots = lazy("models.simulator.plots")
    terminal = lazy("models.simulator.terminal")


def simulate(  # noqa: PLR0917 - options of a command are named by who types them
    config: ConfigOption = DEFAULT_CONFIG,
    clients: Annotated[int, typer.Option("--clients", metavar="N", help="How many clients.")] = 5_000,
    months: Annotated[int, typer.Option("--months", metavar="N", help="How many months of history.")] = 72,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same bytes.")] = 1,
    folder: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder to write.")] = Path("data/raw/demo"),
    figure: Annotated[
        Path | None,
        typer.Option("--figure", metavar="FILE", help="Also draw, as PNG, what shows whether the book is plausible."),
    ] = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Write a simulated project-finance book with known truth; its economics are in the config's section simulation."""
    settings = settings_of(config, set_)
    written = job.simulate_book(settings, clients=clients, months=months, seed=seed, out=folder, progress=progress())
    if figure is not None:
        figure.parent.mkdir(parents=True, exist_ok=True)
        plots.plausibility_figure(folder).savefig(figure, format="png")
    if json_:
        print_json(written)
        return
    out.print(terminal.simulation_table(written))
    print_lines([f"book     {written.folder}", f"covers   {written.start} until before {written.known_until}"])
