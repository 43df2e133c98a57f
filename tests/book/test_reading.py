"""Extracts as core systems write them: German, Chinese, Excel, lakes; read by the options of ``book.read``."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zipfile
from datetime import date, datetime
from pathlib import Path

import deltalake
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.catalog.sql import SqlCatalog

from support.read_extracts import CLIENTS, FLOWS, GERMAN, PLAIN, flows, lender, lost, read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lender(tmp_path)


def test_a_german_extract_is_read_and_says_what_was_found_out(folder: Path) -> None:
    (folder / "clients.csv").write_bytes(CLIENTS.replace(",", ";").encode("cp1252"))
    (folder / "cashflows.csv").write_bytes(GERMAN.encode("cp1252"))
    book = read(folder, {"cashflows": {"decimal": ",", "dates": "dd.mm.yyyy"}})
    assert flows(book) == sorted(FLOWS)
    assert pq.read_table(book.tables["clients"])["name"].to_pylist() == ["Müller AG", "Bank"]
    assert {(each.code, each.subject) for each in book.notices} >= {
        ("encoding_guessed", "clients"),
        ("delimiter_guessed", "clients"),
        ("delimiter_guessed", "cashflows"),
    }
    assert "set book.read.clients.encoding to 'cp1252'" in str(book.notices[0])


def test_what_is_stated_is_no_guess(folder: Path) -> None:
    (folder / "clients.csv").write_bytes(CLIENTS.replace(",", ";").encode("cp1252"))
    (folder / "cashflows.csv").write_bytes(GERMAN.encode("cp1252"))
    default = {"delimiter": ";", "encoding": "cp1252", "decimal": ",", "thousands": ".", "dates": ["dd.mm.yyyy"]}
    book = read(folder, {"default": default})
    assert flows(book) == sorted(FLOWS)
    assert not [each for each in book.notices if each.code.endswith("_guessed")]


def test_what_is_written_otherwise_keeps_its_text_in_quarantine(folder: Path) -> None:
    (folder / "cashflows.csv").write_text(
        GERMAN + "7;31.12.2023;fee;1,234.50\n7;12/31/2023;fee;5,00\n7;1.1.2030;fee;5,00\n"
    )
    limits = ("book.max_quarantine_share=0.9", "book.after_known_until=quarantine")
    book = read(folder, {"cashflows": {"decimal": ",", "dates": "dd.mm.yyyy"}}, *limits)
    assert lost(book) == [
        (4, "amount", "number", "1,234.50"),
        (5, "date", "date", "12/31/2023"),
        (6, "date", "past", "1.1.2030"),
    ]


def test_a_chinese_extract_is_read_by_its_headers(folder: Path) -> None:
    clients = "客户编号,名称\n00123,中国建设银行\n7,招商银行\n"
    cashflows = (
        "客户编号,日期,类型,金额\n00123,2023年9月30日,interest,1234.5\n7,2023/2/1,interest,-12\n7,20231231,fee,662000\n"
    )
    (folder / "clients.csv").write_bytes(clients.encode("gb18030"))
    (folder / "cashflows.csv").write_bytes(cashflows.encode("gb18030"))
    names = {
        "clients": {"client_id": "客户编号", "name": "名称"},
        "cashflows": {"client_id": "客户编号", "date": "日期", "kind": "类型", "amount": "金额"},
    }
    book = read(folder, None, f"book.columns={json.dumps(names, ensure_ascii=False)}")
    assert flows(book) == sorted(FLOWS)
    assert pq.read_table(book.tables["clients"])["name"].to_pylist() == ["中国建设银行", "招商银行"]
    assert ["gb18030" in str(each) for each in book.notices if each.code == "encoding_guessed"] == [True, True]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_utf_16_is_read_with_and_without_its_mark(folder: Path, encoding: str) -> None:
    for table in ("clients", "cashflows"):
        text = (folder / f"{table}.csv").read_text(encoding="utf-8")
        (folder / f"{table}.csv").write_bytes(text.replace("\n", "\r\n").encode(encoding))
    book = read(folder)
    assert flows(book) == sorted(FLOWS)
    guessed = [each for each in book.notices if each.code == "encoding_guessed"]
    assert len(guessed) == (2 if encoding in ("utf-16-le", "utf-16-be") else 0)


def test_text_that_is_cp1252_far_down_is_read_and_reported(folder: Path) -> None:
    rows = "".join(f"{number},A\n" for number in range(8, 20_000))
    (folder / "clients.csv").write_bytes((CLIENTS.replace("ü", "u") + rows + "20000,Société\n").encode("cp1252"))
    book = read(folder)
    assert "Société" in pq.read_table(book.tables["clients"])["name"].to_pylist()
    assert [each.subject for each in book.notices if each.code == "encoding_guessed"] == ["clients"]


def workbook(file: Path) -> None:
    book = openpyxl.Workbook()
    kunden = book.active
    kunden.title = "Kunden"
    for row in (["Kundenliste zum 31.12.2023"], [], ["client_id", "name"], ["00123", "Müller AG"], [7, "Bank"]):
        kunden.append(row)
    umsatz = book.create_sheet("Umsätze")
    umsatz.append(["client_id", "date", "kind", "amount"])
    umsatz.append(["00123", datetime(2023, 9, 30), "interest", 1234.5])
    umsatz.append([])
    umsatz.append([7, "01.02.2023", "interest", "-12,00"])
    umsatz.append([7, date(2023, 12, 31), "fee", 662000])
    book.create_sheet("Notizen").append(["nothing"])
    book.save(file)


def test_a_workbook_of_three_sheets_is_read_below_its_title_row(folder: Path) -> None:
    for table in ("clients", "cashflows"):
        (folder / f"{table}.csv").unlink()
    workbook(folder / "extract.xlsx")
    settings = {
        "default": {"files": "extract.xlsx"},
        "clients": {"sheet": "Kunden"},
        "cashflows": {"sheet": "Umsätze", "decimal": ",", "dates": "dd.mm.yyyy", "files": "extract.xlsx"},
    }
    settings["clients"]["files"] = "extract.xlsx"
    del settings["default"]
    book = read(folder, settings)
    assert flows(book) == sorted(FLOWS)
    assert sorted(pq.read_table(book.tables["clients"])["client_id"].to_pylist()) == ["00123", "7"]
    assert [each.code for each in book.notices if each.subject == "clients"] == ["header_row_guessed"]


def test_a_workbook_is_a_book_and_its_sheets_are_the_tables(folder: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Clients"
    for row in (["client_id", "name"], ["00123", "A"], ["7", "B"]):
        book.active.append(row)
    sheet = book.create_sheet("cashflows")
    for row in (["client_id", "date", "kind", "amount"], ["7", date(2023, 2, 1), "fee", 5]):
        sheet.append(row)
    book.save(folder / "book.xlsx")
    assert flows(read(folder, path=folder / "book.xlsx")) == [("7", date(2023, 2, 1), 5.0)]


def test_json_lines_are_read_with_numbers_of_json_beside_decimal_commas(folder: Path) -> None:
    (folder / "cashflows.csv").unlink()
    lines = [
        {"client_id": "00123", "date": "2023-09-30", "kind": "interest", "amount": 1234.5},
        {"client_id": 7, "kind": "interest", "date": "01.02.2023", "amount": "-12,00", "note": {"x": 1}},
        {"client_id": "7", "date": "2023-12-31", "kind": "fee", "amount": "662.000,00"},
    ]
    (folder / "cashflows.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    settings = {"cashflows": {"decimal": ",", "dates": "dd.mm.yyyy"}}
    book = read(folder, settings)
    assert flows(book) == sorted(FLOWS)
    assert book.ignored_columns["cashflows"] == ("note",)
    (folder / "cashflows.jsonl").write_text(json.dumps(lines), encoding="utf-16")
    assert flows(read(folder, settings)) == sorted(FLOWS)


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd}


@pytest.mark.parametrize("ending", PACKED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_packed_file_is_read(folder: Path, ending: str, encoding: str) -> None:
    (folder / "cashflows.csv").unlink()
    (folder / f"cashflows.csv.{ending}").write_bytes(PACKED[ending](PLAIN.encode(encoding)))
    assert flows(read(folder)) == sorted(FLOWS)


def test_an_archive_is_a_book_or_a_table_of_several_files(folder: Path) -> None:
    archive = folder.parent / "book.zip"
    with zipfile.ZipFile(archive, "w") as pack:
        pack.write(folder / "clients.csv", "clients.csv")
        pack.write(folder / "cashflows.csv", "cashflows.csv")
    assert flows(read(folder, path=archive)) == sorted(FLOWS)
    head, *rows = PLAIN.splitlines()
    with zipfile.ZipFile(folder / "flows.zip", "w") as pack:
        for number, row in enumerate(rows):
            pack.writestr(f"part{number}.csv", f"{head}\n{row}\n")
    (folder / "cashflows.csv").unlink()
    assert flows(read(folder, {"cashflows": {"files": "flows.zip"}})) == sorted(FLOWS)


def partitioned(folder: Path, ending: str) -> None:
    (folder / "cashflows.csv").unlink()
    for number, (client, day, amount) in enumerate(FLOWS):
        place = folder / "flows" / f"year={day.year}" / ("kind=fee" if amount > 5000 else "kind=interest")
        place.mkdir(parents=True, exist_ok=True)
        row = {"client_id": [client], "date": [day.isoformat()], "amount": [amount]}
        if ending == "parquet":
            pq.write_table(pa.table(row), place / f"{number}.parquet")
        else:
            (place / f"{number}.csv").write_text(f"client_id,date,amount\n{client},{day},{amount}\n", encoding="utf-8")


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_folders_of_hive_give_columns(folder: Path, ending: str) -> None:
    partitioned(folder, ending)
    book = read(folder, {"cashflows": {"files": "flows"}})
    assert flows(book) == sorted(FLOWS)
    assert sorted(pq.read_table(book.tables["cashflows"])["kind"].to_pylist()) == ["fee", "interest", "interest"]
    assert book.ignored_columns["cashflows"] == ("year",)


def test_rows_of_several_files_are_counted_through(folder: Path) -> None:
    (folder / "cashflows.csv").unlink()
    (folder.parent / "elsewhere").mkdir()
    for month in ("2023-02", "2023-01"):
        text = f"client_id,date,kind,amount\n7,{month}-05,fee,1\n7,{month}-06,fee,bad {month}\n"
        (folder.parent / "elsewhere" / f"{month}.csv").write_text(text, encoding="utf-8")
    settings = {"cashflows": {"files": "../elsewhere/*.csv"}}
    assert lost(read(folder, settings, "book.max_quarantine_share=0.9")) == [
        (2, "amount", "number", "bad 2023-01"),
        (4, "amount", "number", "bad 2023-02"),
    ]


def test_a_delta_table_is_read_as_it_is_now(folder: Path) -> None:
    (folder / "cashflows.csv").unlink()
    rows = [{"client_id": client, "date": day, "kind": "fee", "amount": amount} for client, day, amount in FLOWS]
    deltalake.write_deltalake(str(folder / "cashflows"), pa.Table.from_pylist([*rows, rows[0] | {"client_id": "gone"}]))
    deltalake.DeltaTable(str(folder / "cashflows")).delete("client_id = 'gone'")
    assert flows(read(folder)) == sorted(FLOWS)


def test_an_iceberg_table_is_read_as_it_is_now(folder: Path) -> None:
    (folder / "cashflows.csv").unlink()
    place = folder.parent / "lake"
    place.mkdir()
    catalog = SqlCatalog("lake", uri=f"sqlite:///{place}/catalog.db", warehouse=f"file://{place}")
    catalog.create_namespace("bank")
    rows = pa.Table.from_pylist(
        [{"client_id": client, "date": day, "kind": "fee", "amount": amount} for client, day, amount in FLOWS]
    )
    table = catalog.create_table("bank.flows", schema=rows.schema)
    table.append(rows.slice(0, 1))
    table.append(rows.slice(1))
    catalog.close()
    found = read(folder, {"cashflows": {"files": table.location().removeprefix("file://")}})
    assert flows(found) == sorted(FLOWS)


def test_what_is_read_is_no_stray_file(folder: Path) -> None:
    partitioned(folder, "csv")
    (folder / "umsatz.csv").write_text("a\n1\n", encoding="utf-8")
    book = read(folder, {"cashflows": {"files": "flows"}})
    assert [each.subject for each in book.notices if each.code == "stray_file"] == ["umsatz.csv"]


def test_a_change_deep_in_a_folder_is_seen(folder: Path) -> None:
    partitioned(folder, "csv")
    settings = {"cashflows": {"files": "flows"}}
    assert len(flows(read(folder, settings))) == 3
    late = folder / "flows" / "year=2024" / "kind=fee"
    late.mkdir(parents=True)
    (late / "9.csv").write_text("client_id,date,amount\n7,2024-01-05,1\n", encoding="utf-8")
    assert len(flows(read(folder, settings))) == 4


def test_moments_count_on_the_day_of_the_tables_own_zone(folder: Path) -> None:
    text = "client_id,date,kind,amount\n7,2023-06-30T23:30:00Z,fee,1\n7,2023-07-05,fee,2\n"
    (folder / "cashflows.csv").write_text(text, encoding="utf-8")
    assert [str(day) for _, day, _ in flows(read(folder))] == ["2023-06-30", "2023-07-05"]
    book = read(folder, {"cashflows": {"time_zone": "Europe/Berlin"}})
    assert [str(day) for _, day, _ in flows(book)] == ["2023-07-01", "2023-07-05"]
