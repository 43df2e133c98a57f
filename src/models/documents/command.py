"""The command that prints a config in full, or the JSON schemas of configs and of what commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.config.loading import config_schema
from models.errors import UserError
from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, SetOption
from models.shell.output import out, print_json, print_lines, settings_of

if TYPE_CHECKING:
    from models.config import printing
    from models.documents import schemas, tables
else:
    printing = lazy("models.config.printing")
    schemas = lazy("models.documents.schemas")
    tables = lazy("models.documents.tables")

OUTPUTS = "outputs"
"""No keyword of JSON schema, so that editors read the config's schema as if it were not there."""


def config(
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schemas of configs and of --json.")] = False,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="Print YAML for people, with a mark behind what the file does not set.")
    ] = False,
    tables_as: Annotated[
        str | None,
        typer.Option(
            "--tables",
            metavar="[json|sql|pandera|markdown]",
            help="Print all tables that a book can have, for those who deliver the data: columns, types, units, "
            "bounds, allowed words, keys, references.",
        ),
    ] = None,
    file: ConfigOption = DEFAULT_CONFIG,
    set_: SetOption = None,
) -> None:
    """Print a config with every default filled in, or the schema that editors complete from.

    Beside the config's own keywords, ``outputs`` of the schema holds that of each command's JSON. ``defaults`` of a
    config are the names of what its file does not set.
    """
    if tables_as is not None:
        known = settings_of(file, set_) if file.is_file() else None
        tiers, own = (known.scale.names, known.book.own) if known else ((), None)
        print_lines(tables.tables_document(_form_of(tables_as), tiers, own).splitlines())
    elif schema:
        print_json({**config_schema(), OUTPUTS: schemas.document_schemas()})
    elif as_yaml:
        out.print(printing.config_yaml(settings_of(file, set_)), markup=False, highlight=False, soft_wrap=True, end="")
    else:
        print_json(printing.printed_config(settings_of(file, set_)))


def _form_of(given: str) -> tables.TablesFormat:
    if given not in list(tables.TablesFormat):
        raise UserError(
            rule=f"--tables must be one of {', '.join(tables.TablesFormat)}", got=given, remedy="e.g. --tables markdown"
        )
    return tables.TablesFormat(given)
