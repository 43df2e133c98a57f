"""Event journal of a block, month by month, from which its tables are written."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.book.contract import CASHFLOW_KINDS
from models.simulator.columns import Columns
from models.simulator.sinks import MonthTally
from models.simulator.state import ClientColumns, ContactColumns, FacilityColumns, OpportunityColumns
from models.vocab import FloatArray, IntArray


@dataclass(kw_only=True)
class CashflowColumns(Columns):
    """Cashflows as they happen. ``kind`` counts in the contract's kinds; facility -1: none."""

    client: IntArray
    facility: IntArray
    kind: IntArray
    month: IntArray
    day: IntArray
    cents: IntArray


@dataclass(kw_only=True)
class ClosedColumns(Columns):
    """Ends of facilities."""

    number: IntArray
    month: IntArray
    day: IntArray
    cause: IntArray


@dataclass(kw_only=True)
class FunnelColumns(Columns):
    """Stages entered by opportunities, or ends of them."""

    number: IntArray
    client: IntArray
    stage: IntArray
    month: IntArray
    day: IntArray
    amount: IntArray
    won: NDArray[np.bool_]


@dataclass(kw_only=True)
class DatedContacts(ContactColumns):
    """Contacts with their month."""

    month: IntArray


@dataclass
class History:
    """The latent state as it was at the end of each month. Shapes (months, n_clients)."""

    credit: NDArray[np.float32]
    satisfaction: NDArray[np.float32]
    open_facilities: NDArray[np.bool_]
    defaulted: NDArray[np.bool_]
    exposure: FloatArray

    @classmethod
    def of(cls, months: int, clients: int) -> History:
        """Room for a block."""
        shape = (months, clients)
        return cls(
            credit=np.zeros(shape, dtype=np.float32),
            satisfaction=np.zeros(shape, dtype=np.float32),
            open_facilities=np.zeros(shape, dtype=np.bool_),
            defaulted=np.zeros(shape, dtype=np.bool_),
            exposure=np.zeros(shape),
        )

    def note(self, month: int, clients: ClientColumns) -> None:
        """Remember the state at the end of a month."""
        self.credit[month] = clients.credit
        self.satisfaction[month] = clients.satisfaction
        self.open_facilities[month] = clients.open_facilities > 0
        self.defaulted[month] = clients.defaulted
        self.exposure[month] = clients.exposure


@dataclass
class Lists:
    """The recorded events, in the order of months."""

    cashflows: list[CashflowColumns] = field(default_factory=list)
    signed: list[FacilityColumns] = field(default_factory=list)
    closed: list[ClosedColumns] = field(default_factory=list)
    entered: list[FunnelColumns] = field(default_factory=list)
    ended: list[FunnelColumns] = field(default_factory=list)
    contacts: list[DatedContacts] = field(default_factory=list)


class Journal(MonthTally):
    """A sink that forgets nothing."""

    def __init__(self, *, months: int, clients: int) -> None:
        super().__init__(months=months, clients=clients, first_new_facility=0)
        self.lists = Lists()
        self.history = History.of(months, clients)

    def cashflows(self, kind: str, client: IntArray, facility: IntArray, cents: IntArray, day: IntArray) -> None:
        """Keep them, and tally."""
        super().cashflows(kind, client, facility, cents, day)
        code = CASHFLOW_KINDS.index(kind)
        self.lists.cashflows.append(
            CashflowColumns(
                client=client,
                facility=facility,
                kind=self._same(client, code),
                month=self._now(client),
                day=day,
                cents=cents,
            )
        )

    def signed(self, facilities: FacilityColumns) -> None:
        """Keep them as they were at signing."""
        self.lists.signed.append(facilities.copy())

    def closed(self, facilities: FacilityColumns, cause: IntArray) -> None:
        """Keep the ends."""
        super().closed(facilities, cause)
        self.lists.closed.append(
            ClosedColumns(number=facilities.number, month=self._now(cause), day=facilities.pay_day, cause=cause)
        )

    def entered(self, opportunities: OpportunityColumns) -> None:
        """Keep the stages."""
        self.lists.entered.append(self._funnel(opportunities, won=False))

    def ended(self, opportunities: OpportunityColumns, *, won: bool) -> None:
        """Keep the ends."""
        self.lists.ended.append(self._funnel(opportunities, won=won))

    def contacts(self, contacts: ContactColumns) -> None:
        """Keep them."""
        self.lists.contacts.append(DatedContacts(**vars(contacts), month=self._now(contacts.client)))

    def _funnel(self, opportunities: OpportunityColumns, *, won: bool) -> FunnelColumns:
        return FunnelColumns(
            number=opportunities.number,
            client=opportunities.client,
            stage=opportunities.stage,
            month=self._now(opportunities.client),
            day=opportunities.day,
            amount=opportunities.amount,
            won=np.full(len(opportunities), won),
        )

    def _now(self, like: IntArray) -> IntArray:
        return self._same(like, self.month)

    @staticmethod
    def _same(like: IntArray, value: int) -> IntArray:
        return np.full(len(like), value, dtype=np.int64)
