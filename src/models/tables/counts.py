"""How many rows of each table of a book were good, and what was wrong with the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.errors import InternalError


@dataclass(frozen=True, kw_only=True)
class TableCount:
    """What became of the rows of one table. ``reasons`` counts its bad rows by ``column rule``."""

    table: str
    rows_in: int
    rows_used: int
    rows_quarantined: int
    reasons: Mapping[str, int]
    examples: Mapping[str, str]
    """For each reason the first bad row, such as ``'abc' in row 3``."""

    def __post_init__(self) -> None:
        if self.rows_in != self.rows_used + self.rows_quarantined:
            raise InternalError(
                f"rows of table {self.table} must reconcile, got {self.rows_in:,} in, "
                f"{self.rows_used:,} used, {self.rows_quarantined:,} quarantined"
            )
