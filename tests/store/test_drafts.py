"""A nightly job that was killed leaves its scratch; the next run clears it at once, but never one that still runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from models.store import drafts
from models.store.drafts import left_folders, remove_left, scratch_folder

HOLDS = """
import sys, time
from pathlib import Path
from models.store.drafts import scratch_folder
with scratch_folder(Path(sys.argv[1]), sys.argv[2]) as folder:
    (folder / "spill").write_text("half")
    print(folder, flush=True)
    time.sleep(120)
"""


def holder(root: Path, name: str = "ledger") -> tuple[subprocess.Popen[str], Path]:
    """Another process at work in a scratch folder of its own."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", HOLDS, str(root), name], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as reported:
        return process, Path(reported.readline().strip())


def test_scratch_goes_when_the_work_ends_or_fails(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, "ledger") as folder:
        (folder / "part").write_text("1")
    with pytest.raises(RuntimeError), scratch_folder(tmp_path, "ledger"):
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_goes_at_once_and_what_lives_stays(tmp_path: Path) -> None:
    (killed, left), (living, used) = holder(tmp_path, "scores"), holder(tmp_path)
    try:
        killed.kill()
        killed.wait()
        assert left.is_dir()
        with scratch_folder(tmp_path, "book") as ours:
            remove_left(tmp_path)
            assert not left.exists()
            assert (used / "spill").read_text() == "half"
            assert ours.is_dir()
    finally:
        living.kill()
        living.wait()
    remove_left(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_a_process_left_that_died_before_it_held_the_lock_goes_too(tmp_path: Path) -> None:
    (tmp_path / ".draft-12-abcdefgh.new").mkdir()
    remove_left(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_another_run_takes_away_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, swept = drafts._locked, []

    def too_late(folder: Path) -> int | None:
        if not swept:
            swept.append(folder.rename(tmp_path / "swept"))
        return lock(folder)

    monkeypatch.setattr(drafts, "_locked", too_late)
    with scratch_folder(tmp_path, "draft") as folder:
        assert folder.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["swept"]


def test_a_folder_that_is_swept_is_not_swept_twice(tmp_path: Path) -> None:
    killed, left = holder(tmp_path, "run")
    killed.kill()
    killed.wait()
    remove_left(tmp_path)  # a run is ended before what it left goes
    for folder in left_folders(tmp_path, ("run",)):
        assert folder == left
        assert list(left_folders(tmp_path, ("run",))) == []
    assert list(left_folders(tmp_path, ("run",))) == [left]


def test_only_stale_scratch_of_the_same_name_is_swept(tmp_path: Path) -> None:
    """What earlier versions left tells no owner."""
    three_days_ago = time.time() - 3 * 86_400
    for name in (".ledger-old", ".ledger-running", ".other-old", "ledger-kept"):
        (tmp_path / name).mkdir()
    for name in (".ledger-old", ".other-old", "ledger-kept"):
        os.utime(tmp_path / name, (three_days_ago, three_days_ago))
    with scratch_folder(tmp_path, "ledger"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ledger-running", ".other-old", "ledger-kept"]


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    for name in (".idea-12-abcdefgh", ".draft-12-abc", "draft-12-abcdefgh", ".draft-x-abcdefgh"):
        (tmp_path / name).mkdir()
    (tmp_path / ".draft-12-abcdefgh").touch()
    with scratch_folder(tmp_path, "draft"):
        pass
    remove_left(tmp_path / "nowhere")
    assert len(list(tmp_path.iterdir())) == 5


def test_where_no_locks_are_known_only_what_is_stale_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "fcntl", None)
    three_days_ago = time.time() - 3 * 86_400
    for name in (".draft-12-abcdefgh", ".draft-13-abcdefgh"):
        (tmp_path / name).mkdir()
    os.utime(tmp_path / ".draft-12-abcdefgh", (three_days_ago, three_days_ago))
    with scratch_folder(tmp_path, "draft") as folder:
        assert folder.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == [".draft-13-abcdefgh"]


def test_work_within_work_has_scratch_of_its_own(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, "train") as outer, scratch_folder(outer, "draft") as inner:
        remove_left(tmp_path)
        remove_left(outer)
        assert inner.is_dir()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_was_moved_to_its_place_is_nobodys_scratch(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, "draft") as folder:
        (folder / "scores").touch()
        folder.rename(tmp_path / "published")
        remove_left(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["published"]


def test_what_belongs_to_another_user_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".draft-12-abcdefgh").mkdir()
    opened = os.open

    def refused(path: Path, flags: int, *args: Any, **more: Any) -> int:
        if Path(path).name == ".draft-12-abcdefgh":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, flags, *args, **more)

    monkeypatch.setattr(os, "open", refused)
    with scratch_folder(tmp_path, "draft") as folder:
        assert folder.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == [".draft-12-abcdefgh"]
