"""The meaning of every table and column of a sink, from ``columns.toml`` beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from models.sinks.layout import SinkColumn, SinkShape
from models.sinks.report import ColumnNote, TableNote

_FILE = Path(__file__).with_name("columns.toml")
UNKNOWN = "as the file of the run has it; this version has no words for it"


@dataclass(frozen=True)
class _TableText:
    row: str
    columns: Mapping[str, tuple[str, str, str]]


def described(shapes: Sequence[SinkShape]) -> tuple[TableNote, ...]:
    """Every table of the catalogue; those of ``shapes`` with the columns that they have, in their order."""
    known = {shape.name: shape for shape in shapes}
    texts = _texts()
    others = [name for name in known if name not in texts]
    return tuple(_table(name, texts.get(name, _TableText(UNKNOWN, {})), known.get(name)) for name in [*texts, *others])


def note_of(table: str, column: SinkColumn) -> ColumnNote | None:
    """The entry of the catalogue for a column, by its name or by the first pattern that fits; None if it has none."""
    columns = _texts()[table].columns if table in _texts() else {}
    found = (
        column.name
        if column.name in columns
        else next((each for each in columns if fnmatchcase(column.name, each)), None)
    )
    return None if found is None else _note(table, found, columns[found])


def _table(name: str, text: _TableText, shape: SinkShape | None) -> TableNote:
    if shape is None:
        key = tuple(column for column in ("book", "as_of", "client_id") if column in text.columns)
        return TableNote(
            name=name, row=text.row, key=key, columns=tuple(_note(name, *each) for each in text.columns.items())
        )
    return TableNote(
        name=name, row=text.row, key=shape.key, columns=tuple(_real(name, column) for column in shape.columns)
    )


def _real(table: str, column: SinkColumn) -> ColumnNote:
    note = note_of(table, column) or ColumnNote(table=table, name="", kind="", unit="", meaning=UNKNOWN)
    return replace(note, name=column.name, kind=column.kind.value)


def _note(table: str, name: str, text: tuple[str, str, str]) -> ColumnNote:
    kind, unit, meaning = text
    return ColumnNote(table=table, name=name, kind=kind, unit=unit, meaning=meaning)


@cache
def _texts() -> dict[str, _TableText]:
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        name: _TableText(table["row"], {column: tuple(text) for column, text in table["columns"].items()})
        for name, table in raw.items()
    }
