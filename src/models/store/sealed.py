"""Sealed folders: results whose manifest names every file by its hash, proved wherever they travel."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import DamagedBundleError, MissingFileError, UnsealedFileError
from models.store.drafts import put_in_place, scratch_folder, sync
from models.store.keys import canonical_json, file_hash, text_hash

MANIFEST = "manifest.json"
REWRITTEN = "rewritten"
"""The fact of a manifest of a folder that was sealed again for clients who were forgotten: how many, and when."""
_SEAL = "seal"
_LARGEST_MANIFEST = 1 << 24
"""Bytes. A manifest names some tens of files; what is larger is none, and would fill the memory."""


@dataclass(frozen=True)
class Remedies:
    """What helps where a folder of one kind has no manifest, and where it is damaged."""

    missing: str
    damaged: str


OF_BUNDLE = Remedies("name the folder of a bundle, as train leaves it", "restore it, or train again")
OF_SCORES = Remedies(
    "predict first, or name a folder that it published",
    "restore it, or move the folder away: then the run before it is built upon; or name another place with --out",
)


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write ``manifest.json``: the given facts, the hash of every other file of the folder, and a seal over these."""
    names = sorted(path.name for path in folder.iterdir() if path.name != MANIFEST)
    manifest: dict[str, Any] = {**facts, "files": {name: file_hash(folder / name) for name in names}}
    manifest[_SEAL] = text_hash(canonical_json(manifest))
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def read_manifest(folder: Path, *, remedies: Remedies = OF_BUNDLE) -> dict[str, Any]:
    """Read a manifest and prove it, every file that it names, and that nothing else is in the folder.

    Raises ``DamagedBundleError`` if one is not as it was written, ``MissingFileError`` if there is no manifest;
    ``remedies`` tell what helps then. The seal tells slips, not forgers: who can edit files can also seal them anew.
    """
    return _proved(folder, remedies, file_hash)[0]


def read_facts(folder: Path, *, remedies: Remedies = OF_BUNDLE) -> dict[str, Any]:
    """A manifest, proved by itself, and not the files that it names. Raises as ``read_manifest``."""
    return _manifest_of(folder, _Damage(folder, remedies))


def read_sealed(folder: Path, *, remedies: Remedies = OF_BUNDLE) -> tuple[dict[str, Any], dict[str, bytes]]:
    """A manifest, and the content of each file that it names, as it was when it was proved. Raises as above."""
    contents: dict[str, bytes] = {}

    def kept(file: Path) -> str:
        contents[file.name] = file.read_bytes()
        return hashlib.sha256(contents[file.name]).hexdigest()

    return _proved(folder, remedies, kept)[0], contents


@dataclass(frozen=True)
class _Damage:
    """Refuses the files of one folder in the same words, with the remedy that helps there."""

    folder: Path
    remedies: Remedies

    def __call__(self, name: str, got: str) -> DamagedBundleError:
        return DamagedBundleError(
            rule=f"{name} must be as it was written",
            got=got,
            remedy=f"nothing was loaded from {self.folder}; {self.remedies.damaged}",
        )

    def unsealed(self, name: str) -> UnsealedFileError:
        return UnsealedFileError(
            rule=f"{name!r} must be named by {MANIFEST} beside it",
            got="a file that was not sealed",
            remedy=f"nothing was loaded from {self.folder}; move it away",
        )


def _proved(folder: Path, remedies: Remedies, hashed: Callable[[Path], str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The manifest of a folder and the hashes of its files, each read once, by ``hashed``."""
    damage = _Damage(folder, remedies)
    manifest = _manifest_of(folder, damage)
    expected: dict[str, str] = manifest["files"]
    _refuse_strangers(folder, expected, damage)
    for name, known in expected.items():
        if hashed(folder / name) != known:
            raise damage(name, "other bytes")
    return manifest, expected


def _manifest_of(folder: Path, damage: _Damage) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.exists():
        raise MissingFileError(path, remedy=damage.remedies.missing)
    if not path.is_file() or path.stat().st_size > _LARGEST_MANIFEST:
        raise damage(MANIFEST, "what is no file of a manifest's size")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
        files, seal = manifest["files"], manifest.pop(_SEAL)
        sealed = text_hash(canonical_json(manifest))
        if not isinstance(files, dict):
            raise TypeError(files)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damage(MANIFEST, "a manifest that cannot be read") from error
    if seal != sealed:
        raise damage(MANIFEST, "other facts than were sealed")
    return manifest


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _refuse_strangers(folder: Path, expected: Mapping[str, str], damage: _Damage) -> None:
    """A file of which the manifest knows nothing could be taken for a part of a model that happens to have none."""
    found = {entry.name: entry.is_file(follow_symlinks=False) for entry in os.scandir(folder)}
    for name in sorted(expected):
        if name not in found:
            raise damage(name, "no such file")
    for name in sorted(found.keys() - expected.keys() - {MANIFEST}):
        raise damage.unsealed(name)
    for name in sorted(name for name, is_plain in found.items() if not is_plain):
        raise damage(name, "what is no plain file")


@dataclass(frozen=True)
class Published:
    """What publishing left: the manifest of the folder, and the files in it that are others than were written."""

    manifest: dict[str, Any]
    others: tuple[str, ...] = ()


def publish_folder(final: Path, write: Callable[[Path], None], *, remedies: Remedies = OF_BUNDLE) -> Published:
    """Let ``write`` fill a folder beside ``final`` and move it there when it is complete.

    Whoever reads ``final`` sees what was there before, or all that is new. A complete folder that is already there is
    kept, since equal names promise equal bytes; where the promise holds, its manifest tells of the newest run.
    """
    with scratch_folder(final.parent, "draft") as draft:
        write(draft)
        written, standing = _manifest_of(draft, _Damage(draft, remedies)), _standing(final, remedies)
        if standing is None and put_in_place(draft, final, is_whole=is_complete):
            return Published(written)
        standing = standing or read_manifest(final, remedies=remedies)  # another run was faster
        ours, theirs = written["files"].items(), standing["files"].items()
        if ours == theirs:
            sync(draft)
            (draft / MANIFEST).replace(final / MANIFEST)
            return Published(written)
        return Published(standing, others=tuple(sorted({name for name, _ in ours ^ theirs})))


def _standing(folder: Path, remedies: Remedies) -> dict[str, Any] | None:
    """The manifest of a complete folder; None where there is none, or what is there was damaged."""
    try:
        return read_manifest(folder, remedies=remedies)
    except UnsealedFileError:  # to make the folder anew would take away what somebody put there
        raise
    except (DamagedBundleError, MissingFileError):
        return None


def is_complete(folder: Path) -> bool:
    """Whether a folder was published and is as it was, whoever put something beside."""
    try:
        return _standing(folder, OF_BUNDLE) is not None
    except UnsealedFileError:
        return False
