"""A bundle as a registered version: a model that MLflow can load, serve, rebuild on another machine and find again."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.store.artifact.models_artifact_repo import ModelsArtifactRepository
from mlflow.types import ColSpec, Schema
from mlflow.utils.uri import is_local_uri

from models.errors import LostBundleError
from models.store.drafts import scratch_folder
from models.store.sealed import is_complete, publish_folder
from models.tracking.names import IF_CHAMPION
from models.tracking.portable import CODE_FOLDER, pinned_requirements, write_wheel
from models.tracking.quiet import quiet
from models.tracking.registry_notes import BUNDLE_TAG

BUNDLE_FOLDER = "bundle"
_CACHE_DIGITS = 12
_TYPES = {"number": "double", "category": "string"}
"""Numbers with gaps need double."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A bundle that becomes a version.

    Attributes:
        bundle: its folder.
        loader: the module whose ``_load_pyfunc`` makes a model of the folder.
        asks: columns that the model takes, all of which may be left out, and what they hold.
        answers: columns of its answer.
        step: where it stands among the figures of the run, whose steps are dates: one that none of them has, since
            MLflow links those of the same step by itself, without the book that they are of.
        example: rows as a caller would send them; they are published, so that no client may be in them.
        plugins: requirements of plug-ins that the bundle needs, for pip.
    """

    bundle: Path
    loader: str
    asks: Mapping[str, str]
    answers: Mapping[str, str]
    step: int
    example: pd.DataFrame | None = None
    plugins: tuple[str, ...] = ()


def log_bundle(run_id: str, registration: Registration) -> str:
    """Log a bundle as a model of a run, with our code and the versions of all others; returns the model's id.

    Nothing in it is pickled. MLflow adds the folder of the wheel to Python's path where it tries the model: not here.
    """
    path = list(sys.path)
    try:
        with (
            TemporaryDirectory() as scratch,
            mlflow.start_run(run_id=run_id, log_system_metrics=False),
        ):
            wheel = write_wheel(Path(scratch))
            info = mlflow.pyfunc.log_model(
                name=BUNDLE_FOLDER,
                loader_module=registration.loader,
                data_path=str(registration.bundle),
                code_paths=[str(wheel)],
                signature=_signature(registration),
                input_example=registration.example,
                pip_requirements=[*pinned_requirements(), *registration.plugins, f"{CODE_FOLDER}/{wheel.name}"],
                step=registration.step,
            )
    finally:
        sys.path[:] = path
    return str(info.model_id)


def _signature(registration: Registration) -> ModelSignature:
    return ModelSignature(
        inputs=Schema([ColSpec(_TYPES[kind], name, required=False) for name, kind in registration.asks.items()]),
        outputs=Schema([ColSpec(_TYPES[kind], name, required=False) for name, kind in registration.answers.items()]),
    )


def bundle_of(version: Any, cache: Path) -> Path:
    """The folder of a version's bundle; below ``cache``, brought there once, if it is on another machine."""
    address = f"models:/{version.name}/{version.version}"
    try:
        with quiet():
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
