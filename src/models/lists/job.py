"""The job behind ``clientvalue lists``: the work lists of a published run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from models.config.places import SCORES_FOLDER, work_dir
from models.errors import MissingFileError
from models.lists.report import LISTS, WorkLists, published_lists
from models.publications.latest import latest_folder
from models.workspace.opening import Settings, settings_of


def lists(
    config: Settings, *, scores: Path | None = None, first: int | None = None, overrides: Sequence[str] = ()
) -> WorkLists:
    """The lists of the run that stands in the folder ``scores``, else of the newest; of each the ``first`` clients.

    Raises a ``UserError``: ``MissingFileError`` of a run that was published before there were lists.
    """
    settings = settings_of(config, overrides)
    folder = Path(os.path.realpath(scores or latest_folder(work_dir(settings) / SCORES_FOLDER)))
    found = published_lists(folder, settings.book.currency, first=first)
    if found is None:
        raise MissingFileError(folder / LISTS, remedy="publish a run with clientvalue predict")
    return found
