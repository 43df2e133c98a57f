"""The client of MLflow: runs, registered versions and aliases, on SQLite or any tracking server.

Beside it ``recorder`` writes one run, ``registration`` one version and finds it again, ``lineage`` says where both come
from. Only this package knows MLflow.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import mlflow
    from mlflow.entities import LifecycleStage
    from mlflow.exceptions import MlflowException
    from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, ErrorCode
    from mlflow.tracking import MlflowClient
    from mlflow.utils.mlflow_tags import MLFLOW_GIT_COMMIT, MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NOTE, MLFLOW_USER

from models.config.places import work_dir
from models.config.root import Config
from models.errors import BundleNotFoundError, UserError
from models.lazy import lazy
from models.pipeline.bundle import bundle_key
from models.showable import without_secrets
from models.store.keys import file_hash
from models.store.sealed import MANIFEST
from models.tracking.abandoned import PROCESS_TAG, abandoned, claimed
from models.tracking.aliases import Succession
from models.tracking.lineage import EXPERIMENT_KIND, MACHINE_LEARNING, context_tags
from models.tracking.names import CHAMPION, FETCHED, model_name
from models.tracking.quiet import quiet
from models.tracking.recorder import MlflowRecorder, system_metrics
from models.tracking.registration import Registration, bundle_of, log_bundle
from models.tracking.registry_notes import BUNDLE_TAG, KEY_TAG, require_registered
from models.tracking.store import TrackingError, answering, artifact_place, require_answer

if TYPE_CHECKING:
    from models.tracking import database
else:
    database = lazy("models.tracking.database")

_NOT_THERE = (ErrorCode.Name(RESOURCE_DOES_NOT_EXIST), ErrorCode.Name(INVALID_PARAMETER_VALUE))
_KEY_TAG = "clientvalue.key"
_MOST_RUNS = 50_000
"""MLflow returns no more at once."""
_SQLITE = "sqlite:///"
_MODELS = "models:/"


@dataclass(frozen=True)
class RegisteredBundle:
    """A version in the registry, the aliases that lead to it, the folder of its bundle, and MLflow's model of it."""

    name: str
    version: str
    folder: Path
    run_id: str
    aliases: tuple[str, ...] = ()
    model_id: str = ""


@dataclass(frozen=True)
class VersionFacts:
    """What the registry and the run tell of a version: when it was registered, by whom, and from which commit.

    ``commit`` is empty where the work stood in no checkout; ``tags`` are those of the version.
    """

    registered: datetime
    by: str
    commit: str
    aliases: tuple[str, ...]
    tags: Mapping[str, str]


class Tracking:
    """The tracking store of a config. A database is made whole on first use, whoever else does so at the same time."""

    def __init__(self, config: Config) -> None:
        self._config = config
        uri = config.run.tracking_uri
        require_answer(uri)
        with quiet(), answering(uri):
            mlflow.set_tracking_uri(uri)
            mlflow.set_registry_uri(uri)
            self.client = _opened(uri)
            self._experiment = self._experiment_id()

    @property
    def _uri(self) -> str:
        return self._config.run.tracking_uri

    @property
    def model_name(self) -> str:
        """Name of the registered model of this book."""
        return model_name(self._config)

    @contextmanager
    def run(self, title: str, *, key: str = "", parent: MlflowRecorder | None = None) -> Iterator[MlflowRecorder]:
        """One run; it ends as failed if the work in it does.

        The run that was begun with the same ``key`` before is continued, so that work which is taken up stays in one
        run. ``parent`` is the run that a new one is shown below.
        """
        self.end_abandoned()
        with claimed(work_dir(self._config), self._uri) as process:
            with quiet(), answering(self._uri):
                run_id = self._continued(key, process) if key else None
                run_id = run_id or self._created(title, key, parent, process)
            try:
                with answering(self._uri), self._watched(run_id):
                    yield MlflowRecorder(self.client, run_id)
                self._ended(run_id, "FINISHED")
            except BaseException:  # an interrupt as well: a run that nobody ends would look alive
                with contextlib.suppress(MlflowException):  # what went wrong before is what is raised
                    self._ended(run_id, "FAILED")
                raise

    def _watched(self, run_id: str) -> contextlib.AbstractContextManager[None]:
        return system_metrics(run_id, self._uri, wanted=self._config.run.system_metrics)

    def _ended(self, run_id: str, status: str) -> None:
        """MLflow prints where to look at a run that ended on a server."""
        with quiet(), answering(self._uri):
            self.client.set_terminated(run_id, status=status)

    def end_abandoned(self) -> None:
        """End the runs of processes that are no more as killed."""
        with quiet(), answering(self._uri):
            for process in abandoned(work_dir(self._config), self._uri):
                for run in self._search(f"tags.{PROCESS_TAG} = '{process}' and attributes.status = 'RUNNING'"):
                    self.client.set_terminated(run.info.run_id, status="KILLED")

    def finished_keys(self, parent: MlflowRecorder) -> set[str]:
        """Keys of the runs below ``parent`` that ended well."""
        runs = self._search(f"tags.{MLFLOW_PARENT_RUN_ID} = '{parent.run_id}' and attributes.status = 'FINISHED'")
        return {run.data.tags[_KEY_TAG] for run in runs if _KEY_TAG in run.data.tags}

    def register(self, recorder: MlflowRecorder, registration: Registration) -> RegisteredBundle:
        """Store a bundle as a model of the run and as the next registered version, with all figures of the run.

        Its aliases are those of ``succession``.
        """
        tags = {BUNDLE_TAG: file_hash(registration.bundle / MANIFEST), KEY_TAG: bundle_key(registration.bundle)}
        with quiet(), answering(self._uri):
            model_id = log_bundle(recorder.run_id, registration)
            recorder.judge(model_id)
            version = str(mlflow.register_model(f"{_MODELS}{model_id}", self.model_name, tags=tags).version)
        return self.find(version)

    def facts_of(self, bundle: RegisteredBundle) -> VersionFacts:
        """When and by whom a version was registered, and its aliases as they are now."""
        with quiet(), answering(self._uri):
            version = self.client.get_model_version(bundle.name, bundle.version)
            run = self.client.get_run(bundle.run_id)
        return VersionFacts(
            registered=datetime.fromtimestamp(version.creation_timestamp // 1000, tz=UTC),
            by=str(run.data.tags.get(MLFLOW_USER, "")),
            commit=str(run.data.tags.get(MLFLOW_GIT_COMMIT, "")),
            aliases=tuple(map(str, version.aliases)),
            tags=dict(version.tags),
        )

    def describe(self, bundle: RegisteredBundle, description: str, files: Path) -> None:
        """Say in words (Markdown) what a version is, and keep the ``files`` of a folder with its run and its model."""
        with quiet(), answering(self._uri):
            self.client.log_artifacts(bundle.run_id, str(files))
            self.client.log_model_artifacts(bundle.model_id, str(files))
            self.client.set_logged_model_tags(bundle.model_id, {MLFLOW_RUN_NOTE: description})
            self.client.update_model_version(bundle.name, bundle.version, description=description)

    @property
    def succession(self) -> Succession:
        """Who serves, who did before, and who may next."""
        return Succession(self.client, self.model_name, self._uri)

    def is_champion(self, bundle: RegisteredBundle) -> bool:
        """Whether a version is the one that serves unless another is asked for."""
        aliases = self.client.get_registered_model(bundle.name).aliases
        return str(aliases.get(CHAMPION)) == bundle.version

    def version_of(self, key: str) -> str | None:
        """The newest version with the bundle of this key."""
        with quiet(), answering(self._uri):
            found = self.client.search_model_versions(f"name = '{self.model_name}' and tags.{KEY_TAG} = '{key}'")
        return max((str(version.version) for version in found), key=int, default=None)

    def versions(self) -> tuple[str, ...]:
        """The numbers of all versions of this book's model, the first first."""
        with quiet(), answering(self._uri):
            found = self.client.search_model_versions(f"name = '{self.model_name}'")
        return tuple(sorted((str(version.version) for version in found), key=int))

    def find(self, which: str) -> RegisteredBundle:
        """The bundle of a version number or an alias."""
        try:
            with quiet():
                found = self._version(which)
        except MlflowException as error:
            if error.error_code not in _NOT_THERE:
                raise TrackingError(self._uri, f"{error.error_code} ({error.message})") from error
            raise BundleNotFoundError(
                rule=f"{self.model_name} must have the version or alias that is asked for",
                got=which,
                remedy=f"train first, or look at the versions with: mlflow ui "
                f"--backend-store-uri {without_secrets(self._uri)}",
            ) from error
        data = bundle_of(found, work_dir(self._config) / FETCHED)
        require_registered(found, data)
        model_id = str(found.source).removeprefix(_MODELS)
        return RegisteredBundle(found.name, str(found.version), data, found.run_id, tuple(found.aliases), model_id)

    def _version(self, which: str) -> Any:
        if which.isdecimal():
            return self.client.get_model_version(self.model_name, which)
        return self.client.get_model_version_by_alias(self.model_name, which)

    def _created(self, title: str, key: str, parent: MlflowRecorder | None, process: str) -> str:
        """A new run that tells from its first moment whose it is: a kill leaves none that nobody would end."""
        tags = (
            context_tags()
            | {PROCESS_TAG: process}
            | ({_KEY_TAG: key} if key else {})
            | ({MLFLOW_PARENT_RUN_ID: parent.run_id} if parent else {})
        )
        return str(self.client.create_run(self._experiment, run_name=title, tags=tags).info.run_id)

    def _continued(self, key: str, process: str) -> str | None:
        runs = self._search(f"tags.{_KEY_TAG} = '{key}'")
        if not runs:
            return None
        self.client.set_tag(runs[0].info.run_id, PROCESS_TAG, process)
        self.client.update_run(runs[0].info.run_id, status="RUNNING")
        return str(runs[0].info.run_id)

    def _search(self, condition: str) -> list[Any]:
        return list(self.client.search_runs([self._experiment], condition, max_results=_MOST_RUNS))

    def _experiment_id(self) -> str:
        name = self._config.book.name
        found = self.client.get_experiment_by_name(name)
        if found is None:
            place = artifact_place(self._uri, self._config.run.artifact_dir)
            try:
                return str(self.client.create_experiment(name, artifact_location=place, tags=_experiment_tags(name)))
            except MlflowException as error:
                found = self.client.get_experiment_by_name(name)
                if found is None:  # else another process made it since we looked
                    raise _not_made(error, place) from error
        if found.lifecycle_stage != LifecycleStage.ACTIVE:
            raise _deleted(found, self._uri)
        if EXPERIMENT_KIND not in found.tags:  # an earlier version made it
            self.client.set_experiment_tag(found.experiment_id, EXPERIMENT_KIND, MACHINE_LEARNING)
        return str(found.experiment_id)


def _experiment_tags(book: str) -> dict[str, str]:
    return {EXPERIMENT_KIND: MACHINE_LEARNING, MLFLOW_RUN_NOTE: f"Client value and decline of the {book} book."}


def _opened(uri: str) -> MlflowClient:
    if not uri.startswith(_SQLITE):
        return MlflowClient(tracking_uri=uri, registry_uri=uri)
    with database.whole_database(uri):
        return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _not_made(error: MlflowException, place: str | None) -> Exception:
    """What a server says to an experiment; where it refuses the place of the files, with the way out."""
    if place is None or error.error_code != ErrorCode.Name(INVALID_PARAMETER_VALUE):
        return error
    return UserError(
        rule="the tracking store must take run.artifact_dir",
        got=without_secrets(f"{place}: {' '.join(error.message.split())}"),
        remedy="allow it on the server, or name a folder: then the server decides where files are kept",
    )


def _deleted(experiment: Any, uri: str) -> UserError:
    return UserError(
        rule="the MLflow experiment of a book must be active",
        got=f"{experiment.name}, which was deleted",
        remedy=f"restore it: MLFLOW_TRACKING_URI='{without_secrets(uri)}' mlflow experiments restore --experiment-id "
        f"{experiment.experiment_id}; or choose another book.name",
    )
