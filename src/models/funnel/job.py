"""Computes the funnel of a book, and leaves it as JSON and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.book.settling import settled
from models.config.places import SCORES_FOLDER, work_dir
from models.funnel.compute import FUNNEL_CSV_COLUMNS, FunnelReport, book_funnel, csv_rows
from models.shell.csv import csv_text
from models.shell.json_files import json_file
from models.store.drafts import publish_text
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of


@dataclass(frozen=True, kw_only=True)
class CountedFunnel:
    """The funnel of a book, and the files that hold it by kind."""

    report: FunnelReport
    files: dict[str, Path]


def funnel(
    config: Settings,
    *,
    book: str | None = None,
    as_of: date | None = None,
    out: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> CountedFunnel:
    """The funnel and whom to look at next; ``funnel.json`` and ``funnel.csv`` stand in ``out``.

    ``out`` is the book's folder unless given. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    checked, folder = open_book(settings, book, progress), out or work_dir(settings)
    settings = settled(settings, checked)
    scores = work_dir(settings) / SCORES_FOLDER
    report = book_funnel(checked, settings, as_of=as_of, scores=scores, progress=progress)
    files = {name: folder / f"funnel.{name}" for name in ("csv", "json")}
    folder.mkdir(parents=True, exist_ok=True)
    publish_text(files["json"], json_file(report))
    publish_text(files["csv"], csv_text(FUNNEL_CSV_COLUMNS, csv_rows(report)))
    return CountedFunnel(report=report, files=files)
