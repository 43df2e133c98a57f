"""Engine protocol: sessions in which tables are Ibis expressions, read from and written to files."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from models.config.sections import RunConfig


@dataclass(frozen=True, kw_only=True)
class SessionLimits:
    """What a session may take of the machine; 0 threads are all that there are."""

    memory_gb: float
    threads: int = 0

    @classmethod
    def of(cls, run: RunConfig) -> SessionLimits:
        """What a config lets a database take."""
        return cls(memory_gb=run.database_memory_gb, threads=run.threads)


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """Folders of a session: where it spills what does not fit into memory, and its database; None: in memory.

    ``keeps_order`` says that rows stay in the order in which they were read, which takes memory.
    """

    spill: Path | None = None
    database: Path | None = None
    keeps_order: bool = True


NOWHERE = Workplace()
"""In memory, without a place to spill to."""


class Session(Protocol):
    """An open connection to an engine. Tables are Ibis expressions, days those of UTC."""

    @property
    def backend(self) -> Any:
        """The Ibis backend, for what this protocol has no word for."""

    def read(self, files: Path | str, *, name: str | None = None) -> Any:
        """A table of Parquet files: one, or all that a pattern matches; ``block=1`` in a path is a column."""

    def stored(self, name: str, table: Any) -> Any:
        """The same rows, computed once and held for the session."""

    def write(self, table: Any, file: Path, *, compression: str = "zstd") -> None:
        """Write a table into one Parquet file."""

    def write_blocks(self, table: Any, folder: Path) -> None:
        """Write a table into a new folder, in folders by the values of its column ``block``, which no file holds."""

    def brought(self, table: Any) -> Any:
        """The rows of an expression as a table here; it is computed where its tables are, and only its rows travel."""

    def beside(self, small: Any, large: Any) -> Any:
        """A small table where a large one is, so that the two can be joined."""

    def is_away(self, table: Any) -> bool:
        """Whether the rows of a table stay elsewhere, so that only what is summed up of them should travel."""


class Engine(Protocol):
    """Where the tables of a book are."""

    @property
    def version(self) -> str:
        """Name and versions; results of another are other results."""

    def session(
        self, limits: SessionLimits | None = None, place: Workplace = NOWHERE
    ) -> AbstractContextManager[Session]:
        """A session that is closed when the work is done; None: without limits."""
