"""Exports of the clients' list as CSV and XLSX, with what they were made of printed on them; safe in a spreadsheet.

Texts stay texts: in CSV what would begin a formula stands behind an apostrophe, in XLSX every text is a cell of text.
Numbers stay numbers. A file is made row by row.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import IO, TYPE_CHECKING

import pyarrow as pa

from models.directory.columns import BY_NAME, NO, YES, CellKind
from models.directory.report import Cell
from models.directory.text import column_name, value_name
from models.lazy import lazy
from models.review.clients import text
from models.shell.csv import csv_lines
from models.text import Language

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = lazy("xlsxwriter")

MOST_ROWS = 100_000
_CHUNK, _ROWS_AT_ONCE = 1 << 16, 1_000
_WIDEST, _NARROWEST = 44, 9
_FORMATS = {
    CellKind.MONEY: "#,##0",
    CellKind.SHARE: "0.0%",
    CellKind.NUMBER: "#,##0",
    CellKind.DAYS: "#,##0",
    CellKind.DATE: "yyyy-mm-dd",
}


@dataclass(frozen=True, kw_only=True)
class ExportHead:
    """What is printed above the rows, line by line: what it is, and its value."""

    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Export:
    """A table to be written: head, columns, and rows in pieces, in a language."""

    head: ExportHead
    columns: tuple[str, ...]
    pieces: Iterable[pa.Table]
    language: Language

    @property
    def headings(self) -> list[str]:
        """What the columns are called."""
        return [column_name(name, self.language) for name in self.columns]

    def rows(self) -> Iterator[list[Cell]]:
        """The cells of each row: texts in the language, numbers and dates as they are."""
        for piece in self.pieces:
            columns = [self._cells(name, piece[name].to_pylist()) for name in self.columns]
            yield from map(list, zip(*columns, strict=True))

    def _cells(self, column: str, cells: list[Cell]) -> list[Cell]:
        kind = BY_NAME[column].kind
        if kind is CellKind.TRUTH:
            cells = [None if each is None else YES if each else NO for each in cells]
        elif kind is not CellKind.TEXT:
            return cells
        return [value_name(column, str(each), self.language) if each else None for each in cells]


def csv_pieces(export: Export) -> Iterator[bytes]:
    """The export as CSV in UTF-8 with the mark by which spreadsheets know it, piece by piece."""
    yield f"\ufeff{csv_lines([*export.head.lines, (), export.headings])}".encode()
    rows = ([each.isoformat() if isinstance(each, date) else each for each in row] for row in export.rows())
    while held := list(islice(rows, _ROWS_AT_ONCE)):
        yield csv_lines(held).encode()


def xlsx_pieces(export: Export) -> Iterator[bytes]:
    """The export as a workbook, made in a file that goes when it was read."""
    with tempfile.TemporaryFile() as file:
        _write_workbook(export, file)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _write_workbook(export: Export, file: IO[bytes]) -> None:
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    options = {"constant_memory": True, **as_text}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(text.SHEET.within(export.language))
        bold, plain = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
        forms = {kind: book.add_format({"num_format": written}) for kind, written in _FORMATS.items()}
        formats = [forms.get(BY_NAME[name].kind, plain) for name in export.columns]
        for line, (label, value) in enumerate(export.head.lines):
            sheet.write_string(line, 0, label, bold)
            sheet.write_string(line, 1, value, plain)
        top = len(export.head.lines) + 1
        for place, heading in enumerate(export.headings):
            sheet.write_string(top, place, heading, bold)
            sheet.set_column(place, place, min(_WIDEST, max(_NARROWEST, len(heading) + 2)))
        sheet.freeze_panes(top + 1, 1)
        for line, row in enumerate(export.rows(), start=top + 1):
            for place, (cell, form) in enumerate(zip(row, formats, strict=True)):
                _write_cell(sheet, line, place, cell, form)


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, line: int, place: int, cell: Cell, form: object) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(line, place, cell, form)
    elif isinstance(cell, int | float):
        sheet.write_number(line, place, cell, form)
    elif cell is not None:
        sheet.write_string(line, place, cell, form)
