"""Sheets of workbooks (.xlsx, .xls, .xlsb, .ods) as tables; numbers and dates of cells keep their type.

python-calamine reads them: it is kept by the authors of the Rust library that others build on, needs no other package,
and reads every kind of workbook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow as pa

from models.book.quarantine import SOURCE_ROW
from models.book.sources.csv_files import named
from models.book.sources.written_csv import header_row
from models.config.reading import ReadConfig
from models.errors import UnreadableFileError
from models.lazy import lazy

if TYPE_CHECKING:
    import python_calamine
else:
    python_calamine = lazy("python_calamine")

_MIDNIGHT = time()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet with its header: ``rows`` below it, ``names`` of its columns, in which row the names stand."""

    file: Path
    sheet: str
    names: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    header_row: int
    decimal: str = "."

    def store(self, connection: Any, columns: Mapping[str, str]) -> Any:
        """Some columns under new names, with ``source_row`` from 1 below the header; blank rows are none."""
        filled = [any(cell != "" for cell in row) for row in self.rows]
        numbers = [number for number, has_any in enumerate(filled, start=1) if has_any]
        cells = list(zip(*self.rows, strict=True)) if self.rows else [() for _ in self.names]
        arrays = {}
        for new, old in columns.items():
            column = cells[self.names.index(old)]
            arrays[new] = _column([cell for cell, has_any in zip(column, filled, strict=True) if has_any], self.decimal)
        arrays[SOURCE_ROW] = pa.array(numbers, pa.int64())
        return connection.create_table(f"sheet_{uuid4().hex}", pa.table(arrays), temp=True)


def sheet_names(file: Path) -> list[str]:
    """The sheets of a workbook that can be seen. Raises ``UnreadableFileError``."""
    visible = python_calamine.SheetVisibleEnum.Visible
    return [sheet.name for sheet in _opened(file).sheets_metadata if sheet.visible == visible]


def open_sheet(file: Path, config: ReadConfig, table: str) -> Sheet:
    """The sheet that is set, else the one named like the table, else the only one that holds anything.

    Raises ``UnreadableFileError`` with the sheets that there are.
    """
    name = _chosen(file, config.sheet, table)
    rows = sheet_rows(file, name)
    at = config.header_row or header_row(rows)
    header = [_text(cell, ".") or "" for cell in rows[at - 1]] if len(rows) >= at else []
    if not any(header):
        raise UnreadableFileError(
            rule=f"the sheet {name!r} of {file.name} must name its columns in row {at}",
            got="nothing there",
            remedy=f"set book.read.{table}.header_row to the row with the names, or book.read.{table}.sheet",
        )
    return Sheet(
        file=file,
        sheet=name,
        names=named(header),
        rows=rows[at:],
        header_row=at,
        decimal=config.decimal or ".",
    )


def sheet_rows(file: Path, name: str) -> list[list[Any]]:
    """All cells of a sheet from its first row and column on; an empty one is an empty text."""
    return list(_opened(file).get_sheet_by_name(name).to_python(skip_empty_area=False))


def _chosen(file: Path, wanted: str | None, table: str) -> str:
    names = sheet_names(file)
    alike = [name for name in names if name.strip().casefold() == (wanted or table).strip().casefold()]
    if alike:
        return alike[0]
    if wanted is None and len(names) == 1:
        return names[0]
    raise UnreadableFileError(
        rule=f"book.read.{table}.sheet must name a sheet of {file.name}",
        got=repr(wanted) if wanted else "none, and several that could be meant",
        remedy=f"set it to one of {', '.join(names)}",
    )


def _opened(file: Path) -> Any:
    try:
        return python_calamine.CalamineWorkbook.from_path(str(file))
    except python_calamine.PasswordError as error:
        raise UnreadableFileError(
            rule=f"{file.name} must open without a password", got="a password", remedy="save it without"
        ) from error
    except (python_calamine.CalamineError, OSError) as error:
        raise UnreadableFileError(
            rule=f"{file.name} must be a workbook", got=str(error)[:200], remedy=f"save {file} again as .xlsx or as CSV"
        ) from error


def _column(cells: Sequence[Any], decimal: str) -> pa.Array:
    """A column of one type where all its cells have it, else of text: a workbook gives a type to each cell.

    So there is no way around looking at cells one by one; a sheet has a million rows at most.
    """
    kinds = {type(cell) for cell in cells if cell != ""}
    values = [None if cell == "" else cell for cell in cells]
    if kinds and kinds <= {float, int}:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if kinds and kinds <= {date, datetime}:
        return pa.array([_moment(value) for value in values], pa.timestamp("us"))
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    return pa.array([_text(value, decimal) for value in values], pa.string())


def _moment(value: Any) -> datetime | None:
    return value if value is None or isinstance(value, datetime) else datetime.combine(value, _MIDNIGHT)


def _text(value: Any, decimal: str) -> str | None:
    """A cell as its column's other texts are written: a number with the table's sign before decimals, a day as ISO."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value if value is None or isinstance(value, str) else str(value).lower()
    if isinstance(value, float | int):
        return repr(int(value) if value == int(value) else value).replace(".", decimal)
    if isinstance(value, datetime) and value.time() == _MIDNIGHT:
        return value.date().isoformat()
    return str(value) if isinstance(value, timedelta) else str(value.isoformat())
