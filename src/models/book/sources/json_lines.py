"""JSON lines (one object in a line) or a JSON list of objects, as a table of text columns.

Numbers of JSON read as the table's other texts are written, so that a decimal comma in texts and the point of JSON
stand side by side. An object or list within an object is its text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb

from models.book.quarantine import SOURCE_ROW
from models.book.sources.compressed import compression_of
from models.book.sources.csv_files import CsvFile, beginning_of
from models.encodings import marked_encoding
from models.errors import UnreadableFileError

_LARGEST_OBJECT = 1 << 26
_NUMBERS = ("BIGINT", "UBIGINT", "DOUBLE", "HUGEINT")


@dataclass(frozen=True, kw_only=True)
class JsonRows:
    """The objects of a JSON file, stored as a table ``name``; ``names`` are all keys, by where they come first."""

    connection: Any
    name: str
    names: tuple[str, ...]
    decimal: str

    def take(self, columns: Mapping[str, str]) -> Any:
        """Some keys under new names, with ``source_row`` from 1."""
        chosen = ", ".join(f"{self._text(old)} AS {_quoted(new)}" for new, old in columns.items())
        view = f"view_{uuid4().hex}"
        query = f"SELECT {chosen}, {SOURCE_ROW} FROM {self.name}"  # noqa: S608 - names are quoted
        self.connection.raw_sql(f"CREATE TEMP VIEW {view} AS {query}")
        return self.connection.table(view, database=("temp", "main"))

    def _text(self, key: str) -> str:
        path = "'$.\"" + key.replace('"', '\\"').replace("'", "''") + "\"'"
        text = f"json_extract_string(json, {path})"
        if self.decimal == ".":
            return text
        kinds = ", ".join(f"'{kind}'" for kind in _NUMBERS)
        is_number = f"json_type(json, {path}) IN ({kinds})"
        in_form = f"replace({text}, '.', '{self.decimal}')"
        return f"CASE WHEN {is_number} THEN {in_form} ELSE {text} END"


def open_json(connection: Any, file: Path, encoding: str | None, decimal: str, scratch: Path) -> JsonRows:
    """A JSON file, compressed or not. Raises ``UnreadableFileError`` for what is no JSON, with the line."""
    start = beginning_of(file)
    marked = encoding or marked_encoding(start)
    source = file
    if marked or compression_of(file) not in ("none", "gzip", "zstd"):
        source = CsvFile(path=file, names=(), encoding=marked or "utf-8-sig").text_copy(scratch)
    name = f"json_{uuid4().hex}"
    options = f"format = 'auto', maximum_object_size = {_LARGEST_OBJECT}, compression = '{compression_of(source)}'"
    read = f"read_json_objects({_text_literal(str(source))}, {options})"
    try:
        connection.raw_sql(
            f"CREATE TEMP TABLE {name} AS SELECT json, row_number() OVER () AS {SOURCE_ROW} FROM {read}"  # noqa: S608
        )
        found = connection.raw_sql(
            f"SELECT key FROM (SELECT unnest(json_keys(json)) AS key, {SOURCE_ROW} AS first_row FROM {name}) "  # noqa: S608
            "GROUP BY key ORDER BY min(first_row), key"
        ).fetchall()
    except duckdb.Error as error:
        raise UnreadableFileError(
            rule=f"{file.name} must hold one JSON object in a line, or a list of them",
            got=str(error).splitlines()[0].replace(str(source), file.name)[:200],
            remedy=f"mend {file}",
        ) from error
    return JsonRows(connection=connection, name=name, names=tuple(key for (key,) in found), decimal=decimal)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text_literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
