"""The command that prints a config in full, or the JSON schemas of configs and of what commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.config.loading import config_schema
from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, SetOption
from models.shell.output import print_json, settings_of

if TYPE_CHECKING:
    from models.documents import schemas
else:
    schemas = lazy("models.documents.schemas")

OUTPUTS = "outputs"
"""No keyword of JSON schema, so that editors read the config's schema as if it were not there."""


def config(
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schemas of configs and of --json.")] = False,
    file: ConfigOption = DEFAULT_CONFIG,
    set_: SetOption = None,
) -> None:
    """Print a config with every default filled in, or the schema that editors complete from.

    Beside the config's own keywords, ``outputs`` of the schema holds that of each command's JSON.
    """
    if schema:
        print_json({**config_schema(), OUTPUTS: schemas.document_schemas()})
    else:
        print_json(settings_of(file, set_).model_dump(mode="json"))
