"""The writer of one MLflow run: settings, figures, files, the book that was read, and the model that it made."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from mlflow.entities import Dataset, Metric, Param
from mlflow.tracking import MlflowClient
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE

from models.book.door import Book
from models.errors import UserError
from models.lazy import load
from models.tracking.lineage import dataset_of

Item = TypeVar("Item")
_MONITOR = "mlflow.system_metrics.system_metrics_monitor"
"""It imports psutil, which only this needs."""
_NOT_IN_NAMES = re.compile(r"[^\w./: -]")
"""What MLflow refuses in the name of a parameter; names of categories may hold anything."""
_LONGEST = 500
_BATCH = 100
"""MLflow takes at most so many parameters in one request; one request per figure costs seconds."""


class MlflowRecorder:
    """Writes what a workflow tells of itself to one MLflow run."""

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        self._client = client
        self._metrics: list[Metric] = []
        self._dataset: Dataset | None = None
        self.run_id = run_id

    def describe(self, text: str) -> None:
        """Say in words (Markdown) what the run is, as its page shows."""
        self._client.set_tag(self.run_id, MLFLOW_RUN_NOTE, text)

    def dataset(self, book: Book, place: str | None) -> None:
        """Note which book the run reads, by its fingerprint, and where it is, if that is known; nothing is copied."""
        found = dataset_of(book, place or "")
        self._dataset = found.dataset
        self._client.log_inputs(self.run_id, datasets=[found])

    def params(self, values: Mapping[str, object]) -> None:
        """Log parameters, nested ones by dotted names; long ones are cut, the whole stands in the bundle's config."""
        for items in _batches([Param(name, value) for name, value in flat_params(values).items()]):
            self._client.log_batch(self.run_id, params=items)

    def metrics(self, values: Mapping[str, float], *, step: int = 0) -> None:
        """Log figures of the origin numbered ``step``."""
        now = int(time.time() * 1000)
        items = [Metric(name, float(value), now, step) for name, value in values.items()]
        self._metrics += items
        for batch in _batches(items):
            self._client.log_batch(self.run_id, metrics=batch)

    def artifact(self, path: Path, *, folder: str = "") -> None:
        """Copy a file or folder into the run."""
        if path.is_dir():
            self._client.log_artifacts(self.run_id, str(path), folder or path.name)
        else:
            self._client.log_artifact(self.run_id, str(path), folder or None)

    def judge(self, model_id: str) -> None:
        """Link all figures of the run to a model that it made, and to the book that they are of.

        They are sent once more as they are: MLflow keeps one copy of a figure of a run, and each link.
        """
        of_book = self._dataset
        linked = [
            Metric(
                each.key,
                each.value,
                each.timestamp,
                each.step,
                model_id=model_id,
                dataset_name=of_book.name if of_book else None,
                dataset_digest=of_book.digest if of_book else None,
            )
            for each in self._metrics
        ]
        for batch in _batches(linked):
            self._client.log_batch(self.run_id, metrics=batch)


@contextmanager
def system_metrics(run_id: str, uri: str, *, wanted: bool) -> Iterator[None]:
    """Within, the load of this machine is noted with the run every ten seconds, if it is ``wanted``."""
    if not wanted:
        yield
        return
    try:
        made = load(_MONITOR).SystemMetricsMonitor
    except ImportError as error:
        raise UserError(
            rule="run.system_metrics needs psutil, which looks at the machine",
            got="a Python without it",
            remedy="pip install psutil, or set run.system_metrics to false",
        ) from error
    monitor = made(run_id, resume_logging=True, tracking_uri=uri)
    monitor.start()
    try:
        yield
    finally:
        monitor.finish()


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    for start in range(0, len(items), _BATCH):
        yield list(items[start : start + _BATCH])


def flat_params(values: Mapping[str, object]) -> dict[str, str]:
    """Nested settings by dotted names, each value cut to what MLflow keeps.

    >>> flat_params({"time": {"period": "month", "horizon": 12}, "a[b]": True})
    {'time.period': 'month', 'time.horizon': '12', 'a_b_': 'True'}
    """
    return {_NOT_IN_NAMES.sub("_", name): str(value)[:_LONGEST] for name, value in _flat(values, "").items()}


def _flat(values: Mapping[str, object], prefix: str) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
