"""The bank's core system: here one JSON file with a list of records per table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from models.config.plugins import Setting
from models.errors import MissingFileError


def read(place: str, *, settings: Mapping[str, Setting]) -> dict[str, pa.Table]:
    """Every table of ``core.json`` in the folder ``place``; ``settings["prefix"]`` stands before their names there."""
    file, prefix = Path(place) / "core.json", str(settings.get("prefix", ""))
    if not file.is_file():
        raise MissingFileError(file, remedy="name the dump of the core system with book.path")
    tables = json.loads(file.read_text(encoding="utf-8"))
    return {name.removeprefix(prefix): pa.Table.from_pylist(rows) for name, rows in tables.items()}
