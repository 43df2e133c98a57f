"""Tables of a source as they stand there, and how they become tables of the contract where nothing maps them.

A mapping takes its columns from a ``RawTable`` by the names of the source, gives them those of the contract, and lets
``as_contract`` turn the texts into numbers and dates.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from models.book.columns import TableSchema
from models.book.sources.columns import MatchedColumns, book_columns
from models.book.written import AS_CONTRACT, WrittenForms, as_contract
from models.config.book import BookConfig
from models.engines.away import AwayTable
from models.errors import UserError
from models.notices import Notice

Taken = Callable[[Mapping[str, str]], Any]


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """One table before any column is matched.

    ``names`` are its columns in order, as the source writes them; names may repeat. ``take`` reads some of them under
    new names (new -> name in ``names``, which must stand there once): an Ibis table of text or typed columns with
    ``source_row`` from 1. ``written`` says how its texts write numbers and dates.
    ``notices`` are whole once it is taken.
    """

    name: str
    names: tuple[str, ...]
    take: Taken
    written: WrittenForms = AS_CONTRACT
    notices: Sequence[Notice] = ()


@dataclass(frozen=True, kw_only=True)
class RawTables:
    """The tables of a source by name; each is opened when asked for, so that all that is broken is known at once.

    ``absent`` says what to do about required tables that are not there; ``others`` are tables of a database that are
    opened by the names that they have there.
    """

    openers: Mapping[str, Callable[[], RawTable]]
    absent: Callable[[Sequence[str]], UserError] | None = None
    notices: Sequence[Notice] = field(default=())
    others: Mapping[str, Callable[[], RawTable]] = field(default_factory=dict)
    left: Mapping[str, AwayTable] = field(default_factory=dict)
    """Tables that were taken and whose rows stay in their database; of these no row came."""

    def open(self, name: str) -> RawTable:
        """One of them. Raises a ``UserError`` if it cannot be read, ``KeyError`` if there is none."""
        return (self.openers if name in self.openers else self.others)[name]()


class RawSource(Protocol):
    """A way to get at the raw tables of a source, which stays open as long as its context lasts."""

    def __call__(
        self, connection: Any, config: BookConfig, path: str, scratch: Path
    ) -> AbstractContextManager[RawTables]:
        """Raises a ``UserError`` if there is nothing to read at ``path``."""


def contract_table(
    raw: RawTable, schema: TableSchema, config: BookConfig, *, given: Collection[str] = ()
) -> tuple[Any, MatchedColumns]:
    """A raw table as the table of the contract that it is, and how its columns were matched.

    Columns that are ``given`` by another table are not looked for.
    """
    matched = book_columns(raw.names, schema, config, given=given)
    return as_contract(raw.take(matched.columns), schema, raw.written), matched
