"""Profile of a book: rows, filled columns, distributions, kinds and rhythm, with no value of one client.

A bundle carries the profile of the book that its models learned from, and other books are held against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from models.book.contract import TABLES
from models.book.guard.histograms import Bins
from models.book.measures import KNOWN_ON
from models.book.state_tables import STATE_KNOWN_ON
from models.config.own import DATE

LAG = ".."
"""Between the names of two date columns: the days from the one to the other, as a number of its own."""

DATED = {**KNOWN_ON, **STATE_KNOWN_ON, "facilities": "signed", "campaigns": "start", "macro": "published"}
"""The column of each table that says when a row became known, see ``dated_column``."""


def dated_column(table: str) -> str | None:
    """The column that says when a row of a table became known; None where there is none.

    >>> dated_column("facilities"), dated_column("clients"), dated_column("site_visits")
    ('signed', None, 'date')
    """
    return DATED.get(table, None if table in TABLES else DATE)


@dataclass(frozen=True, kw_only=True)
class ColumnProfile:
    """One column. ``bins`` count sizes of numbers, lengths of texts, and of dates the months before the book's end.

    ``words`` count the texts of a column with few different ones; ``distinct`` is about how many there are.
    """

    filled: int
    bins: Bins = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    distinct: int = 0


@dataclass(frozen=True, kw_only=True)
class KindProfile:
    """The rows of one kind, and the distribution of each of their numbers by column."""

    rows: int
    bins: Mapping[str, Bins]


@dataclass(frozen=True, kw_only=True)
class OrderProfile:
    """In how many rows one column lies below, and above, another."""

    below: int
    above: int

    @property
    def share_below(self) -> float:
        """Among the rows in which the two differ; one half without any."""
        return self.below / (self.below + self.above) if self.below + self.above else 0.5


@dataclass(frozen=True, kw_only=True)
class RhythmProfile:
    """When the rows of a table became known.

    ``periods`` counts rows, ``repeats`` those that repeat an earlier one in every column, by the number of the period
    before the book's end (-1: the last whole one). ``longest_silence`` is the most days between two days with rows,
    over the last three years with rows.
    """

    last: date
    longest_silence: int
    periods: Mapping[int, int]
    repeats: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class TableProfile:
    """One table. ``columns`` holds those of the contract and days between dates; ``orders`` pairs ``first<second``."""

    rows: int
    columns: Mapping[str, ColumnProfile]
    orders: Mapping[str, OrderProfile]
    kinds: Mapping[str, KindProfile]
    rhythm: RhythmProfile | None

    @property
    def filled(self) -> frozenset[str]:
        """Columns with at least one value."""
        return frozenset(name for name, column in self.columns.items() if column.filled)


@dataclass(frozen=True, kw_only=True)
class RuleProfile:
    """How many rows a rule between tables looked at, and how many broke it."""

    looked_at: int
    failing: int

    @property
    def share(self) -> float:
        """Breaking rows over those looked at."""
        return self.failing / self.looked_at if self.looked_at else 0.0


@dataclass(frozen=True, kw_only=True)
class BookProfile:
    """All tables of a book by name, and its rules between tables by the name of the check."""

    tables: Mapping[str, TableProfile]
    rules: Mapping[str, RuleProfile]

    @property
    def clients(self) -> int:
        """Clients of the book."""
        return self.tables["clients"].rows if "clients" in self.tables else 0

    def to_facts(self) -> dict[str, Any]:
        """Ready for JSON, in one order of keys."""
        facts = asdict(self)
        for table in facts["tables"].values():
            if table["rhythm"]:
                table["rhythm"]["last"] = table["rhythm"]["last"].isoformat()
        return facts

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> BookProfile:
        """The profile that ``to_facts`` wrote, also after it was JSON, where keys are texts."""
        return cls(
            tables={name: _table(table) for name, table in facts["tables"].items()},
            rules={name: RuleProfile(**rule) for name, rule in facts["rules"].items()},
        )


EMPTY_PROFILE = BookProfile(tables={}, rules={})
"""Of a book at which nobody looked."""


def _table(facts: Mapping[str, Any]) -> TableProfile:
    return TableProfile(
        rows=facts["rows"],
        columns={name: _column(column) for name, column in facts["columns"].items()},
        orders={name: OrderProfile(**order) for name, order in facts["orders"].items()},
        kinds={name: _kind(kind) for name, kind in facts["kinds"].items()},
        rhythm=_rhythm(facts["rhythm"]) if facts["rhythm"] else None,
    )


def _column(facts: Mapping[str, Any]) -> ColumnProfile:
    return ColumnProfile(**{**facts, "bins": _numbered(facts["bins"])})


def _kind(facts: Mapping[str, Any]) -> KindProfile:
    return KindProfile(rows=facts["rows"], bins={name: _numbered(bins) for name, bins in facts["bins"].items()})


def _rhythm(facts: Mapping[str, Any]) -> RhythmProfile:
    return RhythmProfile(
        last=date.fromisoformat(facts["last"]),
        longest_silence=facts["longest_silence"],
        periods=_numbered(facts["periods"]),
        repeats=_numbered(facts["repeats"]),
    )


def _numbered(counts: Mapping[Any, int]) -> dict[int, int]:
    return {int(code): count for code, count in counts.items()}
