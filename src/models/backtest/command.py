"""The command that replays the grading at past dates: to a terminal, as JSON, and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import date_of, out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.backtest import job, terminal
else:
    job = lazy("models.backtest.job")
    terminal = lazy("models.backtest.terminal")

DaysOption = Annotated[
    list[str] | None,
    typer.Option(
        "--at",
        metavar="YYYY-MM-DD",
        help="A date to replay, may be repeated. Default: backtest.at of the config, else origins.test.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Where the result is written. Default: data/processed/BOOK/backtest.json."
    ),
]


def backtest(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    at: DaysOption = None,
    result: OutOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Replay the grading policy at past dates, with the models of that day, against what then happened.

    It is held against a rule-based grade, a random choice and perfect foresight: reviews, losses, offers, errors,
    steadiness, and how clients with an override fared. Models are fitted anew at each date, which takes minutes;
    none is registered.
    """
    done = job.backtest(
        settings_of(config, set_),
        book=book,
        days=[day for day in map(date_of, at or ()) if day],
        out=result,
        progress=progress(),
    )
    if json_:
        print_json(done.report)
        return
    for part in terminal.summary(done.report):
        out.print(part)
    print_lines(["", f"result   {done.path}", f"page     {done.page}"])
