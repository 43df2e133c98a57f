"""Clients are scored on Spark as they are here, byte for byte; a process that is killed changes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from models.cluster.mapper import Spark
from models.cluster.refusals import ClusterError
from models.cluster.task import Task
from models.config.spark import SparkConfig
from models.errors import UserError
from models.scoring.job import predict
from models.workers import Each
from support.cluster_work import Killed, Opening, on_a_full_disk, refused
from support.trained_lender import TrainedLender

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROOT = Path(__file__).parents[2]
LOCAL = Spark(SparkConfig())


def is_hidden(file: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(root).parts)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_book_is_scored_on_spark_byte_for_byte_as_it_is_here(
    spark: SparkSession, trained: TrainedLender, tmp_path: Path
) -> None:
    asked = {"engine": "spark", "block_clients": 50, "work_dir": str(tmp_path)}
    run = trained.config.run.model_copy(update=asked)
    there = predict(trained.config.model_copy(update={"run": run}), book=trained.result.book, out=tmp_path / "there")
    assert spark.sparkContext.statusTracker().getJobIdsForGroup(None), "Spark did it"
    assert there.run_key == trained.predicted.run_key
    assert files_of(there.folder) == files_of(trained.predicted.folder)


def test_a_killed_driver_leaves_nothing_to_read(trained: TrainedLender, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "support.killed_driver"]
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    killed = subprocess.run(  # noqa: S603 - our own
        [*program, trained.config_file, trained.result.bundle, tmp_path],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    left = [file for file in (tmp_path / "scores").rglob("*") if file.is_file() and not is_hidden(file, tmp_path)]
    assert left == [], "only drafts, which nobody reads"


@pytest.mark.usefixtures("spark")
def test_results_come_in_the_order_of_the_items_and_each_process_opens_once() -> None:
    found = list(LOCAL.map(Opening(), range(40), shares=40))
    assert [square for square, _, _ in found] == [item * item for item in range(40)]
    assert all(opener[0] == worker for _, opener, worker in found)
    assert {worker for _, _, worker in found}.isdisjoint({os.getpid()})
    assert len({opener for _, opener, _ in found}) == len({worker for _, _, worker in found})


@pytest.mark.usefixtures("spark")
def test_an_error_comes_back_as_it_was_raised() -> None:
    with pytest.raises(UserError, match="a block must be whole, got 3: restore it"):
        list(LOCAL.map(Each(refused), range(6), shares=6))


@pytest.mark.usefixtures("spark")
def test_a_killed_process_is_replaced_and_its_item_done_again(tmp_path: Path) -> None:
    trace = tmp_path / "killed"
    assert list(LOCAL.map(Each(Killed(trace)), range(8), shares=8)) == [-item for item in range(8)]
    assert trace.read_text() == "x"


@pytest.mark.usefixtures("spark")
def test_a_process_that_is_killed_each_time_ends_the_work_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"must live until its block is scored.*run.block_clients"):
        list(LOCAL.map(Each(Killed(tmp_path / "killed", again=True)), range(4), shares=4))
    assert len((tmp_path / "killed").read_text()) == 4


@pytest.mark.usefixtures("spark")
def test_a_full_disk_is_named() -> None:
    with pytest.raises(ClusterError, match=r"room on disk.*No space left on device.*spark\.local\.dir"):
        list(LOCAL.map(Each(on_a_full_disk), range(2), shares=2))


@pytest.mark.usefixtures("spark")
def test_another_cluster_beside_an_open_session_is_refused() -> None:
    with pytest.raises(ClusterError, match="one process speaks to one Spark"):
        list(Spark(SparkConfig(master="local[7]")).map(Each(refused), range(2), shares=2))
    assert list(Spark(SparkConfig(master="current")).map(Each(refused), range(2), shares=2)) == [0, 1]


def test_no_items_are_no_work() -> None:
    assert list(LOCAL.map(Each(refused), (), shares=5)) == []


def test_other_code_is_refused_by_the_process_that_has_it() -> None:
    task = Task(payload=b"", digest="1", code="of another version")
    with pytest.raises(UserError, match="every executor must have the same clientvalue"):
        task._require_same_code()
