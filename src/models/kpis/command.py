"""The command that reports the figures of a book: to a terminal, as JSON, as CSV and as a page."""

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
    from models.kpis import job, terminal
    from models.workspace import days as typed_days
else:
    typed_days = lazy("models.workspace.days")
    job = lazy("models.kpis.job")
    terminal = lazy("models.kpis.terminal")


def kpis(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    as_of: AsOfOption = None,
    out_: FilesOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Tell what clients cost and bring, whether they stay, what they say, how they are served, what campaigns earned.

    By tier, segment, type and region, with a trend; groups come from scores that predict has published.
    """
    settings = settings_of(config, set_)
    when = typed_days.day_of(as_of, settings.time.period)
    counted = job.kpis(settings, book=book, as_of=when, out=out_, progress=progress())
    if json_:
        print_json(counted.report)
        return
    for part in terminal.kpis_summary(counted.report):
        out.print(part)
    print_lines(["", *(f"{name:<8} {path}" for name, path in counted.files.items())])
