"""The system's verbs as functions, for notebooks, batch jobs and the command line: each joins a workflow to tracking.

``from models import train, predict`` leads here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from models.book.door import Book
from models.config.root import Config
from models.errors import (
    BundleFormatError,
    BundleNotFoundError,
    ChampionUnreadableError,
    DamagedBundleError,
    LostBundleError,
    MissingFileError,
    UserError,
)
from models.evaluation.page import write_report_page
from models.explain.job import client_story, explain, tiers
from models.learners.segments.model import SegmentModel
from models.notices import Notice, Severity, notice_facts, notices_of
from models.pipeline.bundle import bundle_key
from models.scoring.compute import predict_book
from models.scoring.report import Predicted
from models.segments.compute import profile_figures, trained_profiles
from models.segments.page import SEGMENTS_PAGE, write_segments_page
from models.showable import without_secrets
from models.simulator.book import SimulationSummary, simulate
from models.store.drafts import publish_text, scratch_folder
from models.tracking.mlflow import Tracking
from models.training.compute import Trained, evaluate_book, train_models
from models.tuning.outcome import Tuned, config_lines
from models.tuning.search import plan_tuning, tune_book
from models.tuning.trial_runs import TrialRuns
from models.vocab import Progress, Recorder, SilentProgress
from models.workers import Processes
from models.workspace.opening import (
    CHAMPION,
    SCORES_FOLDER,
    Settings,
    model_name,
    open_book,
    open_bundle,
    registered_bundle,
    settings_of,
    truth_file,
    work_dir,
)

__all__ = [
    "TrainResult",
    "TuneResult",
    "client_story",
    "evaluate",
    "explain",
    "predict",
    "simulate_book",
    "tiers",
    "train",
    "tune",
]
REPORT_PAGE = "report.html"


@dataclass(frozen=True, kw_only=True)
class TrainResult:
    """A training run: its evaluation, the registered version, and the folder of the bundle."""

    report: dict[str, Any]
    model_name: str
    version: str
    is_champion: bool
    run_id: str
    bundle: Path
    bundle_key: str
    book: Book
    page: Path
    """The evaluation as a page to read in a browser."""
    notices: tuple[Notice, ...] = ()
    """Those of the report, and what became of the champion."""

    def facts(self) -> dict[str, Any]:
        """What a program wants to read."""
        return {
            "model": self.model_name,
            "version": self.version,
            "is_champion": self.is_champion,
            "run_id": self.run_id,
            "bundle": str(self.bundle),
            "bundle_key": self.bundle_key,
            "notices": notice_facts(self.notices),
            "report": self.report,
        }


@dataclass(frozen=True)
class _Champion:
    """The version in use: its segments, which new ones continue, if any; and why it is replaced, if it is."""

    segments: SegmentModel | None
    replaced: str = ""


def train(
    config: Settings,
    *,
    book: str | None = None,
    overrides: Sequence[str] = (),
    replace_champion: str = "",
    progress: Progress = SilentProgress(),
) -> TrainResult:
    """Check the book, evaluate, fit, and register the result in MLflow.

    The first version becomes champion, and so does the next one if the champion is whole, but of a format that an
    earlier version of this code wrote. A damaged or lost one is only replaced for a reason that ``replace_champion``
    gives, which is kept with the version; ``ChampionUnreadableError`` is raised before the work begins.

    ``config`` is a config or the path of one; ``book`` a file, folder or database URL that goes before the config's.
    Raises a ``UserError`` with rule, value got and remedy for whatever is wrong with them.
    """
    settings = settings_of(config, overrides)
    checked = open_book(settings, book, progress)
    tracking, champion = Tracking(settings), _champion(settings, replace_champion.strip())
    with tracking.run("train") as recorder, scratch_folder(work_dir(settings), "train") as scratch:
        recorder.params(_flat(settings.meaning()) | {"data": checked.fingerprint})
        trained = train_models(
            checked,
            settings,
            scratch / "bundle",
            truth=truth_file(settings, book),
            previous=champion.segments,
            mapper=Processes.of(settings.run.threads),
            recorder=recorder,
            progress=progress,
        )
        page = work_dir(settings) / REPORT_PAGE
        write_report_page(trained.report, page)
        recorder.artifact(page)
        _note_profiles(recorder, trained, scratch)
        progress.stage("Registering the version")
        registered = tracking.register(recorder, trained.bundle, trained.features, takes_over=champion.replaced)
    return TrainResult(
        report=trained.report,
        model_name=registered.name,
        version=registered.version,
        is_champion=tracking.is_champion(registered),
        run_id=registered.run_id,
        bundle=registered.folder,
        bundle_key=bundle_key(registered.folder),
        book=checked,
        page=page,
        notices=(*notices_of(trained.report["notices"]), *_told(champion, registered.version)),
    )


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
    """Score and explain every active client; ``bundle`` is an alias, a version or the folder of a bundle.

    Results stand in ``out`` (else ``<work_dir>/<book>/scores``), where ``latest`` leads to the newest. Raises a
    ``UserError``; ``AdditivityError`` before anything is published.
    """
    settings = settings_of(config, overrides)
    models = open_bundle(settings, bundle)
    checked = book if isinstance(book, Book) else open_book(settings, book, progress)
    place = out or work_dir(settings) / SCORES_FOLDER
    mapper = Processes.of(settings.run.threads)
    return predict_book(checked, models, settings, place, as_of, mapper=mapper, progress=progress)


def evaluate(
    config: Settings,
    *,
    book: str | None = None,
    tests: Sequence[date] = (),
    out: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> tuple[dict[str, Any], Path]:
    """Judge the config's recipe at chosen origins; the report, and where it was written."""
    settings = settings_of(config, overrides)
    checked = open_book(settings, book, progress)
    path = out or work_dir(settings) / "report.json"
    with Tracking(settings).run("evaluate") as recorder:
        recorder.params(_flat(settings.meaning()) | {"data": checked.fingerprint})
        truth = truth_file(settings, book)
        report = evaluate_book(checked, settings, tests, truth=truth, recorder=recorder, progress=progress)
        publish_text(path, json.dumps(report, indent=1, sort_keys=True) + "\n")
        recorder.artifact(path)
        write_report_page(report, path.with_suffix(".html"))
        recorder.artifact(path.with_suffix(".html"))
    return report, path


@dataclass(frozen=True, kw_only=True)
class TuneResult:
    """What tuning found of each model, the file with the lines for the config, and where every trial is kept."""

    tuned: tuple[Tuned, ...]
    lines: str
    path: Path
    run_id: str
    storage_uri: str


def tune(
    config: Settings, *, book: str | None = None, overrides: Sequence[str] = (), progress: Progress = SilentProgress()
) -> TuneResult:
    """Search better hyperparameters, as the section ``tune`` of the config asks, before any test origin.

    A search that was stopped or killed is taken up where it was, in the same MLflow run. The lines for the config stand
    in ``<work_dir>/<book>/tuned.yaml``. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    checked = open_book(settings, book, progress)
    plan = plan_tuning(checked, settings)
    tracking, path = Tracking(settings), work_dir(settings) / "tuned.yaml"
    with tracking.run("tune", key=" ".join(study.name for study in plan.studies)) as recorder:
        recorder.params(_flat(plan.meaning) | {"data": checked.fingerprint})
        reported = TrialRuns(tracking, recorder).note
        tuned = tune_book(checked, settings, plan, reported=reported, progress=progress)
        lines = config_lines(tuned)
        publish_text(path, lines)
        recorder.artifact(path)
    place = without_secrets(plan.storage_uri)
    return TuneResult(tuned=tuned, lines=lines, path=path, run_id=recorder.run_id, storage_uri=place)


def _note_profiles(recorder: Recorder, trained: Trained, scratch: Path) -> None:
    """Keep the profiles of segments, stages and types with the run: figures to compare runs by, and the page."""
    recorder.metrics(profile_figures(trained.report))
    page = scratch / SEGMENTS_PAGE
    write_segments_page(trained_profiles(trained.report), page)
    recorder.artifact(page)


def _champion(settings: Config, reason: str) -> _Champion:
    """The champion, and the ``reason`` for which it is replaced; a format that we outgrew is one by itself."""
    try:
        return _Champion(registered_bundle(settings, CHAMPION).models.segments, reason)
    except BundleFormatError as error:
        outgrown = f"the champion has format {error.found}, this version of clientvalue reads format {error.known}"
        return _Champion(None, _required(reason or (outgrown if error.is_older else ""), settings, error))
    except (DamagedBundleError, LostBundleError, MissingFileError) as error:
        return _Champion(None, _required(reason, settings, error))
    except BundleNotFoundError:
        return _Champion(None, reason)


def _required(reason: str, settings: Config, error: UserError) -> str:
    if not reason:
        raise ChampionUnreadableError(model=model_name(settings), reason=_where(error)) from error
    return reason


def _where(error: UserError) -> str:
    """What is wrong, and the folder in which it is, if any is there: what to restore."""
    place = error.remedy.partition("; ")[0]
    return f"{error.rule}, got {error.got}" + (f" ({place})" if isinstance(error, DamagedBundleError) else "")


def _told(champion: _Champion, version: str) -> list[Notice]:
    if not champion.replaced:
        return []
    found = f"version {version} takes the place of the champion: {champion.replaced}"
    return [Notice(code="champion_replaced", severity=Severity.WARNING, subject=CHAMPION, found=found)]


def simulate_book(
    settings: Config,
    *,
    clients: int,
    months: int,
    seed: int,
    out: Path,
    progress: Progress = SilentProgress(),
) -> SimulationSummary:
    """Write a simulated book of the config's economics into a folder, whole or not at all. Raises a ``UserError``."""
    return simulate(
        settings.simulation,
        clients=clients,
        months=months,
        seed=seed,
        out=out,
        workers=settings.run.threads or os.cpu_count() or 1,
        progress=progress,
    )


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
