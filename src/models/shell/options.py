"""The options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from models.text import Language, languages

_DATE = "YYYY-MM-DD"
TODAY, LAST_PERIOD_END = "today", "last-period-end"
"""Words for days that move with the calendar, for what is called each night."""
DEFAULT_CONFIG = Path("configs/demo.yaml")

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", metavar="FILE", help="Settings of the book, e.g. configs/ifc.yaml.")
]
BookOption = Annotated[
    str | None,
    typer.Option(
        "--book",
        "-b",
        metavar="PLACE",
        help="Where the book is: a file, folder or database URL. Default: book.path of the config.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        "-s",
        metavar="SECTION.KEY=VALUE",
        help="Use another value than the config's, e.g. run.threads=1. May be repeated.",
    ),
]
SpeakingOption = Annotated[
    str,
    typer.Option(
        "--bundle",
        metavar="BUNDLE",
        help="The models that speak: an alias or version in the registry, or a folder. Default: those that made the "
        "published scores, else the champion.",
        show_default=False,
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar=_DATE,
        help="Nothing that became known on this day or later is used: a date, today, or last-period-end, the first day "
        "of this week, month or quarter. Default: where the book ends.",
    ),
]
ReplaceChampionOption = Annotated[
    str,
    typer.Option(
        "--replace-champion",
        metavar="REASON",
        help="Make this version the champion, whatever became of the one before; the reason is kept with it.",
    ),
]
FilesOption = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="Where files are written. Default: data/processed/BOOK.")
]


def language_of(given: str) -> Language:
    """A language of which there are texts. Raises ``BadParameter`` for any other."""
    if given not in languages():
        raise typer.BadParameter(f"{given!r} is not one of {', '.join(repr(str(each)) for each in languages())}.")
    return Language(given)


LanguageOption = Annotated[
    Language,
    typer.Option("--lang", metavar=f"[{'|'.join(languages())}]", parser=language_of, help="The language of texts."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of tables.")]
