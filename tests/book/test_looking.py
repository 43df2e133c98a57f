"""A look at what lies there: what `init` proposes, and that the book is read by it."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.book.sources.column_kinds import likely_kind
from models.book.sources.looking import LookedTable, look_at
from models.errors import MissingFileError

pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]


def kinds(table: LookedTable) -> dict[str, tuple[str, str]]:
    return {column.name: (column.kind.value, column.pattern) for column in table.columns}


def test_a_german_extract_is_recognised(tmp_path: Path) -> None:
    rows = "".join(f"00{n};0{n}.03.2023;1.234,{n}0 €;ZINS;{'ja' if n % 2 else 'nein'};\n" for n in range(1, 9))
    text = f"Umsätze zum Quartal\n\nKundennr;Valuta;Betrag;Art;Aktiv;Leer\n{rows}"
    (tmp_path / "umsatz.csv").write_bytes(text.encode("cp1252"))
    (table,) = look_at(str(tmp_path))
    assert (table.name, table.rows) == ("umsatz", 8)
    assert table.options == {
        "encoding": "cp1252",
        "delimiter": ";",
        "header_row": 3,
        "decimal": ",",
        "number_signs": ("€",),
        "dates": ("dd.mm.yyyy",),
    }
    assert kinds(table) == {
        "Kundennr": ("id", ""),
        "Valuta": ("date", "dd.mm.yyyy"),
        "Betrag": ("number", ""),
        "Art": ("text", ""),
        "Aktiv": ("truth", ""),
        "Leer": ("empty", ""),
    }
    assert table.columns[3].samples == ("ZINS",)
    assert [column.share_empty for column in table.columns][-2:] == [0, 1]
    assert table.columns[0].distinct == 8


def test_every_sheet_and_every_kind_of_file_is_a_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "客户"
    for row in (["客户编号", "名称"], ["00123", "中国建设银行"]):
        book.active.append(row)
    book.create_sheet("empty")
    sheet = book.create_sheet("流水")
    for row in (["标题"], [], ["客户编号", "日期", "金额"], ["00123", date(2023, 2, 1), 5.5]):
        sheet.append(row)
    book.save(tmp_path / "extract.xlsx")
    (tmp_path / "loans").mkdir()
    pq.write_table(pa.table({"id": ["1"], "granted": [15074]}), tmp_path / "loans" / "a.parquet")
    (tmp_path / "notes.jsonl").write_text('{"id": "A1", "note": "x y"}\n', encoding="utf-8")
    (tmp_path / "readme.md").write_text("nothing", encoding="utf-8")
    found = {table.name: table for table in look_at(str(tmp_path))}
    assert sorted(found) == ["loans", "notes", "客户", "流水"]
    assert found["流水"].options == {"files": "extract.xlsx", "sheet": "流水", "header_row": 3}
    assert kinds(found["流水"]) == {"客户编号": ("id", ""), "日期": ("date", "ISO 8601"), "金额": ("number", "")}
    assert kinds(found["notes"]) == {"id": ("id", ""), "note": ("text", "")}


def test_a_database_is_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "bank.db"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE kunde (nr TEXT, eroeffnet TEXT)")
        database.execute("INSERT INTO kunde VALUES ('007', '2023-01-31')")
    database.close()
    (table,) = look_at(f"sqlite:///{file}")
    assert (table.name, table.rows) == ("kunde", 1)
    assert kinds(table) == {"nr": ("id", ""), "eroeffnet": ("date", "ISO 8601")}


def test_what_cannot_be_read_comes_with_its_problem(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and no more")
    (table,) = look_at(str(tmp_path))
    assert "must be whole Parquet" in table.problem
    with pytest.raises(MissingFileError):
        look_at(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("name", "values", "kind", "pattern"),
    [
        ("granted_date", ["15074", "16000"], "date", "sas days"),
        ("granted_date", ["44958", "45000"], "date", "excel days"),
        ("term", ["15074", "16000"], "number", ""),
        ("booked", ["01/31/2023", "02/01/2023"], "date", "mm/dd/yyyy"),
        ("booked", ["20230131", "20230201"], "number", ""),
        ("booked_date", ["20230131", "20230201"], "date", "yyyymmdd"),
        ("amount", ["$60,000.00", "$5.00"], "number", ""),
        ("zip", ["01234", "99999"], "id", ""),
        ("note", ["paid late", "fine"], "text", ""),
        ("flag", ["Y", "N"], "truth", ""),
        ("any", ["", "NA"], "empty", ""),
    ],
)
def test_a_column_is_known_by_its_values_and_its_name(name: str, values: list[str], kind: str, pattern: str) -> None:
    found = likely_kind(name, values, rows=len(values) * 5, distinct=len(values))
    assert (found.kind.value, found.pattern) == (kind, pattern)
