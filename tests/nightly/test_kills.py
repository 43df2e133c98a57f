"""Killed at any moment, a night leaves nothing half; called again it loses nothing, and does nothing twice.

CLIENTVALUE_KILLS sets how many random moments are tried.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

from models.publications.latest import latest_folder
from models.publications.ledger import PublicationLedger
from models.store.sealed import read_manifest
from support.night_lender import NightLender

FIRST, LAST = date(2022, 10, 1), date(2022, 10, 3)
DAYS = (FIRST, date(2022, 10, 2), LAST)
KILLS = int(os.environ.get("CLIENTVALUE_KILLS", "6"))
RUN = "from models.cli import main; main()"


def started(config: Path, today: date) -> subprocess.Popen[bytes]:
    arguments = ["nightly", "--config", str(config), "--today", today.isoformat()]
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", RUN, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def home(lender: NightLender, folder: Path) -> Path:
    """The config of a lender at work, as a file; its results stand below ``folder``."""
    config = lender.at_work(folder, LAST)
    settings = yaml.safe_load(lender.config_file.read_text(encoding="utf-8"))
    settings["book"] |= {"path": config.book.path, "known_until": LAST.isoformat()}
    settings["run"] |= {"work_dir": config.run.work_dir}
    settings["nightly"] = {"monitor": False}  # this book grows old, of which monitoring tells
    settings["publish"] = {"sink": f"sqlite:///{folder}/sink.db"}
    file = folder / "book.yaml"
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return file


def scores_of(folder: Path) -> Path:
    return folder / "work" / "lender" / "scores"


def contents(scores: Path) -> dict[date, dict[str, bytes]]:
    """As-of date -> all files of its official run."""
    return {
        day: {file.name: file.read_bytes() for file in sorted((scores / entry.folder).iterdir())}
        for day, entry in PublicationLedger(scores).official().items()
    }


def rows_in_sink(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of the sink's tables, but of those that tell when something was written."""
    with closing(sqlite3.connect(folder / "sink.db")) as database:
        names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        told = [name for name in names if name.startswith("clientvalue_") and "as_of" in columns(database, name)]
        timed = ("clientvalue_publications", "clientvalue_runs")
        return {name: rows(database, name) for name in told if name not in timed}


def columns(database: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in database.execute(f"pragma table_info({table})")]


def rows(database: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return sorted(database.execute(f"select * from {table}").fetchall(), key=repr)  # noqa: S608 - names of our own


def assert_whole(scores: Path) -> None:
    """Whatever is recorded stands there whole, and so does whatever has the name of a run."""
    for entry in PublicationLedger(scores).entries():
        assert read_manifest(scores / entry.folder)["run_key"] == entry.run_key
    for folder in scores.glob("2*"):
        read_manifest(folder)


def test_kill_9_at_random_moments(lender: NightLender, tmp_path: Path) -> None:
    control, killed = tmp_path / "control", tmp_path / "killed"
    control.mkdir()
    killed.mkdir()
    config = home(lender, control)
    assert started(config, FIRST).wait() == 0
    began = time.monotonic()
    assert started(config, LAST).wait() == 0
    seconds = time.monotonic() - began
    config, scores, random = home(lender, killed), scores_of(killed), np.random.default_rng(9)
    assert started(config, FIRST).wait() == 0
    kept: set[str] = set()
    for kill in range(KILLS):
        night = started(config, DAYS[1 + kill * 2 // KILLS])
        time.sleep(random.uniform(0.0, 1.1 * seconds))
        night.send_signal(signal.SIGKILL)
        night.wait()
        assert_whole(scores)
        recorded = {entry.run_key for entry in PublicationLedger(scores).entries()}
        assert kept <= recorded, "what was recorded stays"
        kept = recorded
    assert started(config, LAST).wait() in (0, 4)
    assert contents(scores) == contents(scores_of(control))
    held = rows_in_sink(killed)
    assert held == rows_in_sink(control)
    assert {row[1] for row in held["clientvalue_scores"]} >= {str(day) for day in DAYS}
    keys = [entry.run_key for entry in PublicationLedger(scores).entries()]
    assert len(keys) == len(set(keys)) == len(DAYS)
    assert (scores / "latest").resolve() == latest_folder(scores)
    assert list(scores.glob(".draft-*")) == []


@pytest.mark.parametrize("others", [2])
def test_several_at_once_score_once(lender: NightLender, tmp_path: Path, others: int) -> None:
    config = home(lender, tmp_path)
    ended = sorted(night.wait() for night in [started(config, FIRST) for _ in range(1 + others)])
    assert ended == [0, *[4] * others]
    assert [entry.as_of for entry in PublicationLedger(scores_of(tmp_path)).entries()] == [FIRST]
