"""The job behind ``clientvalue backtest``: replay a book's grading at past dates, and write it as JSON and page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.backtest.contents import BacktestReport
from models.backtest.page import BACKTEST_FILE, write_backtest_page
from models.backtest.report import backtest_book
from models.book.settling import settled
from models.codec import to_json_text
from models.config.places import work_dir
from models.store.drafts import publish_text
from models.tracking.mlflow import Tracking
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of, truth_file


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """A backtest, the file that holds it, and the page that shows it."""

    report: BacktestReport
    path: Path
    page: Path


def backtest(
    config: Settings,
    *,
    book: str | None = None,
    days: Sequence[date] = (),
    out: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> Backtest:
    """Replay the config's policy at ``days``, else at those that the config names; nothing is registered.

    Results stand in ``out`` (else ``<work_dir>/<book>/backtest.json``) and beside it as HTML. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    checked = open_book(settings, book, progress)
    settings = settled(settings, checked)
    path = out or work_dir(settings) / BACKTEST_FILE
    page = path.with_suffix(".html")
    with Tracking(settings).run("backtest") as recorder:
        recorder.params({"data": checked.fingerprint, "book": checked.name})
        recorder.dataset(checked, book or settings.book.path)
        report = backtest_book(
            checked, settings, days, truth=truth_file(settings, book), recorder=recorder, progress=progress
        )
        publish_text(path, to_json_text(report, indent=1) + "\n")
        write_backtest_page(report, page)
        recorder.artifact(path)
        recorder.artifact(page)
    return Backtest(report=report, path=path, page=page)
