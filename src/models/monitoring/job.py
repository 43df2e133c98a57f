"""The job behind ``clientvalue monitor``: looks at what was published, writes page and gauges, and tells MLflow."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from models.book.door import Book
from models.book.settling import settled
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.errors import BundleNotFoundError, DamagedBundleError
from models.monitoring.compute import Bundles, Monitor
from models.monitoring.official_runs import monitored_runs
from models.monitoring.page import MONITOR_PAGE, write_monitor_page
from models.monitoring.prometheus import PROMETHEUS_FILE, gauges_of, write_prometheus
from models.monitoring.report import MonitorReport
from models.pipeline.bundle import Bundle
from models.tracking.mlflow import Tracking
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of
from models.workspace.published import bundle_of_key

TITLE = "monitor"


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where publications are, and where page and gauges are written; None: where they are of the book."""

    scores: Path | None = None
    page: Path | None = None
    prometheus: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Monitored:
    """A monitoring report, the page that shows it, and the file of its gauges."""

    report: MonitorReport
    page: Path
    prometheus: Path


def monitor(
    config: Settings,
    *,
    book: str | Book | None = None,
    as_of: date | None = None,
    places: Places | None = None,
    track: bool = True,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> Monitored:
    """Look at the official publications of a book, with what it knows before ``as_of``, by default all that it knows.

    Page and gauges are written to ``<work_dir>/<book>/monitor.html`` and ``monitor.prom``, if ``places`` names no
    others; unless ``track`` is False, the figures of the latest publication become a step of the run ``monitor`` in
    MLflow. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    place, asked = work_dir(settings), places or Places()
    checked = book if isinstance(book, Book) else open_book(settings, book, progress)
    settings = settled(settings, checked)
    known_until = checked.known_until if as_of is None else min(as_of, checked.known_until)
    runs = monitored_runs(asked.scores or place / SCORES_FOLDER, known_until, settings.monitor.history)
    looked = Monitor(book=checked, config=settings, bundles=bundles_of(settings))
    report = looked.report(runs, known_until, progress=progress)
    files = asked.page or place / MONITOR_PAGE, asked.prometheus or place / PROMETHEUS_FILE
    write_monitor_page(report, files[0], settings.monitor)
    write_prometheus(report, files[1])
    if track:
        _track(settings, report, files[0])
    return Monitored(report=report, page=files[0], prometheus=files[1])


def bundles_of(settings: Config) -> Bundles:
    """The bundle of each key, registered or fitted for a day, looked up once; None where it cannot be read any more."""

    @cache
    def found(key: str) -> Bundle | None:
        with suppress(BundleNotFoundError, DamagedBundleError):  # the report says so, and looks at the scores
            return bundle_of_key(settings, key)
        return None

    return found


def _track(settings: Config, report: MonitorReport, page: Path) -> None:
    """Figures by name, at the step that reads as the date, all in one run: so each becomes a line over time."""
    figures = {
        ".".join([gauge.name, *(_plain(text) for name, text in labels.items() if name != "of")]): value
        for gauge in gauges_of(report)
        for labels, value in gauge.samples
    }
    with Tracking(settings).run(TITLE, key=f"{TITLE}-{settings.book.name}") as recorder:
        recorder.metrics(figures, step=int(report.as_of.strftime("%Y%m%d")))
        recorder.artifact(page)


def _plain(text: str) -> str:
    """A label as MLflow allows it in a name."""
    return "".join(letter if letter.isalnum() or letter in "_-./ " else "_" for letter in text)
