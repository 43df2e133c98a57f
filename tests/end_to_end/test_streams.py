"""What commands write where the system is not as ours: Windows' code page, a pipe that closes, a full disk, a umask."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.trained_lender import TrainedLender

CLI = (sys.executable, "-c", "from models.cli import main; main()")


def clientvalue(
    trained: TrainedLender, *arguments: object, cwd: Path | None = None, **env: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - our own command
        [*CLI, *map(str, arguments), "--config", str(trained.config_file)],
        cwd=cwd or trained.root,
        env={**os.environ, "COLUMNS": "80", **env},
        capture_output=True,
        check=False,
    )


def client_of(trained: TrainedLender) -> str:
    return next(str(client) for client in trained.column("client_id") if str(client).isalnum())


@pytest.mark.parametrize(("encoding", "lang"), [("cp1252", "en"), ("cp1252", "zh"), ("ascii", "en"), ("gb18030", "zh")])
def test_explain_is_whole_in_every_code_page(trained: TrainedLender, encoding: str, lang: str) -> None:
    done = clientvalue(trained, "explain", client_of(trained), "--lang", lang, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.decode(encoding).splitlines()) > 20
    assert (b"cannot be written in" in done.stderr) == (lang == "zh" and encoding == "cp1252")


def test_who_reads_no_further_is_no_mistake(trained: TrainedLender) -> None:
    command = " ".join(f"'{part}'" for part in (*CLI, "config", "--config", str(trained.config_file)))
    done = subprocess.run(  # noqa: S602 - a shell's pipe is what is tried
        f"{command} | head -1; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 141)
    assert b"mistake" not in done.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte, of which next to nothing is left."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)]
    mounted = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own command
    if mounted.returncode:
        pytest.skip("needs the right to mount")
    try:
        (place / "fill").write_bytes(b"x" * 400_000)
        yield place
    finally:
        subprocess.run(["umount", place], check=True)  # noqa: S603, S607


def test_a_full_disk_is_told_and_nothing_half_is_left(trained: TrainedLender, small_disk: Path) -> None:
    done = clientvalue(trained, "predict", "--out", small_disk / "scores")
    assert done.returncode == 2
    reported = " ".join(done.stderr.decode().split())
    assert "the disk must have room for what is written, got" in reported
    assert f"MB left at {small_disk}" in reported
    assert not [path for path in small_disk.rglob("*") if path.is_file() and path.name != "fill"]


@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o700), (0o027, 0o750), (0o022, 0o755)])
def test_published_folders_follow_the_umask(trained: TrainedLender, tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        done = clientvalue(trained, "predict", "--out", tmp_path / "scores")
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stderr
    folder = (tmp_path / "scores" / "latest").resolve()
    assert folder.stat().st_mode & 0o777 == mode
    assert all(path.stat().st_mode & 0o777 == mode & 0o666 for path in folder.iterdir())
