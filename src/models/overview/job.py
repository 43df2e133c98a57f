"""The job behind ``clientvalue overview``, and the last step of ``run``: one page of a published run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.backtest.headline import HEADLINE_FILE
from models.book.door import Book
from models.book.settling import settled
from models.config.places import SCORES_FOLDER, work_dir
from models.overview.compute import book_overview
from models.overview.page import OVERVIEW_PAGE, write_overview_page
from models.overview.report import Overview
from models.publications.latest import latest_folder
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of


@dataclass(frozen=True, kw_only=True)
class Overviewed:
    """An overview, and the page that shows it."""

    report: Overview
    page: Path


def overview(
    config: Settings,
    *,
    book: str | Book | None = None,
    scores: Path | None = None,
    page: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> Overviewed:
    """Look at the scores that stand in the folder ``scores``, else of the newest, and write the page to ``page``.

    By default that is ``<work_dir>/<book>/overview.html``. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    folder = Path(os.path.realpath(scores or latest_folder(work_dir(settings) / SCORES_FOLDER)))
    checked = book if isinstance(book, Book) else open_book(settings, book, progress)
    settings = settled(settings, checked)
    headline = work_dir(settings) / HEADLINE_FILE
    report = book_overview(checked, settings, folder, headline=headline, progress=progress)
    place = page or work_dir(settings) / OVERVIEW_PAGE
    write_overview_page(report, place)
    return Overviewed(report=report, page=place)
