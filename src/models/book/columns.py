"""Columns and tables of a contract: types, units, bounds and references."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MAX_AMOUNT = 1e13
"""Largest amount in book currency; a client's sum of 100,000 of them still fits 64-bit counts of cents."""


class Kind(StrEnum):
    """The type of a column."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    TRUTH = "truth"


class Unit(StrEnum):
    """What a number counts, where a header at the source may state another unit."""

    MONEY = "money"
    SHARE = "share"
    RATIO = "ratio"
    BASIS_POINTS = "basis points"
    HOURS = "hours"
    COUNT = "count"
    SCORE = "score"
    DAYS = "days"


class Words(StrEnum):
    """What a word such as NA says in a column of text."""

    ABSENT = "absent"
    """That nothing is known, unless the word is an id in the column that this one refers to."""
    IDS = "ids"
    """Who is meant: ids are kept byte for byte, and a client may be called NA. Only blanks are absent."""
    COUNTRIES = "countries"
    """That nothing is known, but for NA among codes of two letters, which is Namibia."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its type and what its values must satisfy.

    ``past`` marks dates that cannot lie on or after the day until which the book is known. A value that cannot be read
    takes its row out where it is ``required``, or ``strict``: what is left of the row would be wrong without it.
    Elsewhere it counts as missing, and the row stays. A value that can be read and breaks a bound always takes its
    row out: a wrong sign or unit casts doubt on what stands beside it.
    """

    name: str
    kind: Kind
    note: str
    required: bool = False
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    past: bool = False
    unit: Unit | None = None
    strict: bool = False
    words: Words = Words.ABSENT
    known_with: str | None = None
    """The date with which it became known, where that is not the one of its row."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A column whose values must stand in a column of another table, if that table is there."""

    column: str
    table: str
    target: str


@dataclass(frozen=True, kw_only=True)
class TableSchema:
    """One table of the book. ``key`` is unique; ``ordered`` are pairs of dates of which the first comes first.

    ``known_on`` is the date from which a row was known: of rows with one key the one known earliest stays.
    ``namesakes`` are columns that need not hold an id, but whose words are ids where the other column has them.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    namesakes: tuple[Reference, ...] = ()
    ordered: tuple[tuple[str, str], ...] = ()
    known_on: str | None = None
    distinct: bool = False
    """Whether a row that repeats another in every column is a mistake."""

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that must be there and filled."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> Column | None:
        """A column by its name; None for what is no single column, such as a key of two."""
        return next((column for column in self.columns if column.name == name), None)
