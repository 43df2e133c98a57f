"""The job behind ``clientvalue validate``: gathers what is known of a version, tries the rest, writes one folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from models.book.door import Book
from models.book.settling import settled
from models.card import job as card_job
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.errors import DamagedBundleError, MissingFileError, UserError
from models.evaluation.page import report_page
from models.evaluation.report.contents import EvaluationReport
from models.lazy import lazy
from models.monitoring.compute import Monitor
from models.monitoring.official_runs import monitored_runs
from models.monitoring.page import MONITOR_PAGE, monitor_page
from models.monitoring.report import MonitorReport
from models.pipeline.bundle import Bundle, read_bundle, read_report
from models.publications.ledger import PublicationLedger
from models.shell.editions import Edition, edition_file, page_texts
from models.shell.json_files import json_file
from models.store.drafts import put_in_place, scratch_folder
from models.store.sealed import MANIFEST, Remedies, read_manifest, write_manifest
from models.text import Text
from models.tracking.names import CHAMPION
from models.validation.compute import Validated, validation_report
from models.validation.page import FOLDER, PAGE, REPORT, validation_page
from models.validation.report import ValidationReport
from models.validation.tables import csv_files
from models.vocab import Progress, SilentProgress
from models.workers import Processes
from models.workspace.opening import Settings, open_book, settings_of

if TYPE_CHECKING:
    from models.tracking import mlflow
else:
    mlflow = lazy("models.tracking.mlflow")

EVALUATION_PAGE, KIND = "report.html", "validation"
_BESIDE = {
    REPORT: Text("everything on this page as data"),
    card_job.PAGE: Text("the model card"),
    EVALUATION_PAGE: Text("the evaluation in full"),
    MONITOR_PAGE: Text("monitoring of its publications"),
}
_REMEDIES = Remedies("name another folder with --out", "name another folder with --out")


@dataclass(frozen=True, kw_only=True)
class WrittenValidation:
    """A validation report, and the folder with its page, its data and the pages that it leads to."""

    report: ValidationReport
    folder: Path

    @property
    def page(self) -> Path:
        """The page to read and to print."""
        return self.folder / PAGE


def validate(
    config: Settings,
    *,
    version: str = CHAMPION,
    book: str | Book | None = None,
    out: Path | None = None,
    refits: bool = True,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> WrittenValidation:
    """Write the validation file of a version or alias.

    The folder ``out`` (else ``<work_dir>/<book>/validation/version-N``) is there whole or not at all, and takes the
    place of a validation file that stood there. Without ``refits`` nothing is fitted again. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    registered = mlflow.Tracking(settings).find(version)
    folder = out or work_dir(settings) / FOLDER / f"version-{registered.version}"
    _require_place(folder)
    checked = book if isinstance(book, Book) else open_book(settings, book, progress)
    settings = settled(settings, checked)
    with scratch_folder(folder.parent, "draft") as draft:
        found = _known_of(registered.folder, registered.version, checked, settings, draft, progress)
        report = validation_report(
            found,
            settings,
            datetime.now(tz=UTC).replace(microsecond=0),
            refits=settings.validation.refits if refits else (),
            mapper=Processes.of(settings.run.threads),
            progress=progress,
        )
        _write(draft, report, settings, found.bundle)
        put_in_place(draft, folder, is_whole=lambda _: False)
    return WrittenValidation(report=report, folder=folder)


def _known_of(folder: Path, version: str, book: Book, settings: Config, draft: Path, progress: Progress) -> Validated:
    """What other verbs know of a version; its card is written into ``draft``."""
    scores = work_dir(settings) / SCORES_FOLDER
    progress.stage("Gathering what is known of the version")
    bundle = read_bundle(folder, threads=settings.run.threads)
    return Validated(
        book=book,
        bundle=bundle,
        card=card_job.card(settings, version=version, out=draft).card,
        evaluation=read_report(folder, EvaluationReport, whole=False),
        monitoring=_monitored(book, bundle, settings, scores, progress),
        entries=PublicationLedger(scores).entries(),
    )


def _monitored(book: Book, bundle: Bundle, settings: Config, scores: Path, progress: Progress) -> MonitorReport | None:
    """What monitoring finds of the publications that these models made, and of no others."""
    runs = monitored_runs(scores, book.known_until, settings.monitor.history, bundle=bundle.key)
    if not runs:
        return None
    looked = Monitor(book=book, config=settings, bundles={bundle.key: bundle}.get)
    return looked.report(runs, book.known_until, progress=progress)


def _write(draft: Path, report: ValidationReport, settings: Config, bundle: Bundle) -> None:
    """All files of the folder, sealed by a manifest."""
    files = page_texts(EVALUATION_PAGE, lambda edition: report_page(report.evaluation, edition=edition))
    files |= {REPORT: json_file(report), **csv_files(report)}
    if report.monitoring is not None:
        files |= page_texts(MONITOR_PAGE, partial(monitor_page, report.monitoring, settings.monitor))
    beside = {name: what for name, what in _BESIDE.items() if name in files or (draft / name).is_file()}
    files |= page_texts(PAGE, partial(_page, report, beside))
    for name, text in files.items():
        (draft / name).write_text(text, encoding="utf-8", newline="\n")
    facts = {"kind": KIND, "bundle": bundle.key, "as_of": report.as_of.isoformat()}
    write_manifest(draft, {**facts, "prepared": report.prepared.isoformat()})


def _page(report: ValidationReport, beside: Mapping[str, Text], edition: Edition) -> str:
    """The page in one language, which leads to the others in the same."""
    pages = {
        edition_file(name, edition.language) if name.endswith(".html") else name: what for name, what in beside.items()
    }
    return validation_page(report, pages, edition)


def _require_place(folder: Path) -> None:
    """Only a validation file, or nothing, may be replaced."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        kind = read_manifest(folder, remedies=_REMEDIES).get("kind") if (folder / MANIFEST).is_file() else None
    except (DamagedBundleError, MissingFileError):
        kind = None
    if kind != KIND:
        raise UserError(
            rule="a validation file takes the place of nothing but an untouched one",
            got=f"other files, or changed ones, in {folder}",
            remedy="name a new folder with --out",
        )
