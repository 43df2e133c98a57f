"""Which sources were checked, and what came out: who asks again of the same files by the same rules need not wait.

Only what is known to be the same is told again. A note is written when all it speaks of stands complete, in one step.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.change_detection import UNREADABLE, Stamp, code_version, has_settled, stamp_of
from models.config.root import Config
from models.config.sections import BookConfig
from models.scratch import scratch_folder

_KEY_LENGTH = 16


@dataclass(frozen=True)
class SourceMemory:
    """The note of one source under the sections of a config that the door reads.

    ``source`` tells its files as they were found.

    ``source`` is None where nothing tells whether the source changed, as of a database.
    """

    note: Path
    source: Stamp | None

    @classmethod
    def of(cls, config: Config, place: str, folder: Path) -> SourceMemory:
        """Look at the files of ``place``; the note stands in ``folder``."""
        rules = {
            "book": config.book.model_dump(mode="json", exclude={"path", "truth"}),
            "guard": config.guard.model_dump(mode="json"),
            "period": config.time.period,
            "place": str(Path(place).resolve()),
            "today": None if config.book.known_until else datetime.now(tz=UTC).date().isoformat(),
            "code": code_version(),
        }
        key = hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()
        return cls(folder / f"{key[:_KEY_LENGTH]}.json", _stamp_of_source(config.book, place))

    def recalled(self) -> dict[str, Any] | None:
        """What came out when the source was checked; None unless it, and all that came out, is as it was then."""
        with suppress(*UNREADABLE):
            noted = json.loads(self.note.read_text(encoding="utf-8"))
            left = [Path(file) for file in noted["left"]]
            if self.source is not None and noted["source"] == self.source and stamp_of(left) == noted["left"]:
                for folder in {file.parent for file in left}:
                    os.utime(folder)  # it is in use, and not to be taken away as stale
                found: dict[str, Any] = noted["book"]
                return found
        return None

    def remember(self, book: Mapping[str, Any], left: Iterable[Path]) -> None:
        """Note what came out and the files that were left, unless the source may have changed since it was seen."""
        if self.source is None or not has_settled(self.source) or _changed(self.source):
            return
        self.note.parent.mkdir(exist_ok=True)
        for other in self.note.parent.glob("*.json"):
            if not _is_of_use(other):
                other.unlink(missing_ok=True)
        facts = {"source": self.source, "left": stamp_of(left), "book": book}
        with scratch_folder(self.note.parent, "draft") as folder:
            draft = folder / self.note.name
            draft.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
            draft.replace(self.note)


def _stamp_of_source(config: BookConfig, place: str) -> Stamp | None:
    if config.source == "sql":
        return None
    path, beside = Path(place), [Path(config.overrides)] if config.overrides else []
    try:
        files = sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]
        return stamp_of([*files, *beside])
    except OSError:  # whoever reads it tells what is wrong
        return None


def _changed(source: Stamp) -> bool:
    try:
        return stamp_of(map(Path, source)) != source
    except OSError:
        return True


def _is_of_use(note: Path) -> bool:
    """Whether the files of a note are still there."""
    try:
        return all(Path(file).is_file() for file in json.loads(note.read_text(encoding="utf-8"))["left"])
    except UNREADABLE:
        return False
