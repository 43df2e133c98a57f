"""Scores and explains every client of a book that is in reach, and publishes the result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from models.book.door import Book
from models.config.places import SCORES_FOLDER, work_dir
from models.scoring.compute import predict_book
from models.scoring.report import Predicted
from models.tracking.names import CHAMPION
from models.vocab import Progress, SilentProgress
from models.workers import Processes
from models.workspace.opening import Settings, open_book, open_bundle, settings_of


def predict(
    config: Settings,
    *,
    book: str | Book | None = None,
    bundle: str = CHAMPION,
    as_of: date | None = None,
    out: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> Predicted:
    """Score and explain every client in reach; ``bundle`` is an alias, a version or the folder of a bundle.

    Results stand in ``out`` (else ``<work_dir>/<book>/scores``), where ``latest`` leads to the newest. Raises a
    ``UserError``; ``AdditivityError`` before anything is published.
    """
    settings = settings_of(config, overrides)
    models = open_bundle(settings, bundle)
    checked = book if isinstance(book, Book) else open_book(settings, book, progress)
    place = out or work_dir(settings) / SCORES_FOLDER
    mapper = Processes.of(settings.run.threads)
    return predict_book(checked, models, settings, place, as_of, mapper=mapper, progress=progress)
