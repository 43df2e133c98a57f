"""CSV files that are safe to open in a spreadsheet or to show: no text begins a formula or acts on a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from models.showable import printable

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With these a spreadsheet may begin a formula, also in their wide forms. Source: OWASP, CSV injection."""
Cell = str | float | int | bool | None


def safe_cell(value: Cell) -> Cell:
    """Text without control characters, behind an apostrophe if it would begin a formula; numbers as they are.

    >>> safe_cell("=1+1"), safe_cell(" @SUM(A1)"), safe_cell(-3.5), safe_cell("AA")
    ("'=1+1", "' @SUM(A1)", -3.5, 'AA')
    """
    if not isinstance(value, str):
        return value
    shown = "\r".join(map(printable, value.split("\r")))  # line ends within quotes are CSV's own
    return f"'{shown}" if shown.startswith(FORMULA_SIGNS) or shown.lstrip().startswith(FORMULA_SIGNS) else shown


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table with a header line, every text in quotes; what is not known is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(columns)
    return text.getvalue() + csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[Cell]]) -> str:
    r"""Lines of a table, every text in quotes; what is not known is empty.

    >>> csv_lines([("=1+1", 2.5, None)])
    '"\'=1+1",2.5,""\n'
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerows(["" if cell is None else safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()
