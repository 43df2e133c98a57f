"""The command that finds clients of the published run by parts of what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import UserError
from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, JsonOption, SetOption
from models.shell.output import out, print_json, settings_of

if TYPE_CHECKING:
    from models.directory import job, report, terminal
else:
    job = lazy("models.directory.job")
    report = lazy("models.directory.report")
    terminal = lazy("models.directory.terminal")

TextArgument = Annotated[
    str,
    typer.Argument(
        metavar="[TEXT]", help="Parts of a name, alias, id, group or country; Chinese also by pinyin. Default: all."
    ),
]
FacetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="FACET=VALUE", help="Only such, e.g. tier=AA, moved=down or manager=NAME. May be repeated."
    ),
]
SortOption = Annotated[str, typer.Option("--sort", metavar="COLUMN", help="By which column; -COLUMN: falling.")]
LimitOption = Annotated[int, typer.Option("--limit", metavar="N", help="So many rows.")]
RebuildOption = Annotated[bool, typer.Option("--rebuild", help="Build the index of the run anew before.")]


def clients(  # noqa: PLR0917 - the command line names its options
    text: TextArgument = "",
    config: ConfigOption = DEFAULT_CONFIG,
    only: FacetOption = None,
    sort: SortOption = "",
    limit: LimitOption = 20,
    rebuild: RebuildOption = False,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Find clients of the published run, scored or not, in the index that was built with it.

    Case, accents and width do not count; all words must occur.
    """
    query = report.ClientQuery(
        text=text,
        facets=_facets(only or []),
        scope=report.EVERYTHING,
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        limit=limit,
    )
    found = job.find_clients(settings_of(config, set_), query, rebuild=rebuild)
    if json_:
        print_json(found)
        return
    out.print(terminal.client_table(found))


def _facets(given: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in given:
        name, parted, value = each.partition("=")
        if not parted:
            raise UserError(rule="--only takes FACET=VALUE", got=each, remedy="write e.g. --only tier=AA")
        found[name] = (*found.get(name, ()), value)
    return found
