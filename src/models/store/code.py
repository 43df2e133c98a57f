"""Versions of the code that makes stored content: another version makes it anew, and no other change does."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_SHOWING = frozenset({"page.py", "terminal.py", "command.py", "job.py", "plots.py", "plots"})
"""Modules of a capability that only show results; nothing that computes imports them, by contract."""
_TOOLKITS = frozenset({"shell", "tracking", "workspace", "__pycache__"})
_SOURCES = frozenset({".py", ".json", ".yaml", ".csv", ".txt"})
_LIBRARIES = (
    "duckdb", "ibis-framework", "lightgbm", "numba", "numpy", "pandas", "pyarrow", "pydantic", "scikit-learn", "scipy",
)  # fmt: skip
_WITHOUT_CONTENT = ("models", "models.config", "models.errors", "models.lazy", "models.store")
"""Whatever imports these, no content changes with them: settings enter a key by their values, errors store nothing."""
_IMPORT = re.compile(r"^\s*(?:from (models[\w.]*) import (\([^)]*\)|[^\n]*)|import (models[\w.]*))", re.MULTILINE)
_LAZY = re.compile(r"\blazy\(\"(models\.[\w.]+)\"\)")
_NAME = re.compile(r"\b([a-z_]\w*)\b")


@cache
def code_of(module: str, *given: str) -> str:
    """Hash of the text of a module (dotted name) that makes content, and of all that it imports within this package.

    Code that is not reached from it changes nothing; nor does that of what is ``given``, see ``modules_behind``.
    """
    return _hash_of(_PACKAGE, (), [_file_of(each) for each in modules_behind(module, *given)])


def modules_behind(module: str, *given: str) -> tuple[str, ...]:
    """The modules by whose code ``module`` makes content: itself, and what it imports, in order.

    Settings and errors are left out, and ``given`` modules, whose objects enter a key by their values.
    """
    found: set[str] = set()
    coming = list(_with_packages(module))
    while coming:
        module = coming.pop()
        if module not in found and module not in given and not _is_without_content(module):
            found.add(module)
            coming += _imported(_file_of(module).read_text(encoding="utf-8"))
    return tuple(sorted(found))


@cache
def scoring_code() -> str:
    """Hash of the code that decides what is scored and said of clients: ours by text, libraries by version."""
    return code_hash(_PACKAGE)


def code_hash(home: Path) -> str:
    """``scoring_code`` of the package in ``home``, the same however it was installed.

    What only shows results is not in it; that nothing else imports that is held by a contract.
    """
    parts = sorted(part.name for part in home.iterdir() if part.is_dir() and part.name not in _TOOLKITS)
    deciding = [file for file in _sources(home, parts) if not _SHOWING & set(file.relative_to(home).parts)]
    return _hash_of(home, _LIBRARIES, [*sorted(home.glob("*.py")), *deciding])


def _imported(text: str) -> Iterator[str]:
    """The modules of this package that a module's text imports, at its top, within a function or when first used."""
    for module in _LAZY.findall(text):
        yield from _with_packages(module)
    for start, names, whole in _IMPORT.findall(text):
        yield from _with_packages(start or whole)
        within = (f"{start}.{name}" for name in _NAME.findall(names))
        yield from (name for name in within if start and _file_of(name).is_file())


def _with_packages(module: str) -> Iterator[str]:
    """A module, and the packages around it, which Python runs first."""
    parts = module.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _file_of(module: str) -> Path:
    """Where a module of this package stands, if it is one."""
    place = _PACKAGE.parent.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def _is_without_content(module: str) -> bool:
    return any(module == each or (each != "models" and module.startswith(f"{each}.")) for each in _WITHOUT_CONTENT)


def _sources(home: Path, parts: Iterable[str]) -> list[Path]:
    return [file for part in parts for file in sorted((home / part).rglob("*")) if file.suffix in _SOURCES]


def _hash_of(home: Path, libraries: Iterable[str], files: Iterable[Path]) -> str:
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in libraries).encode())
    for file in files:
        content = file.read_bytes()
        digest.update(f"\n{file.relative_to(home).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
