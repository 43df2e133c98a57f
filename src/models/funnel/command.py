"""The command that reports the funnel of a book: to a terminal, as JSON, as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.lazy import lazy
from models.shell.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    BookOption,
    ConfigOption,
    FilesOption,
    JsonOption,
    SetOption,
)
from models.shell.output import out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.funnel import job, terminal
    from models.workspace import days as typed_days
else:
    typed_days = lazy("models.workspace.days")
    job = lazy("models.funnel.job")
    terminal = lazy("models.funnel.terminal")


def funnel(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    as_of: AsOfOption = None,
    out_: FilesOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Show how opportunities pass from identified to signed, and rank those that wait for due diligence."""
    settings = settings_of(config, set_)
    when = typed_days.day_of(as_of, settings.time.period)
    counted = job.funnel(settings, book=book, as_of=when, out=out_, progress=progress())
    if json_:
        print_json(counted.report)
        return
    for part in terminal.funnel_summary(counted.report):
        out.print(part)
    print_lines(["", *(f"{name:<8} {path}" for name, path in counted.files.items())])
