"""Published grades of some clients, read for comparison with those of another run: ranks, caps, numbers and points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.config.policy.policy import PolicyConfig
from models.config.policy.tiers import UNRANKED
from models.grading.known_overrides import COUNTING
from models.grading.moves import PublishedGrades
from models.publications.previous import SCORES, TIER_BY_RULE, TIER_CRITERIA, TIER_DIMENSIONS
from models.vocab import FloatArray, IntArray, TextArray

_COLUMNS = ("client_id", "tier", TIER_BY_RULE, "tier_ruled", "tier_caps", "override", TIER_DIMENSIONS, TIER_CRITERIA)


def published_grades(folder: Path, clients: pd.Index, settings: PolicyConfig) -> PublishedGrades | None:
    """The grades of ``clients`` in the scores of a folder, in their order; all of them must be there.

    None where the run did not publish what grades rest on.
    """
    path = folder / SCORES
    if not {*_COLUMNS} <= {*pq.read_schema(path).names}:
        return None
    chosen = pc.field("client_id").isin(pa.array(clients.to_numpy(dtype=object), type=pa.string()))
    table = pq.read_table(path, columns=list(_COLUMNS), filters=chosen)
    order = pd.Index(table["client_id"].to_pandas()).get_indexer(clients)
    return _grades(table.take(pa.array(order)).combine_chunks(), settings)


def _grades(table: pa.Table, settings: PolicyConfig) -> PublishedGrades:
    clients, scale = table.num_rows, settings.scale
    caps = table["tier_caps"].to_pandas().str[0].astype(object).fillna("").to_numpy(dtype=np.str_)
    at_most = {cap.name: scale.rank(cap.at_most) for cap in settings.caps}
    names = ("tier", TIER_BY_RULE, "tier_ruled")
    tier, by_rule, ruled = (scale.ranks(table[name].to_numpy(), clients) for name in names)
    return PublishedGrades(
        tier=tier,
        by_rule=by_rule,
        ruled=ruled,
        least=np.array([at_most.get(name, 0) for name in caps.tolist()], dtype=np.int64),
        cap=caps,
        asked=_asked(table, settings),
        numbers=_numbers(table, settings),
        points=_points(table, clients),
    )


def _asked(table: pa.Table, settings: PolicyConfig) -> IntArray:
    override = table["override"].combine_chunks()
    state, tier = (pc.struct_field(override, name).to_pylist() for name in ("state", "tier"))
    counts = np.isin(np.array(state, dtype=object).astype(str), COUNTING)
    return np.where(counts, settings.scale.ranks([name or "" for name in tier], len(tier)), UNRANKED)


def _numbers(table: pa.Table, settings: PolicyConfig) -> dict[str, FloatArray]:
    """Dimension of the policy -> its published number, NaN of one that the run did not know."""
    column = table[TIER_DIMENSIONS].combine_chunks()
    known = {field.name for field in column.type}
    nothing = np.full(table.num_rows, np.nan)
    return {name: _floats(pc.struct_field(column, name)) if name in known else nothing for name in settings.dimensions}


def _points(table: pa.Table, clients: int) -> dict[tuple[str, str], FloatArray]:
    """(Dimension, criterion) -> points; every client has the same criteria in the same order."""
    flat = table[TIER_CRITERIA].combine_chunks().flatten()
    each = len(flat) // clients if clients else 0
    points = _floats(pc.struct_field(flat, "points")).reshape(clients, each)
    names = zip(*(pc.struct_field(flat, name)[:each].to_pylist() for name in ("dimension", "criterion")), strict=True)
    return {name: points[:, place] for place, name in enumerate(names)}


def _floats(column: pa.Array) -> FloatArray:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def override_states(folder: Path, clients: pd.Index) -> TextArray:
    """The fate of the override of each of ``clients`` in the scores of a folder, "" where there is none. (n,)."""
    chosen = pc.field("client_id").isin(pa.array(clients.to_numpy(dtype=object), type=pa.string()))
    table = pq.read_table(folder / SCORES, columns=["client_id", "override"], filters=chosen)
    state = pc.fill_null(pc.struct_field(table["override"].combine_chunks(), "state"), "")
    order = pd.Index(table["client_id"].to_pandas()).get_indexer(clients)
    return np.asarray(state.to_numpy(zero_copy_only=False)[order], dtype=np.str_)
