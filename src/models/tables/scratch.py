"""Folders for work in progress, taken away when the work ends, or by a later run if it was killed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

WRITING_BELOW = "writing below "
"""How a note on an error begins that says which folder was written to."""
_STALE_SECONDS = 2 * 86_400
"""No run takes two days; what is older was left by a killed one."""


@contextmanager
def scratch_folder(root: Path, name: str) -> Iterator[Path]:
    """A new folder below ``root``, hidden, that goes when the work is done; stale ones of that name go first."""
    root.mkdir(parents=True, exist_ok=True)
    remove_stale(root.glob(f".{name}-*"))
    folder = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=root))
    try:
        yield folder
    except OSError as error:
        error.add_note(f"{WRITING_BELOW}{root}")  # libraries that write do not tell where
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_stale(folders: Iterable[Path]) -> None:
    """Take away what was last touched so long ago that no run can still read it."""
    for folder in folders:
        with suppress(FileNotFoundError):  # another run took it away
            if time.time() - folder.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
