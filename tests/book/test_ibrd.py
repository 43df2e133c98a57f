"""The statement of IBRD loans: borrowers are clients, loans facilities, whatever the edition."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from support.published_files import as_csv, load_text, renamed, rows_of

LOAN = {
    "End of Period": "05/31/2022 12:00:00 AM",
    "Loan Number": "IBRD1",
    "Region": "AFRICA EAST",
    "Country": "Kenya",
    "Borrower": "MINISTRY OF FINANCE",
    "Loan Type": "FSL",
    "Loan Status": "Repaid",
    "Project Name": "ROADS",
    "Original Principal Amount": "250,000,000",
    "Last Repayment Date": "06/15/2040 12:00:00 AM",
    "Board Approval Date": "05/09/2017 12:00:00 AM",
}


def test_borrowers_are_one_client_however_they_are_written(tmp_path: Path) -> None:
    rows = [
        LOAN,
        LOAN | {"Loan Number": "IBRD2", "Borrower": "Ministry of  Finance."},
        LOAN | {"Loan Number": "IBRD3", "Borrower": "", "Country": "Swaziland"},
        LOAN | {"Loan Number": "IBRD4", "Borrower": "REDE S. A", "Country": "Atlantis"},
        LOAN | {"Loan Number": "IBRD5", "Borrower": "REDE S.A.", "Country": "Atlantis"},
    ]
    book = load_text("ibrd", tmp_path, as_csv(rows))
    assert rows_of(book, "clients", "client_id", "name", "region") == [
        ("ESWATINI | ESWATINI", "Eswatini", "Sub-Saharan Africa"),
        ("MINISTRY OF FINANCE | KENYA", "MINISTRY OF FINANCE", "Sub-Saharan Africa"),
        ("REDE S A | ATLANTIS", "REDE S. A", "AFRICA EAST"),
    ]
    assert rows_of(book, "facilities", "facility_id", "product", "limit", "signed", "maturity", "closed")[0] == (
        "IBRD1",
        "FSL",
        250_000_000.0,
        date(2017, 5, 9),
        date(2040, 6, 15),
        None,
    )
    assert book.known_until == date(2022, 6, 1)


@pytest.mark.parametrize(
    "edition",
    [
        renamed(LOAN, Country="Country / Economy", Original_Principal_Amount="Original Principal Amount (US$)"),
        LOAN
        | {
            "End of Period": "2022-05-31T00:00:00.000",
            "Original Principal Amount": "250000000",
            "Board Approval Date": "2017-05-09T00:00:00.000",
            "Last Repayment Date": "2040-06-15T00:00:00.000",
        },
    ],
    ids=["2023", "2020"],
)
def test_editions_of_the_ibrd_file_give_the_same_book(tmp_path: Path, edition: dict[str, str]) -> None:
    book = load_text("ibrd", tmp_path, as_csv([edition]))
    assert book.fingerprint == load_text("ibrd", tmp_path, as_csv([LOAN])).fingerprint
