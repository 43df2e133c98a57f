"""A folder of book tables: ``<table>.parquet`` or ``<table>.csv[.gz]``, with the columns of the contract."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from models.book.contract import DECISION_TABLES, REQUIRED_TABLES
from models.book.days import UTC, local_time
from models.book.own import contract_of
from models.book.quarantine import SOURCE_ROW
from models.book.sources.csv_files import CsvFile, open_csv
from models.book.sources.raw_tables import RawTable, RawTables, names_at_source
from models.book.written import WrittenForms
from models.config.sections import BookConfig
from models.errors import MissingFileError, UnreadableFileError
from models.notices import Notice, Severity

ENDINGS = (".parquet", ".csv", ".csv.gz")
PARQUET_MAGIC = b"PAR1"
_FILE_ROW = "file_row_number"
_UTC_NAMES = (UTC, "Z", "+00:00", "Etc/UTC", "GMT")


@contextmanager
def raw_tables(connection: Any, config: BookConfig, path: str, scratch: Path) -> Iterator[RawTables]:
    """Every table that the folder has, open until the end.

    Raises ``MissingFileError`` if there is no such folder, ``UnreadableFileError`` if two files claim to be the same
    table; a table that is asked for what ``raw_table`` raises.
    """
    folder = Path(path)
    files = _files(folder, names_at_source(config))
    yield RawTables(
        openers={name: partial(raw_table, connection, file, name, config, scratch) for name, file in files.items()},
        absent=partial(_absent, folder),
        notices=tuple(_not_read(folder, files, contract_of(config.own))),
    )


def _files(folder: Path, names: Sequence[str]) -> dict[str, Path]:
    if not folder.is_dir():
        raise MissingFileError(folder, remedy="name a folder with clients and cashflows as Parquet or CSV")
    found = {
        name: [folder / f"{name}{end}" for end in ENDINGS if os.path.lexists(folder / f"{name}{end}")] for name in names
    }
    for name, files in found.items():
        _require_one_file(folder, name, files)
    return {name: files[0] for name, files in found.items() if files}


def _absent(folder: Path, missing: Sequence[str]) -> UnreadableFileError:
    return UnreadableFileError(
        rule=f"the folder must hold {' and '.join(REQUIRED_TABLES)} as Parquet or CSV",
        got=f"no {' and no '.join(missing)} in {folder}",
        remedy=_remedy_for(folder, missing),
    )


def _require_one_file(folder: Path, name: str, files: Sequence[Path]) -> None:
    if len(files) > 1:
        both = " and ".join(file.name for file in files)
        raise UnreadableFileError(rule=f"{name} must be one file", got=both, remedy=f"remove one from {folder}")
    if files and not files[0].is_file():
        kind = "a folder" if files[0].is_dir() else "a link to nothing, or no plain file"
        raise UnreadableFileError(
            rule=f"{files[0].name} must be a file",
            got=kind,
            remedy=f"put one Parquet or CSV file in its place in {folder}",
        )


def _remedy_for(folder: Path, missing: Sequence[str]) -> str:
    """What to do about absent tables, by what lies there under their names in another form."""
    lying = [file.name for name in missing for file in _other_forms(folder, name)]
    wanted = " and ".join(f"{name}.csv" for name in missing)
    if lying:
        return f"{' and '.join(lying)} cannot be read as it is: save it as {wanted} (UTF-8, commas) or as Parquet"
    return f"add {missing[0]}.parquet or {missing[0]}.csv"


def _other_forms(folder: Path, name: str) -> list[Path]:
    """Files named like a table but for the ending or the case of letters, e.g. ``clients.xlsx`` or ``Clients.CSV``."""
    known = {f"{name}{end}" for end in ENDINGS}
    alike = (file for file in folder.iterdir() if file.name.casefold().split(".")[0] == name)
    return sorted(file for file in alike if file.name not in known)


def _not_read(folder: Path, files: Mapping[str, Path], tables: Iterable[str]) -> Iterator[Notice]:
    """A notice for each file that is named like a table and that nothing reads."""
    for name in tables:
        for file in _other_forms(folder, name):
            instead = f"{files[name].name} is read instead" if name in files else "the book goes without that table"
            yield Notice(
                code="table_in_another_form",
                severity=Severity.NOTE if name in files else Severity.WARNING,
                subject=name,
                found=f"tables are {', '.join(f'{name}{end}' for end in ENDINGS)}, got {file.name}; {instead}",
                remedy="" if name in files else f"save it as {name}.csv (UTF-8, commas) or {name}.parquet",
            )


def raw_table(connection: Any, file: Path, name: str, config: BookConfig, scratch: Path) -> RawTable:
    """One table from its file. Raises ``UnreadableFileError``."""
    written = WrittenForms.of(name, config.reading(name))
    if file.suffix == ".parquet":
        rows, stored = read_stored(connection, file), pq.read_schema(file)
        return RawTable(name=name, names=tuple(stored.names), take=partial(_taken, rows, stored), written=written)
    text = replace(open_csv(file), refused_alone=name in DECISION_TABLES)
    take = partial(_stored_text, connection, text, name, scratch)
    return RawTable(name=name, names=text.names, take=take, written=written)


def _stored_text(connection: Any, text: CsvFile, name: str, scratch: Path, columns: Mapping[str, str]) -> Any:
    return text.store(connection, columns, f"raw_{name}_{uuid4().hex}", scratch)


def _taken(rows: Any, stored: pa.Schema, columns: Mapping[str, str]) -> Any:
    """By place, not by name: DuckDB calls the second of two names that differ in case by another."""
    places = {new: stored.names.index(old) for new, old in columns.items()}
    ours = {new: _in_own_zone(rows[rows.columns[at]], stored.field(at).type) for new, at in places.items()}
    return rows.select(**ours, **{SOURCE_ROW: rows[_FILE_ROW] + 1})


def _in_own_zone(value: Any, stored: pa.DataType) -> Any:
    """A moment as the clocks of its column's zone showed it, as a CSV file writes it; DuckDB knows the moment alone.

    Moments in UTC, or without a stated zone, stay moments.
    """
    if pa.types.is_timestamp(stored) and stored.tz not in (None, *_UTC_NAMES):
        return local_time(value, stored.tz)
    return value


def read_stored(connection: Any, file: Path) -> Any:
    """A Parquet file, rows numbered from 0 in ``file_row_number``. Raises ``UnreadableFileError``."""
    try:
        return connection.read_parquet(file, **{_FILE_ROW: True})
    except duckdb.Error as error:
        raise _no_parquet(file, error) from error


def _no_parquet(file: Path, error: Exception) -> UnreadableFileError:
    """A file that begins as Parquet is cut or damaged; any other is of another kind."""
    with file.open("rb") as stream:
        begins = stream.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC
    return UnreadableFileError(
        rule=f"{file.name} must be whole Parquet",
        got=str(error).splitlines()[0][:200] if begins else "a file that does not begin as Parquet does",
        remedy=f"write {file} again" if begins else "save it as Parquet, or let its ending say what it is",
    )
