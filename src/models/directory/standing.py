"""Standing of the clients of a block at the as-of date: in reach of the models or not, and what is owed."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

import numpy as np
import pandas as pd
import pyarrow as pa

from models.panel.panel import Panel
from models.publications import refused as of_runs


class Reach(StrEnum):
    """Whether the models speak of a client."""

    ACTIVE = "active"
    BEGINNING = "beginning"
    """Without activity, scored by what came of who began alike."""
    UNSERVED = "unserved"
    """The same, where the models speak of active clients only."""
    QUIET = "quiet"
    """Active once and not lately; it has not asked for anything since."""
    REFUSED = of_runs.REFUSED
    """It refused the processing of its data."""


SCORED = (Reach.ACTIVE, Reach.BEGINNING)
FIGURES = {"outstanding": "facility_outstanding", "limit": "facility_open_limit", "days_overdue": "arrears_days"}
"""Column of a standing -> the feature that tells it: a reviewer reads the numbers that the models read."""
STANDING = pa.schema([("client_id", pa.string()), ("reach", pa.string()), *((name, pa.float64()) for name in FIGURES)])


def standing_of(
    known: Panel, *, active: pd.Series, beginning: pd.Series, refused: Collection[str] = (), serves_beginners: bool
) -> pa.Table:
    """One row per client of ``known`` as ``STANDING``: amounts in book currency, null where the book does not tell.

    ``active`` and ``beginning`` are ids of those in reach, ``refused`` of those of whom models must not speak;
    ``serves_beginners``: whether those who begin are scored.
    """
    ids = known.client_id
    start = Reach.BEGINNING if serves_beginners else Reach.UNSERVED
    chosen = [ids.isin(list(refused)), ids.isin(active), ids.isin(beginning)]
    reach = np.select(chosen, [Reach.REFUSED.value, Reach.ACTIVE.value, start.value], Reach.QUIET.value)
    figures = {
        name: pa.array(known.features[feature].to_numpy(dtype=np.float64), from_pandas=True)
        if feature in known.features
        else pa.nulls(len(ids), pa.float64())
        for name, feature in FIGURES.items()
    }
    columns = {"client_id": pa.array(ids, type=pa.string()), "reach": pa.array(reach, type=pa.string())}
    return pa.table(columns | figures, schema=STANDING)
