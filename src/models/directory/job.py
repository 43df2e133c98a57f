"""Finds clients of the published run, or builds its index anew."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from models.config.places import SCORES_FOLDER, work_dir
from models.directory.building import build_index
from models.directory.index import ClientIndex
from models.directory.places import index_folder
from models.directory.report import ClientQuery, DirectoryPage
from models.engines.protocol import SessionLimits
from models.publications.latest import latest_folder
from models.workspace.opening import Settings, settings_of


def find_clients(
    config: Settings,
    query: ClientQuery,
    *,
    rebuild: bool = False,
    overrides: Sequence[str] = (),
) -> DirectoryPage:
    """The clients that a query asks for, in the official run of the greatest date.

    ``rebuild`` makes the index of that run anew, whatever stands there. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    run = latest_folder(work_dir(settings) / SCORES_FOLDER)
    if rebuild:
        shutil.rmtree(index_folder(run), ignore_errors=True)
        build_index(run, SessionLimits.of(settings.run))
    index = ClientIndex.open(run)
    return DirectoryPage(run=run, run_key=index.run_key, as_of=index.as_of, found=index.search(query))
