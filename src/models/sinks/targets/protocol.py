"""The protocol of all sinks: open a transaction, tell its tables, make and widen them, and replace rows of a key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

import pyarrow as pa

from models.config.plugins import Setting
from models.sinks.layout import ColumnKind, SinkColumn, SinkShape
from models.sinks.targets.addresses import SinkPlace

KnownTables = Mapping[str, Mapping[str, ColumnKind | None]]
"""Table, without prefix -> column -> its kind; None for a type of the database that is none of ours."""
Where = Mapping[str, str | int | date]
"""Columns and the values that rows must have in them."""


class SinkTransaction(Protocol):
    """A transaction: what is done in it holds whole once it ends, and not at all if it is broken off."""

    def tables(self) -> KnownTables:
        """The tables with our prefix, as they are now."""

    def create(self, shape: SinkShape) -> None:
        """Make a table that is not there."""

    def add(self, shape: SinkShape, columns: Sequence[SinkColumn]) -> None:
        """Add columns that a table lacks; they are null in the rows that it has."""

    def replace(self, shape: SinkShape, where: Where, rows: Iterable[pa.RecordBatch]) -> int:
        """Put ``rows`` in the place of all those at ``where``; returns how many they are."""

    def forget(self, shape: SinkShape, where: Where, before: date) -> None:
        """Take away the rows at ``where`` whose as-of date lies ``before`` a day."""

    def read(self, shape: SinkShape, where: Where) -> pa.Table:
        """The rows at ``where`` of a small table."""


class SinkPlugin(Protocol):
    """A kind of sink that a plug-in brings: the entry point in ``clientvalue.sinks`` is called like the scheme."""

    def __call__(self, place: SinkPlace, *, settings: Mapping[str, Setting]) -> TableSink:
        """The sink at an address; nothing is connected to yet. Raises ``UserError`` where it can be none."""


class TableSink(Protocol):
    """A place that published runs are written to."""

    @property
    def label(self) -> str:
        """Its address, without secrets."""

    def transaction(self) -> AbstractContextManager[SinkTransaction]:
        """A transaction in which nobody else writes; an error within takes back what was done."""
