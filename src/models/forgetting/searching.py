"""The search for a client in files of every kind that results are kept in: which of them name it."""

from __future__ import annotations

import bz2
import gzip
import lzma
import mmap
import re
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.forgetting.report import FilesSearched
from models.forgetting.terms import Terms
from models.vocab import BoolArray

_SQLITE = b"SQLite format 3\x00"
_PROGRAM = ".whl"
_PACKED: dict[bytes, type[gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
"""How files begin that are packed, and what unpacks them."""
_CHUNK = 1 << 24


class FileKind(StrEnum):
    """How a file is read."""

    PARQUET = "Parquet"
    ARROW = "Arrow"
    NUMPY = "NumPy"
    SQLITE = "SQLite"
    ZIP = "zip"
    PACKED = "packed text"
    TEXT = "text"


@dataclass(frozen=True)
class NamingFile:
    """A file that names the client, in its content or its own name."""

    file: Path
    kind: FileKind
    in_name: bool = False


@dataclass(frozen=True)
class FilesFound:
    """What a search found, and what it read."""

    naming: tuple[NamingFile, ...]
    searched: FilesSearched


def search(files: Iterable[Path], terms: Terms) -> FilesFound:
    """Read all ``files``, and name those in which the client occurs."""
    kinds: Counter[str] = Counter()
    naming = []
    for file in files:
        kind = kind_of(file)
        kinds[kind.value] += 1
        in_name = _matches(terms.in_text, file.name)
        if in_name or names(file, kind, terms):
            naming.append(NamingFile(file, kind, in_name))
    counted = FilesSearched(files=kinds.total(), kinds=dict(sorted(kinds.items())), naming=len(naming))
    return FilesFound(tuple(naming), counted)


def files_below(places: Iterable[Path]) -> list[Path]:
    """All files below some folders, or these files, each once, without what links lead to, and our own program."""
    found: dict[Path, None] = {}
    for place in places:
        inside = [place] if place.is_file() else sorted(place.rglob("*")) if place.is_dir() else []
        found |= {file: None for file in inside if file.is_file() and not file.is_symlink() and file.suffix != _PROGRAM}
    return list(found)


def kind_of(file: Path) -> FileKind:
    """How a file is read, by its ending, or by how it begins."""
    endings = {".parquet": FileKind.PARQUET, ".arrow": FileKind.ARROW, ".npz": FileKind.NUMPY, ".npy": FileKind.NUMPY}
    if file.suffix in endings:
        return endings[file.suffix]
    with file.open("rb") as handle:
        begin = handle.read(len(_SQLITE))
    if begin == _SQLITE:
        return FileKind.SQLITE
    if begin.startswith(tuple(_PACKED)):
        return FileKind.PACKED
    return FileKind.ZIP if zipfile.is_zipfile(file) else FileKind.TEXT


def names(file: Path, kind: FileKind, terms: Terms) -> bool:
    """Whether the content of a file names the client."""
    if kind is FileKind.PARQUET:
        with pq.ParquetFile(file) as table:
            return any(named_rows(batch, terms) for batch in table.iter_batches())
    if kind is FileKind.ARROW:
        with pa.memory_map(str(file)) as source, pa.ipc.open_file(source) as batches:
            return any(
                named_rows(batches.get_batch(number), terms, folded=True)
                for number in range(batches.num_record_batches)
            )
    if kind is FileKind.NUMPY:
        return any(_matches(terms.in_cell, text) for text in _texts_in_arrays(file))
    if kind is FileKind.SQLITE:
        return any(_matches(terms.in_cell, text) for text in _texts_in_database(file))
    if kind is FileKind.ZIP:
        with zipfile.ZipFile(file) as archive:
            return any(_in_bytes(archive.read(member), terms) for member in archive.namelist())
    return _in_packed(file, terms) if kind is FileKind.PACKED else _in_file(file, terms)


def lines_naming(file: Path, kind: FileKind, terms: Terms) -> tuple[int, ...]:
    """Where a table names the client: lines of a text from 1, its header among them, or rows of a Parquet file from 1.

    Each once, at which the words begin; none of a file of another kind.
    """
    if kind is FileKind.PARQUET:
        return tuple(_rows_naming(file, terms))
    if kind not in (FileKind.TEXT, FileKind.PACKED):
        return ()
    content = _unpacked(file) if kind is FileKind.PACKED else file.read_bytes()
    lines, line, seen = [], 1, 0
    for match in re.finditer(terms.in_text.encode(), content):
        begin = match.end() - len(match[0].lstrip(b"\r\n"))  # what stands before the word belongs to the match
        line += content.count(b"\n", seen, begin)
        seen = begin
        lines.append(line)
    return tuple(dict.fromkeys(lines))


def _rows_naming(file: Path, terms: Terms) -> Iterator[int]:
    first = 1
    with pq.ParquetFile(file) as table:
        for batch in table.iter_batches():
            yield from (first + np.flatnonzero(_naming(batch, terms))).tolist()
            first += len(batch)


def _naming(batch: pa.RecordBatch, terms: Terms) -> BoolArray:
    """Which rows name the client in a column of texts or ids, (n,); what nests is no table of a source."""
    found = np.zeros(len(batch), dtype=np.bool_)
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        flat = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        texts = _as_ids(flat) if name in terms.keys else flat
        if pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type):
            named = pc.fill_null(pc.match_substring_regex(texts, terms.in_cell), False)
            found |= named.to_numpy(zero_copy_only=False)
    return found


def named_rows(batch: pa.RecordBatch | pa.Table, terms: Terms, *, folded: bool = False) -> bool:
    """Whether any text of a batch, however deep in lists and structs, names the client."""
    return any(
        bool(pc.any(pc.match_substring_regex(leaf, terms.in_cell, ignore_case=folded)).as_py())
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
        for leaf in leaves(_as_ids(column) if name in terms.keys else column)
    )


def _as_ids(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Whole numbers as text, where they are ids."""
    return column.cast(pa.string()) if pa.types.is_integer(column.type) else column


def leaves(column: pa.Array | pa.ChunkedArray) -> Iterator[pa.Array]:
    """The texts of a column, however deep in lists and structs."""
    if isinstance(column, pa.ChunkedArray):
        for chunk in column.chunks:
            yield from leaves(chunk)
    elif pa.types.is_dictionary(column.type):
        yield from leaves(column.dictionary)
    elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        yield column
    elif pa.types.is_map(column.type):
        yield from (leaf for part in (column.keys, column.items) for leaf in leaves(part))
    elif pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        yield from leaves(column.flatten())
    elif pa.types.is_struct(column.type):
        yield from (leaf for part in column.flatten() for leaf in leaves(part))


def _texts_in_arrays(file: Path) -> Iterator[str]:
    loaded: Any = np.load(file, allow_pickle=False)
    arrays = [loaded[name] for name in loaded.files] if file.suffix == ".npz" else [loaded]
    for each in arrays:
        if each.dtype.kind == "U":
            yield from map(str, np.unique(each))


def _texts_in_database(file: Path) -> Iterator[str]:
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - a name that the file has itself
                yield from (cell for cell in row if isinstance(cell, str))


def _in_file(file: Path, terms: Terms) -> bool:
    if not file.stat().st_size:
        return False
    with file.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _in_bytes(content, terms)


def _unpacking(file: Path) -> gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile:
    with file.open("rb") as handle:
        begin = handle.read(len(_SQLITE))
    return next(opener for sign, opener in _PACKED.items() if begin.startswith(sign))(file)


def _unpacked(file: Path) -> bytes:
    with _unpacking(file) as content:
        return content.read()


def _in_packed(file: Path, terms: Terms) -> bool:
    with _unpacking(file) as content:
        return any(_in_bytes(part, terms) for part in iter(lambda: content.read(_CHUNK) + content.readline(), b""))


def _in_bytes(content: bytes | mmap.mmap, terms: Terms) -> bool:
    """The words themselves are looked for first, which is much faster than to look for their ends."""
    named = any(content.find(form.encode()) >= 0 for form in terms.forms)
    return named and re.search(terms.in_text.encode(), content) is not None


def _matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None
