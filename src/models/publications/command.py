"""The command that shows the ledger of publications."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, JsonOption, SetOption
from models.shell.output import out, print_json, print_lines, settings_of

if TYPE_CHECKING:
    from models.config import places
    from models.publications import report, terminal
else:
    places = lazy("models.config.places")
    report = lazy("models.publications.report")
    terminal = lazy("models.publications.terminal")

LastOption = Annotated[int | None, typer.Option("--last", metavar="N", help="Only the last so many. Default: all.")]
ScoresOption = Annotated[
    Path | None,
    typer.Option("--scores", metavar="FOLDER", help="Where predict published. Default: data/processed/BOOK/scores."),
]


def publications(
    config: ConfigOption = DEFAULT_CONFIG,
    scores: ScoresOption = None,
    last: LastOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Show which run is the official one of each date, and which version served when: by whom, and why.

    The chain of hashes is checked: a line that was changed, left out or put elsewhere is refused. That lines at the end
    were cut off shows only beside a copy, as the sinks of clientvalue publish hold one.
    """
    settings = settings_of(config, set_)
    found = report.ledger_report(scores or places.work_dir(settings) / places.SCORES_FOLDER)
    if json_:
        print_json(found)
        return
    out.print(terminal.ledger_table(found, last))
    print_lines(terminal.ledger_lines(found))
