"""The command that explains one client: to a terminal, as JSON, and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.notices import notice_lines
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
    from models.explanation import job, page, report, terminal
    from models.workspace import days as typed_days
else:
    typed_days = lazy("models.workspace.days")
    job = lazy("models.explanation.job")
    page = lazy("models.explanation.page")
    report = lazy("models.explanation.report")
    terminal = lazy("models.explanation.terminal")

_DATE = "YYYY-MM-DD"
ClientArgument = Annotated[
    str, typer.Argument(metavar="CLIENT", help="The client's id, as it stands in scores.parquet.")
]
SinceOption = Annotated[
    str | None,
    typer.Option("--since", metavar=_DATE, help="Tell what changed since this day. Default: a year before."),
]
AgainstOption = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="BUNDLE",
        help="Tell what other models say, and why these say something else: an alias or version, or a folder.",
    ),
]
HtmlOption = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write it as a page.")]


def explain(  # noqa: PLR0913, PLR0917 - options of a command are named by who types them
    client: ClientArgument,
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    bundle: SpeakingOption = "published",
    as_of: AsOfOption = None,
    since: SinceOption = None,
    against: AgainstOption = None,
    lang: LanguageOption = ENGLISH,
    html: HtmlOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Say of one client what it is worth, how likely it declines, why, what changed, and what to do.

    It needs trained models (clientvalue run or train). While the book is as it was when it was last scored, it answers
    within seconds; a changed book is checked first.
    """
    settings = settings_of(config, set_)
    with brief():
        story = job.client_story(
            settings,
            client,
            book=book,
            bundle=bundle,
            as_of=typed_days.day_of(as_of, settings.time.period),
            since=typed_days.day_of(since, settings.time.period),
            against=against,
            lang=lang,
            progress=progress(),
        )
    if html is not None:
        page.write_client_page(story, html)
    if json_:
        print_json(report.client_document(story))
        return
    print_lines(notice_lines(story.notices))
    terminal.show(out, story)
    if html is not None:
        print_lines(["", f"page     {html}"])
