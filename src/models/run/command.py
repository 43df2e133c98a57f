"""The command that does the main job, and ends with what each of its steps would print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.notices import by_severity
from models.shell.notices import notice_lines
from models.shell.options import (
    DEFAULT_CONFIG,
    BookOption,
    ConfigOption,
    JsonOption,
    ReplaceChampionOption,
    SetOption,
)
from models.shell.output import out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.backtest import terminal as backtested
    from models.config.root import Config
    from models.evaluation import terminal as evaluated
    from models.overview import terminal as overviewed
    from models.run import job
    from models.scoring import terminal as scored
    from models.training import terminal as trained
else:
    backtested = lazy("models.backtest.terminal")
    evaluated = lazy("models.evaluation.terminal")
    overviewed = lazy("models.overview.terminal")
    job = lazy("models.run.job")
    scored = lazy("models.scoring.terminal")
    trained = lazy("models.training.terminal")

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
    one page.
    """
    settings = settings_of(config, set_)
    done = job.run(settings, book=book, replace_champion=replace_champion, challenger=challenger, progress=progress())
    if json_:
        print_json(done.document)
        return
    show_run(done, settings, config)


def show_run(done: job.RunResult, settings: Config, config: Path) -> None:
    """Print what a whole run came to, and what to open next."""
    currency = settings.book.currency
    print_lines(evaluated.verdict_lines(done.trained.report))
    for table in evaluated.metrics_tables(done.trained.report.origins):
        out.print(table)
    out.print(scored.tiers_table(done.predicted, currency))
    for table in scored.cold_start_tables(done.predicted, currency):
        out.print(table)
    for part in backtested.headline_lines(done.headline):
        out.print(part)
    print_lines(notice_lines(by_severity([*done.trained.notices, *done.predicted.notices])))
    print_lines(trained.training_lines(done.trained, settings.run.tracking_uri))
    print_lines(scored.prediction_lines(done.predicted))
    print_lines(list(overviewed.overview_lines(done.overviewed.report, done.overviewed.page)))
    print_lines([f"review   in a browser: clientvalue review --config {config} --demo"])
