"""Files of a table: those that ``book.read`` names, else those named like the table."""

from __future__ import annotations

import glob
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from models.book.sources.columns import names_at_source, require_known
from models.book.sources.compressed import ENDINGS as PACKED
from models.book.sources.compressed import is_archive, unpacked_archive
from models.config.book import BookConfig
from models.config.reading import DEFAULT, Format, ReadConfig
from models.errors import MissingFileError, UnreadableFileError

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".dat": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xlsb": "xlsx",
    ".xls": "xlsx",
    ".ods": "xlsx",
}
"""Ending -> format, of files that are not compressed or after the ending that says so."""
_NO_PARTITION = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, kw_only=True)
class TablePart:
    """One file of a table; ``partition`` are the values that its folders give to columns, as Hive writes them."""

    file: Path
    partition: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, kw_only=True)
class TableFiles:
    """All files of one table, in the order of their names, and their format; a lake's table is a folder."""

    table: str
    format: Format
    parts: tuple[TablePart, ...]

    @property
    def first(self) -> Path:
        """The file that stands for all where one is named."""
        return self.parts[0].file


@dataclass(frozen=True, kw_only=True)
class Located:
    """The place of a book: a folder, or one file (a workbook, a table, a ZIP archive of tables)."""

    config: BookConfig
    place: Path

    @property
    def folder(self) -> Path:
        """Where relative names of files begin."""
        return self.place.parent if self.place.is_file() else self.place

    def origins(self) -> list[Path]:
        """Every file that the tables may come from, also in folders below: what tells whether the book changed."""
        named = [file for each in self.config.read.values() for file in self._named(each.files)]
        beside = [file for file in self.folder.iterdir() if file.is_file()] if self.place.is_dir() else [self.place]
        folders = [self.folder / name for name in self._tables() if (self.folder / name).is_dir()]
        found = [inside for each in (*named, *beside, *folders) for inside in _files_below(each)]
        return sorted(set(found))

    def read_beside(self, tables: Collection[str]) -> list[Path]:
        """Files and folders of a book's folder that are read without being the file of one of ``tables``."""
        if not self.place.is_dir():
            return []
        named = [file for each in self.config.read.values() for file in self._named(each.files)]
        drawn_on = {name for name in self._tables() if name not in tables}
        inside = [
            each
            for each in self.place.iterdir()
            if (each.is_dir() and each.name in tables and format_below(each))
            or (each.is_file() and each.name.split(".")[0] in drawn_on and format_of(each))
        ]
        return [
            *inside,
            *(self.place / each.relative_to(self.place).parts[0] for each in named if _is_in(each, self.place)),
        ]

    def named_files(self, name: str, scratch: Path) -> TableFiles:
        """The files of a table that its settings name. Raises ``MissingFileError`` and ``UnreadableFileError``."""
        settings = self.config.reading(name)
        origins = self._named(settings.files)
        if not origins:
            raise MissingFileError(
                f"{', '.join(settings.files)} in {self.folder}",
                remedy=f"name the files of the table in book.read.{name}.files",
            )
        return table_files(name, origins, settings, scratch)

    def _tables(self) -> Iterator[str]:
        known = names_at_source(self.config)
        yield from known
        yield from (name for name in self.config.read if name != DEFAULT and name not in known)

    def _named(self, names: Sequence[str]) -> list[Path]:
        """The files that are meant; none at all where a name or a pattern finds nothing."""
        found: list[Path] = []
        for name in names:
            whole = self.folder / Path(name).expanduser()
            if whole.exists():
                found.append(whole)
            elif glob.has_magic(name):
                root = Path(whole.anchor or ".")
                matching = sorted(each for each in root.glob(str(whole.relative_to(root))) if each.is_file())
                if not matching:
                    return []
                found += matching
            else:
                return []
        return list(dict.fromkeys(found))


def is_lake(folder: Path) -> Format | None:
    """``delta`` or ``iceberg`` if a folder is a table of one of them."""
    if (folder / "_delta_log").is_dir():
        return "delta"
    is_iceberg = (folder / "metadata").is_dir() and any((folder / "metadata").glob("*.metadata.json"))
    return "iceberg" if is_iceberg else None


def format_of(file: Path) -> Format | None:
    """The format of a file or folder by its name; None where that tells nothing."""
    if file.is_dir():
        return is_lake(file)
    endings = [ending.lower() for ending in file.suffixes]
    if endings and endings[-1] in PACKED:
        endings.pop()
    return FORMATS.get(endings[-1]) if endings else None


def format_below(folder: Path) -> bool:
    """Whether a folder holds files of a table, directly or below."""
    return is_lake(folder) is not None or any(format_of(file) for file in folder.rglob("*"))


def _is_in(file: Path, folder: Path) -> bool:
    return file != folder and folder in file.parents


def table_files(name: str, origins: Sequence[Path], settings: ReadConfig, scratch: Path) -> TableFiles:
    """All files of one table: those of its folders and archives as well. Raises ``UnreadableFileError``."""
    parts = [part for origin in origins for part in _parts(origin, settings, scratch)]
    formats = {settings.format} if settings.format else {format_of(part.file) or "csv" for part in parts}
    if len(formats) != 1:
        got = ", ".join(sorted(formats)) if parts else f"none in {origins[0]}"
        raise UnreadableFileError(
            rule=f"the files of {name} must be of one format",
            got=got,
            remedy=f"name those that are meant in book.read.{name}.files, e.g. as *.csv",
        )
    columns = {tuple(key for key, _ in part.partition) for part in parts}
    if len(columns) > 1:
        raise UnreadableFileError(
            rule=f"the folders of {name} must be parted in one way",
            got=" and ".join(sorted("/".join(each) or "none" for each in columns)),
            remedy="move those that are parted otherwise",
        )
    return TableFiles(table=name, format=formats.pop(), parts=tuple(parts))


def require_known_tables(config: BookConfig) -> None:
    """Raises ``UserError`` for a table of ``book.read`` that is neither one of the contract nor says where it is."""
    unplaced = [name for name, each in config.read.items() if not (each.files or each.query)]
    require_known("book.read", unplaced, [*names_at_source(config), DEFAULT])


def _parts(origin: Path, settings: ReadConfig, scratch: Path) -> Iterator[TablePart]:
    if origin.is_dir() and (settings.format or is_lake(origin)) in ("delta", "iceberg"):
        yield TablePart(file=origin)
        return
    if origin.is_file() and settings.compression in (None, "zip") and is_archive(origin):
        origin = unpacked_archive(origin, scratch)
    if origin.is_file():
        yield TablePart(file=origin)
        return
    for file in _files_below(origin):
        inside = file.relative_to(origin)
        if not any(part.startswith((".", "_")) for part in inside.parts):
            yield TablePart(file=file, partition=tuple(_partition(inside)))


def _files_below(origin: Path) -> list[Path]:
    return [origin] if origin.is_file() else sorted(file for file in origin.rglob("*") if file.is_file())


def _partition(inside: Path) -> Iterator[tuple[str, str | None]]:
    for part in inside.parts[:-1]:
        key, sign, value = part.partition("=")
        if sign:
            yield unquote(key), None if value == _NO_PARTITION else unquote(value)
