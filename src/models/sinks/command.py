"""The command that brings databases level with the ledger of publications, and tells their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import AllProblems, UserError
from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, JsonOption, SetOption
from models.shell.output import date_of, out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.config.root import Config
    from models.sinks import compute, job, report, terminal
else:
    compute = lazy("models.sinks.compute")
    job = lazy("models.sinks.job")
    report = lazy("models.sinks.report")
    terminal = lazy("models.sinks.terminal")

_AGAIN = "then publish again: what stands there stays"
OneDateOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="YYYY-MM-DD", help="Write only the official run of this date, also if it stands there."
    ),
]
AllOption = Annotated[bool, typer.Option("--all", help="Write every official run, also those that stand there.")]
NewLedgerOption = Annotated[
    bool,
    typer.Option(
        "--new-ledger", help="The ledger was begun anew: put it in the place of the one that the sink tells of."
    ),
]
SchemaOption = Annotated[bool, typer.Option("--schema", help="Tell every table and column of a sink; write nothing.")]


def publish(  # noqa: PLR0917 - options of a command are named by who types them
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: OneDateOption = None,
    every: AllOption = False,
    new_ledger: NewLedgerOption = False,
    schema: SchemaOption = False,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Write published runs into the databases of publish.sink, until they hold every official run.

    Each run is one transaction, and what stands there already is left as it is: a night that broke off is mended by
    calling again.
    """
    settings = settings_of(config, set_)
    if schema:
        _tell_schema(settings, json_=json_)
        return
    _require_sink(settings)
    wish = compute.Wish(as_of=date_of(as_of), anew=every or as_of is not None, new_ledger=new_ledger)
    found = job.publish(settings, wish, progress=progress())
    if json_:
        print_json(found)
    else:
        print_lines(list(terminal.sink_lines(found)))
    _raise_problems(found)


def _tell_schema(settings: Config, *, json_: bool) -> None:
    tables = job.sink_tables(settings)
    if json_:
        print_json(tables)
        return
    for table in terminal.schema_tables(tables, settings.publish.prefix):
        out.print(table)


def _require_sink(settings: Config) -> None:
    if not settings.publish.sink:
        raise UserError(
            rule="publish.sink must name a database",
            got="none",
            remedy="e.g. --set publish.sink=postgresql://user@host/database or duckdb:///path/to/file.db",
        )


def _raise_problems(found: report.SinksReport) -> None:
    """What could not be written ends the command as a mistake, behind the report of what could."""
    with AllProblems(subject="the sinks") as problems:
        for problem in found.problems:
            with problems.caught():
                raise UserError(rule="every sink must take every official run", got=problem, remedy=_AGAIN)
