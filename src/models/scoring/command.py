"""The command that scores and explains every active client of a book, to a terminal or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.notices import notice_lines
from models.shell.options import DEFAULT_CONFIG, AsOfOption, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.scoring import job, publication, terminal
    from models.workspace import days as typed_days
else:
    typed_days = lazy("models.workspace.days")
    job = lazy("models.scoring.job")
    publication = lazy("models.scoring.publication")
    terminal = lazy("models.scoring.terminal")

BundleOption = Annotated[
    str,
    typer.Option(
        "--bundle", metavar="BUNDLE", help="The trained models: an alias or version in the registry, or a folder."
    ),
]
ShadowOption = Annotated[
    bool,
    typer.Option(
        "--shadow", help="Only to be looked at: neither latest nor any later run takes notice of what is scored."
    ),
]
InSampleOption = Annotated[
    bool,
    typer.Option(
        "--in-sample", help="Score also as of a day of which the models knew what came after, and mark every row."
    ),
]
ThatDayOption = Annotated[
    bool,
    typer.Option(
        "--model-of-that-day",
        help="Score by the version that had learned by the as-of date, else by models fitted on what was known then.",
    ),
]
EngineOption = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="[processes|spark]",
        help="Where blocks are scored, for run.engine of the config; the cluster is spark.master.",
    ),
]
ScoresOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Where results are written. Default: data/processed/BOOK/scores."),
]


def predict(  # noqa: PLR0913, PLR0917 - options of a command are named by who types them
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    bundle: BundleOption = "champion",
    as_of: AsOfOption = None,
    scores: ScoresOption = None,
    shadow: ShadowOption = False,
    in_sample: InSampleOption = False,
    of_that_day: ThatDayOption = False,
    engine: EngineOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Score and explain every active client of a book, with models that were trained before."""
    settings = settings_of(config, [*(set_ or ()), *([f"run.engine={engine}"] if engine else [])])
    when = typed_days.day_of(as_of, settings.time.period)
    how = publication.Publishing(shadow=shadow, in_sample=in_sample, of_that_day=of_that_day)
    predicted = job.predict(settings, book=book, bundle=bundle, as_of=when, out=scores, how=how, progress=progress())
    if json_:
        print_json(predicted)
        return
    out.print(terminal.tiers_table(predicted, settings.book.currency))
    for table in terminal.cold_start_tables(predicted, settings.book.currency):
        out.print(table)
    print_lines(notice_lines(predicted.notices))
    print_lines(terminal.prediction_lines(predicted))
