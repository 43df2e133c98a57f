"""The command that asks what another policy would do: to a terminal or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

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
from models.shell.output import date_of, out, print_json, print_lines, progress, settings_of
from models.vocab import Aim

if TYPE_CHECKING:
    from models.proposal import job as proposing
    from models.proposal import terminal as proposed
    from models.what_if import job, terminal
    from models.workspace import days as typed_days
else:
    typed_days = lazy("models.workspace.days")
    proposing = lazy("models.proposal.job")
    proposed = lazy("models.proposal.terminal")
    job = lazy("models.what_if.job")
    terminal = lazy("models.what_if.terminal")

WhatIfOption = Annotated[
    list[str] | None,
    typer.Option(
        "--what-if",
        metavar="KEY=VALUE",
        help="Another value in the policy, e.g. caps.overdue_30.above=15: entries of a list by name. May be repeated.",
    ),
]


AimOption = Annotated[
    Aim | None,
    typer.Option("--propose", metavar="AIM", help=f"Search a better policy for an aim: {', '.join(Aim)}."),
]
DaysOption = Annotated[
    list[str] | None,
    typer.Option(
        "--at",
        metavar="YYYY-MM-DD",
        help="With --propose, a past date to search on, may be repeated. Default: propose.at of the config, else the "
        "latest that end before any test origin.",
    ),
]
TrialsOption = Annotated[int | None, typer.Option("--trials", metavar="N", help="With --propose, policies to try.")]
FileOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="With --propose, where the policy is written. Default: data/processed/BOOK/proposed_policy.yaml.",
    ),
]


JudgeOption = Annotated[
    Path | None,
    typer.Option("--judge", metavar="FILE", help="Hold the policy of a file against the one that runs, on past dates."),
]


def tiers(  # noqa: PLR0913, PLR0917 - options of a command are named by who types them
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    bundle: SpeakingOption = "published",
    as_of: AsOfOption = None,
    what_if: WhatIfOption = None,
    propose: AimOption = None,
    at: DaysOption = None,
    trials: TrialsOption = None,
    policy: FileOption = None,
    judge: JudgeOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Grade the book by the policy of the config and by it with the values of --what-if, and tell who would move.

    Nothing is published. Earlier tiers count in neither grading, overrides that hold on the day in both. Without
    --what-if the policy of the config is held against the one that the models were published with.

    With --propose cut-offs and weights are searched on past dates, never a test origin, under the policy's caps; the
    best policy is written to a file that a config can name, beside a report of what was tried. With --judge the policy
    of a file is held against the one that runs, at the test origins.
    """
    if judge is not None:
        settings = settings_of(config, set_)
        found_judged = proposing.judge(settings, judge, book=book, out=policy, progress=progress())
        if json_:
            print_json(found_judged)
            return
        for table in proposed.judged_tables(found_judged):
            out.print(table)
        return
    if propose is not None:
        over = [] if trials is None else [f"propose.trials={trials}"]
        days = [day for day in map(date_of, at or ()) if day]
        asked = settings_of(config, [*(set_ or ()), *over])
        found = proposing.propose(asked, propose, book=book, days=days, out=policy, progress=progress())
        _print_proposal(found, json_)
        return
    settings = settings_of(config, set_)
    shift = job.tiers(
        settings,
        what_if or (),
        book=book,
        bundle=bundle,
        as_of=typed_days.day_of(as_of, settings.time.period),
        progress=progress(),
    )
    if json_:
        print_json(shift)
        return
    print_lines(notice_lines(shift.notices))
    for part in terminal.shift_summary(shift):
        out.print(part)
    out.print(Text(terminal.shift_sentence(shift)))


def _print_proposal(found: proposing.WrittenProposal, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    print_lines(notice_lines(found.report.notices))
    for part in proposed.summary(found.report):
        out.print(part)
    places = ("", f"policy   {found.policy}", f"report   {found.path}", f"page     {found.page}")
    print_lines([*proposed.closing_lines(found.report), *places])
