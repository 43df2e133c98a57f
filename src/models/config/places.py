"""Places on disk that a config names."""

from __future__ import annotations

from pathlib import Path

from models.config.root import Config

SCORES_FOLDER = "scores"
"""Folder of published scores, below that of a book's results."""
REFITS = "refits"
"""Folder of models that were fitted for a day of the past, beside it."""


def work_dir(settings: Config) -> Path:
    """The folder of a book's results."""
    folder = Path(settings.run.work_dir) / settings.book.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
