"""Errors of disk and memory in the words of a user: which place is full, read-only or not the kind of file it must be.

Libraries tell them in classes of their own, mostly with the operating system's text; they are known by either.
"""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError
from models.store.drafts import WRITING_BELOW

_MEGABYTE = 1_000_000
_QUOTED = re.compile(r"[\"'](/[^\"']+|[A-Za-z]:\\[^\"']+)[\"']")
_OTHER_PLACE = "write elsewhere (--out, run.work_dir, run.artifact_dir, or TMPDIR for temporary files)"


@dataclass(frozen=True)
class _Trouble:
    """One kind of trouble: how systems and libraries say it, the rule that it breaks, and what to do."""

    numbers: tuple[int, ...]
    words: tuple[str, ...]
    rule: str
    remedy: str

    def matches(self, error: BaseException) -> bool:
        """Whether an error tells of this trouble."""
        if isinstance(error, OSError) and error.errno is not None:
            return error.errno in self.numbers
        said = str(error).casefold()
        return any(words in said for words in self.words)


_FULL = _Trouble(
    (errno.ENOSPC, errno.EDQUOT),
    ("no space left on device", "database or disk is full", "disk quota exceeded", "could not write all bytes"),
    "the disk must have room for what is written",
    f"free space there, or {_OTHER_PLACE}",
)
_TROUBLES = (
    _FULL,
    _Trouble(
        (errno.EROFS, errno.EACCES, errno.EPERM),
        ("read-only file system", "permission denied", "readonly database", "access is denied"),
        "the place must be open to reading and writing by this user",
        f"change its rights, or {_OTHER_PLACE}",
    ),
    _Trouble(
        (errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY),
        ("is a directory", "not a directory"),
        "a file must not stand where a folder belongs, nor a folder where a file does",
        "move what stands there away",
    ),
    _Trouble((errno.ENAMETOOLONG,), ("file name too long",), "the path must be short enough", "choose a shorter place"),
    _Trouble(
        (errno.EMFILE, errno.ENFILE),
        ("too many open files",),
        "the system must let this run open its files",
        "raise the limit, e.g. ulimit -n 4096",
    ),
    _Trouble(
        (errno.ENOMEM,),
        ("out of memory error", "cannot allocate memory", "failed to allocate"),
        "the run must fit into memory",
        "lower run.block_clients, raise run.database_memory_gb if DuckDB asks for more, or use a larger machine",
    ),
)


def storage_error(error: BaseException) -> UserError | None:
    """What a user reads of an error of disk or memory, wherever it lies in the chain of errors; None for any other."""
    for cause in _chain(error):
        if isinstance(cause, MemoryError):
            return UserError(rule=_TROUBLES[-1].rule, got="no more memory", remedy=_TROUBLES[-1].remedy)
        for trouble in _TROUBLES:
            if _is_of_storage(cause) and trouble.matches(cause):
                place = _place(cause)
                got = _got(trouble, cause, place)
                return UserError(rule=trouble.rule, got=got, remedy=trouble.remedy)
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_of_storage(error: BaseException) -> bool:
    """Whether the error comes from a system or a library that writes: words of other errors prove nothing."""
    module = type(error).__module__.partition(".")[0].strip("_")
    return isinstance(error, OSError) or module in ("duckdb", "sqlite3", "sqlalchemy", "pyarrow", "lightgbm")


def _place(error: BaseException) -> Path | None:
    named = getattr(error, "filename2", None) or getattr(error, "filename", None)
    if isinstance(named, str | Path):
        return Path(named)
    for note in getattr(error, "__notes__", ()):
        if note.startswith(WRITING_BELOW):
            return Path(note.removeprefix(WRITING_BELOW))
    quoted = _QUOTED.search(str(error))
    return Path(quoted.group(1)) if quoted else None


def _got(trouble: _Trouble, error: BaseException, place: Path | None) -> str:
    said = getattr(error, "strerror", None) or str(error).partition("\n")[0][:160]
    if trouble is _FULL:
        return f"{said} {_left(place)}"
    return f"{said}" + (f" at {place}" if place else "")


def _left(place: Path | None) -> str:
    """How much is left where something was to be written; without a known place, of the likely ones."""
    places = [place] if place else [Path.cwd(), Path(tempfile.gettempdir())]
    reported = [f"{shutil.disk_usage(_existing(each)).free / _MEGABYTE:,.1f} MB left at {each}" for each in places]
    return f"({'; '.join(reported)})"


def _existing(place: Path) -> Path:
    """The nearest folder above that is there; drafts are gone by the time their error is reported."""
    absolute = place.absolute()
    return next(parent for parent in (absolute, *absolute.parents) if parent.exists())
