"""The command that writes a validation file: a folder with a page, and what it found first on a terminal or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.validation import job, terminal
else:
    job = lazy("models.validation.job")
    terminal = lazy("models.validation.terminal")

ValidatedArgument = Annotated[
    str, typer.Argument(metavar="VERSION", help="A version number or an alias in the registry.")
]
FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FOLDER",
        help="The folder that becomes the validation file: new, empty, or one that was written before. Default: "
        "data/processed/BOOK/validation/version-N.",
    ),
]
NoRefitsOption = Annotated[
    bool,
    typer.Option("--no-refits", help="Fit nothing again: quicker, and the stability of retraining stays open."),
]


def validate(  # noqa: PLR0917 - options of a command are named by who types them
    version: ValidatedArgument = "champion",
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    folder: FolderOption = None,
    no_refits: NoRefitsOption = False,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Write the validation file of a registered version: one folder, and one page to read, print and sign.

    Conceptual soundness, lineage, outcomes, benchmarks, sensitivity and stress, stability, fairness, the monitoring
    plan, and first of all what is open. Sizes of shocks and limits stand in the section validation of the config.
    """
    settings = settings_of(config, set_)
    written = job.validate(settings, version=version, book=book, out=folder, refits=not no_refits, progress=progress())
    if json_:
        print_json(written.report)
        return
    print_lines(list(terminal.finding_lines(written.report)))
    out.print(terminal.shocks_table(written.report))
    print_lines([f"folder   {written.folder}", f"page     {written.page}"])
