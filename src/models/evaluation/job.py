"""Judges a config at past origins; nothing is registered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from models.book.settling import settled
from models.codec import to_json_text
from models.config.places import work_dir
from models.evaluation.book import evaluate_book
from models.evaluation.page import write_report_page
from models.evaluation.report.contents import EvaluationReport
from models.store.drafts import publish_text
from models.tracking.mlflow import Tracking
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of, truth_file


def evaluate(
    config: Settings,
    *,
    book: str | None = None,
    tests: Sequence[date] = (),
    out: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> tuple[EvaluationReport, Path]:
    """Judge the config's recipe at chosen origins; the report, and where it was written."""
    settings = settings_of(config, overrides)
    checked = open_book(settings, book, progress)
    settings = settled(settings, checked)
    path = out or work_dir(settings) / "report.json"
    with Tracking(settings).run("evaluate") as recorder:
        recorder.params(settings.meaning() | {"data": checked.fingerprint})
        recorder.dataset(checked, book or settings.book.path)
        truth = truth_file(settings, book)
        report = evaluate_book(checked, settings, tests, truth=truth, recorder=recorder, progress=progress)
        publish_text(path, to_json_text(report, indent=1, sort_keys=True) + "\n")
        recorder.artifact(path)
        write_report_page(report, path.with_suffix(".html"))
        recorder.artifact(path.with_suffix(".html"))
    return report, path
