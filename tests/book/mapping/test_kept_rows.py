"""Rows that were kept for long enough are left out at the door, and counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from models.errors import ConfigError
from support.mapped_books import mapped_book, rows_of, told_of

CLIENTS = "client_id\nA\nB\n"
CASHFLOWS = "client_id,date,kind,amount\nA,2020-01-03,fee,100\nB,2023-12-30,fee,50\n"
SURVEYS = "client_id,date,csat\nA,2020-12-31,3\nA,2021-01-01,4\nB,2023-06-01,5\nB,not known,5\n"


def test_older_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    kept = mapped_book(
        tmp_path,
        "max_quarantine_share: 0.5",
        "privacy.keep={surveys: 36}",
        clients=CLIENTS,
        cashflows=CASHFLOWS,
        surveys=SURVEYS,
    )
    assert rows_of(kept, "surveys", "client_id", "date") == [("A", date(2021, 1, 1)), ("B", date(2023, 6, 1))]
    assert len(rows_of(kept, "cashflows", "client_id", "date")) == 2
    assert told_of(kept, "rows_expired") == [
        "surveys: 1 of 4 rows is of before 2021-01-01, for longer than privacy.keep says, and is left out; take them "
        "out at the source too, or keep them for longer"
    ]
    surveys = next(count for count in kept.counts if count.table == "surveys")
    assert (surveys.rows_in, surveys.rows_used, surveys.rows_quarantined) == (3, 2, 1)


def test_a_table_whose_rows_hold_on_is_no_such_table(tmp_path: Path) -> None:
    for table, said in (
        ("survey", "did you mean surveys?"),
        ("clients", "must be among"),
        ("balances", "must be among"),
    ):
        with pytest.raises(ConfigError) as caught:
            mapped_book(tmp_path, "", f"privacy.keep={{{table}: 36}}", clients=CLIENTS, cashflows=CASHFLOWS)
        assert said in str(caught.value)
