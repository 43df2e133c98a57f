"""Fates of the traces of a client, as typed data that names neither the client nor its data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from models.codec import OMITTED_IF_NONE


class TraceFate(StrEnum):
    """What became of a file or a table that named the client."""

    REMOVED = "removed"
    """It can be made again from the source, without the client."""
    REWRITTEN = "rewritten"
    SEALED_AGAIN = "sealed again"
    """A published run, whose other rows are as they were."""
    ERASED = "erased"
    """Entries of the chain of decisions: their seals stay."""
    AT_THE_SOURCE = "at the source"
    """Not ours to write: people take it out there."""
    LEFT = "left"
    """It could not be rewritten: somebody must look at it."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A file or table that named the client: its place, what became of it, and how many rows or entries it was."""

    place: str
    fate: TraceFate
    rows: int = 0
    run_key: str = ""
    """Of a published run: the key that it had and keeps, though it cannot be made again to the byte."""
    lines: tuple[int, ...] = ()
    """At the source: rows of a Parquet file, from 1, or lines of a text, from 1, its header among them."""


@dataclass(frozen=True, kw_only=True)
class FilesSearched:
    """The search that proves it: how many files were read, of which kind, and how many still name the client."""

    files: int
    kinds: dict[str, int]
    naming: int


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What was done, or with ``dry_run`` would be.

    ``client`` is the salted hash of the id, "" in a dry run; ``before`` and ``after`` are the searches around it.
    ``left_entries`` are numbers of decisions about others that name the client in words: they stay, for a person.
    """

    client: str
    dry_run: bool
    pseudonymised: bool
    by: str
    at: datetime
    traces: tuple[Trace, ...]
    erased_entries: int
    left_entries: tuple[int, ...] = ()
    before: FilesSearched
    after: Annotated[FilesSearched | None, OMITTED_IF_NONE] = None

    @property
    def is_proved(self) -> bool:
        """Whether nothing names the client any more where we write."""
        return self.after is not None and self.after.naming == 0 and not self.left_entries
