"""The command that tells the figures of a book: to a terminal, as JSON, as CSV and as a page; it computes nothing."""

from __future__ import annotations

from models.shell.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    BookOption,
    ConfigOption,
    FilesOption,
    JsonOption,
    SetOption,
)
from models.shell.output import date_of, out, print_json, print_lines, progress, settings_of

SHORT_HELP = "Tell the figures of client management: CAC, retention, NPS, campaigns."


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
    from models.kpis import job as kpis_job  # noqa: PLC0415
    from models.kpis import terminal as kpis_summary  # noqa: PLC0415

    settings = settings_of(config, set_)
    counted = kpis_job.kpis(settings, book=book, as_of=date_of(as_of), out=out_, progress=progress())
    if json_:
        print_json(counted.report)
        return
    for part in kpis_summary.kpis_summary(counted.report):
        out.print(part)
    print_lines(["", *(f"{name:<8} {path}" for name, path in counted.files.items())])
