"""The command that publishes features, to a terminal or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.notices import notice_lines
from models.shell.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    BookOption,
    ConfigOption,
    JsonOption,
    SetOption,
    SpeakingOption,
)
from models.shell.output import date_of, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.features import job
else:
    job = lazy("models.features.job")

PlaceOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Where the table is written. Default: data/processed/BOOK/features."),
]


def features(  # noqa: PLR0917 - options of a command are named by who types them
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    bundle: SpeakingOption = "published",
    as_of: AsOfOption = None,
    place: PlaceOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Publish what the models look at of every active client, as a Parquet table.

    Its columns are named as in explanations.parquet, and say their kinds and units. It is what a served model looks
    clients up in, and the data that shap, mlflow.models.evaluate and others ask for.
    """
    settings = settings_of(config, set_)
    published = job.features(settings, book=book, bundle=bundle, as_of=date_of(as_of), out=place, progress=progress())
    if json_:
        print_json(published)
        return
    print_lines(notice_lines(published.notices))
    print_lines(
        [
            f"{published.clients:,} clients, {published.features:,} features, as known before {published.as_of}",
            f"models   {published.model_version}",
            f"table    {published.file}",
        ]
    )
