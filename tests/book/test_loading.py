"""A book is only known again if nothing about it changed: whatever did, its rows are checked once more."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from models.book import checking
from models.book import loading as door
from models.book.door import Book
from models.book.loading import SourceNote, load_book
from models.config.loading import load_config
from models.errors import QuarantineLimitError
from models.store import entries

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CONFIG = Path(__file__).parents[1] / "configs" / "valid" / "files.yaml"
CLIENTS = "client_id,country\nA,FR\nB,DE\n"
CASHFLOWS = "client_id,facility_id,date,kind,amount\nA,F1,2022-03-31,interest,12\nB,F2,2022-04-30,fee,13\n"


class Told:
    """Progress that keeps what it is told."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def stage(self, title: str) -> None:
        self.stages.append(title)

    def track(self, items: object, *, total: int, title: str) -> object:
        return items


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(entries, "_SETTLED_SECONDS", -1.0)  # the files of a test are always young
    place = tmp_path / "lender"
    place.mkdir()
    (place / "clients.csv").write_text(CLIENTS, encoding="utf-8")
    (place / "cashflows.csv").write_text(CASHFLOWS, encoding="utf-8")
    return place


def load(folder: Path, *overrides: str, afresh: bool = False) -> tuple[Book, bool]:
    """The book, and whether its rows were checked for it."""
    reported = Told()
    book = load_book(load_config(CONFIG, overrides), str(folder), folder.parent / "work", reported, afresh=afresh)
    return book, "Checking its rows" in reported.stages


def test_an_unchanged_source_is_known_again(folder: Path) -> None:
    first, checked = load(folder)
    second, checked_again = load(folder)
    assert (checked, checked_again) == (True, False)
    assert first == second


def test_who_asks_afresh_has_the_rows_checked(folder: Path) -> None:
    book, _ = load(folder)
    file = book.tables["clients"].stat().st_ino
    assert load(folder, afresh=True)[1]
    assert book.tables["clients"].stat().st_ino == file  # sound tables stay, which another run may be reading


def edit_keeping_size_and_time(folder: Path) -> None:
    file = folder / "cashflows.csv"
    before = file.stat()
    file.write_text(CASHFLOWS.replace(",12", ",99"), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def add_a_table(folder: Path) -> None:
    (folder / "facilities.csv").write_text(
        "facility_id,client_id,signed\nF1,A,2021-01-04\nF2,B,2021-01-04\n", encoding="utf-8"
    )


def take_away_a_row_of_the_stored_table(folder: Path) -> None:
    (file,) = (folder.parent / "work" / "book").glob("*/clients.parquet")
    pq.write_table(pq.read_table(file).slice(1), file)


def take_away_the_quarantine(folder: Path) -> None:
    (folder.parent / "work" / "quarantine.parquet").unlink()


def damage_the_note(folder: Path) -> None:
    (note,) = (folder.parent / "work" / "checked").iterdir()
    note.write_text(note.read_text(encoding="utf-8")[:-40], encoding="utf-8")


def nest_the_notes_too_deep(folder: Path) -> None:
    for note in (folder.parent / "work").rglob("*.json"):
        note.write_text("[" * 200_000, encoding="utf-8")


def empty_what_the_note_tells_of_the_book(folder: Path) -> None:
    (note,) = (folder.parent / "work" / "checked").iterdir()
    reported = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps(reported | {"book": {"fingerprint": 7}}), encoding="utf-8")


def check_another_book_in_the_same_place(folder: Path) -> None:
    other = folder.parent / "other"
    other.mkdir()
    (other / "clients.csv").write_text(CLIENTS + "C,ES\n", encoding="utf-8")
    (other / "cashflows.csv").write_text(CASHFLOWS, encoding="utf-8")
    load(other)


@pytest.mark.parametrize(
    "change",
    [
        edit_keeping_size_and_time,
        add_a_table,
        take_away_a_row_of_the_stored_table,
        take_away_the_quarantine,
        damage_the_note,
        nest_the_notes_too_deep,
        empty_what_the_note_tells_of_the_book,
        check_another_book_in_the_same_place,
    ],
)
def test_whatever_changed_the_rows_are_checked_again(folder: Path, change: Callable[[Path], None]) -> None:
    load(folder)
    change(folder)
    book, checked = load(folder)
    assert checked
    assert pq.read_table(book.tables["clients"]).num_rows == 2
    assert not load(folder)[1]


def test_the_changed_book_is_told_and_not_the_one_before(folder: Path) -> None:
    before, _ = load(folder)
    edit_keeping_size_and_time(folder)
    after, _ = load(folder)
    assert before.fingerprint != after.fingerprint
    assert pq.read_table(after.tables["cashflows"])["amount"].to_pylist() == [99.0, 13.0]


def test_other_rules_have_the_rows_checked_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(folder)
    assert load(folder, "book.known_until=2023-01-01")[1]
    monkeypatch.setattr(door, "code_of", lambda *_: "another")
    assert load(folder)[1]


def test_without_a_date_a_book_is_known_for_the_day_only(folder: Path) -> None:
    config = load_config(CONFIG, ["book.known_until=null"])
    today = SourceNote.of(config, str(folder), folder)
    fixed = SourceNote.of(load_config(CONFIG, []), str(folder), folder)
    assert today.key != fixed.key


def test_files_written_just_now_are_not_trusted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "_SETTLED_SECONDS", 3600.0)
    load(folder)
    assert load(folder)[1]


def test_a_source_that_changes_while_it_is_checked_is_not_remembered(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = checking.check_book

    def checked_meanwhile(*arguments: Any, **beside: Any) -> Book:
        book = check(*arguments, **beside)
        edit_keeping_size_and_time(folder)
        return book

    monkeypatch.setattr(checking, "check_book", checked_meanwhile)
    load(folder)
    assert load(folder)[1]


def test_a_refused_book_is_not_remembered(folder: Path) -> None:
    (folder / "cashflows.csv").write_text(CASHFLOWS.replace("12", "twelve"), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(QuarantineLimitError):
            load(folder, "book.max_quarantine_share=0.1")


def test_a_database_is_read_each_time(tmp_path: Path) -> None:
    config = load_config(CONFIG, ["book.source=sql"])
    assert SourceNote.of(config, "duckdb://book.db", tmp_path).recalled() is None


def test_notes_of_books_that_are_gone_go_too(folder: Path) -> None:
    load(folder)
    (note,) = (folder.parent / "work" / "checked").iterdir()
    other = note.with_name("other.json")
    other.write_text(json.dumps({"source": {}, "left": {str(folder / "gone"): [1, 2, 3]}, "book": {}}))
    edit_keeping_size_and_time(folder)
    load(folder)
    assert [path.name for path in note.parent.iterdir()] == [note.name]
