"""The options that commands share, and those with much to say: names, what they mean, how they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from models.text import Language, languages
from models.vocab import TuneModel, TuneObjective

_DATE = "YYYY-MM-DD"
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
BundleOption = Annotated[
    str,
    typer.Option(
        "--bundle", metavar="BUNDLE", help="The trained models: an alias or version in the registry, or a folder."
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
        help="Nothing that became known on this day or later is used. Default: where the book ends.",
    ),
]
ScoresOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Where results are written. Default: data/processed/BOOK/scores."),
]
ReplaceChampionOption = Annotated[
    str,
    typer.Option(
        "--replace-champion",
        metavar="REASON",
        help="Make this version the champion, whatever became of the one before; the reason is kept with it.",
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Where the report is written. Default: data/processed/BOOK/report.json."
    ),
]
FilesOption = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="Where files are written. Default: data/processed/BOOK.")
]
PageOption = Annotated[
    Path | None,
    typer.Option("--page", metavar="FILE", help="Where the page is written. Default: data/processed/BOOK/check.html."),
]


def language_of(given: str) -> Language:
    """A language of which there are texts. Raises ``BadParameter`` for any other."""
    if given not in languages():
        raise typer.BadParameter(f"{given!r} is not one of {', '.join(repr(str(each)) for each in languages())}.")
    return Language(given)


LanguageOption = Annotated[
    Language,
    typer.Option(
        "--lang", metavar=f"[{'|'.join(languages())}]", parser=language_of, help="The language of what is told."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of tables.")]
TuneModelOption = Annotated[TuneModel | None, typer.Option("--model", help="Which model is tuned.")]
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
TestsOption = Annotated[
    list[str] | None,
    typer.Option("--at", metavar=_DATE, help="A test origin, may be repeated. Default: origins.test of the config."),
]
