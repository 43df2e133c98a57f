"""Puts a folder of results where readers look, whole or not at all, and proves files by their hashes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from models.errors import DamagedBundleError, MissingFileError
from models.tables.scratch import scratch_folder

MANIFEST = "manifest.json"
LATEST = "latest"
_SEAL = "seal"
_READ_BYTES = 1 << 20


def canonical_json(data: object) -> str:
    """The one way in which data becomes JSON text here: sorted keys, no NaN.

    >>> canonical_json({"b": 1, "a": 0.1})
    '{"a":0.1,"b":1}'
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def text_hash(text: str) -> str:
    """SHA-256 of a text, in hexadecimal.

    >>> text_hash("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write ``manifest.json``: the given facts, the hash of every other file of the folder, and a seal over these."""
    names = sorted(path.name for path in folder.iterdir() if path.name != MANIFEST)
    manifest: dict[str, Any] = {**facts, "files": {name: file_hash(folder / name) for name in names}}
    manifest[_SEAL] = text_hash(canonical_json(manifest))
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a manifest and prove it and every file that it names.

    Raises ``DamagedBundleError`` if one is not as it was written. The seal tells slips, not forgers: who can edit the
    files can also seal them anew.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise MissingFileError(path, remedy="name the folder of a bundle, as train leaves it")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        expected, seal = dict(manifest["files"]), manifest.pop(_SEAL)
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path, "a manifest that cannot be read") from error
    if seal != text_hash(canonical_json(manifest)):
        raise _damaged(path, "other facts than were sealed")
    for name, known in expected.items():
        file = folder / name
        if not file.is_file():
            raise _damaged(file, "no such file")
        if file_hash(file) != known:
            raise _damaged(file, "other bytes")
    return manifest


def publish_folder(final: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a folder beside ``final`` and move it there when it is complete.

    Whoever reads ``final`` sees what was there before, or all that is new. A complete folder that is already there is
    kept: equal names promise equal bytes.
    """
    with scratch_folder(final.parent, "draft") as draft:
        write(draft)
        _sync(draft)
        if _is_complete(final):
            return
        if final.exists():
            shutil.rmtree(final)
        draft.chmod(0o755)
        draft.rename(final)


def publish_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(path)


def publish_once(path: Path, content: bytes) -> None:
    """Write a file whole, unless there is one of that name: what others published, and wrote to since, stays."""
    with scratch_folder(path.parent, "draft") as folder:
        draft = folder / path.name
        draft.write_bytes(content)
        _sync(folder)
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links, where only looking first is left
            if not path.exists():
                draft.rename(path)


def point_latest(final: Path) -> Path:
    """Make ``latest``, beside ``final``, lead to it, in one step. Returns the link."""
    link = final.parent / LATEST
    draft = final.parent / f".{LATEST}-{os.getpid()}"
    draft.unlink(missing_ok=True)
    draft.symlink_to(final.name, target_is_directory=True)
    draft.replace(link)
    return link


def _is_complete(folder: Path) -> bool:
    try:
        read_manifest(folder)
    except (DamagedBundleError, MissingFileError):
        return False
    return True


def _sync(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _damaged(path: Path, got: str) -> DamagedBundleError:
    return DamagedBundleError(
        rule=f"{path.name} must be as it was written",
        got=got,
        remedy=f"nothing was loaded from {path.parent}; restore it, or train again",
    )
