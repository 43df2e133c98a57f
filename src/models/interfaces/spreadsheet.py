"""CSV files that are safe to open in a spreadsheet: no text begins a formula, numbers stay numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With these a spreadsheet may begin a formula, also in their wide forms. Source: OWASP, CSV injection."""
Cell = str | float | int | bool | None


def safe_cell(value: Cell) -> Cell:
    """Text that would begin a formula, behind an apostrophe; numbers as they are.

    >>> safe_cell("=1+1"), safe_cell(" @SUM(A1)"), safe_cell(-3.5), safe_cell("AA")
    ("'=1+1", "' @SUM(A1)", -3.5, 'AA')
    """
    if isinstance(value, str) and (value.startswith(FORMULA_SIGNS) or value.lstrip().startswith(FORMULA_SIGNS)):
        return f"'{value}"
    return value


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table with a header line, every text in quotes; what is not known is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if cell is None else safe_cell(cell) for cell in row])
    return text.getvalue()
