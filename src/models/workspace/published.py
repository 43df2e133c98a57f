"""The bundle that made the published scores, which explains clients unless another is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.lazy import lazy
from models.pipeline.bundle import Bundle
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

    The champion speaks where nothing is published, or by models that the registry does not know.
    """
    if which != PUBLISHED:
        return open_bundle(settings, which)
    return registered_bundle(settings, _published_version(settings) or CHAMPION)


def _published_version(settings: Config) -> str | None:
    facts = published_facts(work_dir(settings) / SCORES_FOLDER)
    if facts is None or not facts.get("bundle"):
        return None
    uri, model, key = settings.run.tracking_uri, model_name(settings), str(facts["bundle"])
    found = RegistryFile(uri, model).version_of(key)
    if found is not None or uri.startswith("sqlite:///"):
        return found
    return mlflow.Tracking(settings).version_of(key)
