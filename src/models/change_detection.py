"""By what files and code are known to be the same as before, without reading them again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

Stamp = dict[str, list[int]]
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What it raises to read a note that is not there, or not as it was written; then its work is done again."""
"""File -> size in bytes, when it was written and when anything of it was changed, in nanoseconds."""
_SETTLED_SECONDS = 2.0
"""Within this a file can change twice and look the same: some file systems count in seconds."""
_DECIDING = ("config", "book", "panel")
_SHOWING = frozenset({"page.py", "terminal.py", "command.py", "job.py", "plots.py", "plots"})
"""Modules of a capability that only show results; nothing that computes imports them, by contract."""
_TOOLKITS = frozenset({"shell", "tracking", "workspace", "__pycache__"})
_SOURCES = frozenset({".py", ".json", ".yaml", ".csv", ".txt"})
_DATABASE = ("duckdb", "ibis-framework")
_NUMBERS = ("lightgbm", "numba", "numpy", "pandas", "pyarrow", "pydantic", "scikit-learn", "scipy")
_HOME = Path(__file__).parent


def stamp_of(files: Iterable[Path]) -> Stamp:
    """Of each file what the system notes when it is written. Who copies other bytes over it cannot keep that as it was.

    The time of change is the system's own and follows even if the time of writing is set back. (Windows notes when the
    file was made instead: there a tool that sets the time of writing back and keeps the size goes unseen.)
    Raises ``FileNotFoundError``.
    """
    found = {}
    for file in files:
        facts = file.stat()
        found[str(file)] = [facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns]
    return found


def has_settled(stamp: Stamp) -> bool:
    """Whether the files were left alone long enough for any later change to show."""
    newest = max((max(written, changed) for _, written, changed in stamp.values()), default=0)
    return time.time() - newest / 1e9 > _SETTLED_SECONDS


@cache
def code_version() -> str:
    """Hash of the code that decides what checked tables and ledgers hold: ours by its text, DuckDB's by its version."""
    return _hash_of(_HOME, _DATABASE, _sources(_HOME, _DECIDING))


@cache
def scoring_code() -> str:
    """Hash of the code that decides what is scored and told of clients: ours by text, libraries by version."""
    return code_hash(_HOME)


def code_hash(home: Path) -> str:
    """``scoring_code`` of the package in ``home``, the same however it was installed.

    What only shows results is not in it; that nothing else imports that is held by a contract.
    """
    parts = sorted(part.name for part in home.iterdir() if part.is_dir() and part.name not in _TOOLKITS)
    deciding = [file for file in _sources(home, parts) if not _SHOWING & set(file.relative_to(home).parts)]
    return _hash_of(home, (*_DATABASE, *_NUMBERS), [*sorted(home.glob("*.py")), *deciding])


def _sources(home: Path, parts: Iterable[str]) -> list[Path]:
    return [file for part in parts for file in sorted((home / part).rglob("*")) if file.suffix in _SOURCES]


def _hash_of(home: Path, libraries: Iterable[str], files: Iterable[Path]) -> str:
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in libraries).encode())
    for file in files:
        content = file.read_bytes()
        digest.update(f"\n{file.relative_to(home).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
