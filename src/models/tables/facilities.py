"""The facilities of a block of clients as arrays, and what of them is known at a day."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.vocab import BoolArray, FloatArray, IntArray

FOREVER = np.iinfo(np.int32).max
"""Stands for a day that is not known to come."""


@dataclass(frozen=True, kw_only=True)
class Facilities:
    """Facilities in order of client and id. Shapes (n_facilities,); days since 1970; ``limit_steps`` in whole steps."""

    client: IntArray
    limit_steps: IntArray
    signed: NDArray[np.int32]
    maturity: NDArray[np.int32]
    closed: NDArray[np.int32]
    matured: BoolArray
    """Closed on schedule, as far as the cause of the end is known."""
    spread_bp: FloatArray
    collateral_cover: FloatArray

    def known_before(self, day: int) -> Facilities:
        """Facilities signed before ``day``; an end on or after it is not known."""
        signed = self.signed < day
        ended = self.closed[signed] < day
        return replace(
            self._where(signed),
            closed=np.where(ended, self.closed[signed], FOREVER).astype(np.int32),
            matured=self.matured[signed] & ended,
        )

    def only_matured(self, start: int, end: int, clients: int) -> BoolArray:
        """Of which clients something ended in [start, end), and all of it on schedule. Shape (clients,)."""
        ended = (self.closed >= start) & (self.closed < end) & (self.signed < start)
        all_ends = np.bincount(self.client[ended], minlength=clients)
        on_schedule = np.bincount(self.client[ended & self.matured], minlength=clients)
        return np.asarray((all_ends > 0) & (all_ends == on_schedule))

    def _where(self, chosen: BoolArray) -> Facilities:
        return Facilities(
            client=self.client[chosen],
            limit_steps=self.limit_steps[chosen],
            signed=self.signed[chosen],
            maturity=self.maturity[chosen],
            closed=self.closed[chosen],
            matured=self.matured[chosen],
            spread_bp=self.spread_bp[chosen],
            collateral_cover=self.collateral_cover[chosen],
        )


def days_or(values: NDArray[np.datetime64], missing: int) -> NDArray[np.int32]:
    """Dates as days since 1970, with ``missing`` for none.

    >>> days_or(np.array(["1970-01-03", "NaT"], dtype="datetime64[D]"), FOREVER).tolist()
    [2, 2147483647]
    """
    known = ~np.isnat(values)
    days = np.where(known, values.astype("datetime64[D]").astype(np.int64), missing)
    return days.astype(np.int32)
