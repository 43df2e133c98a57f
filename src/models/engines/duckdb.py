"""DuckDB, in this process: files on this machine, spilling to disk where memory does not suffice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from models.engines.protocol import NOWHERE, Session, SessionLimits, Workplace
from models.lazy import lazy
from models.store.code import code_of

ibis = lazy("ibis")

_ROWS_BEFORE_WRITING = 20_000
"""So many rows of a block wait in memory: by default all would, and DuckDB would run into its limit and spill."""
_OPEN_FILES = 200
"""A block's file stays open until its last row; beyond so many blocks, which every system allows, it gets several."""


@dataclass(frozen=True)
class DuckDbSession:
    """An open DuckDB database, as an Ibis backend."""

    backend: Any

    def read(self, files: Path | str, *, name: str | None = None) -> Any:
        """A table of Parquet files, see ``Session``."""
        return self.backend.read_parquet(str(files), table_name=name)

    def stored(self, name: str, table: Any) -> Any:
        """The rows of a table as a temporary one."""
        return self.backend.create_table(name, table, temp=True, overwrite=True)

    def write(self, table: Any, file: Path, *, compression: str = "zstd") -> None:
        """Write a table into one Parquet file."""
        self.backend.to_parquet(table, str(file), compression=compression)

    def write_blocks(self, table: Any, folder: Path) -> None:
        """Write a table in folders by block; a table without rows leaves an empty folder."""
        folder.mkdir()
        self.backend.raw_sql(f"SET partitioned_write_flush_threshold = {_ROWS_BEFORE_WRITING}")
        self.backend.raw_sql(f"SET partitioned_write_max_open_files = {_OPEN_FILES}")
        self.backend.to_parquet(table, str(folder), partition_by="block", compression="lz4_raw")

    def brought(self, table: Any) -> Any:
        """The same: every table is here."""
        return table

    def beside(self, small: Any, large: Any) -> Any:  # noqa: ARG002 - as the protocol asks
        """The same: every table is here."""
        return small

    def is_away(self, table: Any) -> bool:  # noqa: ARG002 - as the protocol asks
        """No table is."""
        return False


@dataclass(frozen=True)
class DuckDb:
    """DuckDB as an engine."""

    @cached_property
    def version(self) -> str:
        """The versions of DuckDB and of Ibis, which writes its queries, and of this code."""
        libraries = (f"{name} {version(name)}" for name in ("duckdb", "ibis-framework"))
        return " ".join((*libraries, code_of(__name__)))

    @contextmanager
    def session(self, limits: SessionLimits | None = None, place: Workplace = NOWHERE) -> Iterator[Session]:
        """A database of its own, gone when the work is done."""
        connection = ibis.duckdb.connect(place.database or ":memory:", **_settings(limits, place))
        try:
            connection.raw_sql("SET TimeZone = 'UTC'")  # else that of the machine, which would move days
            if not place.keeps_order:
                connection.raw_sql("SET preserve_insertion_order = false")
            yield DuckDbSession(connection)
        finally:
            connection.disconnect()


def _settings(limits: SessionLimits | None, place: Workplace) -> dict[str, str]:
    settings = {} if place.spill is None else {"temp_directory": str(place.spill)}
    if limits is not None:
        settings["memory_limit"] = f"{limits.memory_gb}GB"
        settings |= {"threads": str(limits.threads)} if limits.threads else {}
    return settings


DUCKDB = DuckDb()
"""The engine of a book of which nothing else is said."""
