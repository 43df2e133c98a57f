"""Sinks of a month's events: the protocol, and the tally of margin and activity that the truth needs."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from models.panel.facilities import end_key
from models.simulator.economics import ACTIVITY_KINDS, MATURED, NO_CAUSE, VALUE_WEIGHTS
from models.simulator.state import ContactColumns, FacilityColumns, OpportunityColumns
from models.vocab import IntArray


class Sink(Protocol):
    """What a step tells. Clients are positions in the block, amounts cents above zero, days 1 to 28."""

    def cashflows(self, kind: str, client: IntArray, facility: IntArray, cents: IntArray, day: IntArray) -> None:
        """Money moved; facility -1 for what belongs to the client as a whole."""

    def signed(self, facilities: FacilityColumns) -> None:
        """Facilities were signed."""

    def closed(self, facilities: FacilityColumns, cause: IntArray) -> None:
        """Facilities ended, on their payment day."""

    def entered(self, opportunities: OpportunityColumns) -> None:
        """Opportunities entered the stage of the funnel in which they stand."""

    def ended(self, opportunities: OpportunityColumns, *, won: bool) -> None:
        """Opportunities ended."""

    def contacts(self, contacts: ContactColumns) -> None:
        """Clients were in touch."""


DAYS_PER_MONTH = 32
"""More than a month has, so that months times these plus days keep the order of time."""


LOSS_WEIGHTS = {"write_off": 1, "recovery": -1}
"""What makes up a net loss: the sign of each kind of cashflow."""


_NO_FACILITIES = np.empty(0, dtype=np.int64)


class MonthTally:
    """Margin, activity, net losses and ends per client and month, in cents; forgets everything else.

    ``lost_before``: numbers of the facilities written off before the first month, whose recoveries are no part of what
    is lost from then on.
    """

    def __init__(
        self, *, months: int, clients: int, first_new_facility: int, lost_before: IntArray = _NO_FACILITIES
    ) -> None:
        self.clients = clients
        self.month = 0
        self.margin = np.zeros((months, clients))
        self.activity = np.zeros((months, clients))
        self.activity_count = np.zeros((months, clients), dtype=np.int64)
        self.loss = np.zeros((months, clients))
        self.past_recoveries = np.zeros((months, clients))
        self.default_month = np.full(clients, np.nan)
        """Months from the as-of date to the month of the first write-off; NaN where there was none."""
        self.ends = np.zeros(clients, dtype=np.int64)
        self.ends_on_schedule = np.zeros(clients, dtype=np.int64)
        self.last_end = np.full(clients, NO_CAUSE, dtype=np.int64)
        """Of the ends otherwise than on schedule the key of the last one, or -1."""
        self._first_new = first_new_facility
        self._lost_before = lost_before

    def cashflows(  # the day does not matter here
        self,
        kind: str,
        client: IntArray,
        facility: IntArray,
        cents: IntArray,
        day: IntArray,  # noqa: ARG002
    ) -> None:
        """Add to margin, activity and loss."""
        weight = VALUE_WEIGHTS.get(kind)
        if weight is None or not len(client):
            return
        amounts = np.bincount(client, weights=cents, minlength=self.clients)
        if kind in LOSS_WEIGHTS:
            self._lost(kind, client, facility, cents)
        else:
            self.margin[self.month] += weight * amounts
        if kind in ACTIVITY_KINDS:
            self.activity[self.month] += amounts
            self.activity_count[self.month] += np.bincount(client, minlength=self.clients)
        if kind == "write_off":
            self.default_month = np.where((amounts > 0) & np.isnan(self.default_month), self.month, self.default_month)

    def _lost(self, kind: str, client: IntArray, facility: IntArray, cents: IntArray) -> None:
        old = np.isin(facility, self._lost_before)
        weight = LOSS_WEIGHTS[kind]
        self.loss[self.month] += weight * np.bincount(client[~old], weights=cents[~old], minlength=self.clients)
        self.past_recoveries[self.month] -= weight * np.bincount(
            client[old], weights=cents[old], minlength=self.clients
        )

    def closed(self, facilities: FacilityColumns, cause: IntArray) -> None:
        """Count the ends of facilities that stood at the as-of date; keep the last end of any off schedule."""
        known = facilities.number < self._first_new
        on_schedule = known & (cause == MATURED)
        self.ends += np.bincount(facilities.client[known], minlength=self.clients)
        self.ends_on_schedule += np.bincount(facilities.client[on_schedule], minlength=self.clients)
        off_schedule = cause != MATURED
        day = self.month * DAYS_PER_MONTH + facilities.pay_day[off_schedule]
        np.maximum.at(self.last_end, facilities.client[off_schedule], end_key(day, cause[off_schedule]))

    def signed(self, facilities: FacilityColumns) -> None:
        """Ignore."""

    def entered(self, opportunities: OpportunityColumns) -> None:
        """Ignore."""

    def ended(self, opportunities: OpportunityColumns, *, won: bool) -> None:
        """Ignore."""

    def contacts(self, contacts: ContactColumns) -> None:
        """Ignore."""
