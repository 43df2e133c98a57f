"""A lock between processes, held on a file that stays: at most one of them is within at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import UserError

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None  # type: ignore[assignment]

_PAUSE_SECONDS = 0.02


class LockedError(UserError):
    """Another process holds the lock."""


@contextmanager
def exclusive(file: Path, *, what: str, wait_seconds: float = 60.0) -> Iterator[None]:
    """Within, no other process is; it ends with the process, however that ends. ``what`` names the work for people.

    Raises ``LockedError`` if another process is still within after ``wait_seconds``.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as handle:
        _await(handle.fileno(), file, what, time.monotonic() + wait_seconds)
        yield


def _await(handle: int, file: Path, what: str, until: float) -> None:
    while fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise LockedError(
                    rule=f"only one process may be at {what} at a time",
                    got=f"another one at work, which holds {file}",
                    remedy="wait until it has ended, and try again",
                ) from error
            time.sleep(_PAUSE_SECONDS)
        else:
            return
