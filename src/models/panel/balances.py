"""Outstanding amounts before a day: balances as the book reports them, else by drawdowns and repayments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.book.measures import WRITE_OFF
from models.book.periods import PeriodName
from models.book.state_tables import BALANCES
from models.panel.cutoff import Past
from models.panel.facilities import FOREVER
from models.panel.reports import Reports
from models.vocab import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class ReportedBalances:
    """What is reported of clients on one day, in currency. ``covered``: of whom anything ever was. Shapes (n_clients,).

    ``rows`` are the balances that stand, of facilities that have not ended; ``ever`` all that were reported so far.
    """

    rows: Reports
    ever: Reports
    covered: BoolArray
    drawn: FloatArray
    undrawn: FloatArray
    limit: FloatArray

    def dropped(self, facilities: int) -> BoolArray:
        """Which of so many facilities were listed once and are no more. Shape (facilities,)."""
        once, now = (
            np.bincount(each.facility[each.facility >= 0], minlength=facilities) for each in (self.ever, self.rows)
        )
        return np.asarray((once > 0) & (now == 0))


def balances_before(past: Past, period: PeriodName, *, ago: int = 0) -> ReportedBalances | None:
    """What the table of balances says of a day ``ago`` periods before the as-of date; None where it says nothing."""
    table = past.reports.get(BALANCES)
    if table is None:
        return None
    then, clients = table.known_before(past.day_before(period, ago)) if ago else table, past.clients
    if not then.is_reported:
        return None
    rows = _of_open_facilities(past, then.standing(), past.day_before(period, ago))
    drawn, undrawn, limit = (rows.numbers[name] for name in ("drawn", "undrawn", "limit"))
    whole = drawn + undrawn
    usual = np.where(np.isnan(whole), _agreed_limits(past, rows), whole)
    of_rows = np.where(np.isnan(limit), usual, limit)
    left = np.where(np.isnan(undrawn), np.maximum(of_rows - drawn, 0.0), undrawn)
    return ReportedBalances(
        rows=rows,
        ever=then,
        covered=then.covered(clients),
        drawn=rows.total(drawn, clients),
        undrawn=rows.total(left, clients),
        limit=rows.total(of_rows, clients),
    )


def _agreed_limits(past: Past, rows: Reports) -> FloatArray:
    """The limit of each row's facility as it was signed, in currency; NaN where it names none."""
    facilities = past.facilities
    if facilities is None:
        return np.full(len(rows), np.nan)
    return np.append(facilities.limit_steps * past.measures.money_step, np.nan)[rows.facility]


def _of_open_facilities(past: Past, rows: Reports, day: int) -> Reports:
    """Rows whose facility had not ended before ``day``, or that name none."""
    facilities = past.facilities
    if facilities is None:
        return rows
    return rows.where(
        np.append(np.where(facilities.closed == FOREVER, True, facilities.closed >= day), True)[rows.facility]
    )


def has_balances(past: Past) -> bool:
    """Whether balances are reported, or drawdowns and repayments measured, so that balances can be known."""
    return BALANCES in past.reports or measures_balances(past)


def measures_balances(past: Past) -> bool:
    """Whether drawdowns and repayments are measured."""
    return {"drawdown", "repayment"} <= {flow.name for flow in past.measures.flows}


def balance_steps(past: Past, period: PeriodName, *, ago: int = 0) -> IntArray | FloatArray:
    """What was outstanding ``ago`` periods before the as-of date, in whole steps: exact.

    Of whom balances were reported by then, as they were; of others by flows, NaN where these are not measured.
    """
    if BALANCES not in past.reports:
        return flow_balance_steps(past, ago=ago)
    nothing = np.full(past.clients, np.nan)
    flows = flow_balance_steps(past, ago=ago).astype(np.float64) if measures_balances(past) else nothing
    reported = balances_before(past, period, ago=ago)
    if reported is None:
        return flows
    return np.where(reported.covered, np.round(reported.drawn / past.measures.money_step), flows)


def flow_balance_steps(past: Past, *, ago: int = 0) -> IntArray:
    """Drawn and neither repaid nor written off, by cashflows, ``ago`` periods before the as-of date: exact."""
    names = {flow.name for flow in past.measures.flows}
    balance = past.steps("drawdown", ago=ago) - past.steps("repayment", ago=ago)
    written_off = [name for name in ("write_off", WRITE_OFF) if name in names]
    return balance - past.steps(written_off[0], ago=ago) if written_off else balance


def outstanding_amounts(past: Past, period: PeriodName) -> FloatArray | None:
    """Drawn and not yet repaid by client, in currency: as reported, else where the config measures both, by flows.

    NaN of whom neither tells it; None where the book can tell it of nobody at any date.
    """
    reported, flows = balances_before(past, period), _drawn_by_flows(past)
    if reported is None:
        has_table = BALANCES in past.reports
        return np.full(past.clients, np.nan) if flows is None and has_table else flows
    return np.where(reported.covered, reported.drawn, np.nan if flows is None else flows)


def _drawn_by_flows(past: Past) -> FloatArray | None:
    names = {flow.name for flow in past.measures.flows}
    if not {"drawdown", "repayment"} <= names:
        return None
    outstanding = past.total("drawdown") - past.total("repayment")
    return outstanding - past.total("write_off") if "write_off" in names else outstanding
