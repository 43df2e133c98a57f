"""Counts of good and faulty rows for each table of a book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import InternalError


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """Values of an optional column that broke ``rule`` and count as missing, of ``filled`` that stood in used rows."""

    column: str
    rule: str
    values: int
    filled: int

    @property
    def reason(self) -> str:
        """The column and the rule, as ``TableCount.examples`` names them."""
        return f"{self.column} {self.rule}"


@dataclass(frozen=True, kw_only=True)
class TableCount:
    """What became of the rows of one table. ``reasons`` counts its bad rows by ``column rule``.

    ``unreadable`` counts values that count as missing in rows that are used, by column.
    """

    table: str
    rows_in: int
    rows_used: int
    rows_quarantined: int
    reasons: Mapping[str, int]
    examples: Mapping[str, str]
    """For each reason, and each column with unreadable values, the first bad row, such as ``'abc' in row 3``."""
    unreadable: tuple[Unreadable, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_in != self.rows_used + self.rows_quarantined:
            raise InternalError(
                f"rows of table {self.table} must reconcile, got {self.rows_in:,} in, "
                f"{self.rows_used:,} used, {self.rows_quarantined:,} quarantined"
            )

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> TableCount:
        """The count that ``asdict`` wrote, also after JSON."""
        return cls(**{**facts, "unreadable": tuple(Unreadable(**each) for each in facts["unreadable"])})
