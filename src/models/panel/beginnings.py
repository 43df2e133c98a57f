"""First period in which a book reports each kind; keeps later kinds out of earlier fits and scores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.book.contract import TABLES
from models.book.measures import KNOWN_ON, known_on
from models.book.periods import PeriodGrid
from models.book.state_tables import STATE_KNOWN_ON
from models.engines.protocol import Session

GROUPS = "groups"
"""Beside the tables: that clients belong to sponsor groups."""
_DAYS = {**KNOWN_ON, **STATE_KNOWN_ON, "facilities": "signed", "macro": "published"}
"""The column of each table that features look at which says from when on a row is known."""


def beginnings_of(tables: Mapping[str, Any], grid: PeriodGrid) -> dict[str, int]:
    """Table -> the period in which its first row was known; tables without rows never begin."""
    known = {name: _DAYS.get(name) or known_on(name) for name in tables if name in _DAYS or name not in TABLES}
    days = {name: tables[name][column].cast("date").min().to_pyarrow().as_py() for name, column in known.items()}
    return {name: grid.index_of(day) for name, day in days.items() if day is not None}


def groups_begin(session: Session, folder: Path) -> int | None:
    """The period of the first entry in the ledger of a client whose group is named; None where there is none."""
    flows = session.read(f"{folder}/flows/*/*.parquet")
    clients = session.read(f"{folder}/clients/*/*.parquet")
    grouped = flows.semi_join(clients.filter(clients.grouped), "client")
    first = grouped.period.min().to_pyarrow().as_py()
    return None if first is None else int(first)


def told_before(beginnings: Mapping[str, int], period: int) -> frozenset[str]:
    """What had begun before a period.

    >>> sorted(told_before({"ratings": -3, "surveys": 0}, 0))
    ['ratings']
    """
    return frozenset(name for name, first in beginnings.items() if first < period)
