"""A ledger or a checked book on disk is whole or not there, whenever the job that makes it is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from models.store.entries import FACTS, Notes, Store
from models.store.keys import Key

KEY = Key.of(book="lender", period="month")
FILES = 40
MAKES = """
import sys
from pathlib import Path
from models.store.entries import Store
from models.store.keys import Key

def make(draft):
    (draft / "flows").mkdir()
    for number in range(int(sys.argv[3])):
        (draft / "flows" / str(number)).write_bytes(bytes([number]) * 50_000)
    return {"rows": int(sys.argv[3])}

print("ready", flush=True)
Store(Path(sys.argv[1])).open_or_make(Key(sys.argv[2]), make)
print("made", flush=True)
"""


def make(draft: Path) -> dict[str, int]:
    (draft / "flows").mkdir()
    for number in range(FILES):
        (draft / "flows" / str(number)).write_bytes(bytes([number]) * 50_000)
    return {"rows": FILES}


def assert_whole(folder: Path) -> None:
    for number in range(FILES):
        assert (folder / "flows" / str(number)).read_bytes() == bytes([number]) * 50_000


@pytest.mark.parametrize("milliseconds", [0, 2, 5, 10, 20, 40, 80])
def test_a_killed_job_leaves_a_whole_entry_or_none(tmp_path: Path, milliseconds: int) -> None:
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", MAKES, str(tmp_path), KEY.digest, str(FILES)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as said:
        said.readline()
        time.sleep(milliseconds / 1_000)
        process.kill()
    process.wait()
    left = Store(tmp_path).open(KEY)
    assert (left is not None) is Store(tmp_path).place(KEY).exists()
    if left is not None:
        assert_whole(left.folder)
    entry = Store(tmp_path).open_or_make(KEY, make)
    assert_whole(entry.folder)
    assert entry.facts == {"rows": FILES}
    Store(tmp_path).open_or_make(Key.of(book="other"), make)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "what was killed is swept"


def test_an_entry_is_made_once(tmp_path: Path) -> None:
    made = []

    def counted(draft: Path) -> dict[str, int]:
        made.append(draft)
        return make(draft)

    first, again = (Store(tmp_path).open_or_make(KEY, counted) for _ in range(2))
    assert first == again
    assert len(made) == 1
    assert first.folder == tmp_path / KEY.name
    assert first.folder.stat().st_mode & 0o777 == 0o755


def cut_a_file(folder: Path) -> None:
    (folder / "flows" / "3").write_bytes(b"cut")


def write_the_same_length(folder: Path) -> None:
    file = folder / "flows" / "3"
    before = file.stat()
    file.write_bytes(b"x" * before.st_size)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def take_a_file(folder: Path) -> None:
    (folder / "flows" / "3").unlink()


def add_a_file(folder: Path) -> None:
    (folder / "flows" / "remarks").touch()


def empty_the_facts(folder: Path) -> None:
    (folder / FACTS).write_text("{}", encoding="utf-8")


@pytest.mark.parametrize("damage", [cut_a_file, write_the_same_length, take_a_file, add_a_file, empty_the_facts])
def test_a_damaged_entry_is_made_again(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    entry = Store(tmp_path).open_or_make(KEY, make)
    damage(entry.folder)
    assert Store(tmp_path).open(KEY) is None
    assert_whole(Store(tmp_path).open_or_make(KEY, make).folder)
    assert [path.name for path in tmp_path.iterdir()] == [KEY.name]


def test_work_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fails(draft: Path) -> dict[str, int]:
        make(draft)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        Store(tmp_path).open_or_make(KEY, fails)
    assert list(tmp_path.iterdir()) == []


def test_where_another_run_was_faster_its_entry_stays(tmp_path: Path) -> None:
    def overtaken(draft: Path) -> dict[str, int]:
        Store(tmp_path).open_or_make(KEY, make)
        return make(draft)

    before = Store(tmp_path).open_or_make(KEY, overtaken).folder.stat().st_ino
    assert Store(tmp_path).open_or_make(KEY, make).folder.stat().st_ino == before
    assert [path.name for path in tmp_path.iterdir()] == [KEY.name]


def test_what_nobody_opened_for_days_goes_when_another_is_put(tmp_path: Path) -> None:
    old, used = (Store(tmp_path).open_or_make(Key.of(book=name), make).folder for name in ("old", "used"))
    for folder in (old, used):
        os.utime(folder, (time.time(), time.time() - 3 * 86_400))
    Store(tmp_path).open(Key.of(book="used"))
    Store(tmp_path).open_or_make(KEY, make)
    assert {path.name for path in tmp_path.iterdir()} == {used.name, KEY.name}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 200_000, "\udc00"])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    notes = Notes(tmp_path)
    notes.write(KEY, {"found": ["a name"]})
    assert notes.read(KEY) == {"found": ["a name"]}
    notes.place(KEY).write_bytes(text.encode(errors="surrogatepass"))
    assert not notes.read(KEY)
    notes.write(KEY, {"found": []})
    assert json.loads(notes.place(KEY).read_text(encoding="utf-8")) == {"found": []}
