"""Warnings of single clients as typed data, as ``warnings.parquet`` holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

WARNINGS = "warnings.parquet"
STAKE_WEIGHT = "warnings_ranked_by_stake"
"""The fact of a run's manifest that says by what its warnings are ranked, see ``text.rank_formula``."""


class AlarmState(StrEnum):
    """What became of a client that warns."""

    SHOWN = "shown"
    HELD_BACK = "held back"
    WITHOUT_NEWS = "without news"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The strongest figure of one dimension in which a client warns, in the unit of its feature.

    Attributes:
        before: what it was when it was best, among the dates looked back at.
        usual: what it is among the peers; None where that is not known.
        strength: 1 at the point of warning.
    """

    dimension: str
    feature: str
    now: float | None
    before: float | None
    usual: float | None
    strength: float


@dataclass(frozen=True, kw_only=True)
class ClientWarning:
    """One client that warns.

    Attributes:
        severity: 50 to 100.
        business_at_risk: margin that goes if the client declines, times how likely that is, in book currency.
        credit_loss: expected credit loss within the horizon, in book currency; None where it is not known.
        state: None, as rank and first_seen, where the warning was not published.
        rank: of those shown.
    """

    client_id: str
    severity: float
    evidence: tuple[Evidence, ...]
    business_at_risk: float
    credit_loss: float | None
    state: AlarmState | None = None
    rank: int | None = None
    first_seen: date | None = None


def published_warnings(published: Path, client: str, as_of: date) -> tuple[ClientWarning, ...]:
    """The warning of a client, if it warns; empty where nothing was published of it at ``as_of``.

    ``published`` is the folder below which scores are published; of several runs at that date the newest counts.
    """
    runs = sorted(published.glob(f"{as_of.isoformat()}-*/{WARNINGS}"), key=lambda path: path.stat().st_mtime_ns)
    if not runs:
        return ()
    return warnings_of(ds.dataset(runs[-1]).to_table(filter=ds.field("client_id") == client))


def warnings_of(table: pa.Table) -> tuple[ClientWarning, ...]:
    """The rows of a table as ``warnings.parquet`` holds them; columns of a published run may lack."""
    known = [part.name for part in fields(ClientWarning) if part.name in table.column_names]
    return tuple(_warnings(table.select(known).to_pylist()))


def _warnings(rows: Iterable[Mapping[str, Any]]) -> Iterable[ClientWarning]:
    for row in rows:
        state = row.get("state")
        evidence = tuple(Evidence(**each) for each in row["evidence"])
        yield ClientWarning(**{**row, "evidence": evidence, "state": None if state is None else AlarmState(state)})
