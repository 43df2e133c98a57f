"""Reads one published text file, plain or gzipped, into a table of text columns; what they mean is not known here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from models.book.columns import Kind
from models.book.parsing import typed
from models.book.sources.columns import match_headers, require_known
from models.book.sources.compressed import compression_of
from models.book.sources.csv_files import beginning_of, open_csv, require_text, store_rows, unreadable
from models.config.book import BookConfig
from models.errors import MissingColumnError


def read_published(
    connection: Any,
    path: str,
    table: str,
    headers: Mapping[str, Sequence[str]],
    required: Sequence[str],
    *,
    scratch: Path,
    config: BookConfig,
) -> Any:
    """The columns of ``headers`` that the CSV file has, under our names, with ``source_row``.

    Where ``book.columns`` names the column of the file, that one is read, whatever the editions known call it.
    Raises ``MissingFileError``, ``UnreadableFileError``, ``MissingColumnError``, and ``UserError`` where a column could
    be one of two, or is counted in another unit than the editions known.
    """
    file = open_csv(Path(path))
    renames = config.columns.get(table, {})
    require_known(f"book.columns.{table}", list(renames), list(headers))
    lost = [header for header in renames.values() if header not in file.names]
    if lost:
        raise MissingColumnError(table, lost, file.names)
    matched = match_headers(file.names, headers) | renames
    missing = [headers[name][0] for name in required if name not in matched]
    if missing:
        raise MissingColumnError(table, missing, file.names)
    return file.store(connection, matched, f"raw_{table}", scratch)


def read_lines(connection: Any, file: Path, name: str, *, skip: int) -> Any:
    """A text file as a stored table with one column ``line``, without the first ``skip`` lines."""
    options = {
        "delim": "\x01",
        "quote": "",
        "escape": "",
        "auto_detect": False,
        "header": False,
        "skip": skip,
    }
    options |= {"compression": compression_of(file), "strict_mode": False}
    lines = connection.read_csv(str(file), columns={"line": "VARCHAR"}, **options)
    try:
        return store_rows(connection, lines, name)
    except duckdb.Error as error:
        raise unreadable(file, error) from error


def first_bytes(file: Path) -> bytes:
    """The beginning of a text file, unpacked. Raises ``MissingFileError`` and ``UnreadableFileError``."""
    start = beginning_of(file)
    require_text(file, start)
    return start


def day_after(column: Any) -> date | None:
    """The day after the latest date of a text column, or ``None`` if it holds no date."""
    latest = typed(column, Kind.DATE).max().to_pyarrow().as_py()
    return None if latest is None else latest + timedelta(days=1)
