"""The command that a scheduler calls each night."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.console import err
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, SetOption
from models.shell.output import date_of, settings_of
from models.showable import showable

if TYPE_CHECKING:
    from models.nightly import job, journal
else:
    job = lazy("models.nightly.job")
    journal = lazy("models.nightly.journal")

LogOption = Annotated[
    Path | None, typer.Option("--log", metavar="FILE", help="Where the lines are added to as well, beside the output.")
]
LevelOption = Annotated[
    str, typer.Option("--level", metavar="[info|warning|error]", help="The least that is written, of these levels.")
]
TodayOption = Annotated[
    str | None,
    typer.Option("--today", metavar="YYYY-MM-DD", help="What counts as today. Default: the clock's day."),
]
LEVELS = ("info", "warning", "error")


def nightly(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    log: LogOption = None,
    level: LevelOption = "info",
    today: TodayOption = None,
    set_: SetOption = None,
) -> None:
    """Score and publish what is due, for a scheduler: missed dates first, by the champion, one JSON line per step.

    It may be killed and called again at any time, and twice at once.

    Exit codes: 0 done, 4 nothing to do, 3 an alarm (the data, or what follows from it, cannot be and was not published;
    or monitoring raised one on what was), 2 a mistake in what was given, 1 a mistake of ours.
    """
    if level not in LEVELS:
        raise typer.BadParameter(f"{level!r} is not one of {', '.join(map(repr, LEVELS))}.")
    settings = settings_of(config, set_)
    with journal.journal_of(settings.book.name, file=log, level=level) as written:
        night = job.nightly(settings, written, book=book, today=date_of(today))
    if night.error is not None:
        err.print(showable(f"error: {night.error}"), markup=False, highlight=False, soft_wrap=True)
    elif night.alarms:
        days, codes = ", ".join(map(str, night.published)), ", ".join(night.alarms)
        found = f"alarm: {days} published, and monitoring raises {codes}: read what clientvalue monitor says of it"
        err.print(showable(found), markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(int(night.code))
