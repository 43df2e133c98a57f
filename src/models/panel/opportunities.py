"""The opportunities of a block of clients as arrays, one entry per stage entered, and what is known at a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.panel.facilities import FOREVER, days_or
from models.vocab import BoolArray, FloatArray, FunnelStage, IntArray

STAGES = tuple(stage.value for stage in FunnelStage)
OPPORTUNITY_ROWS = pa.schema(
    [
        ("client", pa.int64()),
        ("opportunity_id", pa.string()),
        ("stage", pa.string()),
        ("entered", pa.date32()),
        ("closed", pa.date32()),
        ("outcome", pa.string()),
        ("amount", pa.float64()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Opportunities:
    """Stages entered, in order of client, opportunity and day. Shapes (n_entries,); days since 1970.

    ``opportunity`` numbers the opportunities of the block; ``stage`` counts from 0, identified. ``closed`` is
    ``FOREVER`` and ``won`` false where the end is not known.
    """

    client: IntArray
    opportunity: IntArray
    stage: IntArray
    entered: NDArray[np.int32]
    closed: NDArray[np.int32]
    won: BoolArray
    amount: FloatArray

    def known_before(self, day: int) -> Opportunities:
        """Stages entered before ``day``; an end on or after it is not known."""
        known = self.entered < day
        ended = self.closed[known] < day
        return Opportunities(
            client=self.client[known],
            opportunity=self.opportunity[known],
            stage=self.stage[known],
            entered=self.entered[known],
            closed=np.where(ended, self.closed[known], FOREVER).astype(np.int32),
            won=self.won[known] & ended,
            amount=self.amount[known],
        )

    def latest_stages(self) -> Opportunities:
        """One entry per opportunity: the last stage it entered."""
        return self._at(np.flatnonzero(np.diff(self.opportunity, append=-1)))

    def first_stages(self) -> Opportunities:
        """One entry per opportunity: the first stage it entered, when it arose."""
        return self._at(np.flatnonzero(np.diff(self.opportunity, prepend=-1)))

    def _at(self, places: IntArray) -> Opportunities:
        return Opportunities(
            client=self.client[places],
            opportunity=self.opportunity[places],
            stage=self.stage[places],
            entered=self.entered[places],
            closed=self.closed[places],
            won=self.won[places],
            amount=self.amount[places],
        )


def opportunities_of(table: pa.Table, place: Callable[[IntArray], IntArray]) -> Opportunities:
    """The rows of a block as arrays; ``place`` tells where the numbers of clients stand in it."""
    stage = pc.index_in(table["stage"], pa.array(STAGES))
    order = ("client", "opportunity_id", "entered", "stage_number", "closed", "outcome", "amount")
    table = table.append_column("stage_number", stage).sort_by([(name, "ascending") for name in order])
    table = table.combine_chunks()
    entered, closed = (np.asarray(table[name].to_numpy(), dtype="datetime64[D]") for name in ("entered", "closed"))
    return Opportunities(
        client=place(np.asarray(table["client"].to_numpy(), dtype=np.int64)),
        opportunity=_numbered(table["client"], table["opportunity_id"]),
        stage=np.asarray(table["stage_number"].to_numpy(), dtype=np.int64),
        entered=days_or(entered, FOREVER),
        closed=days_or(closed, FOREVER),
        won=pc.equal(table["outcome"], "won").fill_null(False).to_numpy(),
        amount=table["amount"].to_numpy(),
    )


def _numbered(*keys: pa.ChunkedArray) -> IntArray:
    """The number of each row's key, from 0, where rows of one key follow on each other. Keys are never null."""
    if not len(keys[0]):
        return np.empty(0, dtype=np.int64)
    changes = [pc.not_equal(key.slice(1), key.slice(0, len(key) - 1)).to_numpy() for key in keys]
    return np.concatenate([[0], np.cumsum(np.logical_or.reduce(changes))]).astype(np.int64)
