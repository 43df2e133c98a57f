"""Rows of the checked book behind the figures of one client, read by predicate and in pages, known before a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from models.book.door import Book

PAGE = 50
_FACILITIES = """
SELECT facility_id, product, "limit", signed, maturity, closed, exit_cause, collateral_cover, spread_bp, lgd
FROM read_parquet(?) WHERE client_id = ? AND (signed IS NULL OR signed < ?) ORDER BY signed NULLS LAST, facility_id
LIMIT 500"""
_SUMS = """
SELECT coalesce(facility_id, '') AS facility, kind, sum(amount), count(*), max(date)
FROM read_parquet(?) WHERE client_id = ? AND date < ? GROUP BY 1, 2 ORDER BY 1, 2"""
_ROWS = """
SELECT date, coalesce(facility_id, ''), kind, amount, count(*) OVER ()
FROM read_parquet(?) WHERE client_id = ? AND date < ?
  AND (? = '' OR coalesce(facility_id, '') = ?) AND (? = '' OR kind = ?)
ORDER BY date DESC, facility_id, kind, amount LIMIT ? OFFSET ?"""
_NOTES = """
SELECT date, channel, kind, text FROM read_parquet(?) WHERE client_id = ? AND date < ? AND text IS NOT NULL
ORDER BY date DESC, text LIMIT 200"""


@dataclass(frozen=True)
class FacilityRow:
    """A facility as the book has it; amounts in book currency, shares as shares, None where the book does not tell."""

    facility_id: str
    product: str | None
    limit: float | None
    signed: date | None
    maturity: date | None
    closed: date | None
    exit_cause: str | None
    collateral_cover: float | None
    spread_bp: float | None
    lgd: float | None


@dataclass(frozen=True)
class CashflowSum:
    """The cashflows of a kind of one facility, "" of none: their sum in book currency, how many, and the latest."""

    facility_id: str
    kind: str
    amount: float
    rows: int
    latest: date


@dataclass(frozen=True)
class CashflowRow:
    """One cashflow; the amount in book currency."""

    date: date
    facility_id: str
    kind: str
    amount: float


@dataclass(frozen=True)
class CashflowPage:
    """A page of cashflows, the latest first, of ``total``."""

    rows: tuple[CashflowRow, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class NoteRow:
    """A note of a meeting or call."""

    date: date
    channel: str | None
    kind: str | None
    text: str


@dataclass(frozen=True)
class ClientRows:
    """The rows of one client in a checked book, of what was known before a date."""

    book: Book
    client: str
    before: date

    def facilities(self) -> list[FacilityRow]:
        """Its facilities, the earliest first, five hundred at most; none where the book has no such table."""
        return [FacilityRow(*row) for row in self._asked("facilities", _FACILITIES)]

    def sums(self) -> list[CashflowSum]:
        """Its cashflows summed by facility and kind."""
        return [CashflowSum(*row) for row in self._asked("cashflows", _SUMS)]

    def cashflows(self, *, facility: str = "", kind: str = "", page: int = 1) -> CashflowPage:
        """A page of its cashflows; of one facility and of one kind, where they are named."""
        rows = self._asked("cashflows", _ROWS, facility, facility, kind, kind, PAGE, PAGE * (page - 1))
        total = int(rows[0][-1]) if rows else 0
        return CashflowPage(rows=tuple(CashflowRow(*row[:-1]) for row in rows), total=total, page=page)

    def notes(self) -> list[NoteRow]:
        """Its notes, the latest first, two hundred at most."""
        return [NoteRow(*row) for row in self._asked("interactions", _NOTES)]

    def _asked(self, table: str, query: str, *further: object) -> Sequence[tuple[Any, ...]]:
        path: Path | None = self.book.tables.get(table)
        if path is None:
            return []
        with duckdb.connect(config={"threads": 2}) as session:
            return session.execute(query, [str(path), self.client, self.before, *further]).fetchall()
