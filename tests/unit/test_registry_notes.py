"""What the registry said holds until anything is written to it; a server is asked each time."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from models.interfaces.registry_notes import RegistryNotes
from models.workflows.publish import write_manifest


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "value.txt").write_text("trees", encoding="utf-8")
    write_manifest(folder, {"format": 4})
    return folder


def written(database: Path, text: str) -> str:
    """Write to a database; returns its address."""
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("create table if not exists aliases (name text)")
        connection.execute("insert into aliases values (?)", [text])
    connection.close()
    return f"sqlite:///{database}"


def test_a_noted_bundle_is_found_until_the_registry_is_written_to(bundle: Path, tmp_path: Path) -> None:
    uri = written(tmp_path / "mlflow.db", "champion")
    assert RegistryNotes.of(uri, tmp_path).folder_of("champion") is None
    RegistryNotes.of(uri, tmp_path).note({"champion", "1"}, bundle)
    assert RegistryNotes.of(uri, tmp_path).folder_of("champion") == bundle
    assert RegistryNotes.of(uri, tmp_path).folder_of("1") == bundle
    assert RegistryNotes.of(uri, tmp_path).folder_of("2") is None
    written(tmp_path / "mlflow.db", "another")
    assert RegistryNotes.of(uri, tmp_path).folder_of("champion") is None


def test_notes_of_one_state_stand_together_and_those_of_another_go(bundle: Path, tmp_path: Path) -> None:
    uri = written(tmp_path / "mlflow.db", "champion")
    RegistryNotes.of(uri, tmp_path).note({"1"}, bundle)
    RegistryNotes.of(uri, tmp_path).note({"2"}, bundle)
    assert RegistryNotes.of(uri, tmp_path).folder_of("1") == bundle
    written(tmp_path / "mlflow.db", "another")
    RegistryNotes.of(uri, tmp_path).note({"2"}, bundle)
    assert RegistryNotes.of(uri, tmp_path).folder_of("1") is None


def test_a_bundle_with_another_manifest_is_not_the_noted_one(bundle: Path, tmp_path: Path) -> None:
    uri = written(tmp_path / "mlflow.db", "champion")
    RegistryNotes.of(uri, tmp_path).note({"champion"}, bundle)
    write_manifest(bundle, {"format": 3})
    assert RegistryNotes.of(uri, tmp_path).folder_of("champion") is None


@pytest.mark.parametrize("uri", ["http://127.0.0.1:5000", "postgresql://host/db", "sqlite:///nowhere/mlflow.db"])
def test_a_server_is_asked_each_time(uri: str, bundle: Path, tmp_path: Path) -> None:
    RegistryNotes.of(uri, tmp_path).note({"champion"}, bundle)
    assert RegistryNotes.of(uri, tmp_path).folder_of("champion") is None
    assert not (tmp_path / "registry.json").exists()


def test_damaged_notes_are_no_notes(bundle: Path, tmp_path: Path) -> None:
    uri = written(tmp_path / "mlflow.db", "champion")
    (tmp_path / "registry.json").write_text("{", encoding="utf-8")
    assert RegistryNotes.of(uri, tmp_path).folder_of("champion") is None
