"""The opportunities of a block of clients as arrays, one entry per stage entered, and what is known at a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.panel.facilities import FOREVER
from models.vocab import BoolArray, FloatArray, FunnelStage, IntArray

STAGES = tuple(stage.value for stage in FunnelStage)


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
