"""State tables of a block at ends of months: exact balances and days past due; collateral, covenants, guarantees, ESG.

They are what the journal tells, with noise of its own: no other table changes where these are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from models.book.contract import CASHFLOW_KINDS
from models.book.state_tables import ARREARS, BALANCES, BREACHED, COLLATERAL, COVENANTS, ESG, GUARANTEES, MET
from models.config.simulation import PRODUCTS
from models.simulator.arrow import contract_table, days, money, number, rounded, text
from models.simulator.economics import CENTS, Economics
from models.simulator.files import ESG as ESG_GRADES
from models.simulator.journal import CashflowColumns, ClosedColumns, Journal
from models.simulator.ledgers import BlockRecorder, facility_ids
from models.simulator.state import ClientColumns, FacilityColumns
from models.vocab import BoolArray, FloatArray, IntArray

COLLATERAL_KINDS: Final = ("real estate", "equipment", "shares", "receivables")
COVENANT_NAMES: Final = ("leverage", "interest cover")
TESTED: Final = ("project_loan", "corporate_loan")
"""Products with covenants."""
APPRAISED_MONTHS, TESTED_MONTHS, ESG_MONTHS = 12, 6, 12
APPRAISAL_NOISE = 0.08
HEADROOM, HEADROOM_BY_CREDIT, HEADROOM_NOISE = 0.30, 0.16, 0.10
"""Headroom of a client of usual credit, what a standard deviation of credit adds, and what nobody explains."""
GUARANTEED_SHARE = 0.25
ESG_SOURCES: Final = ("rating agency", "own assessment")
ESG_BOUNDS = (-1.5, -0.6, 0.4, 1.3)


@dataclass(frozen=True, kw_only=True)
class MonthEnds:
    """All facilities of a block at the end of each month. Shapes (n_facilities, months), amounts in cents.

    ``ever`` is all that was drawn so far, ``overdue`` what is past due, ``late_since`` the day on which that began.
    """

    facilities: FacilityColumns
    is_open: BoolArray
    outstanding: IntArray
    ever: IntArray
    overdue: IntArray
    late_since: IntArray
    day: IntArray

    @classmethod
    def of(cls, journal: Journal, desk: BlockRecorder) -> MonthEnds:
        """As the journal tells."""
        rows, flows = FacilityColumns.stacked(journal.lists.signed), CashflowColumns.stacked(journal.lists.cashflows)
        closed, months = ClosedColumns.stacked(journal.lists.closed), np.arange(desk.months)
        until = np.full(len(rows), desk.months)
        until[closed.number] = closed.month
        drawn, repaid, lost, overdue = (
            _by_month(flows, kind, len(rows), desk.months) for kind in ("drawdown", "repayment", "write_off", "arrears")
        )
        return cls(
            facilities=rows,
            is_open=(rows.signed[:, None] <= months) & (months < until[:, None]),
            outstanding=np.cumsum(drawn - repaid - lost, axis=1),
            ever=np.cumsum(drawn, axis=1),
            overdue=overdue,
            late_since=_late_since(overdue > 0, rows, desk),
            day=desk.calendar.day(months + 1, np.zeros(len(months), dtype=np.int64)),
        )


def state_tables(
    clients: ClientColumns, journal: Journal, desk: BlockRecorder, economics: Economics, noise: Generator
) -> dict[str, pa.Table]:
    """All state tables of the block."""
    ends = MonthEnds.of(journal, desk)
    return {
        BALANCES: _balances(ends, journal, desk, economics),
        ARREARS: _arrears(ends, journal, desk),
        COLLATERAL: _collateral(ends, journal, desk, noise),
        COVENANTS: _covenants(ends, journal, desk, noise),
        GUARANTEES: _guarantees(ends, desk, noise),
        ESG: _esg_grades(clients, journal, desk, noise),
    }


def _by_month(flows: CashflowColumns, kind: str, facilities: int, months: int) -> IntArray:
    rows = flows.take(np.flatnonzero((flows.kind == CASHFLOW_KINDS.index(kind)) & (flows.facility >= 0)))
    found = np.zeros(facilities * months, dtype=np.int64)
    np.add.at(found, rows.facility * months + rows.month, rows.cents)
    return found.reshape(facilities, months)


def _late_since(late: BoolArray, rows: FacilityColumns, desk: BlockRecorder) -> IntArray:
    """The pay day of the month in which the arrears of each month began; 0 where there are none."""
    months = np.arange(late.shape[1])
    begins = late & ~np.pad(late, ((0, 0), (1, 0)))[:, :-1]
    start = np.maximum.accumulate(np.where(begins, months, 0), axis=1)
    return np.where(late, desk.calendar.day(start, np.broadcast_to(rows.pay_day[:, None], start.shape)), 0)


def _named(
    chosen: BoolArray, ends: MonthEnds, journal: Journal, desk: BlockRecorder
) -> tuple[IntArray, IntArray, dict[str, pa.Array]]:
    """Facility and month of the chosen ends of months by day, and their ids and dates as columns."""
    month, facility = np.nonzero(chosen.T)
    columns = {
        "client_id": text(ends.facilities.client[facility], desk.client_ids),
        "facility_id": text(facility, facility_ids(journal, desk)),
        "date": days(ends.day[month]),
    }
    return facility, month, columns


def _balances(ends: MonthEnds, journal: Journal, desk: BlockRecorder, economics: Economics) -> pa.Table:
    facility, month, columns = _named(ends.is_open, ends, journal, desk)
    drawn, limit = ends.outstanding[facility, month], ends.facilities.limit[facility]
    revolving = economics.products["revolving"][ends.facilities.product[facility]] > 0
    undrawn = np.maximum(limit - np.where(revolving, drawn, ends.ever[facility, month]), 0)
    return contract_table(BALANCES, columns | {"drawn": money(drawn), "undrawn": money(undrawn), "limit": money(limit)})


def _arrears(ends: MonthEnds, journal: Journal, desk: BlockRecorder) -> pa.Table:
    facility, month, columns = _named(ends.is_open & (ends.overdue > 0), ends, journal, desk)
    past_due = ends.day[month] - ends.late_since[facility, month]
    amount = money(ends.overdue[facility, month])
    return contract_table(ARREARS, columns | {"days_past_due": number(past_due), "amount": amount})


def _collateral(ends: MonthEnds, journal: Journal, desk: BlockRecorder, noise: Generator) -> pa.Table:
    """Appraised when a facility is signed and every year since; values wander."""
    rows, months = ends.facilities, np.arange(desk.months)
    wander = np.cumsum(noise.standard_normal(ends.is_open.shape), axis=1) * APPRAISAL_NOISE / np.sqrt(APPRAISED_MONTHS)
    kind = noise.integers(0, len(COLLATERAL_KINDS), len(rows))
    due = ends.is_open & ((months - rows.signed[:, None]) % APPRAISED_MONTHS == 0) & (rows.collateral > 0)[:, None]
    facility, month, columns = _named(due, ends, journal, desk)
    value = rows.collateral[facility] * rows.limit[facility] / CENTS * np.exp(wander[facility, month])
    named = {"kind": text(kind[facility], COLLATERAL_KINDS), "value": number(rounded(value, 3))}
    return contract_table(COLLATERAL, columns | named)


def _covenants(ends: MonthEnds, journal: Journal, desk: BlockRecorder, noise: Generator) -> pa.Table:
    """Tested every half year on term loans; the headroom follows the client's true credit."""
    rows, months = ends.facilities, np.arange(desk.months)
    tested = np.isin(rows.product, [PRODUCTS.index(name) for name in TESTED])
    age = months - rows.signed[:, None]
    due = ends.is_open & tested[:, None] & (age > 0) & (age % TESTED_MONTHS == 0)
    facility, month, columns = _named(due, ends, journal, desk)
    credit = journal.history.credit[month, rows.client[facility]].astype(np.float64)
    headroom = np.round(HEADROOM + HEADROOM_BY_CREDIT * credit + HEADROOM_NOISE * noise.standard_normal(len(credit)), 3)
    named = {
        "covenant": text(facility % len(COVENANT_NAMES), COVENANT_NAMES),
        "outcome": text((headroom < 0).astype(np.int64), (MET, BREACHED)),
        "headroom": number(headroom),
    }
    return contract_table(COVENANTS, columns | named)


def _guarantees(ends: MonthEnds, desk: BlockRecorder, noise: Generator) -> pa.Table:
    """What the sponsor group guarantees of a quarter of the facilities, from signing to maturity."""
    rows = ends.facilities
    chosen = np.flatnonzero((noise.random(len(rows)) < GUARANTEED_SHARE) & (desk.profile.group[rows.client] >= 0))
    share = noise.uniform(0.3, 1.0, len(chosen))
    return contract_table(
        GUARANTEES,
        {
            "client_id": text(rows.client[chosen], desk.client_ids),
            "guarantor": text(np.zeros(len(chosen), dtype=np.int64), ("sponsor group",)),
            "amount": number(rounded(share * rows.limit[chosen] / CENTS, 3)),
            "from": days(desk.calendar.day(rows.signed[chosen], rows.sign_day[chosen])),
            "until": days(desk.calendar.day(rows.maturity[chosen], rows.pay_day[chosen])),
        },
    )


def _esg_grades(clients: ClientColumns, journal: Journal, desk: BlockRecorder, noise: Generator) -> pa.Table:
    """A grade a year of clients with open business; it rests on what they are, and wanders."""
    size, months = len(clients), np.arange(desk.months)
    usual = 0.5 * clients.credit_mean + noise.standard_normal(size)
    due = journal.history.open_facilities & ((months[:, None] - clients.arrival) % ESG_MONTHS == 0)
    month, client = np.nonzero(due)
    seen: FloatArray = usual[client] + 0.3 * noise.standard_normal(len(client))
    return contract_table(
        ESG,
        {
            "client_id": text(client, desk.client_ids),
            "date": days(desk.calendar.day(month + 1, np.zeros(len(month), dtype=np.int64))),
            "grade": text(np.digitize(seen, ESG_BOUNDS), ESG_GRADES),
            "source": text(client % len(ESG_SOURCES), ESG_SOURCES),
        },
    )
