"""Entries of a store: files with their facts, or facts alone, that are used again while nothing about them changed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.store.drafts import put_in_place, remove_stale, scratch_folder
from models.store.keys import Key

FACTS = "manifest.json"
"""The file of an entry's facts, and of the stamps of its other files."""
Facts = Mapping[str, Any]
Stamp = dict[str, list[int]]
"""File -> size in bytes, when it was written and when anything of it was changed, in nanoseconds."""
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What it raises to read facts that are not there, or not as they were written; then their work is done again."""
_STAMPS = "stamps"
_SETTLED_SECONDS = 2.0
"""Within this a file can change twice and look the same: some file systems count in seconds."""


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


@dataclass(frozen=True)
class StoredEntry:
    """A whole entry: the folder of its files, and its facts."""

    folder: Path
    facts: Facts


@dataclass(frozen=True)
class Store:
    """Entries with files, each a folder below ``root`` that appears in one step and is named by its key.

    An entry is whole while every file is stamped as it was when it was put. What no run opened for days is removed when
    another entry is put. Where two runs make the same, the first is kept.
    """

    root: Path

    def place(self, key: Key) -> Path:
        """The folder of an entry, there or not."""
        return self.root / key.name

    def open(self, key: Key) -> StoredEntry | None:
        """The entry, if it is there and whole; it counts as in use from now on."""
        folder = self.place(key)
        with suppress(*UNREADABLE):
            facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            if facts.pop(_STAMPS) == _stamps_in(folder):
                os.utime(folder)
                return StoredEntry(folder, facts)
        return None

    def open_or_make(self, key: Key, make: Callable[[Path], Facts]) -> StoredEntry:
        """The entry; where there is none ``make`` writes its files into an empty folder and returns its facts."""
        found = self.open(key)
        if found is not None:
            return found
        with scratch_folder(self.root, "draft") as draft:
            return self.put(key, draft, make(draft))

    def put(self, key: Key, draft: Path, facts: Facts) -> StoredEntry:
        """Move the files in ``draft``, a folder of the same file system, to their place, with their facts."""
        self.root.mkdir(parents=True, exist_ok=True)
        remove_stale(path for path in self.root.iterdir() if path.name != key.name)
        (draft / FACTS).write_text(_text({**facts, _STAMPS: _stamps_in(draft)}), encoding="utf-8")
        put_in_place(draft, self.place(key), is_whole=lambda _: self.open(key) is not None)
        return StoredEntry(self.place(key), facts)


@dataclass(frozen=True)
class Notes:
    """Entries of facts alone, each a small JSON file below ``root``.

    ``is_of_use`` tells the notes that stay when another is written; by default those that were read within days.
    """

    root: Path
    is_of_use: Callable[[Facts], bool] | None = None

    def place(self, key: Key) -> Path:
        """The file of a note, there or not."""
        return self.root / f"{key.name}.json"

    def read(self, key: Key) -> dict[str, Any] | None:
        """The facts, if they are there and can be read."""
        file = self.place(key)
        with suppress(*UNREADABLE):
            facts = dict(json.loads(file.read_text(encoding="utf-8")))
            os.utime(file)
            return facts
        return None

    def write(self, key: Key, facts: Facts) -> None:
        """Write facts whole, in the place of earlier ones."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._remove_useless()
        with scratch_folder(self.root, "draft") as folder:
            draft = folder / self.place(key).name
            draft.write_text(_text(facts), encoding="utf-8")
            draft.replace(self.place(key))

    def _remove_useless(self) -> None:
        notes = list(self.root.glob("*.json"))
        if self.is_of_use is None:
            remove_stale(notes)
            return
        for note in notes:
            if not self._serves(note):
                note.unlink(missing_ok=True)

    def _serves(self, note: Path) -> bool:
        with suppress(*UNREADABLE):
            return self.is_of_use is None or self.is_of_use(json.loads(note.read_text(encoding="utf-8")))
        return False


def _text(facts: Facts) -> str:
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def _stamps_in(folder: Path) -> Stamp:
    """The stamps of all files of an entry but that of its facts, by their place in its folder."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name != FACTS)
    return {str(Path(name).relative_to(folder)): stamp for name, stamp in stamp_of(files).items()}
