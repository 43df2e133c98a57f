"""The command that looks at files or a database, and writes a first config."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.notices import Notice
from models.shell.notices import severity_name
from models.shell.options import JsonOption, LanguageOption, SetOption
from models.shell.output import print_json, print_lines, progress
from models.text import ENGLISH, Language

if TYPE_CHECKING:
    from models.init import job
else:
    job = lazy("models.init.job")


def init(  # noqa: PLR0913, PLR0917 - options of a command are named by who types them
    place: Annotated[str, typer.Argument(metavar="FOLDER|FILE|URL", help="Where the data is.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The config to write. Default: NAME.yaml.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Of the book. Default: by its folder or file.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="XXX", help="In which the book is kept.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take what is proposed.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a config that is there.")] = False,
    lang: LanguageOption = ENGLISH,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Look at files or a database, propose tables, columns and kinds, and write a first config.

    The book is checked with it, and what is missing for which answer is listed. With --json nothing is asked.
    """
    found = job.init(
        place,
        file=out,
        name=name,
        currency=currency,
        force=force,
        ask=job.as_proposed if yes or json_ else _asked,
        overrides=set_ or (),
        progress=progress(),
    )
    if json_:
        print_json(found.document())
        return
    print_lines([*_seen(found), "", *found.text.splitlines(), "", *_outcome(found, lang)])


def _asked(question: str, proposed: str) -> str:
    return str(typer.prompt(question, default=proposed, show_default=bool(proposed), err=True))


def _seen(found: job.FirstSteps) -> Iterator[str]:
    used = {table.source.name: table.name for table in found.proposal.tables}
    for table in found.looked:
        what = table.problem or f"{table.rows:,} rows, {len(table.columns)} columns"
        yield f"{table.name:<12} {what}{f' -> {used[table.name]}' if table.name in used else ''}"


def _in_words(notice: Notice, language: Language) -> str:
    found, remedy = notice.within(language)
    return f"{notice.subject}: {found}{f'; {remedy}' if remedy else ''}"


def _outcome(found: job.FirstSteps, language: Language) -> Iterator[str]:
    if found.checked is not None:
        for count in found.checked.counts:
            yield f"{count.table:<12} {count.rows_used:,} of {count.rows_in:,} rows are good"
        for notice in found.checked.notices:
            yield f"{severity_name(notice.severity, language)}: {_in_words(notice, language)}"
    if found.problem:
        yield f"the book cannot be read yet: {found.problem}"
    yield from (lack.within(language) for lack in found.lacks)
    yield f"config  {found.file}"
    if not found.problem:
        yield f"next    clientvalue run --config {found.file}"
