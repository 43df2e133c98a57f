"""The moves of a published run, read back from its files: the matrix at once, the clients of a cell when asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.codec import read
from models.errors import MissingFileError
from models.movers.report import ABSENT, MATRIX, MOVERS, MoveCell, MovedClients, MoveMatrix, Mover
from models.publications.previous import SCORES

REMEDY = "publish a run with clientvalue predict: those of before do not tell who moved"
_COLUMNS = tuple(each.name for each in fields(Mover))
_NUMBERS = ("value_before", "value", "decline_before", "decline")
_CELL = ("tier_before", "tier")
_KEPT = 4
"""Runs whose moves are held, by the folder of their run; a published run never changes."""


@dataclass(frozen=True, kw_only=True)
class MoversAsked:
    """Which movers are asked for; None: whatever. ``tier_before`` and ``tier`` are "" for who is not scored.

    ``clients`` narrows them to some ids, such as those that a reader may see; ``without`` are ids of whom models must
    not speak, see ``refused_now``.
    """

    tier_before: str | None = None
    tier: str | None = None
    cause: str | None = None
    part: str | None = None
    way: str | None = None
    clients: Collection[str] | None = None
    without: Collection[str] = ()
    offset: int = 0
    limit: int | None = None


def read_matrix(folder: Path) -> MoveMatrix:
    """The matrix of the run in a folder. Raises ``MissingFileError`` of a run from before there was one."""
    return _matrix(folder.resolve())


@lru_cache(maxsize=_KEPT)
def _matrix(folder: Path) -> MoveMatrix:
    return read(MoveMatrix, folder / MATRIX, remedy=REMEDY)


def read_movers(folder: Path, asked: MoversAsked) -> MovedClients:
    """The movers of the run in a folder that were asked for, the most valuable first, and of those the first.

    Raises ``MissingFileError`` of a run that reports none.
    """
    table = _movers(folder.resolve())
    places = np.flatnonzero(_asked(table, asked).to_numpy(zero_copy_only=False))
    chosen = table.take(pa.array(places))
    worth = pc.coalesce(chosen["value"], chosen["value_before"])
    order = pc.sort_indices(
        pa.table({"worth": worth, "client_id": chosen["client_id"]}),
        sort_keys=[("worth", "descending"), ("client_id", "ascending")],
    )
    shown = chosen.take(order.slice(asked.offset, asked.limit))
    nothing = dict.fromkeys(_COLUMNS)
    rows = tuple(Mover(**{**nothing, **row}) for row in shown.to_pylist())
    return MovedClients(rows=rows, total=len(places))


@lru_cache(maxsize=_KEPT)
def _movers(folder: Path) -> pa.Table:
    """All movers of a run, their texts as codes: some megabytes for a million clients."""
    file = folder / MOVERS
    if not file.is_file():
        raise MissingFileError(file, remedy=REMEDY)
    known = set(pq.read_schema(file).names)
    texts = [name for name in _COLUMNS if name not in ("client_id", *_NUMBERS)]
    return pq.read_table(file, columns=[name for name in _COLUMNS if name in known], read_dictionary=texts)


def _asked(table: pa.Table, asked: MoversAsked) -> pa.ChunkedArray:
    """Which rows were asked for: (n,)."""
    chosen = pa.chunked_array([pa.repeat(pa.scalar(value=True), table.num_rows)])
    for name in (*_CELL, "cause", "part", "way"):
        wanted = getattr(asked, name)
        if wanted is not None and name in table.column_names:
            is_it = pc.is_null(table[name]) if wanted == ABSENT else pc.equal(table[name], wanted)
            chosen = pc.and_(chosen, pc.fill_null(is_it, fill_value=False))
    if asked.clients is not None:
        chosen = pc.and_(chosen, pc.is_in(table["client_id"], pa.array(list(asked.clients), type=pa.string())))
    if asked.without:
        chosen = pc.and_(chosen, pc.invert(pc.is_in(table["client_id"], pa.array(list(asked.without), pa.string()))))
    return chosen


def matrix_within(folder: Path, tiers: Mapping[str, str]) -> MoveMatrix:
    """The matrix of some clients only; ``tiers``: client -> its tier now, "" for who is not scored."""
    whole, movers = read_matrix(folder), read_movers(folder, MoversAsked(clients=tiers.keys())).rows
    moved = {each.client_id for each in movers}
    stayed = Counter(tier for client, tier in tiers.items() if tier and client not in moved)
    grouped: dict[tuple[str, str], list[Mover]] = {(tier, tier): [] for tier in stayed}
    for each in movers:
        grouped.setdefault((each.tier_before or ABSENT, each.tier or ABSENT), []).append(each)
    order = {name: place for place, name in enumerate(dict.fromkeys([*whole.rows[:-1], *whole.columns[:-1], ABSENT]))}
    cells = [
        MoveCell(
            before=before,
            tier=tier,
            clients=len(rows) or stayed[tier],
            value_before=None,
            value=None,
            causes=_counted(each.cause for each in rows),
            parts=_counted(each.part for each in rows),
        )
        for (before, tier), rows in sorted(grouped.items(), key=lambda each: tuple(order[name] for name in each[0]))
    ]
    return replace(whole, cells=tuple(cells))


def matrix_without(matrix: MoveMatrix, folder: Path, refused: Collection[str]) -> MoveMatrix:
    """The matrix of the run in a folder without some clients, of whom models must not speak today.

    What those who stayed in their tier were worth before is not kept, so their cell does not tell the sum of it.
    """
    gone = read_movers(folder, MoversAsked(clients=refused)).rows
    moved = {each.client_id for each in gone}
    asked = pc.field("client_id").isin(pa.array([each for each in refused if each not in moved], pa.string()))
    stayed = pq.read_table(folder / SCORES, columns=["tier", "value"], filters=asked).to_pylist()
    cells = [
        _less(
            cell,
            [each for each in gone if (each.tier_before or ABSENT, each.tier or ABSENT) == (cell.before, cell.tier)],
            [each["value"] or 0.0 for each in stayed if (each["tier"], each["tier"]) == (cell.before, cell.tier)],
        )
        for cell in matrix.cells
    ]
    return replace(matrix, cells=tuple(cell for cell in cells if cell.clients))


def _less(cell: MoveCell, gone: Sequence[Mover], stayed: Sequence[float]) -> MoveCell:
    """A cell without those who moved so, and without so many who ``stayed``, of whom the value now is known."""
    before = None if stayed or cell.value_before is None else cell.value_before - sum(x.value_before or 0 for x in gone)
    now = None if cell.value is None else cell.value - sum(x.value or 0 for x in gone) - sum(stayed)
    return replace(
        cell,
        clients=cell.clients - len(gone) - len(stayed),
        value_before=before,
        value=now,
        causes=_subtracted(cell.causes, (each.cause for each in gone)),
        parts=_subtracted(cell.parts, (each.part for each in gone)),
    )


def _subtracted(counts: Mapping[str, int], names: Iterable[str | None]) -> dict[str, int]:
    less = Counter(name or "" for name in names)
    return {name: count - less[name] for name, count in counts.items() if count > less[name]}


def _counted(names: Iterable[str | None]) -> dict[str, int]:
    counts = Counter(name or "" for name in names)
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
