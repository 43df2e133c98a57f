"""Reads one text file, plain or gzipped, into a table of text columns; what they mean is not known here."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis

from models.errors import MissingColumnError, MissingFileError, UnreadableFileError
from models.tables.parsing import typed
from models.tables.quality import SOURCE_ROW
from models.tables.schema import Kind
from models.tables.sources.source_tables import match_headers

GZIP_MAGIC = b"\x1f\x8b"
PEEKED_BYTES = 1 << 16
_CSV_OPTIONS = {
    "delim": ",",
    "quote": '"',
    "escape": '"',
    "nullstr": "",
    "all_varchar": True,
    "auto_detect": False,
}


def read_published(
    connection: Any, path: str, table: str, headers: Mapping[str, Sequence[str]], required: Sequence[str]
) -> Any:
    """The columns of ``headers`` that the CSV file has, under our names, with ``source_row``.

    Raises ``MissingFileError``, ``UnreadableFileError`` and ``MissingColumnError``.
    """
    file = Path(path)
    lines = open_csv(connection, file)
    matched = match_headers(lines.columns, headers)
    missing = [headers[name][0] for name in required if name not in matched]
    if missing:
        raise MissingColumnError(table, missing, lines.columns)
    return store_rows(connection, lines.select(**matched), f"raw_{table}", file)


def open_csv(connection: Any, file: Path) -> Any:
    """A CSV file with a header line as a view of text columns; only an empty field is null.

    Raises ``MissingFileError`` and ``UnreadableFileError``.
    """
    names = _header(file)
    options = _CSV_OPTIONS | {"header": True, "compression": compression_of(file)}
    return connection.read_csv(str(file), columns=dict.fromkeys(names, "VARCHAR"), **options)


def open_lines(connection: Any, file: Path, *, skip: int) -> Any:
    """A text file as a view with one column ``line``, without the first ``skip`` lines."""
    options = {
        "delim": "\x01",
        "quote": "",
        "escape": "",
        "auto_detect": False,
        "header": False,
        "skip": skip,
    }
    options |= {"compression": compression_of(file), "strict_mode": False}
    return connection.read_csv(str(file), columns={"line": "VARCHAR"}, **options)


def store_rows(connection: Any, table: Any, name: str, file: Path) -> Any:
    """Number the rows of a text view as in the file, and store them, so that the file is read once."""
    numbered = table.mutate(**{SOURCE_ROW: ibis.row_number() + 1})
    try:
        return connection.create_table(name, numbered, overwrite=True)
    except duckdb.Error as error:
        raise unreadable(file, error) from error


def unreadable(file: Path, error: Exception) -> UnreadableFileError:
    """What DuckDB says about a broken file, in one line and without the contents of the file."""
    line = re.search(r"Line: (\d+)", str(error))
    where = f"a break in line {line.group(1)}" if line else str(error).splitlines()[0][:200]
    return UnreadableFileError(
        rule=f"{file.name} must be whole, in UTF-8, with the same number of fields in every line",
        got=where,
        remedy=f"mend {file}",
    )


def compression_of(file: Path) -> str:
    """``gzip`` or ``none``, by what the file begins with, whatever it is called."""
    with file.open("rb") as stream:
        return "gzip" if stream.read(2) == GZIP_MAGIC else "none"


def first_bytes(file: Path) -> bytes:
    """The beginning of a text file, unpacked. Raises ``MissingFileError`` and ``UnreadableFileError``."""
    if not file.is_file():
        kind = "a file, not a folder" if file.is_dir() else "the published file, plain or gzipped"
        raise MissingFileError(file, remedy=f"name {kind} with --book or book.path")
    try:
        with gzip.open(file) if compression_of(file) == "gzip" else file.open("rb") as stream:
            start: bytes = stream.read(PEEKED_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(file, error) from error
    if not start.strip():
        raise UnreadableFileError(rule="the file must not be empty", got=file, remedy="fetch it again")
    if b"\x00" in start:
        raise UnreadableFileError(rule="the file must be text", got=f"binary data in {file}", remedy="export it as CSV")
    return start


def day_after(column: Any) -> date | None:
    """The day after the latest date of a text column, or ``None`` if it holds no date."""
    latest = typed(column, Kind.DATE).max().to_pyarrow().as_py()
    return None if latest is None else latest + timedelta(days=1)


def _header(file: Path) -> list[str]:
    """Names of the columns; a name that comes twice gets its place as a suffix."""
    text = first_bytes(file).decode("utf-8-sig", errors="replace")
    names = next(csv.reader(io.StringIO(text)), [])
    return [f"{name}_{place}" if name in names[:place] else name for place, name in enumerate(names)]
