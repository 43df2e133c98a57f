"""The models of a day: the version that had learned from nothing later, or one fitted on what was known then."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from models.book.door import Book
from models.config.places import REFITS, work_dir
from models.config.root import Config
from models.errors import BundleNotFoundError, DamagedBundleError
from models.lazy import lazy
from models.pipeline.bundle import Bundle, read_bundle
from models.pipeline.refit import models_of_day
from models.vocab import Progress, SilentProgress
from models.workers import Mapper
from models.workspace.opening import registered_bundle

if TYPE_CHECKING:
    from models.tracking import mlflow
else:
    mlflow = lazy("models.tracking.mlflow")


@dataclass(frozen=True, kw_only=True)
class ModelsOfDay:
    """A bundle, its version in the registry, empty where it was fitted for the day, and in words why it speaks."""

    bundle: Bundle
    version: str
    why: str


def bundle_of_day(
    settings: Config, book: Book, day: date, *, mapper: Mapper | None = None, progress: Progress = SilentProgress()
) -> ModelsOfDay:
    """Of the versions that learned from nothing after ``day`` the one that learned longest, the newest of equals.

    Where there is none, models are fitted on what was known on ``day``, once. Raises ``TooLittleDataError`` where that
    is too little.
    """
    found: ModelsOfDay | None = None
    for version in mlflow.Tracking(settings).versions():
        with suppress(DamagedBundleError, BundleNotFoundError):
            bundle = registered_bundle(settings, version)
            until = bundle.models.learned.until
            if until <= day and (found is None or until >= found.bundle.models.learned.until):
                found = ModelsOfDay(bundle=bundle, version=version, why=f"models of that day: version {version}")
    if found is not None:
        return found
    folder = models_of_day(book, settings, day, work_dir(settings) / REFITS, mapper=mapper, progress=progress)
    bundle = read_bundle(folder, threads=settings.run.threads)
    return ModelsOfDay(bundle=bundle, version="", why=f"models of that day: fitted on what was known on {day}")
