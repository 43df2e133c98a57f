"""Results stand whole or not at all, whenever the process dies; a damaged bundle is refused before it is read."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from models.errors import DamagedBundleError
from models.learners.shapley.kernel import Explained, ShapleyKernel
from models.pipeline.bundle import read_bundle
from models.publications.latest import LATEST
from models.scoring.job import predict
from models.store.sealed import read_manifest
from support.commands import command_line
from support.trained_lender import TrainedLender

SECONDS = 120.0


@pytest.fixture(scope="module")
def spawner() -> ForkServerContext:
    """Starts processes of their own that have read the modules already: MLflow alone takes seconds."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["models.cli", "models.scoring.job"])
    return context


def started(spawner: ForkServerContext, trained: TrainedLender, out: Path, as_of: str) -> BaseProcess:
    """``clientvalue predict`` as another process."""
    arguments = ["predict", "--config", str(trained.config_file), "--bundle", str(trained.result.bundle)]
    arguments += ["--out", str(out), "--as-of", as_of, "--in-sample", "--set", f"run.work_dir={out.parent / 'work'}"]
    process = spawner.Process(target=command_line, args=(arguments,))
    process.start()
    return process


def drafts(out: Path) -> list[Path]:
    return [path for path in out.glob(".draft-*") if path.is_dir()]


def kill_when(process: BaseProcess, reached: Callable[[], bool]) -> None:
    """Kill -9 as soon as ``reached``, or let it end if it is faster."""
    deadline = time.monotonic() + SECONDS
    while process.is_alive() and not reached() and time.monotonic() < deadline:
        time.sleep(0.0005)
    process.kill()
    process.join()


def assert_whole(out: Path) -> str:
    """Whatever has the name of a result is complete, and ``latest`` leads to one; its as-of date."""
    for folder in out.glob("2*"):
        read_manifest(folder)
    latest = out / LATEST
    manifest = read_manifest(latest)
    rows = pq.read_table(latest / "scores.parquet")
    assert rows.num_rows == manifest["clients_scored"]
    return str(manifest["as_of"])


MOMENTS: dict[str, Callable[[Path], bool]] = {
    "the draft appears": lambda out: bool(drafts(out)),
    "scores are being written": lambda out: any((draft / "scores.parquet").exists() for draft in drafts(out)),
    "the manifest is being written": lambda out: any((draft / "manifest.json").exists() for draft in drafts(out)),
    "the folder has its name": lambda out: any(out.glob("2022-10-01-*")),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_predict_leaves_the_old_results_or_the_new(
    trained: TrainedLender, spawner: ForkServerContext, tmp_path: Path, moment: str
) -> None:
    out = tmp_path / "scores"
    before = predict(trained.config, book=trained.result.book, bundle=str(trained.result.bundle), out=out)
    kill_when(started(spawner, trained, out, "2022-10-01"), lambda: MOMENTS[moment](out))
    assert assert_whole(out) in ("2023-01-01", "2022-10-01")
    assert read_manifest(before.folder)["run_key"] == before.run_key


def test_the_run_after_a_killed_one_succeeds(
    trained: TrainedLender, spawner: ForkServerContext, tmp_path: Path
) -> None:
    out = tmp_path / "scores"
    kill_when(started(spawner, trained, out, "2022-10-01"), lambda: bool(drafts(out)))
    assert not (out / LATEST).exists()
    again = started(spawner, trained, out, "2022-10-01")
    again.join(SECONDS)
    assert again.exitcode == 0
    assert assert_whole(out) == "2022-10-01"
    assert drafts(out) == [], "what the killed one left goes at once"
    assert [path.name for path in (tmp_path / "work").rglob(".*-*")] == []


def test_an_interrupted_command_says_so_and_leaves_nothing(
    trained: TrainedLender, spawner: ForkServerContext, tmp_path: Path
) -> None:
    work, reported = tmp_path / "work", tmp_path / "told.txt"
    arguments = ["train", "--config", str(trained.config_file), "--set", f"run.work_dir={work}"]
    process = spawner.Process(target=command_line, args=(arguments, str(reported)))
    process.start()
    at_work = False
    while process.is_alive():
        at_work = at_work or bool(list(work.rglob("*.duckdb")))
        if process.pid and at_work:
            os.kill(process.pid, signal.SIGINT)
            process.join(2.0)  # Python drops an interrupt that falls into a destructor: then once more
        time.sleep(0.01)
    assert process.exitcode == 130
    assert reported.read_text(encoding="utf-8").endswith(
        "interrupted: what was published before is whole, the rest was dropped\n"
    )
    assert [path for path in work.rglob("*") if path.is_file()] == []


def test_a_folder_that_was_damaged_later_is_made_again(trained: TrainedLender, tmp_path: Path) -> None:
    first = predict(trained.config, book=trained.result.book, out=tmp_path)
    whole = (first.folder / "scores.parquet").read_bytes()
    (first.folder / "scores.parquet").write_bytes(whole[: len(whole) // 2])
    again = predict(trained.config, book=trained.result.book, out=tmp_path)
    assert again.folder == first.folder
    assert (again.folder / "scores.parquet").read_bytes() == whole


def wrong_part(found: Explained) -> Explained:
    """One feature of one client a little off, of what sums to the score."""
    contributions = found.contributions.copy()
    contributions[len(contributions) // 2, 0] += 1e-3
    return Explained(contributions=contributions, raw=found.raw)


def wrong_score(found: Explained) -> Explained:
    """Parts and score a little off together: they agree with one another, not with LightGBM."""
    contributions = wrong_part(found).contributions
    return Explained(contributions=contributions, raw=contributions.sum(axis=1, keepdims=True))


def missing_part(found: Explained) -> Explained:
    """A number that is none."""
    contributions = found.contributions.copy()
    contributions[0, 1] = np.nan
    return Explained(contributions=contributions, raw=found.raw)


@pytest.mark.parametrize("corrupted", [wrong_part, wrong_score, missing_part], ids=lambda each: each.__name__)
def test_a_corrupted_explanation_stops_the_batch_before_anything_is_published(
    trained: TrainedLender,
    tmp_path: Path,
    command: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    corrupted: Callable[[Explained], Explained],
) -> None:
    explained = ShapleyKernel.explained
    monkeypatch.setattr(ShapleyKernel, "explained", lambda *at, **how: corrupted(explained(*at, **how)))
    ended = command(
        "predict", "--config", trained.config_file, "--bundle", trained.result.bundle, "--out", tmp_path / "scores"
    )
    assert ended.code == 1
    assert "must sum to the prediction" in ended.err
    assert "nothing was published" in " ".join(ended.err.split())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def truncated(folder: Path) -> None:
    text = (folder / "value.trees.txt").read_text(encoding="utf-8")
    (folder / "value.trees.txt").write_text(text[: len(text) // 2], encoding="utf-8")


def edited(folder: Path) -> None:
    text = (folder / "decline.trees.txt").read_text(encoding="utf-8")
    assert "leaf_value=" in text
    (folder / "decline.trees.txt").write_text(text.replace("leaf_value=", "leaf_value=9", 1), encoding="utf-8")


def removed(folder: Path) -> None:
    (folder / "segments.json").unlink()


def with_manifest(folder: Path, change: Callable[[dict[str, object]], None]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def manifest_without_files(folder: Path) -> None:
    with_manifest(folder, lambda manifest: manifest.update(files={}))


def manifest_of_other_data(folder: Path) -> None:
    with_manifest(folder, lambda manifest: manifest.update(data="0" * 64))


def manifest_truncated(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"files": {', encoding="utf-8")


def manifest_of_another_format(folder: Path) -> None:
    (folder / "manifest.json").write_text("[1, 2]", encoding="utf-8")


def bytes_that_are_no_text(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"\xff\xfe\x00\x01")


DAMAGES: dict[Callable[[Path], None], str] = {
    truncated: "value.trees.txt",
    edited: "decline.trees.txt",
    removed: "segments.json",
    manifest_without_files: "manifest.json",
    manifest_of_other_data: "manifest.json",
    manifest_truncated: "manifest.json",
    manifest_of_another_format: "manifest.json",
    bytes_that_are_no_text: "manifest.json",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_bundle_is_refused(trained: TrainedLender, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    folder = shutil.copytree(trained.result.bundle, tmp_path / "bundle")
    assert read_bundle(folder, threads=1).key == trained.result.bundle_key
    damage(folder)
    with pytest.raises(DamagedBundleError, match=DAMAGES[damage]) as refused:
        read_bundle(folder, threads=1)
    assert "train again" in refused.value.remedy
    assert str(folder) in refused.value.remedy


def test_the_command_line_refuses_a_damaged_bundle_and_lives(
    trained: TrainedLender, tmp_path: Path, command: Callable[..., Any]
) -> None:
    folder = shutil.copytree(trained.result.bundle, tmp_path / "bundle")
    truncated(folder)
    ended = command("predict", "--config", trained.config_file, "--bundle", folder, "--out", tmp_path / "scores")
    assert ended.code == 2
    assert "value.trees.txt must be as it was written, got other bytes: nothing was loaded" in ended.err
    assert not (tmp_path / "scores").exists()
