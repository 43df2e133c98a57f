"""Rows of the checked book behind the figures of one client, read by predicate and in pages, known before a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from models.book.door import Book

PAGE = 50
_SESSION: Final[dict[str, str | bool | int | float | list[str]]] = {"threads": 2}
_FACILITIES = """
SELECT facility_id, product, "limit", signed, maturity, closed, exit_cause, collateral_cover, spread_bp, lgd
FROM read_parquet(?) WHERE client_id = ? AND (signed IS NULL OR signed < ?) ORDER BY signed NULLS LAST, facility_id
LIMIT 500"""
_FLOWS = """
CREATE TEMP TABLE flows AS SELECT date, coalesce(facility_id, '') AS facility_id, kind, amount
FROM read_parquet(?) WHERE client_id = ? AND date < ?"""
_FLOW_COLUMNS = ("client_id", "date", "facility_id", "kind", "amount")
_SUMS = "SELECT facility_id, kind, sum(amount), count(*), max(date) FROM flows GROUP BY 1, 2 ORDER BY 1, 2"
_ROWS = """
SELECT date, facility_id, kind, amount FROM flows WHERE (? = '' OR facility_id = ?) AND (? = '' OR kind = ?)
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
class ClientCashflows:
    """All cashflows of a client summed by facility and kind, and a page of those asked for."""

    sums: tuple[CashflowSum, ...]
    page: CashflowPage


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

    def cashflows(self, *, facility: str = "", kind: str = "", page: int = 1) -> ClientCashflows:
        """Its cashflows summed, and a page of them: of one facility and of one kind, where they are named.

        The table is scanned once for both: a large book has no index by client.
        """
        path = self.book.tables.get("cashflows")
        if path is None:
            return ClientCashflows(sums=(), page=CashflowPage(rows=(), total=0, page=page))
        with duckdb.connect(config=_SESSION) as session:
            self._choose_flows(session, path)
            sums = tuple(CashflowSum(*row) for row in session.execute(_SUMS).fetchall())
            chosen = [facility, facility, kind, kind, PAGE, PAGE * (page - 1)]
            rows = tuple(CashflowRow(*row) for row in session.execute(_ROWS, chosen).fetchall())
        total = sum(each.rows for each in sums if facility in ("", each.facility_id) and kind in ("", each.kind))
        return ClientCashflows(sums=sums, page=CashflowPage(rows=rows, total=total, page=page))

    def _choose_flows(self, session: duckdb.DuckDBPyConnection, path: Path) -> None:
        """Those of the client: of a table whose rows stay in a database, these travel."""
        if "cashflows" in self.book.here:
            session.execute(_FLOWS, [str(path), self.client, self.before])
            return
        rows = self.book.brought("cashflows", [*_FLOW_COLUMNS], column="client_id", among=[self.client])
        session.register("brought", rows)
        session.execute(_FLOWS.replace("read_parquet(?)", "brought"), [self.client, self.before])

    def notes(self) -> list[NoteRow]:
        """Its notes, the latest first, two hundred at most."""
        return [NoteRow(*row) for row in self._asked("interactions", _NOTES)]

    def _asked(self, table: str, query: str) -> Sequence[tuple[Any, ...]]:
        path: Path | None = self.book.tables.get(table)
        if path is None:
            return []
        with duckdb.connect(config=_SESSION) as session:
            return session.execute(query, [str(path), self.client, self.before]).fetchall()
