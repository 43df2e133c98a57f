"""Several files as one table: their rows one after the other, and what their folders say as columns.

``source_row`` counts through the files in the order of their names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from models.book.quarantine import SOURCE_ROW
from models.book.sources.located import TableFiles, TablePart
from models.errors import UnreadableFileError, UserError

Take = Callable[[Mapping[str, str]], Any]
_FILE, _ROW, _BEFORE = "name of the file", "file_row_number", "rows in files before"


@dataclass(frozen=True, kw_only=True)
class OpenPart:
    """One opened file: its columns, and how some of them are taken."""

    names: tuple[str, ...]
    take: Take


def joined_parts(files: TableFiles, opened: Sequence[OpenPart]) -> OpenPart:
    """Opened files as one. Raises ``UserError`` for one whose columns are others than those of the first."""
    first = opened[0]
    if len(opened) == 1 and not files.parts[0].partition:
        return first
    for part, each in zip(files.parts, opened, strict=True):
        if sorted(each.names) != sorted(first.names):
            odd = sorted(set(each.names).symmetric_difference(first.names)) or ["the same ones, in other numbers"]
            raise UserError(
                rule=f"the files of {files.table} must have the same columns",
                got=f"{', '.join(odd)} in only one of {files.first.name} and {part.file.name}",
                remedy=f"name those that belong together in book.read.{files.table}.files",
            )
    keys = tuple(key for key, _ in files.parts[0].partition)
    return OpenPart(names=(*first.names, *keys), take=partial(_one_after_other, files.parts, opened))


def _one_after_other(parts: Sequence[TablePart], opened: Sequence[OpenPart], columns: Mapping[str, str]) -> Any:
    taken, before = [], 0
    for part, each in zip(parts, opened, strict=True):
        folders = dict(part.partition)
        rows = each.take({new: old for new, old in columns.items() if old in each.names})
        of_folders = {new: _literal(folders[old]) for new, old in columns.items() if old not in each.names}
        rows = rows.mutate(**of_folders, **{SOURCE_ROW: rows[SOURCE_ROW].cast("int64") + before})
        taken.append(rows.select(*columns, SOURCE_ROW))
        before += int(rows[SOURCE_ROW].count().to_pyarrow().as_py())
    return ibis.union(*_alike(taken)) if len(taken) > 1 else taken[0]


def _alike(tables: Sequence[Any]) -> list[Any]:
    """Columns that are of one type in one file and of another in the next, as text."""
    first = tables[0].schema()
    mixed = [name for name in first if any(table.schema()[name] != first[name] for table in tables)]
    return [table.mutate(**{name: table[name].cast("string") for name in mixed}) for table in tables]


def _literal(value: str | None) -> Any:
    return ibis.null("string") if value is None else ibis.literal(value)


def parquet_parts(connection: Any, files: TableFiles) -> tuple[tuple[str, ...], Take]:
    """Parquet files as one table in one scan, however many there are: their columns, and how some are taken."""
    paths = [str(part.file) for part in files.parts]
    options = {"filename": _FILE, _ROW: True, "union_by_name": True, "hive_partitioning": False}
    try:
        rows = connection.read_parquet(paths, **options)
        counts = [int(pq.read_metadata(path).num_rows) for path in paths]
    except (duckdb.Error, OSError, pa.ArrowInvalid) as error:
        raise UnreadableFileError(
            rule=f"the files of {files.table} must be whole Parquet with the same columns",
            got=str(error).splitlines()[0][:200],
            remedy="write those that are not again",
        ) from error
    keys = [key for key, _ in files.parts[0].partition]
    folders = {key: pa.array([dict(part.partition)[key] for part in files.parts], pa.string()) for key in keys}
    before = [sum(counts[:place]) for place in range(len(counts))]
    beside = connection.create_table(
        f"files_{uuid4().hex}", pa.table({_FILE: paths, _BEFORE: pa.array(before, pa.int64()), **folders}), temp=True
    )
    own = [name for name in rows.columns if name not in (_FILE, _ROW, *keys)]

    def take(columns: Mapping[str, str]) -> Any:
        both = rows.select(*own, _FILE, _ROW).inner_join(beside, _FILE)
        chosen = {new: both[old] for new, old in columns.items()}
        return both.select(**chosen, **{SOURCE_ROW: both[_ROW] + 1 + both[_BEFORE]})

    return (*own, *keys), take
