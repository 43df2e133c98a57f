"""A folder of book tables: ``<table>.parquet`` or ``<table>.csv[.gz]``, with the columns of the contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from models.config import BookConfig
from models.errors import MissingFileError, UnreadableFileError
from models.tables.quality import SOURCE_ROW
from models.tables.schema import REQUIRED_TABLES, TABLES, TableSchema
from models.tables.sources.published import open_csv, store_rows, unreadable
from models.tables.sources.source_tables import SourceTables, book_columns, check_table_names, known_until_of

ENDINGS = (".parquet", ".csv", ".csv.gz")
_FILE_ROW = "file_row_number"


def read(connection: Any, config: BookConfig, path: str, scratch: Path) -> SourceTables:  # noqa: ARG001
    """Every table of the contract that the folder has; ``book.columns`` renames columns.

    Raises ``MissingFileError`` if there is no such folder, ``UnreadableFileError`` if a required table is not
    in it or two files claim to be the same table.
    """
    check_table_names("book.columns", list(config.columns))
    files = _files(Path(path))
    tables, ignored = {}, {}
    for name, file in files.items():
        renames = config.columns.get(name, {})
        tables[name], ignored[name] = read_table(connection, file, TABLES[name], renames)
    return SourceTables(
        tables=tables,
        known_until=known_until_of(config, None),
        ignored_columns={name: columns for name, columns in ignored.items() if columns},
    )


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise MissingFileError(folder, remedy="name a folder with clients and cashflows as Parquet or CSV")
    found = {
        name: [folder / f"{name}{end}" for end in ENDINGS if (folder / f"{name}{end}").is_file()] for name in TABLES
    }
    for name, files in found.items():
        if len(files) > 1:
            both = " and ".join(file.name for file in files)
            raise UnreadableFileError(rule=f"{name} must be one file", got=both, remedy=f"remove one from {folder}")
    missing = [name for name in REQUIRED_TABLES if not found[name]]
    if missing:
        raise UnreadableFileError(
            rule=f"the folder must hold {' and '.join(REQUIRED_TABLES)} as Parquet or CSV",
            got=f"no {' and no '.join(missing)} in {folder}",
            remedy=f"add {missing[0]}.parquet or {missing[0]}.csv",
        )
    return {name: files[0] for name, files in found.items() if files}


def read_table(
    connection: Any, file: Path, schema: TableSchema, renames: dict[str, str]
) -> tuple[Any, tuple[str, ...]]:
    """One table of the contract from its file, and the columns that the contract does not know."""
    if file.suffix == ".parquet":
        rows = read_stored(connection, file)
        present = [name for name in rows.columns if name != _FILE_ROW]
        columns, ignored = book_columns(present, schema, renames)
        return rows.select(**columns, **{SOURCE_ROW: rows[_FILE_ROW] + 1}), ignored
    lines = open_csv(connection, file)
    columns, ignored = book_columns(lines.columns, schema, renames)
    return store_rows(connection, lines.select(**columns), f"raw_{schema.name}", file), ignored


def read_stored(connection: Any, file: Path) -> Any:
    """A Parquet file, rows numbered from 0 in ``file_row_number``. Raises ``UnreadableFileError``."""
    try:
        return connection.read_parquet(file, **{_FILE_ROW: True})
    except duckdb.Error as error:
        raise unreadable(file, error) from error
