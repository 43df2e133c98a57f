"""Which MLflow runs belong to a process that is no more: each has a locked folder for as long as its process lives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from models.config.root import Config
from models.errors import UserError
from models.store.drafts import left_folders, remove_left, scratch_folder
from models.store.keys import text_hash

PROCESS_TAG = "clientvalue.process"
"""Tag of a run: the name of the folder that its process keeps locked."""
_RUN = "run"
_STORE = "store"
_SQLITE = "sqlite:///"


@contextmanager
def claimed(folder: Path, store: str) -> Iterator[str]:
    """Within, a run in the tracking store at the address ``store`` counts as alive; the value of its tag."""
    with scratch_folder(folder, _RUN) as claim:
        (claim / _STORE).write_text(text_hash(store), encoding="utf-8")
        yield claim.name


def abandoned(folder: Path, store: str) -> Iterator[str]:
    """The tag of each run in ``store`` whose process died; it counts as ended once the next is asked for."""
    for claim in left_folders(folder, (_RUN,)):
        if _store_of(claim) in (None, text_hash(store)):
            yield claim.name
            shutil.rmtree(claim, ignore_errors=True)


def clear_left(settings: Config, places: tuple[Path, ...]) -> None:
    """Take away what killed processes left in ``places``, and end their MLflow runs.

    A server is left to the commands that ask it anyway: others should not wait for one that is down.
    """
    for place in places:
        remove_left(place)
    if not settings.run.tracking_uri.startswith(_SQLITE) or not _is_any_left(places):
        return
    from models.tracking.mlflow import Tracking  # noqa: PLC0415 - MLflow takes seconds to load

    with suppress(UserError):  # whoever needs the store is told what is wrong with it
        Tracking(settings).end_abandoned()


def _is_any_left(places: tuple[Path, ...]) -> bool:
    return any(True for place in places for _ in left_folders(place, (_RUN,)))


def _store_of(claim: Path) -> str | None:
    """The hash of a store's address; None where the process died before it was written."""
    with suppress(OSError):
        return (claim / _STORE).read_text(encoding="utf-8") or None
    return None
