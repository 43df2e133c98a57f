"""Extracts that cannot be read as they are: each is refused by the option that would read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.config.loading import parse_config
from models.config.root import Config
from models.errors import ClientValueError
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.read_extracts import FLOWS, GERMAN, flows, lender, read, refusal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lender(tmp_path)


REFUSED: dict[str, tuple[str, bytes, dict[str, Any] | None, str]] = {
    "decimal comma": (
        "cashflows.csv",
        GERMAN.encode(),
        None,
        """cashflows.amount must be a number: 3, e.g. '1.234,50' in row 1, set book.read.cashflows.decimal to ','""",
    ),
    "title row": (
        "clients.csv",
        b"List of clients\n\nclient_id,name\n1,A\n",
        None,
        "the first line of clients.csv must name its columns, got 'List of clients' there, and 2 fields from line "
        "3 on: set book.read.clients.header_row to 3",
    ),
    "other encoding": (
        "clients.csv",
        "client_id,name\n1,Łódź\n2,Kraków w Małopolsce łąka\n".encode("cp1250").replace(b"\xf3", b"\x81"),
        None,
        "set book.read.clients.encoding, e.g. to cp1250, big5 or shift_jis",
    ),
    "stated wrongly": (
        "clients.csv",
        "client_id,name\n1,中国建设银行\n".encode("gb18030") + b"2,\xff\xff\n",
        {"clients": {"encoding": "gb18030"}},
        "clients.csv must be in gb18030",
    ),
    "number of days": (
        "cashflows.csv",
        b"client_id,date,kind,amount\n7,15074,fee,1\n",
        None,
        """'15074' in row 1, set book.read.cashflows.dates to 'sas days' or 'excel days', as it is meant""",
    ),
    "pattern that does not fit": (
        "cashflows.csv",
        b"client_id,date,kind,amount\n7,09/30/2023,fee,1\n",
        {"cashflows": {"dates": "dd.mm.yyyy"}},
        "cashflows.date must be a date as dd.mm.yyyy (book.read.cashflows.dates): 1, e.g. '09/30/2023' in row 1",
    ),
    "point where a comma is stated": (
        "cashflows.csv",
        b"client_id,date,kind,amount\n7,2023-09-30,fee,1234.50\n",
        {"cashflows": {"decimal": ","}},
        "cashflows.amount must be a number as 1.234,5 (book.read.cashflows.decimal): 1, e.g. '1234.50' in row 1",
    ),
    "currency sign": (
        "cashflows.csv",
        b'client_id,date,kind,amount\n7,2023-09-30,fee,"$1,234.50"\n',
        None,
        "'$1,234.50' in row 1, set book.read.cashflows.number_signs to ['$']",
    ),
    "no such word": (
        "cashflows.csv",
        b"client_id,date,kind,amount\n7,2023-09-30,intrest,5\n",
        None,
        "did you mean interest?",
    ),
    "no such file": ("x.csv", b"", {"cashflows": {"files": "2023*.csv"}}, "book.read.cashflows.files"),
    "no such table": (
        "x.csv",
        b"",
        {"cashflow": {"decimal": ","}},
        "book.read must name what the contract knows, got cashflow: did you mean cashflows?",
    ),
    "unsteady": (
        "clients.csv",
        b"client_id;name\n1;a;b;c\n2;d\n",
        None,
        "set book.read.clients.delimiter",
    ),
}


@pytest.mark.parametrize("way", REFUSED)
def test_what_cannot_be_read_says_which_option_would_read_it(folder: Path, way: str) -> None:
    name, content, settings, reported = REFUSED[way]
    (folder / name).write_bytes(content)
    assert reported in refusal(folder, settings)


def test_the_option_that_an_error_names_can_be_set_on_the_command_line(folder: Path) -> None:
    (folder / "cashflows.csv").write_bytes(GERMAN.encode())
    assert flows(read(folder, None, "book.read.cashflows.decimal=,")) == sorted(FLOWS)


def test_all_bad_tables_are_reported_at_once(folder: Path) -> None:
    (folder / "clients.csv").write_bytes(b"Title\n\nclient_id,name\n1,A\n")
    (folder / "cashflows.csv").write_bytes(b"client_id,date\n1,2\n")
    said = refusal(folder)
    assert "header_row to 3" in said
    assert "cashflows must have the columns kind, amount" in said


@pytest.mark.parametrize(
    ("settings", "reported"),
    [
        ({"cashflows": {"dates": "dd.mm"}}, "a date pattern must hold a year"),
        ({"cashflows": {"encoding": "klingon"}}, "an encoding must be one that Python knows"),
        ({"cashflows": {"decimal": ",", "thousands": ","}}, "decimal and thousands must be different signs"),
        ({"cashflows": {"delimeter": ";"}}, "did you mean delimiter?"),
    ],
)
def test_a_slip_in_the_options_is_refused(folder: Path, settings: dict[str, Any], reported: str) -> None:
    with pytest.raises(ClientValueError) as caught:
        read(folder, settings)
    assert reported in str(caught.value)


def test_a_workbook_that_lies_in_the_folder_is_named_with_the_way_to_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    with pd.ExcelWriter(folder / "export.xlsx") as book:
        pd.DataFrame({"client_id": ["1"]}).to_excel(book, sheet_name="clients", index=False)
    with pytest.raises(ClientValueError) as refused:
        open_book(settings_of_files(folder, tmp_path), None, SilentProgress())
    assert "set book.path to export.xlsx itself if its sheets are the tables" in str(refused.value)
    assert f"clientvalue init {folder} makes out what lies there" in str(refused.value)


def test_an_address_with_a_driver_is_told_how_it_is_written_here(tmp_path: Path) -> None:
    config = settings_of_files(tmp_path, tmp_path, "book.source=sql", "book.path=postgresql+psycopg2://u:pw@h/db")
    with pytest.raises(ClientValueError, match=r"got postgresql\+psycopg2://: write postgresql:// in its place"):
        open_book(config, None, SilentProgress())


def settings_of_files(folder: Path, work: Path, *overrides: str) -> Config:
    text = f"{{book: {{name: b, source: files, path: '{folder}', currency: EUR}}}}"
    return parse_config(text, [f"run.work_dir={work / 'work'}", *overrides])
