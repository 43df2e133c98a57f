"""One client as it was published: its rows in the scores of official runs, read by predicate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from models.publications.past import OfficialRun

SCORES_FILE = "scores.parquet"
_COLUMNS = (
    "tier",
    "tier_reason",
    "tier_basis",
    "stage",
    "value",
    "value_low",
    "value_high",
    "margin",
    "credit_loss",
    "decline_probability",
    "default_probability",
    "relationship_type",
    "need_type",
    "segment_name",
    "model_version",
    "override",
    "warning_severity",
    "tier_dimensions",
    "tier_criteria",
)


@dataclass(frozen=True)
class PublishedClient:
    """What a run published of a client: its row of scores, of which older runs may lack columns."""

    as_of: date
    run: OfficialRun
    row: Mapping[str, object]

    def text(self, column: str) -> str:
        """A cell as text, "" where there is none."""
        value = self.row.get(column)
        return "" if value is None else str(value)

    def number(self, column: str) -> float | None:
        """A number, None where there is none."""
        value = self.row.get(column)
        return float(value) if isinstance(value, int | float) else None


def published_client(run: OfficialRun, client: str) -> PublishedClient | None:
    """The client in a run; None where the run did not score it."""
    row = _row(run.folder, run.entry.run_key, client)
    return None if row is None else PublishedClient(as_of=run.as_of, run=run, row=row)


def published_history(runs: list[OfficialRun], client: str) -> list[PublishedClient]:
    """The client in every run that scored it, the earliest first."""
    found = (published_client(run, client) for run in runs)
    return [each for each in found if each is not None]


@lru_cache(maxsize=4_096)
def _row(folder: Path, run_key: str, client: str) -> dict[str, Any] | None:
    """``run_key`` tells a run that was published anew from the one before it."""
    scores = ds.dataset(folder / SCORES_FILE)
    there = [name for name in _COLUMNS if name in scores.schema.names]
    rows = scores.to_table(columns=there, filter=ds.field("client_id") == client).slice(0, 1).to_pylist()
    return rows[0] if rows else None
