"""A cache of the places of registered bundles, as MLflow takes seconds to load and to answer.

A note says where a bundle is, never which one serves: that is asked of the registry each time, straight from its file.
Whoever may write notes, but not to the registry, can at most cost the time of asking MLflow.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import DamagedBundleError
from models.store.drafts import publish_text
from models.store.keys import file_hash
from models.store.sealed import MANIFEST

NOTES = "registry.json"
BUNDLE_TAG = "bundle"
"""Tag of a version: the hash of the manifest that it was registered with."""
KEY_TAG = "bundle_key"
"""Tag of a version: the key of its bundle, by which scores name what made them."""
_SQLITE = "sqlite:///"
_SECONDS = 1.0
"""To wait for whoever writes; then MLflow is asked."""
_BY_NUMBER = """
select value from model_version_tags join model_versions using (workspace, name, version)
where key = 'bundle' and name = ? and version = ? and current_stage <> 'Deleted_Internal'
"""
_BY_ALIAS = """
select value from model_version_tags
join model_versions using (workspace, name, version) join registered_model_aliases using (workspace, name, version)
where key = 'bundle' and name = ? and alias = ? and current_stage <> 'Deleted_Internal'
"""
_OF_ALIAS = "select version from registered_model_aliases where name = ? and alias = ?"
_BY_KEY = """
select version from model_version_tags join model_versions using (workspace, name, version)
where key = 'bundle_key' and name = ? and value = ? and current_stage <> 'Deleted_Internal' order by version
"""


@dataclass(frozen=True)
class RegistryFile:
    """The registry of one model in a SQLite file; a server, or what cannot be read, tells nothing."""

    tracking_uri: str
    model: str

    def manifest_of(self, which: str) -> str | None:
        """The hash of the manifest with which a version number or an alias was registered."""
        found = self._asked(_BY_NUMBER if which.isdecimal() else _BY_ALIAS, which)
        return str(found[0]) if len(found) == 1 else None

    def number_of(self, alias: str) -> str | None:
        """The version to which an alias leads."""
        found = self._asked(_OF_ALIAS, alias)
        return str(found[0]) if len(found) == 1 else None

    def version_of(self, key: str) -> str | None:
        """The newest version with the bundle of this key."""
        found = self._asked(_BY_KEY, key)
        return str(found[-1]) if found else None

    def _asked(self, query: str, value: str) -> list[object]:
        if not self.tracking_uri.startswith(_SQLITE):
            return []
        place = Path(self.tracking_uri.removeprefix(_SQLITE)).resolve().as_uri()
        try:
            with closing(sqlite3.connect(f"{place}?mode=ro", uri=True, timeout=_SECONDS)) as connection:
                return [row[0] for row in connection.execute(query, (self.model, value))]
        except sqlite3.Error:
            return []


@dataclass(frozen=True)
class RegistryNotes:
    """Hash of a manifest -> the folder in which the bundle was found."""

    file: Path

    def folder_of(self, manifest: str | None) -> Path | None:
        """The folder of the bundle with this manifest, if it was noted and its manifest is the same still.

        The manifest proves every other file when the bundle is read.
        """
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            folder = Path(json.loads(self.file.read_text(encoding="utf-8"))[manifest])
            return folder if file_hash(folder / MANIFEST) == manifest else None
        return None

    def note(self, folder: Path) -> None:
        """Note where a bundle was found, beside those that are where they were."""
        found: dict[str, str] = {}
        with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
            noted = json.loads(self.file.read_text(encoding="utf-8"))
            found = {known: place for known, place in noted.items() if self.folder_of(known)}
        found[file_hash(folder / MANIFEST)] = str(folder)
        publish_text(self.file, json.dumps(found, indent=1))


def require_registered(version: Any, bundle: Path) -> None:
    """The registry vouches for the manifest, and the manifest for every other file."""
    if not (bundle / MANIFEST).is_file():
        got = "no manifest"
    elif BUNDLE_TAG not in version.tags:
        got = "one whose training was killed before it was registered"
    elif file_hash(bundle / MANIFEST) != version.tags[BUNDLE_TAG]:
        got = "another manifest"
    else:
        return
    raise DamagedBundleError(
        rule=f"version {version.version} of {version.name} must be the bundle that was registered",
        got=got,
        remedy=f"nothing was loaded from {bundle}; restore it, or train again",
    )
