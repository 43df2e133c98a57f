"""The system's verbs as functions, for notebooks, batch jobs and the command line: each joins a workflow to tracking.

``from models import train, predict`` leads here.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from models.config import Config
from models.errors import BundleNotFoundError, DamagedBundleError
from models.interfaces.clients import client_story, explain, tiers
from models.interfaces.opening import (
    CHAMPION,
    SCORES_FOLDER,
    Settings,
    open_book,
    open_bundle,
    settings_of,
    truth_file,
    work_dir,
)
from models.interfaces.report_page import write_report_page
from models.interfaces.segments_page import SEGMENTS_PAGE, write_segments_page
from models.interfaces.tracking import Tracking
from models.interfaces.trial_runs import TrialRuns
from models.learners.segments import SegmentModel
from models.showable import without_secrets
from models.tables.book import Book
from models.tables.simulator import SimulationSummary, simulate
from models.vocab import Progress, Recorder, SilentProgress
from models.workflows.bundle import bundle_key
from models.workflows.predict import Predicted, predict_book
from models.workflows.publish import publish_text
from models.workflows.segment_profiles import profile_figures, trained_profiles
from models.workflows.train import Trained, evaluate_book, train_models
from models.workflows.tune import Tuned, config_lines, plan_tuning, tune_book

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


@dataclass(frozen=True)
class _Champion:
    """The version in use: its segments, which new ones continue, and whether it can be read; none in the beginning."""

    segments: SegmentModel | None
    is_readable: bool = True


def train(
    config: Settings,
    *,
    book: str | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> TrainResult:
    """Check the book, evaluate, fit, and register the result in MLflow.

    The first version becomes champion, and so does the next one if this code cannot read the champion any more.

    ``config`` is a config or the path of one; ``book`` a file, folder or database URL that goes before the config's.
    Raises a ``UserError`` with rule, value got and remedy for whatever is wrong with them.
    """
    settings = settings_of(config, overrides)
    checked = open_book(settings, book, progress)
    tracking, champion = Tracking(settings), _champion(settings, progress)
    with tracking.run("train") as recorder, tempfile.TemporaryDirectory(dir=work_dir(settings)) as scratch:
        recorder.params(_flat(settings.meaning()) | {"data": checked.fingerprint})
        trained = train_models(
            checked,
            settings,
            Path(scratch) / "bundle",
            truth=truth_file(settings, book),
            previous=champion.segments,
            recorder=recorder,
            progress=progress,
        )
        page = work_dir(settings) / REPORT_PAGE
        write_report_page(trained.report, page)
        recorder.artifact(page)
        _note_profiles(recorder, trained, Path(scratch))
        progress.stage("Registering the version")
        registered = tracking.register(recorder, trained.bundle, trained.features, takes_over=not champion.is_readable)
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
    return predict_book(checked, models, settings, place, as_of, progress=progress)


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
        told = TrialRuns(tracking, recorder).note
        tuned = tune_book(checked, settings, plan, told=told, progress=progress)
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


def _champion(settings: Config, progress: Progress) -> _Champion:
    try:
        return _Champion(open_bundle(settings, CHAMPION).models.segments)
    except BundleNotFoundError:
        return _Champion(None)
    except DamagedBundleError as error:
        progress.stage(f"The champion cannot be read, so that this version takes its place: {error}")
        return _Champion(None, is_readable=False)


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
