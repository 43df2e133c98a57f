"""CSV as programs write it: read as RFC 4180 reads it, or told what it is and how to save it."""

from __future__ import annotations

import gzip
from pathlib import Path

import ibis
import pytest

from models.book.sources.csv_files import open_csv
from models.errors import UnreadableFileError

NAMES = ("client_id", "name", "note")
PLAIN = [("00123", "Société Générale", "a\nb"), ("NA", '中国 "建设" 银行', None)]
LINES = ["client_id,name,note", '00123,Société Générale,"a\nb"', 'NA,"中国 ""建设"" 银行",']


def rows_of(file: Path, folder: Path) -> list[tuple[object, ...]]:
    connection = ibis.duckdb.connect()
    text = open_csv(file)
    stored = text.store(connection, {name: name for name in NAMES}, "rows", folder)
    table = stored.order_by("source_row").to_pyarrow()
    assert table["source_row"].to_pylist() == list(range(1, table.num_rows + 1))
    return [tuple(row[name] for name in NAMES) for row in table.to_pylist()]


def every_column(file: Path, folder: Path) -> None:
    text = open_csv(file)
    text.store(ibis.duckdb.connect(), dict(zip(text.names, text.names, strict=True)), "rows", folder)


def joined(*ends: str) -> str:
    return "".join(line + end for line, end in zip(LINES, ends, strict=True))


WAYS = {
    "unix": joined("\n", "\n", "\n").encode(),
    "windows": joined("\r\n", "\r\n", "\r\n").encode(),
    "old mac": joined("\r", "\r", "\r").encode(),
    "header added by hand": joined("\n", "\r\n", "\r\n").encode(),
    "header from windows": joined("\r\n", "\n", "\n").encode(),
    "every kind": joined("\r", "\r\n", "\n").encode(),
    "no end": joined("\n", "\n", "").encode(),
    "blank lines": joined("\n\n", "\r\n\r\n", "\n\n\n").encode(),
    "lines of blanks at the end": (joined("\n", "\n", "\n") + "\n  \n\t\n").encode(),
    "blank lines first": ("\n \n" + joined("\n", "\n", "\n")).encode(),
    "byte order mark": joined("\n", "\n", "\n").encode("utf-8-sig"),
    "utf-16": joined("\r\n", "\r\n", "\r\n").encode("utf-16"),
    "separator told": ("sep=,\r\n" + joined("\r\n", "\r\n", "\r\n")).encode(),
    "separator told, mixed ends": ("sep=,\r\n" + joined("\n", "\r\n", "\n")).encode(),
    "separator told in quotes": ('"sep=,"\n' + joined("\n", "\n", "\n")).encode("utf-8-sig"),
    "header in quotes, added by hand": joined("\n", "\r\n", "\n").replace("name,note", '"name","note"').encode(),
    "header in quotes from windows": joined("\r\n", "\n", "\n")
    .replace("client_id,name", '"client_id","name"')
    .encode(),
    "comma at each end": joined("\n", ",\r\n", ",\n").replace(",,\n", ",,\r\n").encode(),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("way", WAYS)
def test_the_same_rows_come_out_however_a_program_ends_lines_or_marks_text(
    tmp_path: Path, way: str, packed: bool
) -> None:
    file = tmp_path / "clients.csv"
    file.write_bytes(gzip.compress(WAYS[way]) if packed else WAYS[way])
    assert rows_of(file, tmp_path) == PLAIN


def test_files_joined_far_down_are_read_to_the_end(tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    text = "client_id,name,note\n" + "1,a,b\n" * 30_000 + "2,c,d\r\n" * 30_000
    file.write_text(text, encoding="utf-8", newline="")
    found = rows_of(file, tmp_path)
    assert (len(found), found[0], found[-1]) == (60_000, ("1", "a", "b"), ("2", "c", "d"))


def test_a_column_without_a_name_is_called_by_its_place(tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_text(",client_id, \n0,A,x\n", encoding="utf-8")
    assert open_csv(file).names == ("column 1 without a name", "client_id", "column 3 without a name")


GOOD = "client_id;name;note\n1;a;b\n"
REFUSED = {
    "semicolons": (GOOD.encode(), "must separate its fields by commas, got semicolons (';')", "save"),
    "bars": (GOOD.replace(";", "|").encode(), "got bars ('|')", "with commas"),
    "tabs": (GOOD.replace(";", "\t").encode(), "got tabs ('\\t')", "with commas"),
    "tabs in utf-16": (GOOD.replace(";", "\t").encode("utf-16"), "got tabs ('\\t')", "with commas"),
    "semicolons with a comma in the header": (b"client_id;name (last, first);note\n", "got semicolons", "with commas"),
    "separator told": (b"sep=;\r\n" + GOOD.encode(), "got semicolons (';')", "with commas"),
    "another separator told": (b"sep=^\r\n" + GOOD.encode(), "got '^'", "with commas"),
    "western": (
        "client_id,name\n1,Société Générale\n2,Müller\n".encode("cp1252"),
        "clients.csv must be in UTF-8, got byte 0xE9 in line 2, probably Windows-1252",
        "save it as UTF-8",
    ),
    "western far down": (
        b"client_id,name\n" + b"1,a\n" * 40_000 + "2,Müller\n".encode("cp1252"),
        "got byte 0xFC in line 40002, probably Windows-1252",
        "save it as UTF-8",
    ),
    "chinese": (
        "client_id,name\n1,中国建设银行\n".encode("gb18030"),
        "must be in UTF-8, got byte 0xD6 in line 2, probably GB18030",
        "save it as UTF-8",
    ),
    "chinese header": ("客户编号,名称\n1,a\n".encode("gb18030"), "in line 1, probably GB18030", "save it as UTF-8"),
    "utf-16 without a mark": (
        "client_id,name\n".encode("utf-16-le"),
        "text in UTF-16 without a byte order mark",
        "UTF-8",
    ),
    "workbook": (b"PK\x03\x04\x14\x00", "got an Excel workbook or a ZIP archive in", "save it as CSV in UTF-8"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1", "got an old Excel workbook in", "save it as CSV in UTF-8"),
    "parquet": (b"PAR1\x15\x04", "got Parquet in", "as Parquet"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "got binary data in", "save it as CSV"),
    "too few": (b"client_id,name\n1,a\n2\n", "got 1 fields in line 3, where the header has 2", "mend"),
    "too many": (b"client_id,name\n1,a,b\n", "got 3 fields in line 2, where the header has 2", "mend"),
    "open quote": (b'client_id,name\n1,"a\n2,b\n', "got a break in line", "mend"),
}


@pytest.mark.parametrize("way", REFUSED)
def test_what_is_no_csv_says_what_it_is_and_how_to_save_it(tmp_path: Path, way: str) -> None:
    content, reported, remedy = REFUSED[way]
    file = tmp_path / "clients.csv"
    file.write_bytes(content)
    with pytest.raises(UnreadableFileError) as caught:
        every_column(file, tmp_path)
    assert reported in str(caught.value)
    assert remedy in caught.value.remedy
    assert "\n" not in str(caught.value)
    assert "Müller" not in str(caught.value)
