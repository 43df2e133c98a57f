"""State tables of the contract: how clients, facilities and countries stood on a date, as core systems report them.

Rows are dated and never rewritten: a row counts at as-of dates after its own. Where all dates of ``balances`` or
``arrears`` are ends of months, a facility that the latest of them does not list is over; else its last row counts.
"""

from __future__ import annotations

from models.book.columns import MAX_AMOUNT, Column, Kind, Reference, TableSchema, Unit, Words

BALANCES, ARREARS, COLLATERAL, COVENANTS, GUARANTEES, ESG = (
    "balances",
    "arrears",
    "collateral",
    "covenants",
    "guarantees",
    "esg",
)
COUNTRIES = "countries"
MET, BREACHED = "met", "breached"
"""How the test of a covenant comes out."""
MOST_DAYS = 36_500
"""A hundred years."""

_OF_CLIENT = Reference(column="client_id", table="clients", target="client_id")
_OF_FACILITY = Reference(column="facility_id", table="facilities", target="facility_id")
_CLIENT = Column(
    name="client_id", kind=Kind.TEXT, note="the client, kept byte for byte", required=True, words=Words.IDS
)
_FACILITY = Column(name="facility_id", kind=Kind.TEXT, note="the facility; empty: the client as a whole")
_DAY = Column(name="date", kind=Kind.DATE, note="the day that is reported", required=True, past=True)


def _money(name: str, note: str, *, required: bool = False, low: float | None = 0) -> Column:
    described = f"{note}, in book currency"
    return Column(
        name=name, kind=Kind.NUMBER, note=described, required=required, low=low, high=MAX_AMOUNT, unit=Unit.MONEY
    )


def _word(name: str, note: str, *, required: bool = False, allowed: tuple[str, ...] = ()) -> Column:
    return Column(name=name, kind=Kind.TEXT, note=note, required=required, allowed=allowed)


def _of_facility(name: str, *columns: Column) -> TableSchema:
    """A table of facilities, or of clients where no facility is named."""
    own = (_CLIENT, _FACILITY, _DAY, *columns)
    return TableSchema(name=name, references=(_OF_CLIENT, _OF_FACILITY), columns=own)


STATE_TABLES: tuple[TableSchema, ...] = (
    _of_facility(
        BALANCES,
        _money("drawn", "what is drawn", required=True, low=-MAX_AMOUNT),
        _money("undrawn", "what can still be drawn"),
        _money("limit", "the limit on that day; without it what is drawn and undrawn"),
    ),
    _of_facility(
        ARREARS,
        Column(
            name="days_past_due",
            kind=Kind.NUMBER,
            note="days past due (DPD) of the oldest amount; 0: nothing is overdue",
            required=True,
            low=0,
            high=MOST_DAYS,
            unit=Unit.DAYS,
        ),
        _money("amount", "what is overdue"),
    ),
    _of_facility(
        COLLATERAL,
        _word("kind", "real estate, shares, cash, ..."),
        _money("value", "as appraised", required=True),
    ),
    _of_facility(
        COVENANTS,
        _word("covenant", "which covenant", required=True),
        _word("outcome", "how the test came out", required=True, allowed=(MET, BREACHED)),
        Column(
            name="headroom",
            kind=Kind.NUMBER,
            note="distance to the bound as a share of it; below 0: breached",
            low=-1_000,
            high=1_000,
            unit=Unit.RATIO,
        ),
    ),
    TableSchema(
        name=GUARANTEES,
        references=(_OF_CLIENT,),
        ordered=(("from", "until"),),
        columns=(
            _CLIENT,
            _word("guarantor", "who stands in for the client", required=True),
            _money("amount", "up to how much", required=True),
            Column(name="from", kind=Kind.DATE, note="the day it was given", required=True, past=True),
            Column(name="until", kind=Kind.DATE, note="the day it ends, known when it is given"),
        ),
    ),
    TableSchema(
        name=ESG,
        references=(_OF_CLIENT,),
        columns=(
            _CLIENT,
            _DAY,
            _word("grade", "environmental, social and governance grade", required=True),
            _word("source", "who gave it"),
        ),
    ),
    TableSchema(
        name=COUNTRIES,
        ordered=(("date", "published"),),
        columns=(
            Column(name="country", kind=Kind.TEXT, note="the country", required=True, words=Words.COUNTRIES),
            Column(name="date", kind=Kind.DATE, note="the day that is judged", required=True),
            Column(name="published", kind=Kind.DATE, note="known from this day", required=True, past=True),
            _word("sovereign_rating", "AAA to D, or Aaa to C; read in notches, 1 for the best"),
            Column(
                name="political_risk",
                kind=Kind.NUMBER,
                note="political-risk score, 0 for none to 100 for the highest",
                low=0,
                high=100,
                unit=Unit.SCORE,
            ),
            Column(name="sanctions", kind=Kind.TRUTH, note="whether sanctions are in force"),
        ),
    ),
)
STATE_KNOWN_ON = {
    **dict.fromkeys((BALANCES, ARREARS, COLLATERAL, COVENANTS, ESG), "date"),
    GUARANTEES: "from",
    COUNTRIES: "published",
}
"""The column of each state table that says from when on a row is known."""
