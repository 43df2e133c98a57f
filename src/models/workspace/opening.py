"""Opening of settings, folder of results, book and bundle, with which every job begins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from models.book.door import Book
from models.book.loading import load_book
from models.book.names import require_known_names
from models.config.feature_names import feature_problems
from models.config.loading import load_config
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.decisions.database import ReviewDatabase
from models.decisions.policies import policy_cases, policy_in_force
from models.engines.duckdb import DUCKDB
from models.engines.protocol import Engine
from models.errors import BundleFormatError, ConfigError, DamagedBundleError, MissingFileError, UnsealedFileError
from models.lazy import lazy
from models.pipeline.bundle import Bundle, read_bundle
from models.tracking.clearing import clear_left
from models.tracking.names import CHAMPION, IF_CHAMPION, model_name
from models.tracking.registry_notes import NOTES, RegistryFile, RegistryNotes
from models.vocab import Progress

if TYPE_CHECKING:
    from models.tracking import mlflow
else:
    mlflow = lazy("models.tracking.mlflow")

Settings = Config | Path | str
_WITH_DRAFTS = (SCORES_FOLDER, "ledger", "book", "checked", "named")
"""Folders below a book's in which killed runs may have left drafts."""


def settings_of(config: Settings, overrides: Sequence[str]) -> Config:
    """A config as it is, or read from its path with other values for ``section.key=value``; its names are known.

    A policy that was approved in the review database takes the place of the config's, see ``with_approved_policy``.
    """
    settings = config if isinstance(config, Config) else load_config(Path(config), overrides)
    require_known_names(settings)
    return with_approved_policy(settings)


def with_approved_policy(settings: Config) -> Config:
    """A config with the policy that runs: the one that was approved last, else its own.

    Raises ``BrokenChainError``, ``ReviewDatabaseError`` and ``ChangedPolicyError``: it is not sure then which it is.
    """
    folder = Path(settings.run.work_dir) / settings.book.name
    cases = policy_cases(ReviewDatabase.of(settings.review, folder).entries())
    policy = policy_in_force(cases, settings.grading, folder)
    if policy == settings.grading:
        return settings
    unknown = feature_problems(policy, settings.features)
    if unknown:
        raise ConfigError(subject="the approved policy, beside the features of the book", problems=unknown)
    return settings.model_copy(update={"policy": policy})


def open_book(
    settings: Config, book: str | None, progress: Progress, *, afresh: bool = False, engine: Engine = DUCKDB
) -> Book:
    """Read and check a book into its folder; unless ``afresh``, only if it is not as it was when it was checked."""
    folder = work_dir(settings)
    clear_left(settings, (folder.parent, folder, *(folder / name for name in _WITH_DRAFTS)))
    return load_book(settings, book, folder, progress, afresh=afresh, engine=engine)


def open_bundle(settings: Config, which: str) -> Bundle:
    """The bundle of a folder, or of a version or alias in the registry, with every file proved.

    A version number, and the champion, are the registry's, whatever folder has that name.
    """
    if which != CHAMPION and not which.isdecimal():
        if Path(which).is_dir():
            return read_bundle(Path(which), threads=settings.run.threads)
        if "/" in which:
            raise MissingFileError(which, remedy="name the folder of a bundle, a version number or an alias")
    return registered_bundle(settings, which)


def registered_bundle(settings: Config, which: str) -> Bundle:
    """The bundle of a version or alias. Raises ``DamagedBundleError``, ``BundleNotFoundError``."""
    try:
        return read_bundle(registered_folder(settings, which), threads=settings.run.threads)
    except (BundleFormatError, UnsealedFileError):
        raise
    except DamagedBundleError as error:
        raise type(error)(rule=error.rule, got=error.got, remedy=error.remedy + IF_CHAMPION) from error


def registered_folder(settings: Config, which: str) -> Path:
    """The folder of a registered bundle: as noted if the registry vouches for it, else as MLflow finds it."""
    notes = RegistryNotes(work_dir(settings) / NOTES)
    noted = notes.folder_of(RegistryFile(settings.run.tracking_uri, model_name(settings)).manifest_of(which))
    if noted is not None:
        return noted
    found = mlflow.Tracking(settings).find(which)
    notes.note(found.folder)
    return found.folder


def truth_file(settings: Config, book: str | None) -> Path | None:
    """Where the simulator left the truth of a book, if the config names it and it is there."""
    place = book or settings.book.path
    if settings.book.truth is None or place is None:
        return None
    path = Path(place) / settings.book.truth
    return path if path.is_file() else None
