"""Exports of the clients' list as CSV and XLSX, with what they were made of printed on them; safe in a spreadsheet.

Texts stay texts: in CSV what would begin a formula stands behind an apostrophe.
Numbers stay numbers. A file is made row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

import pyarrow as pa

from models.directory.columns import BY_NAME, NO, YES, CellKind
from models.directory.report import Cell
from models.directory.text import column_name, value_name
from models.review.clients import text
from models.review.shared.workbooks import ExportSheet, workbook_pieces
from models.shell.csv import csv_lines
from models.text import Language

MOST_ROWS = 100_000
_ROWS_AT_ONCE = 1_000


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
    """The export as a workbook."""
    kinds = [BY_NAME[name].kind for name in export.columns]
    name = text.SHEET.within(export.language)
    return workbook_pieces(
        ExportSheet(name=name, head=export.head.lines, headings=export.headings, kinds=kinds, rows=export.rows())
    )
