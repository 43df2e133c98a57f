"""Computes the figures of client management of a book, and leaves them as JSON, CSV and a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from models.book.settling import settled
from models.config.places import SCORES_FOLDER, work_dir
from models.funnel.compute import book_funnel
from models.kpis.page import kpis_page
from models.kpis.report import CSV_COLUMNS, KpiReport, book_kpis, csv_rows
from models.shell.csv import csv_text
from models.shell.editions import publish_page
from models.shell.json_files import json_file
from models.store.drafts import publish_text
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of


@dataclass(frozen=True, kw_only=True)
class CountedKpis:
    """The figures of a book, and the files that hold them by kind."""

    report: KpiReport
    files: dict[str, Path]


def kpis(
    config: Settings,
    *,
    book: str | None = None,
    as_of: date | None = None,
    out: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> CountedKpis:
    """The figures of client management; ``kpis.json``, ``kpis.csv`` and ``kpis.html`` stand in ``out``.

    ``out`` is the book's folder unless given. Where the book has opportunities, the page shows the funnel as well.
    Groups come from the scores that ``predict`` published for the book. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    checked, folder = open_book(settings, book, progress), out or work_dir(settings)
    settings = settled(settings, checked)
    report = book_kpis(checked, settings, work_dir(settings) / SCORES_FOLDER, as_of=as_of, progress=progress)
    funnel = None
    if "opportunities" in checked.tables:
        funnel = book_funnel(checked, settings, as_of=as_of, progress=progress)
    files = {name: folder / f"kpis.{name}" for name in ("html", "csv", "json")}
    folder.mkdir(parents=True, exist_ok=True)
    publish_text(files["json"], json_file(report))
    publish_text(files["csv"], csv_text(CSV_COLUMNS, csv_rows(report)))
    publish_page(files["html"], partial(kpis_page, report, funnel))
    return CountedKpis(report=report, files=files)
