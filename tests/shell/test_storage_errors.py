"""Errors of disk and memory: a full disk is told with what is left of it and where; other errors stay ours."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.shell.storage_errors import storage_error


def reported(error: BaseException) -> str:
    found = storage_error(error)
    assert found is not None
    assert found.exit_code == 2
    return str(found)


def test_a_full_disk_says_how_much_is_left_and_where() -> None:
    with pytest.raises(OSError, match="space") as full, Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")
    full.value.filename = "/dev/full"
    assert "the disk must have room for what is written, got No space left on device" in reported(full.value)
    assert "MB left at /dev/full" in reported(full.value)


def test_a_full_disk_is_known_from_every_library_that_writes() -> None:
    table = pa.table({"a": list(range(100_000))})
    with pytest.raises(OSError, match="space") as arrow, pa.OSFile("/dev/full", "wb") as sink:
        pq.write_table(table, sink)  # by its path pyarrow would take the device away
    base = duckdb.IOException('IO Error: Could not write file "x": No space left on device')
    for error in (arrow.value, base, sqlite3.OperationalError("database or disk is full")):
        assert "the disk must have room" in reported(error)


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_place_that_is_closed_is_named(number: int) -> None:
    assert "must be open to reading and writing by this user" in reported(OSError(number, "no", "/x/y"))
    assert "at /x/y" in reported(OSError(number, "no", "/x/y"))


def test_a_folder_where_a_file_belongs_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="director") as error:
        tmp_path.write_text("x")
    assert f"at {tmp_path}: move what stands there away" in reported(error.value)


def test_the_cause_is_found_behind_other_errors() -> None:
    outer = ValueError("could not finish")
    outer.__cause__ = OSError(errno.ENOSPC, "No space left on device", "/dev/full")
    assert "the disk must have room" in reported(outer)


def test_too_little_memory_is_told() -> None:
    assert "the run must fit into memory" in reported(MemoryError())


@pytest.mark.parametrize(
    "error", [ValueError("permission denied"), KeyError("no space left on device"), OSError("odd")]
)
def test_what_is_no_trouble_of_disk_stays_our_mistake(error: Exception) -> None:
    assert storage_error(error) is None
