"""Which bundle serves is the registry's word each time; a note only saves asking MLflow where it is."""

from __future__ import annotations

import json
import shutil
import sqlite3
import warnings
from pathlib import Path

import pytest

from models.store.keys import file_hash
from models.store.sealed import write_manifest
from models.tracking.database import whole_database
from models.tracking.registry_notes import RegistryFile, RegistryNotes

MODEL = "clientvalue-lender"


def bundle_in(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "value.txt").write_text(text, encoding="utf-8")
    write_manifest(folder, {"format": 4})
    return folder


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return bundle_in(tmp_path / "bundle", "trees")


@pytest.fixture
def uri(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'mlflow.db'}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's own
        with whole_database(address):
            pass
    return address


def register(uri: str, version: int, tags: dict[str, str], alias: str = "", stage: str = "None") -> None:
    connection = sqlite3.connect(uri.removeprefix("sqlite:///"))
    with connection:
        connection.execute("insert or ignore into registered_models (name) values (?)", [MODEL])
        connection.execute(
            "insert into model_versions (name, version, current_stage) values (?, ?, ?)", [MODEL, version, stage]
        )
        connection.executemany(
            "insert into model_version_tags (key, value, name, version) values (?, ?, ?, ?)",
            [(key, value, MODEL, version) for key, value in tags.items()],
        )
        if alias:
            connection.execute(
                "insert or replace into registered_model_aliases (alias, version, name) values (?, ?, ?)",
                [alias, version, MODEL],
            )
    connection.close()


def test_versions_aliases_and_keys_are_read_from_the_registry(uri: str) -> None:
    register(uri, 1, {"bundle": "one", "bundle_key": "k"}, alias="champion")
    register(uri, 2, {"bundle": "two", "bundle_key": "k"})
    registry = RegistryFile(uri, MODEL)
    assert [registry.manifest_of(which) for which in ("champion", "1", "2")] == ["one", "one", "two"]
    assert registry.version_of("k") == "2"
    register(uri, 3, {"bundle": "three"}, alias="champion")
    assert registry.manifest_of("champion") == "three"


def test_what_is_not_there_was_deleted_or_has_no_hash_is_left_to_mlflow(uri: str) -> None:
    register(uri, 1, {"bundle": "one", "bundle_key": "k"}, alias="champion", stage="Deleted_Internal")
    register(uri, 2, {})
    registry = RegistryFile(uri, MODEL)
    assert [registry.manifest_of(which) for which in ("champion", "1", "2", "3", "other")] == [None] * 5
    assert registry.version_of("k") is None
    assert RegistryFile(uri, "clientvalue-other").manifest_of("1") is None


@pytest.mark.parametrize("uri", ["http://127.0.0.1:5000", "postgresql://host/db", "sqlite:///nowhere/mlflow.db"])
def test_a_server_and_a_file_that_is_not_there_tell_nothing(uri: str) -> None:
    assert RegistryFile(uri, MODEL).manifest_of("champion") is None
    assert not Path("nowhere").exists()


def test_a_file_of_something_else_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("no database", encoding="utf-8")
    assert RegistryFile(f"sqlite:///{tmp_path / 'mlflow.db'}", MODEL).manifest_of("champion") is None


def test_a_noted_bundle_is_found_by_the_hash_of_its_manifest(bundle: Path, tmp_path: Path) -> None:
    notes, manifest = RegistryNotes(tmp_path / "registry.json"), file_hash(bundle / "manifest.json")
    assert notes.folder_of(manifest) is None
    notes.note(bundle)
    assert notes.folder_of(manifest) == bundle
    assert notes.folder_of("another") is notes.folder_of(None) is None


def test_what_was_noted_goes_when_it_is_not_there_any_more(bundle: Path, tmp_path: Path) -> None:
    notes, manifest = RegistryNotes(tmp_path / "registry.json"), file_hash(bundle / "manifest.json")
    notes.note(bundle)
    other = bundle_in(tmp_path / "other", "other trees")
    shutil.rmtree(bundle)
    assert notes.folder_of(manifest) is None
    notes.note(other)
    assert list(json.loads(notes.file.read_text(encoding="utf-8"))) == [file_hash(other / "manifest.json")]


def test_an_edited_note_leads_to_no_other_bundle(bundle: Path, tmp_path: Path) -> None:
    """Neither by another place under the hash that the registry names, nor under names of its own."""
    notes, manifest = RegistryNotes(tmp_path / "registry.json"), file_hash(bundle / "manifest.json")
    other = bundle_in(tmp_path / "other", "other trees")
    edited = {manifest: str(other), "champion": str(other), "1": str(other)}
    notes.file.write_text(json.dumps(edited), encoding="utf-8")
    assert notes.folder_of(manifest) is None
    assert notes.folder_of("champion") is None


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"k": 3}', "[" * 100_000, ""])
def test_damaged_notes_are_no_notes(bundle: Path, tmp_path: Path, text: str) -> None:
    notes, manifest = RegistryNotes(tmp_path / "registry.json"), file_hash(bundle / "manifest.json")
    notes.file.write_text(text, encoding="utf-8")
    assert notes.folder_of(manifest) is notes.folder_of("k") is None
    notes.note(bundle)
    assert notes.folder_of(manifest) == bundle
