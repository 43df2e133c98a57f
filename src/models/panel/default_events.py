"""Events of default of each client: days past due, write-offs, and ends in default; for ``decline.rule: default``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np

from models.book.measures import known_on
from models.book.periods import PeriodGrid
from models.vocab import BoolArray, ExitCause, IntArray

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


def default_events(tables: Mapping[str, Any], places: Any, days_past_due: int, grid: PeriodGrid) -> Any:
    """One row per client and period with an event of default: block, client, period.

    That is a write-off; a day on which the client is ``days_past_due`` or more past due, be it for long; and the end of
    a facility in default, unless something was written off before: a workout ends long after its default.
    """
    flows = tables["cashflows"]
    lost = flows.filter(flows.kind == "write_off").select("client_id", day=flows[known_on("cashflows")].cast("date"))
    days = [lost]
    if ARREARS in tables:
        due = tables[ARREARS]
        over = due.filter(due[DAYS_PAST_DUE] >= days_past_due)
        days.append(over.select("client_id", day=over[known_on(ARREARS)].cast("date")))
    if "facilities" in tables:
        days.append(_ended(tables["facilities"], lost))
    every = ibis.union(*days) if len(days) > 1 else days[0]
    dated = every.select("client_id", period=grid.expression(every.day)).distinct()
    return dated.inner_join(places, "client_id").select("block", "client", "period")


def _ended(facilities: Any, lost: Any) -> Any:
    """Ends in default of clients of whom nothing was written off before."""
    ended = facilities.filter((facilities.exit_cause == str(ExitCause.DEFAULT)) & facilities.closed.notnull())
    first = lost.group_by("client_id").aggregate(first_lost=lost.day.min())
    joined = ended.select("client_id", day=ended.closed.cast("date")).left_join(first, "client_id")
    anew = joined.filter(joined.first_lost.isnull() | (joined.first_lost >= joined.day))
    return anew.select("client_id", "day")
