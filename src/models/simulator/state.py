"""The state of a block of the book: all that its future depends on, and nothing that was only observed.

Copied at an as-of date and run forward with fresh noise, it yields the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.simulator.columns import AnyArray, Columns
from models.simulator.economics import ACQUISITION, NO_CAUSE
from models.simulator.world import COUNTRIES
from models.vocab import BoolArray, FloatArray, IntArray

SmallArray = NDArray[np.int16]


@dataclass(kw_only=True)
class ClientColumns(Columns):
    """Clients. Qualities are in standard deviations; months count from the book's first."""

    row: IntArray
    """Row of the world: the country, on its path."""
    own_type: IntArray
    need: IntArray
    log_limit: FloatArray
    """Log of the typical facility limit, in currency."""
    credit_mean: FloatArray
    satisfaction_mean: FloatArray
    price_sensitivity: FloatArray
    arrival: IntArray
    stage: SmallArray
    stage_months: SmallArray
    abrupt: BoolArray
    """Declines at once, not slowly; meaningful in decline only."""
    satisfaction: FloatArray
    service: FloatArray
    """Log of the client's response time against its type's; high is slow."""
    credit: FloatArray
    arrears: SmallArray
    """Months overdue; 0: none."""
    defaulted: BoolArray
    trouble_months: SmallArray
    """Months for which the client still counts as problem-solving."""
    campaign_months: SmallArray
    """Months for which the last campaign still works."""
    open_facilities: IntArray
    """Facilities open and performing, at the end of the last month."""
    exposure: IntArray
    """Outstanding of these, in cents."""
    renewable: IntArray
    """Of these, how many end within four months."""
    idle_months: SmallArray
    """Months with nothing open and nothing asked for."""
    last_cause: IntArray
    """Cause of the facility closed last; -1: none."""


@dataclass(kw_only=True)
class FacilityColumns(Columns):
    """Facilities that are not closed. Amounts in cents, months from the book's first, rates annual."""

    number: IntArray
    client: IntArray
    product: IntArray
    limit: IntArray
    spread: FloatArray
    lgd: FloatArray
    collateral: FloatArray
    signed: IntArray
    sign_day: IntArray
    pay_day: IntArray
    maturity: IntArray
    draw_months: IntArray
    use: FloatArray
    """Share of the limit that will be drawn; of a line, its usual utilisation."""
    utilisation: FloatArray
    unused_months: SmallArray
    drawn: IntArray
    repaid: IntArray
    written_off: IntArray
    outstanding: IntArray
    interest_due: IntArray
    fee_due: IntArray
    cost_due: IntArray
    recoverable: IntArray
    workout_months: SmallArray
    """Months of recovery left after a default; 0: performing."""


@dataclass(kw_only=True)
class OpportunityColumns(Columns):
    """Opportunities that have not ended. ``amount`` in cents."""

    number: IntArray
    client: IntArray
    stage: IntArray
    product: IntArray
    amount: IntArray
    day: IntArray
    """Day of the month on which it moves."""
    expected: BoolArray
    """A first deal or a renewal: the client is more than half won."""


@dataclass(kw_only=True)
class ContactColumns(Columns):
    """Contacts of a month. ``kind`` counts in the contract's kinds; hours are NaN if nothing was asked."""

    client: IntArray
    kind: IntArray
    response: FloatArray
    resolution: FloatArray
    campaign: IntArray
    """The campaign that it belongs to; -1: none."""
    mood: FloatArray
    """The client's satisfaction."""


@dataclass(kw_only=True)
class BookState:
    """A block of the book between two months. ``next_*`` are the numbers to be given next."""

    clients: ClientColumns
    facilities: FacilityColumns
    opportunities: OpportunityColumns
    next_facility: int = 0
    next_opportunity: int = 0

    def copy(self) -> BookState:
        """The same state in new memory, to be run forward on its own."""
        return BookState(
            clients=self.clients.copy(),
            facilities=self.facilities.copy(),
            opportunities=self.opportunities.copy(),
            next_facility=self.next_facility,
            next_opportunity=self.next_opportunity,
        )

    def tiled(self, paths: int) -> BookState:
        """The state ``paths`` times over: client ``i`` on path ``k`` stands at ``k x n_clients + i``."""
        size = len(self.clients)
        clients = self.clients.tiled(paths)
        clients.row += np.repeat(np.arange(paths) * len(COUNTRIES), size)
        facilities, opportunities = self.facilities.tiled(paths), self.opportunities.tiled(paths)
        facilities.client += np.repeat(np.arange(paths) * size, len(self.facilities))
        opportunities.client += np.repeat(np.arange(paths) * size, len(self.opportunities))
        return BookState(
            clients=clients,
            facilities=facilities,
            opportunities=opportunities,
            next_facility=self.next_facility,
            next_opportunity=self.next_opportunity,
        )

    def only(self, rows: IntArray) -> BookState:
        """A copy with the clients at ``rows`` and what is theirs."""
        position = np.full(len(self.clients), -1)
        position[rows] = np.arange(len(rows))
        facilities = self.facilities.take(position[self.facilities.client] >= 0)
        opportunities = self.opportunities.take(position[self.opportunities.client] >= 0)
        facilities.client = position[facilities.client]
        opportunities.client = position[opportunities.client]
        return BookState(
            clients=self.clients.take(rows),
            facilities=facilities,
            opportunities=opportunities,
            next_facility=self.next_facility,
            next_opportunity=self.next_opportunity,
        )


def no_facilities() -> FacilityColumns:
    """A record of facilities with none in it."""
    return FacilityColumns(**_empty(FacilityColumns))


def no_opportunities() -> OpportunityColumns:
    """A record of opportunities with none in it."""
    return OpportunityColumns(**_empty(OpportunityColumns))


_TYPES = {"FloatArray": np.float64, "IntArray": np.int64, "SmallArray": np.int16, "BoolArray": np.bool_}


def _empty(record: type[Columns]) -> dict[str, AnyArray]:
    return {name: np.zeros(0, dtype=_TYPES[kind]) for name, kind in record.__annotations__.items()}


def untouched(size: int) -> dict[str, AnyArray]:
    """The changing columns of clients of whom nothing has happened yet."""
    small = ("stage_months", "arrears", "trouble_months", "campaign_months", "idle_months")
    whole = ("open_facilities", "exposure", "renewable")
    return {
        **{name: np.zeros(size, dtype=np.int16) for name in small},
        **{name: np.zeros(size, dtype=np.int64) for name in whole},
        **{name: np.zeros(size, dtype=np.bool_) for name in ("abrupt", "defaulted")},
        "stage": np.full(size, ACQUISITION, dtype=np.int16),
        "last_cause": np.full(size, NO_CAUSE, dtype=np.int64),
    }
