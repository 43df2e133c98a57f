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

from models.config import Config, load_config
from models.errors import BundleNotFoundError, DamagedBundleError, MissingFileError
from models.interfaces.report_page import write_report_page
from models.interfaces.segments_page import SEGMENTS_PAGE, write_segments_page
from models.interfaces.tracking import CHAMPION, Tracking
from models.interfaces.trial_runs import TrialRuns
from models.learners.segments import SegmentModel
from models.tables.book import Book, load_book
from models.tables.features import Language
from models.tables.simulator import SimulationSummary, simulate
from models.tables.sources.sql import without_password
from models.vocab import Progress, Recorder, SilentProgress
from models.workflows.bundle import Bundle, read_bundle
from models.workflows.client_change import change_of
from models.workflows.client_history import read_client
from models.workflows.client_story import ClientStory, tell_client
from models.workflows.predict import Predicted, ScoredBlock, predict_book, score_clients
from models.workflows.publish import MANIFEST, file_hash, publish_text
from models.workflows.segment_profiles import profile_figures, trained_profiles
from models.workflows.train import Trained, evaluate_book, train_models
from models.workflows.tune import Tuned, config_lines, plan_tuning, tune_book
from models.workflows.what_if import TierShift, tier_shift

Settings = Config | Path | str
REPORT_PAGE = "report.html"
SCORES_FOLDER = "scores"


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


def train(
    config: Settings,
    *,
    book: str | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> TrainResult:
    """Check the book, evaluate, fit, and register the result in MLflow; the first version becomes champion.

    ``config`` is a config or the path of one; ``book`` a file, folder or database URL that goes before the config's.
    Raises a ``UserError`` with rule, value got and remedy for whatever is wrong with them.
    """
    settings = _settings(config, overrides)
    checked = open_book(settings, book, progress)
    tracking = Tracking(settings)
    with tracking.run("train") as recorder, tempfile.TemporaryDirectory(dir=work_dir(settings)) as scratch:
        recorder.params(_flat(settings.meaning()) | {"data": checked.fingerprint})
        trained = train_models(
            checked,
            settings,
            Path(scratch) / "bundle",
            truth=truth_file(settings, book),
            previous=_served_segments(settings, progress),
            recorder=recorder,
            progress=progress,
        )
        page = work_dir(settings) / REPORT_PAGE
        write_report_page(trained.report, page)
        recorder.artifact(page)
        _note_profiles(recorder, trained, Path(scratch))
        progress.stage("Registering the version")
        registered = tracking.register(recorder, trained.bundle, trained.features)
    return TrainResult(
        report=trained.report,
        model_name=registered.name,
        version=registered.version,
        is_champion=tracking.is_champion(registered),
        run_id=registered.run_id,
        bundle=registered.folder,
        bundle_key=file_hash(registered.folder / MANIFEST),
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
    settings = _settings(config, overrides)
    models = open_bundle(settings, bundle)
    checked = book if isinstance(book, Book) else open_book(settings, book, progress)
    place = out or work_dir(settings) / SCORES_FOLDER
    return predict_book(checked, models, settings, place, as_of, progress=progress)


def explain(
    config: Settings,
    client: str,
    *,
    book: str | None = None,
    bundle: str = CHAMPION,
    as_of: date | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> tuple[Bundle, ScoredBlock]:
    """Score and explain one client, the same as it is in the whole book. Raises ``UnknownClientError``."""
    settings = _settings(config, overrides)
    models = open_bundle(settings, bundle)
    checked = open_book(settings, book, progress)
    earlier = work_dir(settings) / SCORES_FOLDER
    return models, score_clients(checked, models, settings, [client], as_of, earlier=earlier)


def client_story(  # noqa: PLR0913 - each option is a question that a reviewer may ask
    config: Settings,
    client: str,
    *,
    book: str | None = None,
    bundle: str = CHAMPION,
    as_of: date | None = None,
    since: date | None = None,
    against: str | None = None,
    lang: Language = "en",
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> ClientStory:
    """Everything about one client: what it is worth, why, since when, what would change it, how to treat it.

    What changed is told from ``since`` (else from a year before); ``against`` names another bundle, as ``bundle`` does.
    Raises ``UnknownClientError``.
    """
    settings = _settings(config, overrides)
    models = open_bundle(settings, bundle)
    rival = None if against is None else open_bundle(settings, against)
    checked = open_book(settings, book, progress)
    progress.stage("Reading the client's past")
    earlier = work_dir(settings) / SCORES_FOLDER
    past = read_client(checked, models, settings, client, as_of, since=since, earlier=earlier)
    change = change_of(checked, models, past, settings, against=rival, since=since, lang=lang)
    return tell_client(checked, models, past, settings, change, lang=lang, published=earlier)


def tiers(
    config: Settings,
    changes: Sequence[str] = (),
    *,
    book: str | None = None,
    bundle: str = CHAMPION,
    as_of: date | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> TierShift:
    """Who would change tier if the policy of a bundle had other values (``key=value``); nothing is published."""
    settings = _settings(config, overrides)
    models = open_bundle(settings, bundle)
    return tier_shift(open_book(settings, book, progress), models, settings, changes, as_of, progress=progress)


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
    settings = _settings(config, overrides)
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
    settings = _settings(config, overrides)
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
    place = without_password(plan.storage_uri)
    return TuneResult(tuned=tuned, lines=lines, path=path, run_id=recorder.run_id, storage_uri=place)


def _note_profiles(recorder: Recorder, trained: Trained, scratch: Path) -> None:
    """Keep the profiles of segments, stages and types with the run: figures to compare runs by, and the page."""
    recorder.metrics(profile_figures(trained.report))
    page = scratch / SEGMENTS_PAGE
    write_segments_page(trained_profiles(trained.report), page)
    recorder.artifact(page)


def _served_segments(settings: Config, progress: Progress) -> SegmentModel | None:
    """The segments of the champion, which new ones are to continue; none for the first training."""
    try:
        return open_bundle(settings, CHAMPION).models.segments
    except BundleNotFoundError:
        return None
    except DamagedBundleError as error:
        progress.stage(f"Segments are numbered anew, since the champion cannot be read: {error}")
        return None


def open_book(settings: Config, book: str | None, progress: Progress, *, afresh: bool = False) -> Book:
    """Read and check a book into its folder; unless ``afresh``, only if it is not as it was when it was checked."""
    return load_book(settings, book, work_dir(settings), progress, afresh=afresh)


def open_bundle(settings: Config, which: str) -> Bundle:
    """The bundle of a folder, or of a version or alias in the registry, with every file proved."""
    if Path(which).is_dir():
        return read_bundle(Path(which), threads=settings.run.threads)
    if "/" in which:
        raise MissingFileError(which, remedy="name the folder of a bundle, a version number or an alias")
    return read_bundle(Tracking(settings).find(which).folder, threads=settings.run.threads)


def truth_file(settings: Config, book: str | None) -> Path | None:
    """Where the simulator left the truth of a book, if the config names it and it is there."""
    place = book or settings.book.path
    if settings.book.truth is None or place is None:
        return None
    path = Path(place) / settings.book.truth
    return path if path.is_file() else None


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


def work_dir(settings: Config) -> Path:
    """The folder of a book's results."""
    folder = Path(settings.run.work_dir) / settings.book.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _settings(config: Settings, overrides: Sequence[str]) -> Config:
    return config if isinstance(config, Config) else load_config(Path(config), overrides)


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
