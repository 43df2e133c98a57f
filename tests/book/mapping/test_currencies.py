"""Amounts of three currencies, whose sums in that of the book equal hand arithmetic; what has no rate is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import UserError
from support.mapped_books import mapped_book, quarantined, rows_of, told_of

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CLIENTS = "client_id\nA\nB\n"
RATES = """date,currency,rate
2022-01-03,USD,0.88
2022-01-10,USD,0.90
2022-01-03,CNY,0.14
"""
CASHFLOWS = """client_id,date,kind,amount,currency
A,2022-01-03,fee,100,USD
A,2022-01-09,fee,100,usd
A,2022-01-10,fee,100,USD
A,2022-01-10,fee,7.5,EUR
B,2022-01-20,fee,1000,CNY
B,2022-01-02,fee,50,USD
"""
LAX = "currencies: {}, max_quarantine_share: 0.5"


def test_amounts_count_at_the_rate_of_the_day_or_the_last_one_before(tmp_path: Path) -> None:
    book = mapped_book(tmp_path, LAX, clients=CLIENTS, cashflows=CASHFLOWS, rates=RATES)
    amounts = sorted(amount for (amount,) in rows_of(book, "cashflows", "amount"))
    assert amounts == pytest.approx([7.5, 88.0, 88.0, 90.0, 140.0], rel=1e-15)
    assert quarantined(book) == [("cashflows", 6, "currency", "currency", "USD on 2022-01-02")]
    assert told_of(book, "currencies_converted") == [
        "cashflows: 4 rows in other currencies count in EUR (USD 3, CNY 1)"
    ]


def test_rates_may_be_constants_and_quoted_the_other_way_round(tmp_path: Path) -> None:
    settings = "currencies: {quoted: units_per_book, constants: {CNY: 0.125}}, max_quarantine_share: 0.5"
    rates = "date,currency,rate\n2022-01-01,USD,1.25\n"
    book = mapped_book(tmp_path, settings, clients=CLIENTS, cashflows=CASHFLOWS, rates=rates)
    amounts = sorted(amount for (amount,) in rows_of(book, "cashflows", "amount"))
    assert amounts == [7.5, 40.0, 80.0, 80.0, 80.0, 125.0]


def test_a_currency_without_rates_is_refused_with_its_counts(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        mapped_book(tmp_path, "currencies: {constants: {CNY: 0.14}}", clients=CLIENTS, cashflows=CASHFLOWS)
    assert str(caught.value) == (
        "cashflows must have a rate for the currency of each row, of its day or before, got 4 of 6 rows without: "
        "USD 4: add them to the table rates, or to book.currencies.constants"
    )
    with pytest.raises(UserError, match="no table rates, and no constants"):
        mapped_book(tmp_path, "currencies: {}", clients=CLIENTS, cashflows=CASHFLOWS)


def test_old_rates_and_tables_without_a_currency_are_told(tmp_path: Path) -> None:
    facilities = "facility_id,client_id,signed,limit\nF1,A,2021-01-01,1000\n"
    cashflows = CASHFLOWS.replace("2022-01-20", "2022-03-01")
    book = mapped_book(tmp_path, LAX, clients=CLIENTS, cashflows=cashflows, rates=RATES, facilities=facilities)
    assert told_of(book, "old_rates") == [
        "cashflows: 1 row counts at a rate that was more than 31 days old on its day; bring the table rates up to date"
    ]
    assert rows_of(book, "facilities", "limit") == [(1000.0,)]
    assert told_of(book, "currency_assumed") == [
        "facilities: it has no column currency: its amounts count in EUR; if they are in others, name the "
        "column in book.columns.facilities.currency"
    ]
