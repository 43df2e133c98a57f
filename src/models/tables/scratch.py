"""Folders for work in progress, taken away when the work ends, or by a later run if it was killed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STALE_SECONDS = 2 * 86_400
"""No run takes two days; what is older was left by a killed one."""


@contextmanager
def scratch_folder(root: Path, name: str) -> Iterator[Path]:
    """A new folder below ``root``, hidden, that goes when the work is done; stale ones of that name go first."""
    root.mkdir(parents=True, exist_ok=True)
    for left in root.glob(f".{name}-*"):
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
