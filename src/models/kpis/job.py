"""The jobs behind ``clientvalue kpis`` and ``clientvalue funnel``: compute, and leave JSON, CSV and a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.codec import to_json_text
from models.funnel.compute import FUNNEL_CSV_COLUMNS, FunnelReport, book_funnel
from models.funnel.compute import csv_rows as funnel_rows
from models.kpis.page import kpis_page
from models.kpis.report import CSV_COLUMNS, KpiReport, book_kpis, csv_rows
from models.shell.csv import csv_text
from models.showable import acted_on
from models.store.drafts import publish_text
from models.vocab import Progress, SilentProgress
from models.workspace.opening import SCORES_FOLDER, Settings, open_book, settings_of, work_dir


@dataclass(frozen=True, kw_only=True)
class CountedKpis:
    """The figures of a book, and the files that hold them by kind."""

    report: KpiReport
    files: dict[str, Path]


@dataclass(frozen=True, kw_only=True)
class CountedFunnel:
    """The funnel of a book, and the files that hold it by kind."""

    report: FunnelReport
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
    report = book_kpis(checked, settings, work_dir(settings) / SCORES_FOLDER, as_of=as_of, progress=progress)
    funnel = None
    if "opportunities" in checked.tables:
        funnel = book_funnel(checked, settings, as_of=as_of, progress=progress)
    files = {name: folder / f"kpis.{name}" for name in ("html", "csv", "json")}
    folder.mkdir(parents=True, exist_ok=True)
    publish_text(files["json"], json_file(report))
    publish_text(files["csv"], csv_text(CSV_COLUMNS, csv_rows(report)))
    publish_text(files["html"], kpis_page(report, funnel))
    return CountedKpis(report=report, files=files)


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
    report = book_funnel(checked, settings, as_of=as_of, progress=progress)
    files = {name: folder / f"funnel.{name}" for name in ("csv", "json")}
    folder.mkdir(parents=True, exist_ok=True)
    publish_text(files["json"], json_file(report))
    publish_text(files["csv"], csv_text(FUNNEL_CSV_COLUMNS, funnel_rows(report)))
    return CountedFunnel(report=report, files=files)


def json_file(report: object) -> str:
    """A report as a file: the same data, with what a terminal would act on as escapes of JSON."""
    text = to_json_text(report, indent=1, ascii_only=False)
    return acted_on(text, lambda sign: json.dumps(sign)[1:-1]) + "\n"
