"""The bundle that made the published scores, which explains clients unless another is asked for."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from models.config.places import REFITS, SCORES_FOLDER, work_dir
from models.config.root import Config
from models.errors import DamagedBundleError, MissingFileError
from models.lazy import lazy
from models.pipeline.bundle import Bundle, bundle_key, read_bundle
from models.publications.latest import published_facts
from models.tracking.names import CHAMPION, model_name
from models.tracking.registry_notes import RegistryFile
from models.workspace.opening import open_bundle, registered_bundle

if TYPE_CHECKING:
    from models.tracking import mlflow
else:
    mlflow = lazy("models.tracking.mlflow")

PUBLISHED = "published"


def speaking_bundle(settings: Config, which: str) -> Bundle:
    """The bundle asked for; for ``published`` the one that made the scores to which ``latest`` leads.

    The champion speaks where nothing is published, or by models of which neither the registry knows nor the models
    that were fitted for a day.
    """
    if which != PUBLISHED:
        return open_bundle(settings, which)
    facts = published_facts(work_dir(settings) / SCORES_FOLDER) or {}
    key = str(facts.get("bundle") or "")
    found = bundle_of_key(settings, key) if key else None
    return registered_bundle(settings, CHAMPION) if found is None else found


def bundle_of_key(settings: Config, key: str) -> Bundle | None:
    """The bundle of this key: registered, or fitted for a day; None where neither is known.

    Raises ``DamagedBundleError``, and ``BundleNotFoundError`` where the files of a registered one are gone.
    """
    version = version_of(settings, key)
    if version is not None:
        return registered_bundle(settings, version)
    refit = _refit_of(settings, key)
    return None if refit is None else read_bundle(refit, threads=settings.run.threads)


def _refit_of(settings: Config, key: str) -> Path | None:
    """The folder of the models that were fitted for a day, if they have this key."""
    folders = sorted((work_dir(settings) / REFITS).glob("[!.]*"))
    return next((folder for folder in folders if _key_of(folder) == key), None)


def _key_of(folder: Path) -> str | None:
    with suppress(DamagedBundleError, MissingFileError):
        return bundle_key(folder)
    return None


def version_of(settings: Config, key: str) -> str | None:
    """The newest registered version with the bundle of this key; None where the registry knows none."""
    uri, model = settings.run.tracking_uri, model_name(settings)
    found = RegistryFile(uri, model).version_of(key)
    if found is not None or uri.startswith("sqlite:///"):
        return found
    return mlflow.Tracking(settings).version_of(key)
