"""The client of MLflow: runs, registered versions and aliases, on SQLite or any tracking server.

Of the package only ``store``, which asks whether a tracking store answers, and ``database``, which makes its
SQLite file, know MLflow beside it.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.tracking.registry_notes import require_registered

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")  # each waits twice as long; MLflow's own 7 are minutes
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # standard output is ours, and may be JSON

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import mlflow
    from mlflow.entities import LifecycleStage, Metric, Param
    from mlflow.exceptions import MlflowException
    from mlflow.models import ModelSignature
    from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, ErrorCode
    from mlflow.store.artifact.models_artifact_repo import ModelsArtifactRepository
    from mlflow.tracking import MlflowClient
    from mlflow.types import ColSpec, Schema
    from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID
    from mlflow.utils.uri import is_local_uri

from typing import TYPE_CHECKING

from models.config.places import work_dir
from models.config.root import Config
from models.errors import BundleNotFoundError, LostBundleError, UserError
from models.lazy import lazy
from models.pipeline.bundle import bundle_key
from models.showable import without_secrets
from models.store.drafts import scratch_folder
from models.store.keys import file_hash
from models.store.sealed import MANIFEST, is_complete, publish_folder
from models.tracking.abandoned import PROCESS_TAG, abandoned, claimed
from models.tracking.aliases import Succession
from models.tracking.names import CHAMPION, FETCHED, IF_CHAMPION, model_name
from models.tracking.params import flat_params
from models.tracking.registry_notes import BUNDLE_TAG, KEY_TAG
from models.tracking.store import TrackingError, answering, artifact_place, require_answer

if TYPE_CHECKING:
    from models.tracking import database
else:
    database = lazy("models.tracking.database")

BUNDLE_FOLDER = "bundle"
_CACHE_DIGITS = 12
_NOT_THERE = (ErrorCode.Name(RESOURCE_DOES_NOT_EXIST), ErrorCode.Name(INVALID_PARAMETER_VALUE))
_LOADER = "models.tracking.served"
_KEY_TAG = "clientvalue.key"
_MOST_RUNS = 50_000
"""MLflow returns no more at once."""
_SQLITE = "sqlite:///"
_BATCH = 100
"""MLflow takes at most so many parameters in one request; one request per figure costs seconds."""


@dataclass(frozen=True)
class RegisteredBundle:
    """A version in the registry, the aliases that lead to it, and the folder of its bundle."""

    name: str
    version: str
    folder: Path
    run_id: str
    aliases: tuple[str, ...] = ()


class MlflowRecorder:
    """Writes what a workflow tells of itself to one MLflow run."""

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        self._client = client
        self.run_id = run_id

    def params(self, values: Mapping[str, object]) -> None:
        """Log parameters, nested ones by dotted names; long ones are cut, the whole stands in the bundle's config."""
        items = [Param(name, value) for name, value in flat_params(values).items()]
        for start in range(0, len(items), _BATCH):
            self._client.log_batch(self.run_id, params=items[start : start + _BATCH])

    def metrics(self, values: Mapping[str, float], *, step: int = 0) -> None:
        """Log figures of the origin numbered ``step``."""
        now = int(time.time() * 1000)
        items = [Metric(name, float(value), now, step) for name, value in values.items()]
        for start in range(0, len(items), _BATCH):
            self._client.log_batch(self.run_id, metrics=items[start : start + _BATCH])

    def artifact(self, path: Path, *, folder: str = "") -> None:
        """Copy a file or folder into the run."""
        if path.is_dir():
            self._client.log_artifacts(self.run_id, str(path), folder or path.name)
        else:
            self._client.log_artifact(self.run_id, str(path), folder or None)


class Tracking:
    """The tracking store of a config. A database is made whole on first use, whoever else does so at the same time."""

    def __init__(self, config: Config) -> None:
        self._config = config
        uri = config.run.tracking_uri
        require_answer(uri)
        with _quiet(), answering(uri):
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
            with _quiet(), answering(self._uri):
                run_id = self._continued(key, process) if key else None
                run_id = run_id or self._created(title, key, parent, process)
            try:
                with answering(self._uri):
                    yield MlflowRecorder(self.client, run_id)
                    self.client.set_terminated(run_id, status="FINISHED")
            except BaseException:
                with contextlib.suppress(MlflowException):  # what went wrong before is what is raised
                    self.client.set_terminated(run_id, status="FAILED")
                raise

    def end_abandoned(self) -> None:
        """End the runs of processes that are no more as killed."""
        with _quiet(), answering(self._uri):
            for process in abandoned(work_dir(self._config), self._uri):
                for run in self._search(f"tags.{PROCESS_TAG} = '{process}' and attributes.status = 'RUNNING'"):
                    self.client.set_terminated(run.info.run_id, status="KILLED")

    def finished_keys(self, parent: MlflowRecorder) -> set[str]:
        """Keys of the runs below ``parent`` that ended well."""
        runs = self._search(f"tags.{MLFLOW_PARENT_RUN_ID} = '{parent.run_id}' and attributes.status = 'FINISHED'")
        return {run.data.tags[_KEY_TAG] for run in runs if _KEY_TAG in run.data.tags}

    def register(self, recorder: MlflowRecorder, bundle: Path, features: Mapping[str, str]) -> RegisteredBundle:
        """Store a bundle as a model of the run and as the next registered version; its aliases are ``succession``'s.

        ``features`` tells of each column whether it is a ``number`` or a ``category``.
        """
        inputs: list[Any] = [
            ColSpec("string" if kind == "category" else "double", name) for name, kind in features.items()
        ]
        outputs: list[Any] = [ColSpec("double", name) for name in ("value", "decline_probability")]
        with _quiet(), contextlib.redirect_stderr(io.StringIO()), mlflow.start_run(run_id=recorder.run_id):
            info = mlflow.pyfunc.log_model(
                name=BUNDLE_FOLDER,
                loader_module=_LOADER,
                data_path=str(bundle),
                signature=ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs)),
                pip_requirements=["clientvalue"],
            )
            tags = {BUNDLE_TAG: file_hash(bundle / MANIFEST), KEY_TAG: bundle_key(bundle)}
            version = str(mlflow.register_model(info.model_uri, self.model_name, tags=tags).version)
        return self.find(version)

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
        with _quiet(), answering(self._uri):
            found = self.client.search_model_versions(f"name = '{self.model_name}' and tags.{KEY_TAG} = '{key}'")
        return max((str(version.version) for version in found), key=int, default=None)

    def versions(self) -> tuple[str, ...]:
        """The numbers of all versions of this book's model, the first first."""
        with _quiet(), answering(self._uri):
            found = self.client.search_model_versions(f"name = '{self.model_name}'")
        return tuple(sorted((str(version.version) for version in found), key=int))

    def find(self, which: str) -> RegisteredBundle:
        """The bundle of a version number or an alias."""
        try:
            with _quiet():
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
        data = _fetched(found, work_dir(self._config) / FETCHED)
        require_registered(found, data)
        return RegisteredBundle(found.name, str(found.version), data, found.run_id, tuple(found.aliases))

    def _version(self, which: str) -> Any:
        if which.isdecimal():
            return self.client.get_model_version(self.model_name, which)
        return self.client.get_model_version_by_alias(self.model_name, which)

    def _created(self, title: str, key: str, parent: MlflowRecorder | None, process: str) -> str:
        """A new run that tells from its first moment whose it is: a kill leaves none that nobody would end."""
        tags = (
            {PROCESS_TAG: process}
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
                return str(self.client.create_experiment(name, artifact_location=place))
            except MlflowException:
                found = self.client.get_experiment_by_name(name)
                if found is None:  # else another process made it since we looked
                    raise
        if found.lifecycle_stage != LifecycleStage.ACTIVE:
            raise _deleted(found, self._uri)
        return str(found.experiment_id)


def _opened(uri: str) -> MlflowClient:
    if not uri.startswith(_SQLITE):
        return MlflowClient(tracking_uri=uri, registry_uri=uri)
    with database.whole_database(uri):
        return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _deleted(experiment: Any, uri: str) -> UserError:
    return UserError(
        rule="the MLflow experiment of a book must be active",
        got=f"{experiment.name}, which was deleted",
        remedy=f"restore it: MLFLOW_TRACKING_URI='{without_secrets(uri)}' mlflow experiments restore --experiment-id "
        f"{experiment.experiment_id}; or choose another book.name",
    )


def _fetched(version: Any, cache: Path) -> Path:
    """The folder of a version's bundle; below ``cache``, brought there once, if it is on another machine."""
    address = f"models:/{version.name}/{version.version}"
    try:
        with _quiet():
            if _is_here(address):
                return _data_of(Path(mlflow.artifacts.download_artifacts(artifact_uri=address)))
            here = cache / f"{version.version}-{version.tags.get(BUNDLE_TAG, '')[:_CACHE_DIGITS]}"
            if not is_complete(here):
                publish_folder(here, lambda draft: _download(address, draft))
            return here
    except (MlflowException, OSError, StopIteration) as error:
        raise LostBundleError(
            rule=f"the files of version {version.version} of {version.name} must be where they were registered",
            got="none that can be read",
            remedy=f"restore them, or train again{IF_CHAMPION}",
        ) from error


def _is_here(address: str) -> bool:
    place = ModelsArtifactRepository.get_underlying_uri(address)  # type: ignore[no-untyped-call]
    return bool(is_local_uri(place, is_tracking_or_registry_uri=False))  # type: ignore[no-untyped-call]


def _data_of(model: Path) -> Path:
    return next((model / "data").iterdir())


def _download(address: str, folder: Path) -> None:
    with scratch_folder(folder.parent, "fetched") as fetched:
        brought = mlflow.artifacts.download_artifacts(artifact_uri=address, dst_path=str(fetched))
        for file in _data_of(Path(brought)).iterdir():
            file.rename(folder / file.name)


@contextmanager
def _quiet() -> Iterator[None]:
    """MLflow and its database tell much that no user can act on."""
    loggers = [logging.getLogger(name) for name in ("mlflow", "alembic")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
