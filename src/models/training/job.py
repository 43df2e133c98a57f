"""Trains the models of a book and registers them; a champion in the registry keeps its place, or is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.book.door import Book
from models.book.settling import settled
from models.card.job import register_card
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.endpoint.report import ANSWERS, LOADER, example_questions, questions
from models.errors import (
    BundleFormatError,
    BundleNotFoundError,
    ChampionUnreadableError,
    DamagedBundleError,
    LostBundleError,
    MissingFileError,
    UserError,
)
from models.evaluation.compute import SeenOrigin, unseen
from models.evaluation.page import write_report_page
from models.learners.segments.model import SegmentModel
from models.notices import Notice, Severity
from models.pipeline.bundle import bundle_key, bundle_plugins
from models.publications.ledger import Act, PublicationLedger
from models.segments.compute import profile_figures, trained_profiles
from models.segments.page import SEGMENTS_PAGE, write_segments_page
from models.store.drafts import scratch_folder
from models.tracking.appointments import Appointment, appoint, begin, mend
from models.tracking.mlflow import RegisteredBundle, Tracking
from models.tracking.names import CHAMPION, model_name
from models.tracking.registration import Registration
from models.training.compute import Trained, train_models
from models.training.result import TrainResult
from models.vocab import Progress, Recorder, SilentProgress
from models.workers import Processes
from models.workspace.opening import Settings, open_book, registered_bundle, settings_of, truth_file

REPORT_PAGE = "report.html"


@dataclass(frozen=True)
class _Champion:
    """The version in use: its segments, which new ones continue, if any; and why it is replaced, if it is."""

    segments: SegmentModel | None
    replaced: str = ""


def train(
    config: Settings,
    *,
    book: str | None = None,
    opened: Book | None = None,
    overrides: Sequence[str] = (),
    replace_champion: str = "",
    progress: Progress = SilentProgress(),
    seen: SeenOrigin = unseen,
) -> TrainResult:
    """Check the book, evaluate, fit, and register the result in MLflow.

    A version becomes the challenger of the champion; the first becomes champion, and so does the next one if the
    champion is whole, but of a format that an earlier version of this code wrote. A damaged or lost one is only
    replaced for a reason that ``replace_champion`` gives, which is kept with the version; ``ChampionUnreadableError``
    is raised before the work begins.

    ``seen`` is shown each test origin as it is judged.
    ``config`` is a config or the path of one; ``book`` a file, folder or database URL that goes before the config's;
    ``opened`` is the checked book of it, where it is open already.
    Raises a ``UserError`` with rule, value got and remedy for whatever is wrong with them.
    """
    settings = settings_of(config, overrides)
    checked = opened or open_book(settings, book, progress)
    settings = settled(settings, checked)
    tracking, champion = Tracking(settings), _champion(settings, replace_champion.strip())
    with tracking.run("train") as recorder, scratch_folder(work_dir(settings), "train") as scratch:
        recorder.params(settings.meaning() | {"data": checked.fingerprint})
        recorder.dataset(checked, book or settings.book.path)
        recorder.describe(_description(checked, settings))
        trained = train_models(
            checked,
            settings,
            scratch / "bundle",
            truth=truth_file(settings, book),
            previous=champion.segments,
            mapper=Processes.of(settings.run.threads),
            recorder=recorder,
            progress=progress,
            seen=seen,
        )
        page = work_dir(settings) / REPORT_PAGE
        write_report_page(
            trained.report, page, explained=trained.report.explained, serving=trained.report.served.serving
        )
        recorder.artifact(page)
        _note_profiles(recorder, trained, scratch)
        progress.stage("Registering the version")
        registered = tracking.register(recorder, _registration(trained, checked))
        _enrol(tracking, registered, champion.replaced, settings)
        register_card(tracking, registered, settings)
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
        notices=(*trained.report.notices, *_champion_notices(champion, registered.version)),
    )


def _enrol(tracking: Tracking, registered: RegisteredBundle, replaced: str, settings: Config) -> None:
    """Make a new version the challenger, or champion where there is none or it is ``replaced`` for a reason."""
    succession, key = tracking.succession, bundle_key(registered.folder)
    if not succession.champion:
        begin(registered.version, key, succession)
    elif replaced:
        ledger = PublicationLedger(work_dir(settings) / SCORES_FOLDER)
        mend(succession, ledger)
        appoint(Appointment(Act.PROMOTED, registered.version, key, replaced), succession, ledger)
    else:
        succession.enrol(registered.version)


def _description(book: Book, settings: Config) -> str:
    """The run in a sentence."""
    time, origins = settings.time, ", ".join(f"{origin}" for origin in settings.origins.test)
    return (
        f"Value and decline of the {book.name} book within {time.horizon_periods} {time.period}s, learned from what "
        f"was known before {book.known_until}, judged at {origins}."
    )


def _registration(trained: Trained, book: Book) -> Registration:
    return Registration(
        bundle=trained.bundle,
        loader=LOADER,
        asks=questions(trained.contract),
        answers=ANSWERS,
        example=example_questions(trained.contract),
        step=int(f"{book.known_until:%Y%m%d}"),
        plugins=tuple(dict.fromkeys(each.wanted for each in bundle_plugins(trained.bundle))),
    )


def _note_profiles(recorder: Recorder, trained: Trained, scratch: Path) -> None:
    """Keep the profiles of segments, stages and types with the run: figures to compare runs by, and the page."""
    report, page = trained.report, scratch / SEGMENTS_PAGE
    recorder.metrics(profile_figures(report.segments))
    write_segments_page(trained_profiles(report, report.segments, report.kinds), page)
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


def _champion_notices(champion: _Champion, version: str) -> list[Notice]:
    if not champion.replaced:
        return []
    found = f"version {version} takes the place of the champion: {champion.replaced}"
    return [Notice(code="champion_replaced", severity=Severity.WARNING, subject=CHAMPION, found=found)]
