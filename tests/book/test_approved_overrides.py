"""Overrides from the review database at the door: what two people approved is read, and one bad row falls alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from book.test_limits import BOOK_ENDS, CONFIG, Tables, lender
from models.book.door import Book
from models.book.loading import load_book
from models.config.loading import load_config
from models.decisions.entries import BrokenChainError
from models.grading.known_overrides import overrides_at
from models.notices import Severity
from models.vocab import SilentProgress
from support.review_chain import ChainFile

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

AS_OF = date(2024, 1, 1)
HEAD = "client_id,tier,reason,decided_by,decided_on,valid_until\n"


def load(place: Path, overrides: str = "", tables: Tables | None = None) -> Book:
    """The lender's book as known at the end of 2023, with what a file of overrides holds."""
    folder = place / "lender"
    folder.mkdir(exist_ok=True)
    for name, table in (tables or lender()).items():
        table.to_csv(folder / f"{name}.csv", index=False)
    if overrides:
        (folder / "overrides.csv").write_text(overrides, encoding="utf-8")
    config = load_config(CONFIG, [BOOK_ENDS.replace("2021-02-01", "2024-01-01")])
    return load_book(config, str(folder), place / "work", SilentProgress(), refuse=False)


@pytest.fixture
def chain(tmp_path: Path) -> ChainFile:
    """An override that was approved for C1, where a run of ``tmp_path`` looks for it."""
    (tmp_path / "work" / "review").mkdir(parents=True)
    file = ChainFile(tmp_path / "work" / "review" / "review.sqlite")
    file.approve("C1")
    return file


def refused(book: Book) -> list[tuple[str, int, str]]:
    rows = pq.read_table(book.quarantine).to_pylist()
    return [(row["column"], row["source_row"], row["rule"]) for row in rows if row["table"] == "overrides"]


def test_what_was_approved_counts_and_is_part_of_the_fingerprint(chain: ChainFile, tmp_path: Path) -> None:
    alone = load(tmp_path)
    [(client, override)] = overrides_at(alone, AS_OF).items()
    assert (client, override.tier, override.by) == ("C1", "A", "okafor / wei")
    chain.approve("C2", tier="AA")
    more = load(tmp_path)
    assert set(overrides_at(more, AS_OF)) == {"C1", "C2"}
    assert more.fingerprint != alone.fingerprint
    chain.path.unlink()
    assert overrides_at(load(tmp_path), AS_OF) == {}


def test_both_places_count_and_the_signed_one_goes_before_the_other(chain: ChainFile, tmp_path: Path) -> None:
    del chain
    book = load(tmp_path, HEAD + "C1,AA,typed,x,2023-12-31,2024-06-01\nC3,AA,typed,x,2023-12-30,2024-06-01\n")
    assert {client: each.tier for client, each in overrides_at(book, AS_OF).items()} == {"C1": "A", "C3": "AA"}
    assert refused(book) == [("client_id, decided_on", 1, "unique")]


def test_a_file_cannot_say_that_the_chain_approved_a_row(chain: ChainFile, tmp_path: Path) -> None:
    del chain
    head = HEAD.replace("\n", ",entry\n")
    book = load(tmp_path, head + "C1,AA,typed,x,2023-12-31,2024-06-01,1\n")
    assert overrides_at(book, AS_OF)["C1"].tier == "A"
    assert pq.read_table(book.tables["overrides"])["entry"].to_pylist() == [2]
    (tmp_path / "work" / "review" / "review.sqlite").unlink()
    alone = load(tmp_path, head + "C1,AA,typed,x,2023-12-31,2024-06-01,1\n")
    assert pq.read_table(alone.tables["overrides"])["entry"].to_pylist() == [None]


BAD_LINES = {
    "nobody,AA,why,x,2023-12-01,2024-06-01": ("client_id", "reference"),
    "C4,AAA,why,x,2023-12-01,2024-06-01": ("tier", "allowed"),
    "C4,AA, ,x,2023-12-01,2024-06-01": ("reason", "required"),
    "C4,AA,why,,2023-12-01,2024-06-01": ("decided_by", "required"),
    "C4,AA,why,x,2023-13-01,2024-06-01": ("decided_on", "date"),
    "C4,AA,why,x,03/04/2023,2024-06-01": ("decided_on", "date"),
    "C4,AA,why,x,2023-12-01,2022-06-01": ("valid_until", "ordered"),
    "C4,AA,why, since,x,2023-12-01,2024-06-01": ("client_id", "required"),
    "C4,AA": ("client_id", "required"),
}


def test_each_bad_row_falls_alone_with_its_reason_and_stops_nobody(chain: ChainFile, tmp_path: Path) -> None:
    del chain
    bad = [line.replace("C4", f"C{number}") for number, line in enumerate(BAD_LINES, start=4)]
    book = load(tmp_path, "".join([HEAD, "C3,AA,why,x,2023-12-01,2024-06-01\n", *(f"{line}\n" for line in bad)]))
    assert set(overrides_at(book, AS_OF)) == {"C1", "C3"}
    expected = [(column, row, rule) for row, (column, rule) in enumerate(BAD_LINES.values(), start=2)]
    assert refused(book) == expected
    [notice] = [each for each in book.notices if each.subject == "overrides"]
    assert (notice.severity, notice.count) == (Severity.WARNING, len(bad))
    assert f"{len(bad)} of {len(bad) + 2} rows are left out" in notice.found
    assert notice.remedy == "read quarantine.parquet, mend them and run again: all others count"


def test_a_bad_row_alone_in_its_table_stops_nobody_either(tmp_path: Path) -> None:
    book = load(tmp_path, f"{HEAD}nobody,AA,why,x,2023-12-01,2024-06-01\n")
    assert overrides_at(book, AS_OF) == {}
    assert len(refused(book)) == 1


def test_a_decision_about_a_client_that_is_left_out_does_not_stop_the_book(tmp_path: Path) -> None:
    tables = lender()
    tables["clients"].loc[0, "registered_capital"] = "-5"
    tables["cashflows"] = tables["cashflows"][tables["cashflows"]["client_id"] != "C0"]
    tables["facilities"] = tables["facilities"][tables["facilities"]["client_id"] != "C0"]
    book = load(tmp_path, f"{HEAD}C0,AA,why,x,2023-12-01,2024-06-01\n", tables)
    assert refused(book) == [("client_id", 1, "orphaned")]


def test_one_date_that_is_written_otherwise_does_not_take_the_others_along(tmp_path: Path) -> None:
    days = ("25/11/2023", "26/11/2023", "11/27/2023")
    lines = "".join(f"C{place},AA,why,x,{day},2024-06-01\n" for place, day in enumerate(days))
    book = load(tmp_path, HEAD + lines)
    assert set(overrides_at(book, AS_OF)) == {"C0", "C1"}
    assert refused(book) == [("decided_on", 3, "date")]


def test_an_approved_row_that_the_book_does_not_know_falls_alone_by_its_number(
    chain: ChainFile, tmp_path: Path
) -> None:
    number = chain.approve("nobody")
    book = load(tmp_path)
    assert set(overrides_at(book, AS_OF)) == {"C1"}
    assert refused(book) == [("client_id", number, "reference")]


def test_a_chain_that_does_not_hold_stops_the_run_and_names_the_entry(chain: ChainFile, tmp_path: Path) -> None:
    load(tmp_path)
    chain.sql("UPDATE review_entry SET payload = replace(payload, '\"A\"', '\"AA\"') WHERE number = 1")
    with pytest.raises(BrokenChainError, match="entry 1 that does not hold: its content is not what it was sealed"):
        load(tmp_path)
