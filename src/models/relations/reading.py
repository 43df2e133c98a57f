"""Reads of a checked book by client and window: tables, window, and sums that no order of rows changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pandas as pd

from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.root import Config
from models.engines.protocol import Session, SessionLimits

NUMBER_STEP = 0.01
"""Hours and scores are summed in whole steps of this size, so that the order of rows changes nothing."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Days from ``start`` until before ``end``; ``active_before_*`` opens the time of activity before each."""

    start: date
    end: date
    active_before_start: date
    active_before_end: date

    @classmethod
    def ending(cls, grid: PeriodGrid, *, number: int, periods: int, activity_periods: int) -> Window:
        """The window of so many periods that ends where period ``number`` of the grid begins."""
        return cls(
            start=grid.start_of(number - periods),
            end=grid.start_of(number),
            active_before_start=grid.start_of(number - periods - activity_periods),
            active_before_end=grid.start_of(number - activity_periods),
        )

    def holds(self, day: Any) -> Any:
        """Whether a date column lies within."""
        return within(day, self.start, self.end)


def within(day: Any, start: date, end: date) -> Any:
    """Whether a date column lies from ``start`` until before ``end``."""
    return (day >= ibis.date(start.isoformat())) & (day < ibis.date(end.isoformat()))


@dataclass(frozen=True, kw_only=True)
class Reader:
    """An open book, with what the config says of activity and value."""

    session: Session
    book: Book
    config: Config

    def has(self, table: str) -> bool:
        """Whether the book has a table."""
        return table in self.book.tables

    def table(self, name: str) -> Any:
        """One table of the book as an Ibis table."""
        return self.session.read(self.book.tables[name])

    def active(self, start: date, end: date) -> Any:
        """Clients (client_id, once each) with a cashflow of ``activity.kinds`` from ``start`` until before ``end``."""
        flows = self.table("cashflows")
        chosen = flows.filter(flows.kind.isin(self.config.activity.kinds), within(flows.date, start, end))
        return self.session.brought(chosen.select("client_id").distinct())

    def margin(self, start: date, end: date, *, without: tuple[str, ...] = ()) -> Any:
        """Net margin per client (client_id, margin), in currency: the cashflows of ``value.kinds``, undiscounted."""
        flows = self.table("cashflows")
        weights = {kind: weight for kind, weight in self.config.value.kinds.items() if kind not in without}
        chosen = flows.filter(flows.kind.isin(list(weights)), within(flows.date, start, end))
        weight = ibis.cases(*((chosen.kind == kind, weight) for kind, weight in weights.items()))
        step = self.config.book.money_step
        steps = (chosen.amount * weight / step).round().cast("int64")
        summed = chosen.mutate(steps=steps).group_by("client_id").agg(margin=lambda rows: rows.steps.sum() * step)
        return self.session.brought(summed)

    def frame(self, table: Any) -> pd.DataFrame:
        """A table with client_id in memory, in the order of clients."""
        frame: pd.DataFrame = table.order_by("client_id").to_pyarrow().to_pandas()
        return frame


@contextmanager
def reading(book: Book, config: Config) -> Iterator[Reader]:
    """Open a book for reading; nothing is written."""
    with book.engine.session(SessionLimits.of(config.run)) as session:
        yield Reader(session=session, book=book, config=config)


def whole(column: Any) -> Any:
    """The sum of a number column in whole steps."""
    return (column / NUMBER_STEP).round().cast("int64").sum() * NUMBER_STEP
