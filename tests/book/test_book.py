"""The book: it comes out checked, as a whole or not at all, and a bad source is told how to be mended."""

from __future__ import annotations

import gzip
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.book.contract import TABLES
from models.book.door import Book
from models.book.loading import load_book
from models.config.loading import load_config
from models.config.root import Config
from models.errors import (
    MissingColumnError,
    MissingFileError,
    QuarantineLimitError,
    TooLittleDataError,
    UnreadableFileError,
    UserError,
)
from models.vocab import SilentProgress

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CONFIG = Path(__file__).parents[1] / "configs" / "valid" / "files.yaml"
IDS = ["00123", "123", "NA", "null", "中国建设银行", 'Smith, "Sons" & Co']
CLIENTS = "client_id,country\n" + "".join(f'"{client.replace(chr(34), chr(34) * 2)}",FR\n' for client in IDS)
CASHFLOWS = """client_id,facility_id,date,kind,amount,memo
00123,F1,2022-03-31,interest,"1,250.50",x
NA,F2,2022-04-30,fee,12,y
null,,2023-12-31,interest,0.1,
中国建设银行,F1,2021-01-05,drawdown,5000000,z
"""
FACILITIES = "facility_id,client_id,signed\nF1,00123,2021-01-04\nF2,NA,2022-01-01\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "lender"
    place.mkdir()
    for name, text in (("clients", CLIENTS), ("cashflows", CASHFLOWS), ("facilities", FACILITIES)):
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return place


def config_with(*overrides: str) -> Config:
    return load_config(CONFIG, overrides)


def load(folder: Path, *overrides: str, work: str = "work") -> Book:
    return load_book(config_with(*overrides), str(folder), folder.parent / work, SilentProgress())


def edit(folder: Path, table: str, old: str, new: str) -> None:
    file = folder / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def column(book: Book, table: str, name: str) -> list[object]:
    return list(pq.read_table(book.tables[table])[name].to_pylist())


def test_a_lenders_folder_becomes_a_checked_book(folder: Path) -> None:
    book = load(folder)
    assert sorted(column(book, "clients", "client_id"), key=str) == sorted(IDS)
    assert sorted(column(book, "cashflows", "amount"), key=str) == [0.1, 12.0, 1250.5, 5000000.0]
    assert (book.first_date.isoformat(), book.known_until.isoformat()) == ("2021-01-05", "2024-01-01")
    assert book.ignored_columns == {"cashflows": ("memo",)}
    assert [(count.table, count.rows_in, count.rows_used) for count in book.counts] == [
        ("clients", 6, 6),
        ("facilities", 2, 2),
        ("cashflows", 4, 4),
    ]
    assert pq.read_table(book.quarantine).num_rows == 0


def test_stored_tables_have_all_columns_of_the_contract_typed(folder: Path) -> None:
    schema = pq.read_schema(load(folder).tables["cashflows"])
    assert schema.names == [column.name for column in TABLES["cashflows"].columns]
    assert [schema.field(name).type for name in ("client_id", "date", "amount")] == [
        pa.string(),
        pa.date32(),
        pa.float64(),
    ]


def test_the_manifest_tells_the_counts(folder: Path) -> None:
    book = load(folder)
    manifest = json.loads((book.tables["clients"].parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["fingerprint"] == book.fingerprint
    assert manifest["counts"][0] == {
        "table": "clients",
        "rows_in": 6,
        "rows_used": 6,
        "rows_quarantined": 0,
        "reasons": {},
        "unreadable": [],
    }


def test_a_table_opens_as_an_expression(folder: Path) -> None:
    book = load(folder)
    with book.engine.session() as session:
        table = book.open(session, "cashflows")
        assert table.amount.sum().to_pyarrow().as_py() == pytest.approx(5001262.6)


def test_the_fingerprint_tells_contents_not_packing_or_order(folder: Path) -> None:
    book = load(folder)
    lines = CASHFLOWS.splitlines()
    shuffled = "\n".join([lines[0], *lines[:0:-1]]) + "\n"
    (folder / "cashflows.csv").unlink()
    (folder / "cashflows.csv.gz").write_bytes(gzip.compress(shuffled.replace("\n", "\r\n").encode()))
    duckdb.read_csv(str(folder / "clients.csv"), all_varchar=True).write_parquet(str(folder / "clients.parquet"))
    (folder / "clients.csv").unlink()
    again = load(folder, work="again")
    assert again.fingerprint == book.fingerprint
    assert again.tables["cashflows"].read_bytes() == book.tables["cashflows"].read_bytes()


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("cashflows", "5000000", "5000000.01"),
        ("cashflows", "null,,2023", "null,F1,2023"),
        ("cashflows", "2022-04-30", "2022-05-01"),
        ("clients", '"00123",FR', '"00123",DE'),
        ("facilities", "F2,NA,", "F3,NA,"),
    ],
)
def test_the_fingerprint_changes_with_any_cell(folder: Path, table: str, old: str, new: str) -> None:
    before = load(folder, "book.max_quarantine_share=1").fingerprint
    edit(folder, table, old, new)
    assert load(folder, "book.max_quarantine_share=1").fingerprint != before


@pytest.mark.parametrize(
    ("table", "old", "new", "reported"),
    [
        ("cashflows", "5000000", "a lot", "cashflows.amount must be a number: 1, e.g. 'a lot' in row 4"),
        ("cashflows", "5000000", "inf", "cashflows.amount must be finite: 1, e.g. 'inf' in row 4"),
        ("facilities", "F2,NA", "F1,NA", "facilities.facility_id must be unique: 1, e.g. 'F1' in row 2"),
        (
            "cashflows",
            "2023-12-31",
            "2024-01-01",
            "cashflows.date must lie before the day until which the book is known: 1, e.g. '2024-01-01'",
        ),
        (
            "cashflows",
            "NA,F2",
            "N/A,F2",
            "cashflows.client_id must stand in the table it refers to: 1, e.g. 'N/A'",
        ),
    ],
)
def test_too_many_bad_rows_stop_the_run_with_a_report(
    folder: Path, table: str, old: str, new: str, reported: str
) -> None:
    edit(folder, table, old, new)
    with pytest.raises(QuarantineLimitError) as caught:
        load(folder, "book.after_known_until=quarantine")
    assert reported in str(caught.value)
    assert "at most 5.0% of the rows may break the contract" in str(caught.value)
    assert "raise book.max_quarantine_share" in str(caught.value)
    assert caught.value.exit_code == 2
    report = pq.read_table(folder.parent / "work" / "quarantine.parquet").to_pylist()
    assert table in {row["table"] for row in report}
    assert not (folder.parent / "work" / "book").exists()


def test_bad_rows_within_the_limit_are_left_out_and_counted(folder: Path) -> None:
    edit(folder, "cashflows", "5000000", "inf")
    book = load(folder, "book.max_quarantine_share=0.25")
    count = {count.table: count for count in book.counts}["cashflows"]
    assert (count.rows_in, count.rows_used, count.rows_quarantined) == (4, 3, 1)
    assert pq.read_table(book.quarantine).to_pylist() == [
        {
            "table": "cashflows",
            "source_row": 4,
            "rule": "finite",
            "column": "amount",
            "value": "inf",
            "further_rules": 1,  # it is above the upper bound as well
        }
    ]


def test_a_refused_book_leaves_the_old_one_as_it_was(folder: Path) -> None:
    book = load(folder)
    before = {file.name: file.read_bytes() for file in book.tables["clients"].parent.iterdir()}
    entries = {entry.name for entry in (folder.parent / "work").iterdir()}
    edit(folder, "cashflows", "5000000", "inf")
    with pytest.raises(QuarantineLimitError):
        load(folder)
    after = {file.name: file.read_bytes() for file in book.tables["clients"].parent.iterdir()}
    assert after == before
    assert {entry.name for entry in (folder.parent / "work").iterdir()} == entries


def test_a_run_keeps_its_book_while_another_checks_a_later_state(folder: Path) -> None:
    book = load(folder)
    before = {name: table.read_bytes() for name, table in book.tables.items()}
    edit(folder, "cashflows", "5000000", "6000000")
    later = load(folder)
    assert {name: table.read_bytes() for name, table in book.tables.items()} == before
    assert later.tables["cashflows"].read_bytes() != before["cashflows"]


def test_runs_at_once_on_the_same_book_share_its_files(folder: Path) -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        books = list(pool.map(lambda _: load(folder), range(4)))
    (place,) = {book.tables["clients"].parent for book in books}
    assert len(list(place.parent.iterdir())) == 1
    inode = books[0].tables["clients"].stat().st_ino
    assert load(folder).tables["clients"].stat().st_ino == inode


def test_a_book_of_which_a_file_is_gone_is_written_again(folder: Path) -> None:
    book = load(folder)
    book.tables["clients"].unlink()
    assert load(folder).tables["clients"].is_file()


def test_books_that_nobody_opened_for_days_are_removed(folder: Path) -> None:
    old, opened = load(folder), folder.parent / "work" / "book"
    long_ago = time.time() - 3 * 86_400
    os.utime(old.tables["clients"].parent, (long_ago, long_ago))
    load(folder)
    assert old.tables["clients"].is_file()
    os.utime(old.tables["clients"].parent, (long_ago, long_ago))
    edit(folder, "cashflows", "5000000", "6000000")
    later = load(folder)
    assert list(opened.iterdir()) == [later.tables["clients"].parent]


def test_a_book_is_replaced_as_a_whole(folder: Path) -> None:
    load(folder)
    (folder / "facilities.csv").unlink()
    book = load(folder)
    assert {file.name for file in book.tables["clients"].parent.iterdir()} == {
        "clients.parquet",
        "cashflows.parquet",
        "manifest.json",
    }


def test_columns_are_renamed_as_configured(folder: Path) -> None:
    edit(folder, "cashflows", "client_id,facility_id,date", "debtor,facility_id,Value Date")
    book = load(folder, "book.columns.cashflows={client_id: debtor, date: value date}")
    assert "00123" in column(book, "cashflows", "client_id")


def test_headers_may_differ_in_case_and_blanks(folder: Path) -> None:
    edit(folder, "cashflows", "client_id,facility_id,date", "\ufeffClient ID, FACILITY_ID ,Date")
    assert column(load(folder), "cashflows", "facility_id").count("F1") == 2


def test_a_missing_column_is_told(folder: Path) -> None:
    edit(folder, "cashflows", "amount", "sum")
    with pytest.raises(MissingColumnError, match="table cashflows must have the columns amount, got only client_id"):
        load(folder)


def test_a_renamed_column_must_be_there(folder: Path) -> None:
    with pytest.raises(MissingColumnError, match="must have the columns sum"):
        load(folder, "book.columns.cashflows={amount: sum}")


@pytest.mark.parametrize(
    ("override", "reported"),
    [
        ("book.columns.cashflows={amounts: sum}", r"got amounts: did you mean amount\?"),
        ("book.columns.cashflow={amount: sum}", r"got cashflow: did you mean cashflows\?"),
    ],
)
def test_renames_must_speak_of_the_contract(folder: Path, override: str, reported: str) -> None:
    with pytest.raises(UserError, match=reported):
        load(folder, override)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"the file must exist, got .*nowhere"):
        load(tmp_path / "nowhere")


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableFileError, match=r"must hold clients and cashflows.*no clients and no cashflows"):
        load(tmp_path / "empty")


def test_two_files_for_one_table_are_told(folder: Path) -> None:
    (folder / "clients.csv.gz").write_bytes(gzip.compress(CLIENTS.encode()))
    with pytest.raises(UnreadableFileError, match=r"clients must be one file, got clients\.csv and clients\.csv\.gz"):
        load(folder)


def test_a_damaged_parquet_file_is_told(folder: Path) -> None:
    (folder / "clients.csv").unlink()
    (folder / "clients.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(UnreadableFileError, match=r"clients\.parquet must be whole"):
        load(folder)


def test_a_book_without_cashflows_is_told(folder: Path) -> None:
    (folder / "cashflows.csv").write_text(CASHFLOWS.splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(TooLittleDataError, match="at least one cashflow"):
        load(folder)


def test_a_book_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"set book\.path or give --book"):
        load_book(config_with(), None, tmp_path, SilentProgress())


def test_another_file_that_is_called_parquet_is_told_as_such(folder: Path) -> None:
    (folder / "clients.csv").rename(folder / "clients.parquet")
    with pytest.raises(UnreadableFileError, match=r"clients\.parquet must be whole Parquet, got a file that does not"):
        load(folder)


def test_a_column_of_nulls_in_parquet_is_a_column_without_values(folder: Path) -> None:
    (folder / "clients.csv").unlink()
    table = pa.table({"client_id": IDS, "country": pa.nulls(len(IDS)), "employees": pa.nulls(len(IDS))})
    pq.write_table(table, folder / "clients.parquet")
    assert column(load(folder), "clients", "employees") == [None] * len(IDS)
