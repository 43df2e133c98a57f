"""Where the registry said that bundles are, while nothing was written to it: MLflow takes seconds to ask."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.tables.stamps import stamp_of
from models.workflows.publish import MANIFEST, file_hash, publish_text

NOTES = "registry.json"
_SQLITE = "sqlite:///"
_COUNTER = slice(24, 28)
"""Where SQLite counts how often a database was changed. Source: sqlite.org/fileformat2.html, section 1.3.7."""
_HEADER_BYTES = 100
_LOGS = ("-wal", "-journal")
"""What is written beside the database first."""


@dataclass(frozen=True)
class RegistryNotes:
    """Answers of one registry, and its ``state`` as it was seen; None for a server, which must be asked each time."""

    file: Path
    state: dict[str, Any] | None

    @classmethod
    def of(cls, tracking_uri: str, folder: Path) -> RegistryNotes:
        """Look at the registry; notes stand in ``folder``."""
        return cls(folder / NOTES, _state_of(tracking_uri))

    def folder_of(self, which: str) -> Path | None:
        """The folder of the bundle of a version or alias, if that was noted in this state and its manifest is the same.

        The manifest proves every other file when the bundle is read.
        """
        with suppress(OSError, ValueError, KeyError, TypeError):
            noted = json.loads(self.file.read_text(encoding="utf-8"))
            if self.state is not None and noted["state"] == self.state:
                folder, manifest = noted["found"][which]
                return Path(folder) if file_hash(Path(folder) / MANIFEST) == manifest else None
        return None

    def note(self, names: Iterable[str], folder: Path) -> None:
        """Note under which names a bundle was found; what was noted in another state is dropped."""
        if self.state is None:
            return
        found: dict[str, Any] = {}
        with suppress(OSError, ValueError, KeyError, TypeError):
            noted = json.loads(self.file.read_text(encoding="utf-8"))
            found = noted["found"] if noted["state"] == self.state else {}
        found |= {name: [str(folder), file_hash(folder / MANIFEST)] for name in names}
        publish_text(self.file, json.dumps({"state": self.state, "found": found}, indent=1))


def _state_of(tracking_uri: str) -> dict[str, Any] | None:
    if not tracking_uri.startswith(_SQLITE):
        return None
    database = Path(tracking_uri.removeprefix(_SQLITE)).resolve()
    try:
        with database.open("rb") as file:
            counter = file.read(_HEADER_BYTES)[_COUNTER].hex()
        logs = [path for path in (database.with_name(database.name + end) for end in _LOGS) if path.exists()]
        return {"changes": counter, "files": stamp_of([database, *logs])}
    except OSError:
        return None
