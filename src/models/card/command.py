"""The command that prints the card of a version, as Markdown or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, FilesOption, JsonOption, SetOption
from models.shell.output import print_json, print_lines, settings_of

if TYPE_CHECKING:
    from models.card import job
else:
    job = lazy("models.card.job")

VersionArgument = Annotated[
    str, typer.Argument(metavar="VERSION", help="A version number or an alias in the registry.")
]


def card(
    version: VersionArgument = "champion",
    config: ConfigOption = DEFAULT_CONFIG,
    out: FilesOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Print the model card of a registered version: what it is for, how good it is, its limits, and who approved it.

    It is made of the report of the training, the registry and the ledger of publications, as they are today. What only
    people know, such as the owner, stands in the section card of the config.
    """
    written = job.card(settings_of(config, set_), version=version, out=out)
    if json_:
        print_json(written.card)
        return
    print_lines(written.markdown.splitlines())
    print_lines(["", *(f"card     {file}" for file in written.files)])
