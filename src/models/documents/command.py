"""The command that prints a config in full, or the JSON schemas of configs and of what commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.config.loading import config_schema
from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, SetOption
from models.shell.output import out, print_json, settings_of

if TYPE_CHECKING:
    from models.config import printing
    from models.documents import schemas
else:
    printing = lazy("models.config.printing")
    schemas = lazy("models.documents.schemas")

OUTPUTS = "outputs"
"""No keyword of JSON schema, so that editors read the config's schema as if it were not there."""


def config(
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schemas of configs and of --json.")] = False,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="Print YAML for people, with a mark behind what the file does not set.")
    ] = False,
    file: ConfigOption = DEFAULT_CONFIG,
    set_: SetOption = None,
) -> None:
    """Print a config with every default filled in, or the schema that editors complete from.

    Beside the config's own keywords, ``outputs`` of the schema holds that of each command's JSON. ``defaults`` of a
    config are the names of what its file does not set.
    """
    if schema:
        print_json({**config_schema(), OUTPUTS: schemas.document_schemas()})
    elif as_yaml:
        out.print(printing.config_yaml(settings_of(file, set_)), markup=False, highlight=False, soft_wrap=True, end="")
    else:
        print_json(printing.printed_config(settings_of(file, set_)))
