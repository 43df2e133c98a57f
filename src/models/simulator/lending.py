"""Monthly facility events: draw, pay, repay, fall into arrears, default, recover, end. All in cents.

For every facility and month drawn - repaid - written off = outstanding, and outstanding is at most the limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.simulator.economics import (
    DECLINE,
    DEFAULTED,
    DORMANT,
    MATURED,
    NO_CAUSE,
    REFINANCED,
)
from models.simulator.latent import Month
from models.simulator.state import BookState, ClientColumns, FacilityColumns
from models.vocab import BoolArray, FloatArray, IntArray

UNUSED_MONTHS = 6
UNUSED_BELOW = 0.04
SMALLEST_MOVE = 0.04
CALLED_SHARE = 0.3
PREPAID_SHARE = 5
FIRM_MONTHS = 2
NEW_NEED_RATE = 0.06
NO_NEED_SHARE = 0.3
GRATITUDE = 0.3


@dataclass(frozen=True, kw_only=True)
class FacilityStanding:
    """What decides on each facility this month. Shape (n_facilities,)."""

    working: BoolArray
    late: BoolArray
    failing: BoolArray
    recovering: BoolArray
    line: BoolArray
    slow: BoolArray
    abrupt: BoolArray
    age: IntArray
    left: IntArray
    due: BoolArray
    base_rate: FloatArray


def lend(state: BookState, month: Month, defaulting: BoolArray) -> None:
    """One month of all open facilities; ``defaulting`` marks clients, shape (n_clients,)."""
    facilities, clients = state.facilities, state.clients
    now = _standing(state, month, defaulting)
    _accrue(facilities, now, month)
    cause = _endings(facilities, clients, now, month)
    _draw_loans(facilities, now, cause, month)
    _move_lines(facilities, clients, now, cause, month)
    _pay(facilities, now, cause, month)
    _repay(facilities, now, cause, month)
    _write_off(facilities, now, month)
    _recover(facilities, now, cause, month)
    ended = cause != NO_CAUSE
    month.sink.closed(facilities.take(ended), cause[ended])
    clients.last_cause[facilities.client[ended]] = cause[ended]
    state.facilities = facilities.take(~ended)


def _standing(state: BookState, month: Month, defaulting: BoolArray) -> FacilityStanding:
    facilities, clients, terms = state.facilities, state.clients, month.economics.products
    client, product = facilities.client, facilities.product
    recovering = facilities.workout_months > 0
    failing = ~recovering & defaulting[client]
    late = ~recovering & ~failing & (clients.arrears > 0)[client]
    declining = clients.stage == DECLINE
    age = month.number - facilities.signed
    return FacilityStanding(
        working=~(recovering | failing | late),
        late=late,
        failing=failing,
        recovering=recovering,
        line=((terms["revolving"] > 0) | (terms["funded"] == 0))[product],
        slow=(declining & ~clients.abrupt)[client],
        abrupt=(declining & clients.abrupt)[client],
        age=age,
        left=facilities.maturity - month.number,
        due=age % terms["pay_months"].astype(np.int64)[product] == 0,
        base_rate=month.world.base_rate[month.number][clients.row[client]],
    )


def _accrue(facilities: FacilityColumns, now: FacilityStanding, month: Month) -> None:
    terms, product = month.economics.products, facilities.product
    earning = now.working | now.late
    premium = month.economics.config.credit.funding_premium_bp / 10_000
    owed = facilities.outstanding * (earning / 12)
    facilities.interest_due += _cents(owed * (now.base_rate + facilities.spread))
    facilities.cost_due += _cents(owed * (now.base_rate + premium))
    idle = np.where(now.line | (now.age <= facilities.draw_months), facilities.limit - facilities.outstanding, 0)
    charged = np.where(terms["funded"][product] > 0, idle, facilities.utilisation * facilities.limit)
    facilities.fee_due += _cents(charged * terms["running_fee"][product] * (earning / 12))


def _cents(amount: FloatArray) -> IntArray:
    return np.rint(amount).astype(np.int64)


def _endings(facilities: FacilityColumns, clients: ClientColumns, now: FacilityStanding, month: Month) -> IntArray:
    matured = now.working & (now.left <= 0)
    unused = now.working & now.line & (facilities.unused_months >= UNUSED_MONTHS)
    firm = now.working & (now.age > FIRM_MONTHS) & (now.left > FIRM_MONTHS)
    leaving = firm & (month.noise.random(len(facilities)) < _refinance_rate(facilities, clients, now, month))
    return np.select([matured, leaving, unused], [MATURED, REFINANCED, DORMANT], default=NO_CAUSE)


def _refinance_rate(
    facilities: FacilityColumns, clients: ClientColumns, now: FacilityStanding, month: Month
) -> FloatArray:
    settings = month.economics.config.lifecycle
    pull = settings.competition_effect * clients.price_sensitivity * month.competition(clients)
    push = settings.satisfaction_effect * np.clip(clients.satisfaction, -2.5, 2.5)
    grateful = np.where(clients.trouble_months > 0, GRATITUDE, 1.0)
    mood = (np.exp(pull - push) * grateful)[facilities.client]
    dear = np.exp(20 * (facilities.spread - 0.025))
    content = settings.refinance_rate * mood * dear
    rate = np.where(now.slow, settings.refinance_slow * settings.refinance_rate * dear, content)
    return np.minimum(np.where(now.abrupt, settings.refinance_abrupt, rate), 0.6)


def _draw_loans(facilities: FacilityColumns, now: FacilityStanding, cause: IntArray, month: Month) -> None:
    loan = month.economics.products["funded"][facilities.product] > 0
    able = now.working & loan & ~now.line & (cause == NO_CAUSE) & ~now.abrupt
    able &= now.age <= facilities.draw_months + 1
    done = np.minimum(now.age / np.maximum(facilities.draw_months, 1), 1.0)
    target = facilities.limit * facilities.use * done * done * (3 - 2 * done)
    amount = np.where(able, np.maximum(_cents(target) - facilities.drawn, 0), 0)
    amount = np.where(now.slow, amount * 3 // 10, amount)
    _lend_out(facilities, amount, month)


def _lend_out(facilities: FacilityColumns, amount: IntArray, month: Month) -> None:
    facilities.drawn += amount
    facilities.outstanding += amount
    _flow("drawdown", facilities, amount, month)


def _take_back(facilities: FacilityColumns, amount: IntArray, month: Month) -> None:
    facilities.repaid += amount
    facilities.outstanding -= amount
    _flow("repayment", facilities, amount, month)


def _flow(kind: str, facilities: FacilityColumns, amount: IntArray, month: Month) -> None:
    rows = np.flatnonzero(amount > 0)
    month.sink.cashflows(kind, facilities.client[rows], facilities.number[rows], amount[rows], facilities.pay_day[rows])


def _move_lines(
    facilities: FacilityColumns, clients: ClientColumns, now: FacilityStanding, cause: IntArray, month: Month
) -> None:
    rows = np.flatnonzero(now.working & now.line & (cause == NO_CAUSE))
    _move_utilisation(facilities, clients, now, rows, month)
    funded = month.economics.products["funded"][facilities.product[rows]] > 0
    loans = rows[funded]
    target = _cents(facilities.limit[loans] * facilities.utilisation[loans])
    change = target - facilities.outstanding[loans]
    worth = (np.abs(change) > SMALLEST_MOVE * facilities.limit[loans]) | (target == 0)
    moves = np.zeros(len(facilities), dtype=np.int64)
    moves[loans] = np.where(worth, change, 0)
    _lend_out(facilities, np.maximum(moves, 0), month)
    _take_back(facilities, np.maximum(-moves, 0), month)


def _move_utilisation(
    facilities: FacilityColumns, clients: ClientColumns, now: FacilityStanding, rows: IntArray, month: Month
) -> None:
    _change_needs(facilities, rows, month)
    strain = 0.1 * np.clip(-clients.credit - 0.5, 0, 3)[facilities.client[rows]]
    target = np.where(now.slow[rows], -0.05, facilities.use[rows] + strain)
    target = np.where(now.abrupt[rows], -0.10, target)
    speed = np.where(now.abrupt[rows] | now.slow[rows], 0.5, 0.25)
    old = facilities.utilisation[rows]
    moved = old + speed * (target - old) + 0.07 * month.noise.standard_normal(len(rows))
    new = np.clip(moved, 0.0, 1.0)
    facilities.utilisation[rows] = new
    unused = facilities.unused_months[rows] + 1
    facilities.unused_months[rows] = np.where(new < UNUSED_BELOW, unused, 0)


def _change_needs(facilities: FacilityColumns, rows: IntArray, month: Month) -> None:
    """Now and then a client's cash cycle changes, and with it the use of a line; some need it no more."""
    changed = rows[month.noise.random(len(rows)) < NEW_NEED_RATE]
    use = month.noise.beta(4.0, 3.0, len(changed))
    facilities.use[changed] = np.where(month.noise.random(len(changed)) < NO_NEED_SHARE, 0.0, use)


def _pay(facilities: FacilityColumns, now: FacilityStanding, cause: IntArray, month: Month) -> None:
    paying = now.working & (now.due | (cause != NO_CAUSE))
    for kind, owed in (("interest", facilities.interest_due), ("fee", facilities.fee_due)):
        _flow(kind, facilities, np.where(paying, owed, 0), month)
    overdue = facilities.interest_due + facilities.fee_due
    _flow("arrears", facilities, np.where(now.late, overdue, 0), month)
    booked = paying | now.failing | (now.late & now.due)
    _flow("funding_cost", facilities, np.where(booked, facilities.cost_due, 0), month)
    settled = paying | now.failing
    facilities.interest_due[settled] = 0
    facilities.fee_due[settled] = 0
    facilities.cost_due[booked] = 0


def _repay(facilities: FacilityColumns, now: FacilityStanding, cause: IntArray, month: Month) -> None:
    settings, terms, product = month.economics.config.lifecycle, month.economics.products, facilities.product
    amortising = now.working & (terms["amortising"][product] > 0) & (now.age > facilities.draw_months)
    every = terms["pay_months"].astype(np.int64)[product]
    payments = np.maximum(now.left // every + 1, 1)
    instalment = np.where(amortising & now.due, facilities.outstanding // payments, 0)
    chance = month.noise.random(len(facilities))
    lent = now.working & ~now.line & (now.age > FIRM_MONTHS)
    willing = np.where(now.slow, lent, amortising)
    rate = np.where(now.slow, settings.prepayment_slow, settings.partial_prepayment)
    early = willing & (chance < rate) & (cause == NO_CAUSE)
    extra = np.where(early, facilities.outstanding // PREPAID_SHARE, 0)
    leaving = cause == REFINANCED
    fee_base = np.where(leaving, facilities.outstanding, extra)
    _flow("fee", facilities, _cents(fee_base * settings.prepayment_fee), month)
    amount = np.where(cause != NO_CAUSE, facilities.outstanding, np.maximum(instalment, extra))
    _take_back(facilities, amount, month)


def _write_off(facilities: FacilityColumns, now: FacilityStanding, month: Month) -> None:
    if not now.failing.any():
        return
    unfunded = month.economics.products["funded"][facilities.product] == 0
    called = np.where(now.failing & unfunded, CALLED_SHARE * facilities.utilisation * facilities.limit, 0.0)
    _lend_out(facilities, _cents(called), month)
    lost = np.where(now.failing, facilities.outstanding, 0)
    facilities.written_off += lost
    facilities.outstanding -= lost
    _flow("write_off", facilities, lost, month)
    rows = np.flatnonzero(now.failing)
    severity = np.clip(facilities.lgd[rows] + 0.15 * month.noise.standard_normal(len(rows)), 0.02, 1.0)
    facilities.recoverable[rows] = _cents(lost[rows] * (1 - severity))
    facilities.workout_months[rows] = month.economics.config.credit.workout_months


def _recover(facilities: FacilityColumns, now: FacilityStanding, cause: IntArray, month: Month) -> None:
    """Pay this month's share of what is recovered, and end what has no more to come; sets ``cause``."""
    part = facilities.recoverable // np.maximum(facilities.workout_months, 1)
    amount = np.where(now.recovering, part, 0)
    facilities.recoverable -= amount
    _flow("recovery", facilities, amount, month)
    facilities.workout_months[now.recovering] -= 1
    cause[now.recovering & (facilities.workout_months == 0)] = DEFAULTED
