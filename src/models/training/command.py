"""The command that trains and registers models, to a terminal or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.lazy import lazy
from models.shell.notices import notice_lines
from models.shell.options import (
    DEFAULT_CONFIG,
    BookOption,
    ConfigOption,
    JsonOption,
    ReplaceChampionOption,
    SetOption,
)
from models.shell.output import out, print_json, print_lines, progress, settings_of

if TYPE_CHECKING:
    from models.evaluation import terminal as evaluated
    from models.training import job, terminal
else:
    evaluated = lazy("models.evaluation.terminal")
    job = lazy("models.training.job")
    terminal = lazy("models.training.terminal")


def train(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    replace_champion: ReplaceChampionOption = "",
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Train the models of a book, judge them at past origins, and register them in MLflow as a new version.

    The first version of a book becomes its champion; later ones leave the champion in its place, unless an earlier
    version of clientvalue wrote it, whose format this one does not read. Who replaced it, when and why is kept as tags.
    """
    settings = settings_of(config, set_)
    trained = job.train(settings, book=book, replace_champion=replace_champion, progress=progress())
    if json_:
        print_json(trained.document)
        return
    print_lines(evaluated.verdict_lines(trained.report))
    for table in evaluated.metrics_tables(trained.report.origins):
        out.print(table)
    print_lines(notice_lines(trained.notices))
    print_lines(terminal.training_lines(trained, settings.run.tracking_uri))
