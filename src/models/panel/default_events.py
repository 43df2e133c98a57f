"""Events of default of each client: days past due, write-offs, and ends in default; for ``decline.rule: default``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.vocab import BoolArray, IntArray

ARREARS = "arrears"
"""The table that tells how many days each client is past due, and when."""
DAYS_PAST_DUE = "days_past_due"


@dataclass(frozen=True, kw_only=True)
class DefaultEvents:
    """Periods in which clients of a block were in default. Shapes (n_rows,).

    ``client`` is a place in the block, ``period`` a number of the book's grid.
    """

    client: IntArray
    period: IntArray

    @classmethod
    def none(cls) -> DefaultEvents:
        """No rows."""
        empty = np.empty(0, dtype=np.int64)
        return cls(client=empty, period=empty)

    def so_far(self, first: int, periods: int, clients: int) -> BoolArray:
        """Whether each client was in default from period ``first`` to the end of each. Shape (periods, clients).

        >>> events = DefaultEvents(client=np.array([0, 1, 0]), period=np.array([4, 2, 3]))
        >>> events.so_far(3, 2, 2).tolist()
        [[True, False], [True, False]]
        """
        within = (self.period >= first) & (self.period < first + periods)
        came = np.zeros((periods, clients), dtype=np.bool_)
        came[self.period[within] - first, self.client[within]] = True
        return np.logical_or.accumulate(came, axis=0)
