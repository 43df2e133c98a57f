"""The command that writes the letter to one client: to a terminal, as JSON, and as two pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    BookOption,
    ConfigOption,
    JsonOption,
    LanguageOption,
    SetOption,
    SpeakingOption,
)
from models.shell.output import brief, out, print_json, print_lines, progress, settings_of
from models.text import ENGLISH

if TYPE_CHECKING:
    from models.letter import job, page, terminal
    from models.workspace import days as typed_days
else:
    typed_days = lazy("models.workspace.days")
    job = lazy("models.letter.job")
    page = lazy("models.letter.page")
    terminal = lazy("models.letter.terminal")

ClientArgument = Annotated[str, typer.Argument(metavar="CLIENT", help="The client's id, as it stands in the book.")]
HtmlOption = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Also write it as a page that prints on two sides.")
]


def letter(  # noqa: PLR0913, PLR0917 - options of a command are named by who types them
    client: ClientArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    bundle: SpeakingOption = "published",
    as_of: AsOfOption = None,
    lang: LanguageOption = ENGLISH,
    html: HtmlOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Write to a client why it is graded so, what may help, and how to object and ask for a person.

    At most four reasons, none of them from another client, a model's inside or a person's remark. Whom the client
    writes to stands in the section letter of the config.
    """
    settings = settings_of(config, set_)
    with brief():
        written = job.client_letter(
            settings,
            client,
            book=book,
            bundle=bundle,
            as_of=typed_days.day_of(as_of, settings.time.period),
            lang=lang,
            progress=progress(),
        )
    if html is not None:
        page.write_letter_page(written, html)
    if json_:
        print_json(written)
        return
    terminal.show(out, written)
    if html is not None:
        print_lines(["", f"page     {html}"])
