"""The command of auditors: the chain of decisions, a client on any day, and a publication made again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import UserError
from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import date_of, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from datetime import date

    from models.config.root import Config
    from models.decisions import terminal as decisions_terminal
    from models.trail import job, terminal
else:
    decisions_terminal = lazy("models.decisions.terminal")
    job = lazy("models.trail.job")
    terminal = lazy("models.trail.terminal")

BROKEN = 3
"""The exit code where the chain does not hold, or a publication made again is another."""


class AuditOf(StrEnum):
    """What is audited."""

    VERIFY = "verify"
    CLIENT = "client"
    REPLAY = "replay"


WhatArgument = Annotated[
    AuditOf,
    typer.Argument(
        metavar="verify|client|replay",
        help="verify: look at every entry of the chain of decisions. client: a client on a day. replay: make the "
        "publication of a day again.",
    ),
]
AuditedClient = Annotated[
    str | None, typer.Argument(metavar="CLIENT", help="Of client: its id. Of replay: whose row is compared besides.")
]
OnOption = Annotated[
    str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="The day, for client and replay.", show_default=False)
]
ZipOption = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Of client: a zip for an auditor, with all of it.")
]


EntryOption = Annotated[
    int | None,
    typer.Option("--entry", metavar="N", help="Of replay: another publication that counts, by its entry.", min=1),
]


def audit(  # noqa: PLR0913, PLR0917 - options of a command are named by who types them
    what: WhatArgument,
    client: AuditedClient = None,
    on: OnOption = None,
    book: BookOption = None,
    out: ZipOption = None,
    entry: EntryOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Audit what people decided, what was published of a client by any day, and that it can be made again.

    client tells the row as it was published, models and card, policy, data hash and decisions; replay scores the day
    again with its models, book and policy, and compares every file. It ends with 3 if an entry of the chain was
    changed, left out or put elsewhere, or if what is made again is not the same to the byte.
    """
    settings = settings_of(config, set_)
    if what is AuditOf.VERIFY:
        _verify(settings, json_)
        return
    day = _given(date_of(on), what)
    if what is AuditOf.CLIENT:
        _client(settings, _named(client), day, out, json_)
    else:
        _replay(settings, day, _ReplayAsked(client, book, entry), json_)


def _verify(settings: Config, as_json: bool) -> None:
    report = job.audit_chain(settings)
    if as_json:
        print_json(report)
    else:
        print_lines(decisions_terminal.chain_lines(report))
    if not report.holds:
        raise typer.Exit(BROKEN)


def _client(settings: Config, client: str, day: date, out: Path | None, as_json: bool) -> None:
    found = job.audit_client(settings, client, day, out=out)
    if as_json:
        print_json(found.trail)
        return
    print_lines(list(terminal.trail_lines(found.trail)))
    if found.file is not None:
        print_lines([f"export      {found.file}"])


@dataclass(frozen=True)
class _ReplayAsked:
    """Whose row is compared besides, where the book is, and which publication of the day it is."""

    client: str | None
    book: str | None
    entry: int | None


def _replay(settings: Config, day: date, asked: _ReplayAsked, as_json: bool) -> None:
    found = job.audit_replay(
        settings, day, client=asked.client, book=asked.book, number=asked.entry, progress=progress()
    )
    if as_json:
        print_json(found)
    else:
        print_lines(list(terminal.replay_lines(found)))
    if not found.agrees:
        raise typer.Exit(BROKEN)


def _given(day: date | None, what: AuditOf) -> date:
    if day is None:
        raise UserError(rule=f"audit {what} must be given a day", got="none", remedy="add --on YYYY-MM-DD")
    return day


def _named(client: str | None) -> str:
    if client is None:
        raise UserError(rule="audit client must be given a client", got="none", remedy="name its id behind it")
    return client
