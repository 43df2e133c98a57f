"""A sink: the vault of the bank, in which each department has a database of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from models.config.plugins import Setting
from models.errors import UserError
from models.sinks.targets.addresses import SinkPlace
from models.sinks.targets.duckdb import DuckDbSink
from models.sinks.targets.protocol import TableSink


def vault(place: SinkPlace, *, settings: Mapping[str, Setting]) -> TableSink:
    """The database of a department: ``vault://risk`` is ``<folder>/risk.duckdb``."""
    folder = Path(str(settings.get("folder", "")))
    if not folder.is_dir():
        raise UserError(
            rule="the vault must have a folder", got=str(folder), remedy="set plugins.sinks.vault.folder to one"
        )
    return DuckDbSink(replace(place, address=f"duckdb:///{folder / place.path.name}.duckdb"))
