"""The command that searches better hyperparameters, to a terminal or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import out, print_json, print_lines, progress, settings_of
from models.vocab import TuneModel, TuneObjective

if TYPE_CHECKING:
    from models.tuning import job, terminal
else:
    job = lazy("models.tuning.job")
    terminal = lazy("models.tuning.terminal")

ModelOption = Annotated[TuneModel | None, typer.Option("--model", help="Which model is tuned.")]
TrialsOption = Annotated[
    int | None, typer.Option("--trials", metavar="N", help="Most trials of a model; earlier starts count.")
]
MinutesOption = Annotated[
    float | None, typer.Option("--minutes", metavar="N", help="Most minutes for a model; earlier starts count.")
]
ObjectiveOption = Annotated[
    TuneObjective | None, typer.Option("--objective", help="What the model of decline is tuned for.")
]
CandidateOption = Annotated[
    list[str] | None,
    typer.Option("--candidate", metavar="NAME", help="Value candidate to tune, e.g. tweedie. May be repeated."),
]


def tune(  # noqa: PLR0913, PLR0917 - each option stands for a setting of the section tune
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    model: ModelOption = None,
    trials: TrialsOption = None,
    minutes: MinutesOption = None,
    objective: ObjectiveOption = None,
    candidate: CandidateOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Search better hyperparameters on origins before any test origin.

    It ends with the first limit that is reached. Started again, it goes on where it was. What is not given is taken
    from the section tune of the config. The config is not changed: the lines to put into it are printed and written.
    """
    asked = {"model": model, "trials": trials, "minutes": minutes, "objective": objective, "candidates": candidate}
    over = [f"tune.{name}={value}" for name, value in asked.items() if value is not None]
    result = job.tune(settings_of(config, [*(set_ or ()), *over]), book=book, progress=progress())
    if json_:
        print_json(terminal.result_facts(result))
        return
    for tuned in result.tuned:
        out.print(terminal.scores_table(tuned))
    print_lines(terminal.result_lines(result))
