"""A first look as typed data: the config, the tables that were seen, what the check found, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from models.notices import Notice
from models.text import Spoken


@dataclass(frozen=True, kw_only=True)
class SeenTable:
    """A table at the source: its size, and what of the book it was made out to be, empty where nothing.

    ``problem`` says why it cannot be read, empty where it can. After the check ``rows_used`` are good, None before.
    """

    name: str
    rows: int
    columns: int
    used_as: str
    problem: str
    rows_used: int | None


@dataclass(frozen=True, kw_only=True)
class MissingPart:
    """What a book does not bring, by its name in the contract, and what cannot be had without it, by language."""

    missing: str
    without_it: Spoken


@dataclass(frozen=True, kw_only=True)
class InitDocument:
    """A first config, ``file`` and its ``text``; ``problem`` says why the book cannot be used yet."""

    file: str
    text: str
    tables: tuple[SeenTable, ...]
    missing: tuple[MissingPart, ...]
    notices: tuple[Notice, ...]
    problem: str
