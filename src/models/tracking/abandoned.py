"""Detection of MLflow runs whose process is dead: each run has a folder, locked for as long as its process lives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from models.store.drafts import left_folders, scratch_folder
from models.store.keys import text_hash

PROCESS_TAG = "clientvalue.process"
"""Tag of a run: the name of the folder that its process keeps locked."""
_RUN = "run"
_STORE = "store"


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


def is_any_left(places: tuple[Path, ...]) -> bool:
    """Whether a process died in the midst of a run in one of ``places``."""
    return any(True for place in places for _ in left_folders(place, (_RUN,)))


def _store_of(claim: Path) -> str | None:
    """The hash of a store's address; None where the process died before it was written."""
    with suppress(OSError):
        return (claim / _STORE).read_text(encoding="utf-8") or None
    return None
