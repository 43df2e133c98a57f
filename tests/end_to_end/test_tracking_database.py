"""Commands of one folder at the same moment, or killed at the wrong one: none is in another's way."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.config.root import Config
from models.errors import UnreadableFileError
from models.store.keys import file_hash
from models.tracking import database
from models.tracking.mlflow import Tracking
from support.lending_book import lender_in
from support.opening_at_once import AT_ONCE, stopped_in_the_middle

TESTS = Path(__file__).parents[1]


def database_of(root: Path) -> Path:
    return root / "mlruns" / "mlflow.db"


@dataclass(frozen=True)
class Opened:
    """A folder in which processes met, and how each of them ended."""

    root: Path
    reported: dict[str, Any]


@pytest.fixture(scope="session")  # of a module it would be made again where workers take its tests in turns
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    root = tmp_path_factory.mktemp("at_once")
    file = str(lender_in(root).config_file)
    elsewhere = [
        f"run.tracking_uri=sqlite:///{database_of(root / 'broken')}",
        f"run.artifact_dir={root}/broken/mlruns/artifacts",
    ]
    ended = subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-m", "support.opening_at_once"),
            json.dumps([[file], [file, "book.name=other"], [file, *elsewhere]]),
        ],
        cwd=TESTS,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        check=True,
        stdout=subprocess.PIPE,
    )
    return Opened(root, json.loads(ended.stdout))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return lender_in(tmp_path).config


def test_commands_that_begin_at_the_same_moment_share_one_whole_database(opened: Opened) -> None:
    assert opened.reported["fresh"] == opened.reported["other book"] == [0] * AT_ONCE
    assert [path.name for path in (opened.root / "mlruns").iterdir()] == ["mlflow.db"]
    with closing(sqlite3.connect(database_of(opened.root))) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        runs = connection.execute(
            "select experiments.name, count(*) from runs join experiments using (experiment_id) group by 1 order by 1"
        ).fetchall()
    assert runs == [("lender", AT_ONCE), ("other", AT_ONCE)]


def test_a_command_killed_while_it_builds_the_database_is_in_nobodys_way(opened: Opened) -> None:
    assert opened.reported["killed"] == [-signal.SIGKILL]
    assert opened.reported["left"] == []
    assert opened.reported["after"] == [0]
    assert [path.name for path in (opened.root / "broken" / "mlruns").iterdir()] == ["mlflow.db"]


def test_a_database_that_fails_to_be_built_leaves_nothing(config: Config, tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError("no memory left")

    database._empty_database.cache_clear()  # as in a process that has built none before
    with pytest.raises(OSError, match="no memory left"), stopped_in_the_middle(fail):
        Tracking(config)
    assert list(tmp_path.glob("mlruns/*")) == []
    Tracking(config)
    assert [path.name for path in (tmp_path / "mlruns").iterdir()] == ["mlflow.db"]


def test_a_database_that_is_there_is_used_as_it_is(config: Config, tmp_path: Path) -> None:
    with Tracking(config).run("first") as recorder:
        pass
    before = database_of(tmp_path).stat().st_ino, file_hash(database_of(tmp_path))
    again = Tracking(config)
    assert again.client.get_run(recorder.run_id).info.status == "FINISHED"
    assert (database_of(tmp_path).stat().st_ino, file_hash(database_of(tmp_path))) == before


def test_the_address_may_be_relative_and_carry_options(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = config.run.model_copy(update={"tracking_uri": "sqlite:///deep/folder/runs.db?timeout=30"})
    Tracking(config.model_copy(update={"run": run}))
    assert [path.name for path in (tmp_path / "deep" / "folder").iterdir()] == ["runs.db"]


def test_a_file_that_is_no_database_is_told(config: Config, tmp_path: Path) -> None:
    database_of(tmp_path).parent.mkdir()
    database_of(tmp_path).write_text("not a database, a note that somebody left here " * 10, encoding="utf-8")
    with pytest.raises(UnreadableFileError) as reported:
        Tracking(config)
    assert reported.value.got == f"{database_of(tmp_path)} (file is not a database)"
    assert "move it away" in reported.value.remedy


def test_a_half_made_database_is_told_and_left(config: Config, tmp_path: Path) -> None:
    Tracking(config)
    with closing(sqlite3.connect(database_of(tmp_path))) as connection:
        connection.execute("drop table webhooks")
        connection.execute("delete from alembic_version")
        connection.commit()
    # by another way, since MLflow keeps what it has opened under its address
    half = config.run.model_copy(update={"tracking_uri": f"sqlite:///{tmp_path}/mlruns/../mlruns/mlflow.db"})
    with pytest.raises(UnreadableFileError, match=r"must lead to a database that MLflow can open, got .*/mlflow\.db"):
        Tracking(config.model_copy(update={"run": half}))
    assert database_of(tmp_path).is_file()
