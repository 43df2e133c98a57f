"""Sources that plug-ins bring: raw tables as Arrow, which pass mapping and door as those of files do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from models.book.quarantine import SOURCE_ROW
from models.book.sources.files import read_stored
from models.book.sources.raw_tables import RawSource, RawTable, RawTables
from models.book.written import WrittenForms
from models.config.book import BookConfig
from models.config.plugins import PluginSettings, Setting
from models.plugins import PluginGroup, load_plugin


class TableSource(Protocol):
    """The object behind an entry point of ``clientvalue.sources``."""

    def __call__(self, place: str, *, settings: Mapping[str, Setting]) -> Mapping[str, pa.Table]:
        """Every table that is at ``place`` (``book.path``, or ``--book``), by name, in rows as they stand there.

        Names and columns are those of the contract or of the source: ``book.columns`` and ``book.map`` map them, and
        the door checks them. Raises a ``UserError`` for what a reader can mend.
        """


def plugged_source(name: str, declared: Mapping[str, PluginSettings]) -> RawSource:
    """The source of a plug-in with its settings, as one of raw tables. Raises ``MissingPluginError``."""
    source: TableSource = load_plugin(PluginGroup.SOURCES, name)
    return partial(_raw_tables, source, declared.get(name, {}))


@contextmanager
def _raw_tables(
    source: TableSource, settings: PluginSettings, connection: Any, config: BookConfig, path: str, scratch: Path
) -> Iterator[RawTables]:
    tables = source(path, settings=settings)
    yield RawTables(
        openers={name: partial(_raw_table, connection, rows, name, config, scratch) for name, rows in tables.items()}
    )


def _raw_table(connection: Any, rows: pa.Table, name: str, config: BookConfig, scratch: Path) -> RawTable:
    file = scratch / f"plugged_{name}.parquet"
    pq.write_table(rows, file)
    return RawTable(
        name=name,
        names=tuple(rows.column_names),
        take=partial(_taken, connection, file),
        written=WrittenForms.of(name, config.reading(name)),
    )


def _taken(connection: Any, file: Path, columns: Mapping[str, str]) -> Any:
    rows = read_stored(connection, file)
    numbered = rows.mutate(**{SOURCE_ROW: rows.file_row_number + 1})
    return numbered.select(SOURCE_ROW, **{new: numbered[old] for new, old in columns.items()})
