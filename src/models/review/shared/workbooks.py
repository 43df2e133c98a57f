"""Tables as workbooks, with what they were made of printed above; safe in a spreadsheet, made row by row.

Every text is a cell of text, whatever it begins with. Numbers stay numbers, and dates dates.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, TYPE_CHECKING

from models.directory.columns import CellKind
from models.directory.report import Cell
from models.lazy import lazy

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = lazy("xlsxwriter")

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK = 1 << 16
_WIDEST, _NARROWEST = 44, 9
_FORMATS = {
    CellKind.MONEY: "#,##0",
    CellKind.SHARE: "0.0%",
    CellKind.NUMBER: "#,##0",
    CellKind.DAYS: "#,##0",
    CellKind.DATE: "yyyy-mm-dd",
}


@dataclass(frozen=True, kw_only=True)
class ExportSheet:
    """One sheet: its name, lines above the table (label and value), and columns by heading and kind, row by row."""

    name: str
    head: Sequence[tuple[str, str]]
    headings: Sequence[str]
    kinds: Sequence[CellKind]
    rows: Iterable[Sequence[Cell]]


def workbook_pieces(sheet: ExportSheet) -> Iterator[bytes]:
    """A workbook of one sheet, made in a file that goes when it was read."""
    with tempfile.TemporaryFile() as file:
        _write(sheet, file)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _write(sheet: ExportSheet, file: IO[bytes]) -> None:
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, {"constant_memory": True, **as_text}) as book:
        written = book.add_worksheet(sheet.name)
        bold, plain = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
        forms = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        for line, (label, value) in enumerate(sheet.head):
            written.write_string(line, 0, label, bold)
            written.write_string(line, 1, value, plain)
        top = len(sheet.head) + 1
        for place, heading in enumerate(sheet.headings):
            written.write_string(top, place, heading, bold)
            written.set_column(place, place, min(_WIDEST, max(_NARROWEST, len(heading) + 2)))
        written.freeze_panes(top + 1, 1)
        formats = [forms.get(kind, plain) for kind in sheet.kinds]
        for line, row in enumerate(sheet.rows, start=top + 1):
            for place, (cell, form) in enumerate(zip(row, formats, strict=True)):
                _write_cell(written, line, place, cell, form)


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, line: int, place: int, cell: Cell, form: object) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(line, place, cell, form)
    elif isinstance(cell, int | float):
        sheet.write_number(line, place, cell, form)
    elif cell is not None:
        sheet.write_string(line, place, cell, form)
