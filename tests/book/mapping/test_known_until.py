"""The day until which a book is known: later rows are cut and counted, and without a setting the last row decides."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from models.errors import QuarantineLimitError
from support.mapped_books import mapped_book, quarantined, rows_of, told_of

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CLIENTS = "client_id\nA\nB\n"
FACILITIES = """facility_id,client_id,signed,closed,exit_cause
F1,A,2021-01-01,2024-03-31,default
F2,B,2021-01-01,2023-03-31,matured
F3,B,2024-02-01,,
"""
CASHFLOWS = """client_id,facility_id,date,kind,amount
A,F1,2022-01-03,fee,100
B,F2,2023-12-31,fee,50
A,F1,2024-01-01,fee,25
B,F3,2024-02-01,drawdown,9
B,F2,2022-02-xx,fee,1
"""
BAD = "max_quarantine_share: 0.5"


def test_rows_from_that_day_on_are_cut_and_counted(tmp_path: Path) -> None:
    book = mapped_book(tmp_path, BAD, clients=CLIENTS, facilities=FACILITIES, cashflows=CASHFLOWS)
    assert rows_of(book, "cashflows", "client_id", "date") == [
        ("A", date(2022, 1, 3)),
        ("B", date(2023, 12, 31)),
    ]
    assert rows_of(book, "facilities", "facility_id", "closed", "exit_cause") == [
        ("F1", None, None),
        ("F2", date(2023, 3, 31), "matured"),
    ]
    assert quarantined(book) == [("cashflows", 5, "date", "date", "2022-02-xx")]
    assert [(count.table, count.rows_in) for count in book.counts] == [
        ("clients", 2),
        ("facilities", 2),
        ("cashflows", 3),
    ]
    assert told_of(book, "rows_cut") == [
        "facilities: 1 of 3 rows is dated from 2024-01-01 on, and is cut: until then the book is known; set "
        "book.known_until to a later day if they are part of it",
        "cashflows: 2 of 5 rows are dated from 2024-01-01 on, and are cut: until then the book is known; set "
        "book.known_until to a later day if they are part of it",
    ]
    assert told_of(book, "dates_cut") == [
        "facilities.closed: 1 value lies on 2024-01-01 or later, and counts as not yet known"
    ]


def test_they_are_mistakes_where_the_config_says_so(tmp_path: Path) -> None:
    with pytest.raises(QuarantineLimitError, match="must lie before the day until which the book is known"):
        mapped_book(
            tmp_path,
            "after_known_until: quarantine, max_quarantine_share: 0.3",
            clients=CLIENTS,
            facilities=FACILITIES,
            cashflows=CASHFLOWS,
        )


def test_without_a_setting_the_last_row_that_is_not_to_come_decides(tmp_path: Path) -> None:
    cashflows = CASHFLOWS + "A,F1,2999-01-01,fee,1\n"
    book = mapped_book(
        tmp_path, BAD + ", known_until: null", clients=CLIENTS, facilities=FACILITIES, cashflows=cashflows
    )
    assert book.known_until == date(2024, 2, 2)
    assert told_of(book, "known_until_guessed") == [
        "book.known_until: the book is taken to be known until 2024-02-02, the day after its last dated row "
        "(cashflows); set book.known_until if it should be another day, such as the first of the month after the "
        "extract"
    ]
    assert told_of(book, "last_rows_far") == []


def test_a_row_far_behind_all_others_is_doubted(tmp_path: Path) -> None:
    many = "".join(f"A,,2022-0{1 + number % 9}-03,fee,{number}\n" for number in range(3000))
    cashflows = "client_id,facility_id,date,kind,amount\n" + many + "A,,2023-09-03,fee,1\n"
    book = mapped_book(tmp_path, "known_until: null", clients=CLIENTS, cashflows=cashflows)
    assert told_of(book, "last_rows_far") == [
        "book.known_until: almost all rows of cashflows are dated before 2022-09-03, and the last ones up to "
        "2023-09-03, 365 days later; look at these rows, and set book.known_until: outcomes are counted up to it"
    ]
