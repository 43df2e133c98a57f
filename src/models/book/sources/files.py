"""A folder of book tables: ``<table>.parquet`` or ``<table>.csv[.gz]``, with the columns of the contract."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from models.book.contract import DECISION_TABLES, REQUIRED_TABLES
from models.book.days import UTC, local_time
from models.book.own import contract_of
from models.book.quarantine import SOURCE_ROW
from models.book.sources.columns import names_at_source
from models.book.sources.compressed import is_archive, unpacked_archive
from models.book.sources.csv_files import CsvFile, Guess
from models.book.sources.json_lines import open_json
from models.book.sources.lakes import lake_copy
from models.book.sources.located import (
    Located,
    TableFiles,
    format_below,
    format_of,
    is_lake,
    require_known_tables,
    table_files,
)
from models.book.sources.parts import OpenPart, joined_parts, parquet_parts
from models.book.sources.raw_tables import RawTable, RawTables
from models.book.sources.workbooks import open_sheet, sheet_names
from models.book.sources.written_csv import UTF8, late_guess, open_written
from models.book.written import WrittenForms
from models.config.book import BookConfig
from models.config.reading import DEFAULT, ReadConfig
from models.errors import MissingFileError, UnreadableFileError
from models.notices import Notice, Severity
from models.text import Text

ENDINGS = (".parquet", ".csv", ".csv.gz")
NOTES = (".txt", ".dat")
"""Endings of text that is read as a table where the config names the file."""
PARQUET_MAGIC = b"PAR1"
_GUESSED: Final = Text("{setting} is not set, and {file} is read with {value}: {why}")
_NARROW: Final = Text("the rows above it are narrower than those below")
_STATE_IT: Final = Text("set {setting} to {value}, or to what it is")
_FILE_ROW = "file_row_number"
_UTC_NAMES = (UTC, "Z", "+00:00", "Etc/UTC", "GMT")


@contextmanager
def raw_tables(connection: Any, config: BookConfig, path: str, scratch: Path) -> Iterator[RawTables]:
    """Every table at ``path``: a folder, a workbook whose sheets are tables, one table's file, or a ZIP archive.

    Raises ``MissingFileError`` if there is nothing, ``UnreadableFileError`` if two files claim to be the same table;
    a table that is asked for what ``opened_table`` raises.
    """
    require_known_tables(config)
    located = Located(config=config, place=_place(Path(path), scratch))
    found = _tables(located)
    read = partial(_read, connection, located, scratch)
    yield RawTables(
        openers={name: partial(read, name, origin) for name, origin in found.items()},
        absent=partial(_absent, located.place),
        notices=tuple(_not_read(located.folder, found, contract_of(config.own))) if located.place.is_dir() else (),
    )


def _place(path: Path, scratch: Path) -> Path:
    if not path.exists():
        raise MissingFileError(path, remedy="name a folder with clients and cashflows as Parquet or CSV")
    return unpacked_archive(path, scratch) if path.is_file() and is_archive(path) else path


def _tables(located: Located) -> dict[str, Path | None]:
    """Table -> where it is read from by its name; None of those whose files the config names."""
    place, settings = located.place, located.config.read
    found: dict[str, Path | None] = {}
    if place.is_file():
        found.update(
            dict.fromkeys([*_names_in(place, names_at_source(located.config)), *_placeless(located.config)], place)
        )
    else:
        known = names_at_source(located.config)
        found.update(_files(place, known))
        found.update({stem: file for stem, file in _others(place) if stem not in known})
    return found | {name: None for name, each in settings.items() if each.files and name != DEFAULT}


def _names_in(file: Path, known: Sequence[str]) -> list[str]:
    """The tables in one file: its sheets, of which those of the contract may be written in any case, or itself."""
    names = sheet_names(file) if format_of(file) == "xlsx" else [file.name.split(".")[0]]
    return [name.casefold() if name.casefold() in known else name for name in names]


def _placeless(config: BookConfig) -> list[str]:
    return [name for name, each in config.read.items() if name != DEFAULT and not each.files]


def _others(folder: Path) -> Iterator[tuple[str, Path]]:
    return ((file.name.split(".")[0], file) for file in sorted(folder.iterdir()) if format_of(file))


def _read(connection: Any, located: Located, scratch: Path, name: str, origin: Path | None) -> RawTable:
    settings = located.config.reading(name)
    files = located.named_files(name, scratch) if origin is None else table_files(name, [origin], settings, scratch)
    return opened_table(connection, files, located.config, scratch)


def _files(folder: Path, names: Sequence[str]) -> dict[str, Path]:
    found = {
        name: [folder / f"{name}{end}" for end in ENDINGS if os.path.lexists(folder / f"{name}{end}")]
        or [file for file in _other_forms(folder, name) if _is_meant(file)]
        for name in names
    }
    for name, files in found.items():
        _require_one_file(folder, name, files)
    return {name: files[0] for name, files in found.items() if files}


def _is_meant(file: Path) -> bool:
    """Whether a file named like a table is one: plain text may be a note on the table instead."""
    return _holds_data(file) or (format_of(file) is not None and not set(file.suffixes) & set(NOTES))


def _holds_data(folder: Path) -> bool:
    return folder.is_dir() and format_below(folder)


def _absent(folder: Path, missing: Sequence[str]) -> UnreadableFileError:
    return UnreadableFileError(
        rule=f"the folder must hold {' and '.join(REQUIRED_TABLES)} as Parquet or CSV",
        got=f"no {' and no '.join(missing)} in {folder}",
        remedy=_remedy_for(folder, missing),
    )


def _to_read(file: Path, name: str) -> str:
    if format_of(file):
        return f"set book.read.{name}.files to {file.name} if it is that table"
    return f"save it as {name}.csv (UTF-8, commas) or {name}.parquet"


def _require_one_file(folder: Path, name: str, files: Sequence[Path]) -> None:
    if len(files) > 1:
        both = " and ".join(file.name for file in files)
        raise UnreadableFileError(rule=f"{name} must be one file", got=both, remedy=f"remove one from {folder}")
    if files and not (files[0].is_file() or _holds_data(files[0]) or is_lake(files[0])):
        kind = "a folder" if files[0].is_dir() else "a link to nothing, or no plain file"
        raise UnreadableFileError(
            rule=f"{files[0].name} must be a file",
            got=kind,
            remedy=f"put one Parquet or CSV file in its place in {folder}",
        )


def _remedy_for(folder: Path, missing: Sequence[str]) -> str:
    """What to do about absent tables, by what lies there under their names in another form."""
    lying = [file for name in missing for file in _other_forms(folder, name)]
    named = [
        f"set book.read.{file.name.split('.')[0].casefold()}.files to {file.name}" for file in lying if format_of(file)
    ]
    if named:
        return " and ".join(named)
    wanted = " and ".join(f"{name}.csv" for name in missing)
    if lying:
        said = " and ".join(file.name for file in lying)
        return f"{said} cannot be read as it is: save it as {wanted} (UTF-8, commas) or as Parquet"
    place = f"add {missing[0]}.parquet or {missing[0]}.csv, or say in book.read.{missing[0]}.files where it is"
    others = sorted(file for file in folder.iterdir() if format_of(file))
    if not others:
        return place
    workbook = next((file for file in others if format_of(file) == "xlsx"), None)
    opened = "" if workbook is None else f"set book.path to {workbook.name} itself if its sheets are the tables, or "
    return f"{opened}{place}; clientvalue init {folder} makes out what lies there"


def _other_forms(folder: Path, name: str) -> list[Path]:
    """Files named like a table but for the ending or the case of letters, e.g. ``clients.xlsx`` or ``Clients.CSV``."""
    known = {f"{name}{end}" for end in ENDINGS}
    alike = (file for file in folder.iterdir() if file.name.casefold().split(".")[0] == name)
    return sorted(file for file in alike if file.name not in known)


def _not_read(folder: Path, files: Mapping[str, Path | None], tables: Iterable[str]) -> Iterator[Notice]:
    """A notice for each file that is named like a table and that nothing reads."""
    for name in tables:
        read = files.get(name)
        for file in _other_forms(folder, name):
            if file == read or (name in files and read is None):
                continue
            instead = f"{read.name} is read instead" if read else "the book goes without that table"
            yield Notice(
                code="table_in_another_form",
                severity=Severity.NOTE if name in files else Severity.WARNING,
                subject=name,
                found=f"tables are {', '.join(f'{name}{end}' for end in ENDINGS)}, got {file.name}; {instead}",
                remedy="" if name in files else _to_read(file, name),
            )


def raw_table(connection: Any, file: Path, name: str, config: BookConfig, scratch: Path) -> RawTable:
    """One table from its file. Raises ``UnreadableFileError``."""
    return opened_table(connection, table_files(name, [file], config.reading(name), scratch), config, scratch)


def opened_table(connection: Any, files: TableFiles, config: BookConfig, scratch: Path) -> RawTable:
    """One table from its files, written as ``book.read`` says.

    Raises ``UnreadableFileError`` with the setting that would read it, ``UserError`` for files whose columns differ.
    """
    written = WrittenForms.of(files.table, config.reading(files.table))
    if files.format == "parquet" and len(files.parts) > 1:
        names, take = parquet_parts(connection, files)
        return RawTable(name=files.table, names=names, take=take, written=written)
    opening = _Opening(connection, files, config.reading(files.table), scratch)
    table = joined_parts(files, [opening.part(part.file) for part in files.parts])
    return RawTable(name=files.table, names=table.names, take=table.take, written=written, notices=opening.notices)


@dataclass(frozen=True)
class _Opening:
    """The opening of a table's files one by one; ``notices`` grow while they are opened and while rows are taken."""

    connection: Any
    files: TableFiles
    settings: ReadConfig
    scratch: Path
    notices: list[Notice] = field(default_factory=list)

    def part(self, file: Path) -> OpenPart:
        """One of the files."""
        form = self.files.format
        if form == "csv":
            return self._text(file)
        if form == "json":
            decimal = self.settings.decimal or "."
            rows = open_json(self.connection, file, self.settings.encoding, decimal, self.scratch)
            return OpenPart(names=rows.names, take=rows.take)
        if form == "xlsx":
            return self._sheet(file)
        if form in ("delta", "iceberg"):
            file = lake_copy(file, form, self.scratch / f"lake-{uuid4().hex}.parquet")
        stored_rows, stored = read_stored(self.connection, file), pq.read_schema(file)
        return OpenPart(names=tuple(stored.names), take=partial(_taken, stored_rows, stored))

    def _sheet(self, file: Path) -> OpenPart:
        sheet = open_sheet(file, self.settings, self.files.table)
        if self.settings.header_row is None and sheet.header_row > 1:
            self._tell(file, Guess("header_row", str(sheet.header_row), _NARROW))
        return OpenPart(names=sheet.names, take=partial(sheet.store, self.connection))

    def _text(self, file: Path) -> OpenPart:
        name = self.files.table
        text = replace(open_written(file, self.settings, f"book.read.{name}"), refused_alone=name in DECISION_TABLES)
        for guess in text.guessed:
            self._tell(file, guess)
        return OpenPart(names=text.names, take=partial(self._stored, text))

    def _stored(self, text: CsvFile, columns: Mapping[str, str]) -> Any:
        """The rows of a text; where it is UTF-8 at its beginning alone, in the encoding that the rest tells."""
        target = f"raw_{self.files.table}_{uuid4().hex}"
        try:
            return text.store(self.connection, columns, target, self.scratch)
        except UnreadableFileError:
            is_open = self.settings.encoding is None and text.encoding == UTF8
            late = late_guess(text.path, f"book.read.{self.files.table}") if is_open else None
            if late is None or late.guess is None:
                raise
            self._tell(text.path, late.guess)
            return replace(text, encoding=late.encoding).store(self.connection, columns, target, self.scratch)

    def _tell(self, file: Path, guess: Guess) -> None:
        """Of many files that are written alike one notice is enough."""
        found = _guess_notice(self.files.table, file, guess)
        if all((each.code, each.remedy) != (found.code, found.remedy) for each in self.notices):
            self.notices.append(found)


def _guess_notice(name: str, file: Path, guess: Guess) -> Notice:
    setting, value = f"book.read.{name}.{guess.setting}", repr(guess.value)
    return Notice.of(
        f"{guess.setting}_guessed",
        Severity.NOTE,
        name,
        found=_GUESSED.filled(setting=setting, file=file.name, value=value, why=guess.why),
        remedy=_STATE_IT.filled(setting=setting, value=value),
    )


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
