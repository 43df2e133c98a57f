"""One CSV file: its header, its rows as a stored table of text, and what to say where it is no CSV as we read it.

DuckDB reads what is plain. Where it gives up, or the text is UTF-16, Python reads the file by RFC 4180 (line ends may
be mixed) and either finds what is wrong or leaves a plain copy. Which columns are wanted is the caller's.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import duckdb
import ibis

from models.book.contract import NAMELESS
from models.book.quarantine import SOURCE_ROW
from models.book.sources.compressed import BROKEN, ZIP_MAGIC, compression_of, open_bytes
from models.encodings import marked_encoding, not_utf8, probable_encoding, utf8_break
from models.errors import MissingFileError, UnreadableFileError
from models.text import Text

PEEKED_BYTES = 1 << 16
COMMA = ","
SEPARATORS = {";": "semicolons", "|": "bars", "\t": "tabs"}
"""Signs other than the comma that programs put between fields, in words."""
SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
"""The line that names the sign between fields to Excel; it stands before the header."""
_DISGUISES = (
    (ZIP_MAGIC, "an Excel workbook or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "an SQLite database"),
    (b"%PDF", "a PDF"),
)
_READ_BY_DUCKDB = ("none", "gzip", "zstd")
_MARKED = ("utf-8-sig", "utf-16", "utf-32")
"""Encodings that the file itself tells."""
_BAD_LINES = 50
"""So many lines that are not UTF-8 are looked at to name their encoding."""
_OPTIONS = {
    "quote": '"',
    "escape": '"',
    "nullstr": "",
    "all_varchar": True,
    "auto_detect": False,
    "header": True,
}


@dataclass(frozen=True, kw_only=True)
class CsvFile:
    """A CSV file of which the header is known.

    ``names`` are the columns in order, a nameless one called ``column 3 without a name``; names may repeat. ``skipped``
    lines stand before the header. ``encoding`` is UTF-8, unless a byte order mark or a setting says otherwise. Where
    rows are ``refused_alone``, one with too few or too many fields is an empty row, which no contract lets in.
    ``guessed`` tells what was found out and not set: the encoding, the delimiter.
    """

    path: Path
    names: tuple[str, ...]
    skipped: int = 0
    encoding: str = "utf-8-sig"
    refused_alone: bool = False
    delimiter: str = COMMA
    guessed: tuple[Guess, ...] = ()

    def store(self, connection: Any, columns: Mapping[str, str], name: str, scratch: Path) -> Any:
        """The rows as a table ``name`` of text columns and ``source_row`` from 1; only an empty field is null.

        ``columns``: new name -> name in the header, which must stand there once. ``scratch`` takes a plain copy where
        one is needed. Raises ``UnreadableFileError``.
        """
        is_plain = self.encoding == "utf-8-sig" and not self.skipped  # DuckDB's own skipping loses rows after quotes
        if is_plain and compression_of(self.path) in _READ_BY_DUCKDB:
            with suppress(duckdb.Error):  # the copy finds out what it is about, or is what the file should have been
                return store_rows(connection, self._view(connection, self.path, columns), name)
        elif self.encoding not in _MARKED:
            with suppress(duckdb.Error):
                return store_rows(connection, self._view(connection, self.text_copy(scratch), columns), name)
        copy = replace(self, delimiter=COMMA), self._plain_copy(scratch)
        try:
            return store_rows(connection, copy[0]._view(connection, copy[1], columns), name)
        except duckdb.Error as error:
            raise unreadable(self.path, error) from error

    def _view(self, connection: Any, path: Path, columns: Mapping[str, str]) -> Any:
        """By place, not by name: DuckDB takes names that differ in case for one."""
        places = {f"c{place}": "VARCHAR" for place in range(len(self.names))}
        options = _OPTIONS | {"delim": self.delimiter, "compression": compression_of(path)}
        view = connection.read_csv(str(path), columns=places, **options)
        return view.select(**{new: view[f"c{self.names.index(old)}"] for new, old in columns.items()})

    def _plain_copy(self, scratch: Path) -> Path:
        """The same rows in UTF-8 with one kind of line end. Raises ``UnreadableFileError`` with what is wrong."""
        target = scratch / f"plain-{uuid4().hex}.csv"
        with open_text(self.path, self.encoding) as text, target.open("w", encoding="utf-8", newline="") as copy:
            for _ in range(self.skipped):
                text.readline()
            rows = csv.reader(text, strict=True, delimiter=self.delimiter)
            try:
                csv.writer(copy, lineterminator="\n").writerows(self._whole_rows(rows))
            except UnicodeError as error:
                raise self._undecoded(error) from error
            except (csv.Error, *BROKEN) as error:
                raise _broken(self.path, f"a break in line {self.skipped + rows.line_num} ({error})") from error
        return target

    def text_copy(self, scratch: Path) -> Path:
        """The same text in UTF-8 from the header on, unpacked. Raises ``UnreadableFileError``."""
        target = scratch / f"text-{uuid4().hex}.csv"
        with open_text(self.path, self.encoding) as text, target.open("w", encoding="utf-8", newline="") as copy:
            try:
                for _ in range(self.skipped):
                    text.readline()
                shutil.copyfileobj(text, copy, PEEKED_BYTES)
            except UnicodeError as error:
                raise self._undecoded(error) from error
            except BROKEN as error:
                raise unreadable(self.path, error) from error
        return target

    def _undecoded(self, error: UnicodeError) -> UnreadableFileError:
        """What to tell of text that is not in the encoding that it is read in."""
        if self.encoding == "utf-8-sig":
            return _not_utf8(self.path) or unreadable(self.path, error)
        return UnreadableFileError(
            rule=f"{self.path.name} must be in {self.encoding}",
            got=str(error)[:200],
            remedy="name the encoding that it is in, such as cp1252, gb18030 or utf-16",
        )

    def _whole_rows(self, rows: Any) -> Iterator[list[str]]:
        """One row after the other, lines of blanks aside; a comma too many at the end of a line does no harm."""
        width = len(self.names)
        for row in rows:
            if len(row) == 1 != width and not row[0].strip():
                continue
            if len(row) == width + 1 and not row[-1]:
                row.pop()
            if row and len(row) != width and not self.refused_alone:
                line = self.skipped + rows.line_num
                raise _broken(self.path, f"{len(row)} fields in line {line}, where the header has {width}")
            if row:
                yield row if len(row) == width else [""] * width


@dataclass(frozen=True)
class Guess:
    """What a file does not say and was found out: ``setting`` of ``book.read``, its ``value``, and ``why``."""

    setting: str
    value: str
    why: Text


def open_csv(path: Path) -> CsvFile:
    """A CSV file as the contract asks for it, with its header read.

    Raises ``MissingFileError``, and ``UnreadableFileError`` for what is no text, neither UTF-8 nor marked as UTF-16, or
    separated by another sign than the comma.
    """
    start = beginning_of(path)
    encoding = marked_encoding(start) or "utf-8-sig"
    if encoding == "utf-8-sig":
        require_text(path, start)
        if utf8_break(start, final=False) is not None:
            raise _not_utf8(path) or _broken(path, "a break in the header")
    text = start.decode(encoding, errors="replace")
    stated = SEPARATOR_LINE.match(text.replace("\r", "\n").partition("\n")[0])
    if stated and stated.group(1) != COMMA:
        raise _separated(path, stated.group(1))
    skipped, header = header_of(text, int(bool(stated)))
    _require_commas(path, header)
    return CsvFile(path=path, names=named(header), skipped=skipped, encoding=encoding)


def named(header: Iterable[str]) -> tuple[str, ...]:
    """The names of a header, and where one is missing its place."""
    return tuple(name if name.strip() else NAMELESS.format(place) for place, name in enumerate(header, start=1))


def store_rows(connection: Any, table: Any, name: str) -> Any:
    """Number the rows of a text view as in the file, and store them, so that the file is read once."""
    numbered = table.mutate(**{SOURCE_ROW: ibis.row_number() + 1})
    return connection.create_table(name, numbered, overwrite=True)


def unreadable(file: Path, error: Exception) -> UnreadableFileError:
    """What DuckDB says about a broken file, in one line and without the contents of the file."""
    line = re.search(r"Line: (\d+)", str(error))
    return _broken(file, f"a break in line {line.group(1)}" if line else str(error).splitlines()[0][:200])


def beginning_of(file: Path) -> bytes:
    """The beginning of a file, unpacked. Raises ``MissingFileError`` and ``UnreadableFileError``."""
    if not file.is_file():
        kind = "a file, not a folder" if file.is_dir() else "the published file, plain or gzipped"
        raise MissingFileError(file, remedy=f"name {kind} with --book or book.path")
    try:
        with open_bytes(file) as stream:
            start: bytes = stream.read(PEEKED_BYTES)
    except BROKEN as error:
        raise unreadable(file, error) from error
    if not start.strip():
        raise UnreadableFileError(rule="the file must not be empty", got=file, remedy="fetch it again")
    return start


def require_text(file: Path, start: bytes) -> None:
    """Raises ``UnreadableFileError`` if a file that begins so holds no text in UTF-8, naming what it holds instead."""
    disguise = next((what for magic, what in _DISGUISES if start.startswith(magic)), None)
    if disguise is None and b"\x00" not in start:
        return
    if disguise is None and probable_encoding(start) == "UTF-16":
        raise UnreadableFileError(
            rule=f"{file.name} must be in UTF-8",
            got="text in UTF-16 without a byte order mark",
            remedy="save it as UTF-8",
        )
    raise UnreadableFileError(
        rule="the file must be text",
        got=f"{disguise or 'binary data'} in {file}",
        remedy="save it as CSV in UTF-8, separated by commas, or as Parquet",
    )


def open_text(path: Path, encoding: str) -> IO[str]:
    """A text file, plain or gzipped, with its line ends as they are."""
    return io.TextIOWrapper(open_bytes(path), encoding=encoding, newline="")


def header_of(text: str, stated: int, delimiter: str = COMMA) -> tuple[int, list[str]]:
    """Lines before the header (blank ones, and the ``stated`` lines before it), and the header."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    for place, row in enumerate(rows):
        if place >= stated and any(field.strip() for field in row):
            return before, row
        before = rows.line_num
    return 0, []


def _require_commas(path: Path, header: list[str]) -> None:
    """Raises ``UnreadableFileError`` if another sign cuts the header into more fields."""
    line = COMMA.join(header)
    counts = {sign: len(next(csv.reader([line], delimiter=sign), [])) for sign in SEPARATORS}
    sign = max(counts, key=lambda each: counts[each])
    if counts[sign] > len(header):
        raise _separated(path, sign)


def _separated(path: Path, sign: str) -> UnreadableFileError:
    name = f"{SEPARATORS[sign]} ({sign!r})" if sign in SEPARATORS else repr(sign)
    return UnreadableFileError(
        rule=f"{path.name} must separate its fields by commas",
        got=name,
        remedy=f"save {path} with commas, numbers with a point, or save it as Parquet",
    )


def _broken(path: Path, got: str) -> UnreadableFileError:
    return UnreadableFileError(
        rule=f"{path.name} must be whole, in UTF-8, with the same number of fields in every line",
        got=got,
        remedy=f"mend {path}",
    )


def _not_utf8(path: Path) -> UnreadableFileError | None:
    """What to tell of a file with lines that are not UTF-8; None if all are."""
    with open_bytes(path) as stream:
        found = list(islice(_bad_lines(stream), _BAD_LINES))
    if not found:
        return None
    return not_utf8(path.name, b"".join(line for _, line in found), line=found[0][0])


def _bad_lines(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(lines, start=1) if utf8_break(line) is not None)
