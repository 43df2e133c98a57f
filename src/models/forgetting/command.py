"""The command that forgets a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, BookOption, ConfigOption, JsonOption, SetOption
from models.shell.output import print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.forgetting import job, terminal
else:
    job = lazy("models.forgetting.job")
    terminal = lazy("models.forgetting.terminal")

NOT_PROVED = 3
"""The exit code where something of ours still names the client."""
ForgottenClientArgument = Annotated[str, typer.Argument(metavar="CLIENT", help="The client's id, as the book has it.")]
WhyOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept, and must not name the client.")
]
PseudonymOption = Annotated[
    bool,
    typer.Option("--pseudonym", help="Keep its rows of published runs, under a random id that is kept nowhere else."),
]
SourceOption = Annotated[
    bool,
    typer.Option("--source", help="Also rewrite the Parquet files of the source folder; else they are only named."),
]
DryOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")]


def forget(  # noqa: PLR0913, PLR0917 - options of a command are named by who types them
    client: ForgottenClientArgument,
    reason: WhyOption,
    pseudonym: PseudonymOption = False,
    source: SourceOption = False,
    dry_run: DryOption = False,
    book: BookOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Forget a client: take it out of checked books, ledgers, runs, lists, pages, the review database and the index.

    Published runs are sealed again and say so; the rows of all others stay as they are. Decisions about the client lose
    their content, not their seals. The next load of the source leaves the client out, by a salted hash. It ends with 3
    if a file of ours still names the client; a call that was killed is finished by calling again.
    """
    done = job.forget(
        settings_of(config, set_),
        client,
        why=reason,
        pseudonym=pseudonym,
        source=source,
        dry_run=dry_run,
        book=book,
        progress=progress(),
    )
    if json_:
        print_json(done)
    else:
        print_lines(terminal.forgotten_lines(done))
    if not (dry_run or done.is_proved):
        raise typer.Exit(NOT_PROVED)
