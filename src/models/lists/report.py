"""The published work lists of a run as typed data, read back from its folder."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq

from models.lists.rules import Purpose, Success
from models.store.sealed import OF_SCORES, read_manifest

LISTS = "lists.parquet"
LISTS_FACT = "lists"


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """One client on one list.

    ``benefit`` is what acting is expected to bring within the horizon, in book currency; its bounds are None where
    nothing bounds the forecasts. ``probability`` and ``amount`` are those that ``reason`` tells.
    """

    client_id: str
    rank: int
    benefit: float
    benefit_low: float | None
    benefit_high: float | None
    probability: float | None
    amount: float
    reason: str
    step: str


@dataclass(frozen=True, kw_only=True)
class WorkList:
    """One list: how many clients fit, how many more would pay, what all on it are expected to bring, and its first."""

    purpose: Purpose
    capacity: int
    listed: int
    waiting: int
    benefit: float
    first: tuple[WorkItem, ...]


@dataclass(frozen=True, kw_only=True)
class WorkLists:
    """The lists of a run, in the order of ``Purpose``; ``success`` is that of an offer to keep."""

    as_of: date
    currency: str
    run_key: str
    success: Success
    lists: tuple[WorkList, ...]


def published_lists(folder: Path, currency: str, *, first: int | None = None) -> WorkLists | None:
    """The lists in a published folder, each with its ``first`` clients, else all; None of a run that made none.

    Raises ``DamagedBundleError`` if a file is not as it was published, ``MissingFileError`` if there is no run.
    """
    manifest = read_manifest(folder, remedies=OF_SCORES)
    if LISTS not in manifest["files"]:
        return None
    facts, rows = manifest[LISTS_FACT], pq.read_table(folder / LISTS).to_pylist()
    items: dict[str, list[WorkItem]] = {}
    for row in rows:
        kept = items.setdefault(row["list"], [])
        if first is None or len(kept) < first:
            kept.append(WorkItem(**{name: row[name] for name in WorkItem.__dataclass_fields__}))
    return WorkLists(
        as_of=date.fromisoformat(manifest["as_of"]),
        currency=currency,
        run_key=manifest["run_key"],
        success=Success(**facts["success"]),
        lists=tuple(
            WorkList(purpose=purpose, **facts["counts"][purpose], first=tuple(items.get(purpose, ())))
            for purpose in Purpose
            if purpose in facts["counts"]
        ),
    )


def lists_of_client(published: Path, client: str, as_of: date) -> dict[Purpose, WorkItem]:
    """The lists on which a client stands by the newest run at ``as_of`` below ``published``; empty where on none."""
    runs = sorted(published.glob(f"{as_of.isoformat()}-*/{LISTS}"), key=lambda path: path.stat().st_mtime_ns)
    if not runs:
        return {}
    rows = ds.dataset(runs[-1]).to_table(filter=ds.field("client_id") == client).to_pylist()
    return {
        Purpose(row["list"]): WorkItem(**{name: row[name] for name in WorkItem.__dataclass_fields__}) for row in rows
    }


@lru_cache(maxsize=16)
def items_of(folder: Path, purpose: Purpose) -> tuple[WorkItem, ...]:
    """All clients of one list of the run in a folder, by rank; nothing of a run that made none. Runs never change."""
    file = folder / LISTS
    if not file.is_file():
        return ()
    columns = [each.name for each in fields(WorkItem)]
    table = pq.read_table(file, columns=columns, filters=ds.field("list") == purpose.value)
    return tuple(WorkItem(**row) for row in table.sort_by("rank").to_pylist())
