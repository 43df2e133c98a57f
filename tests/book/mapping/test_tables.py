"""Rows of a core system become rows of the book as ``book.map`` says, and what does not fit is told by name."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from models.book.loading import load_book
from models.errors import UserError
from models.vocab import SilentProgress
from support.mapped_books import mapped_book, mapped_config, quarantined, rows_of, told_of

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

POSTINGS = """Kd-Nr,Konto,Buchungstag,Art,Betrag,Status
00123,F1,2022-03-31,ZINS,-1250.50,OK
00123,F1,2022-04-30,GEB,-12,OK
00456,F2,2022-05-31,ZINS,-3,STORNO
00456,F2,2022-06-30,AUSZ,5000,
00456,F2,2022-06-30,zins,-7,OK
"""
CLIENTS = "client_id,name\n00123,Nordwind\n00456,Südwind\n"
LOANS = """LoanNr,Borrower,ApprovalDate,Granted,DisbursedOn,ChargedOffOn,ChargedOff,Term
L1,Acme,2019-01-15,100000,2019-02-01,,0,84
L2,Acme,2019-06-15,50000,2019-07-01,2021-03-31,12500.25,60
L3,Bolt,2020-02-01,7000,,,0,12
"""
POSTED = """
columns: {cashflows: {client_id: Kd-Nr, date: Buchungstag, amount: Betrag, kind: Art}},
map: {cashflows: {from: cashflows,
  values: {kind: {ZINS: interest, GEB: fee, AUSZ: drawdown, zins: interest}},
  signs: {interest: turn, fee: turn},
  where: "Status is null or Status <> 'STORNO'"}}
"""


def test_postings_of_a_core_system_become_cashflows(tmp_path: Path) -> None:
    book = mapped_book(tmp_path, POSTED, clients=CLIENTS, cashflows=POSTINGS)
    assert rows_of(book, "cashflows", "client_id", "date", "kind", "amount") == [
        ("00123", date(2022, 3, 31), "interest", 1250.5),
        ("00123", date(2022, 4, 30), "fee", 12.0),
        ("00456", date(2022, 6, 30), "drawdown", 5000.0),
        ("00456", date(2022, 6, 30), "interest", 7.0),
    ]
    assert told_of(book, "rows_not_asked_for") == ["book.map.cashflows.where: 1 of 5 rows of cashflows is left out"]


def test_a_flat_row_of_a_loan_becomes_a_facility_and_its_cashflows(tmp_path: Path) -> None:
    mapping = """
    read: {loans: {files: loans.csv}},
    map: {
      clients: {from: loans, columns: {client_id: Borrower}, expressions: {name: upper(Borrower)}},
      facilities: {from: loans,
        columns: {facility_id: LoanNr, client_id: Borrower, signed: ApprovalDate, limit: Granted},
        constants: {product: loan},
        expressions: {maturity: "add_months(date(ApprovalDate), Term)"}},
      cashflows: {from: loans, columns: {facility_id: LoanNr, client_id: Borrower}, flows: [
        {kind: commitment, date: ApprovalDate, amount: Granted},
        {kind: drawdown, date: DisbursedOn, amount: Granted * 0.5, where: DisbursedOn is not null},
        {kind: write_off, date: ChargedOffOn, amount: ChargedOff}]}}
    """
    book = mapped_book(tmp_path, mapping, loans=LOANS)
    assert rows_of(book, "clients", "client_id", "name") == [("Acme", "ACME"), ("Bolt", "BOLT")]
    assert rows_of(book, "facilities", "facility_id", "product", "limit", "maturity") == [
        ("L1", "loan", 100000.0, date(2026, 1, 15)),
        ("L2", "loan", 50000.0, date(2024, 6, 15)),
        ("L3", "loan", 7000.0, date(2021, 2, 1)),
    ]
    assert rows_of(book, "cashflows", "facility_id", "kind", "date", "amount") == [
        ("L1", "commitment", date(2019, 1, 15), 100000.0),
        ("L1", "drawdown", date(2019, 2, 1), 50000.0),
        ("L2", "commitment", date(2019, 6, 15), 50000.0),
        ("L2", "drawdown", date(2019, 7, 1), 25000.0),
        ("L2", "write_off", date(2021, 3, 31), 12500.25),
        ("L3", "commitment", date(2020, 2, 1), 7000.0),
    ]
    assert [count.rows_quarantined for count in book.counts] == [0, 0, 0]


def test_words_without_an_entry_are_refused_with_their_counts(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        mapped_book(tmp_path, POSTED.replace("GEB: fee, AUSZ: drawdown,", ""), clients=CLIENTS, cashflows=POSTINGS)
    assert str(caught.value) == (
        "book.map.cashflows.values.kind must name the words of the source, got 2 of 4 rows with others: AUSZ (1), "
        "GEB (1): add them there, such as AUSZ: ..., or set other_values beside it to keep or leave_out"
    )


@pytest.mark.parametrize(("other", "kept"), [("leave_out", 3), ("keep", 3)])
def test_words_without_an_entry_are_left_out_or_kept_and_told(tmp_path: Path, other: str, kept: int) -> None:
    mapping = POSTED.replace("AUSZ: drawdown,", "").replace("signs:", f"other_values: {other}, signs:")
    book = mapped_book(tmp_path, mapping + ", max_quarantine_share: 0.5", clients=CLIENTS, cashflows=POSTINGS)
    assert len(rows_of(book, "cashflows", "kind")) == kept
    assert quarantined(book) == ([("cashflows", 4, "allowed", "kind", "AUSZ")] if other == "keep" else [])
    assert "AUSZ (1)" in told_of(book, "other_values")[0]


def test_what_a_mapping_does_not_know_is_refused_by_name(tmp_path: Path) -> None:
    def refused(old: str, new: str) -> str:
        with pytest.raises(UserError) as caught:
            mapped_book(tmp_path, POSTED.replace(old, new), clients=CLIENTS, cashflows=POSTINGS)
        return str(caught.value)

    assert "did you mean cashflows?" in refused("{from: cashflows,", "{from: cashflow,")
    assert "did you mean 'Status'?" in refused("Status is null or Status", "Statuss is null or Statuss")
    assert "did you mean kind?" in refused("values: {kind:", "values: {kinds:")
    assert "did you mean interest?" in refused("signs: {interest:", "signs: {intrest:")
    assert 'SUM("Betrag")\', which it does not know' in refused(
        "values: {kind:", "expressions: {facility_id: sum(Betrag)}, values: {kind:"
    )


def test_cashflows_tell_the_clients_where_there_is_no_table_of_them(tmp_path: Path) -> None:
    cashflows = "client_id,date,amount\n7,2022-03-31,10\n8,2022-03-31,20\n7,2022-04-30,5\n"
    book = mapped_book(tmp_path, "map: {cashflows: {constants: {kind: order}}}", cashflows=cashflows)
    assert rows_of(book, "clients", "client_id", "name") == [("7", None), ("8", None)]
    assert rows_of(book, "cashflows", "client_id", "kind", "amount") == [
        ("7", "order", 10.0),
        ("7", "order", 5.0),
        ("8", "order", 20.0),
    ]
    assert "2 clients are taken from cashflows" in told_of(book, "clients_derived")[0]


def test_cashflows_without_clients_are_of_the_client_of_their_facility(tmp_path: Path) -> None:
    facilities = "facility_id,client_id,signed\nF1,7,2021-01-01\nF2,8,2021-01-01\n"
    cashflows = "facility_id,date,kind,amount\nF1,2022-03-31,fee,10\nF2,2022-03-31,fee,20\nF9,2022-04-30,fee,5\n"
    book = mapped_book(tmp_path, "max_quarantine_share: 0.5", facilities=facilities, cashflows=cashflows)
    assert rows_of(book, "cashflows", "client_id", "facility_id") == [("7", "F1"), ("8", "F2")]
    assert quarantined(book) == [("cashflows", 3, "required", "client_id", None)]
    assert "1 of 3 of none" in told_of(book, "client_of_facility")[0]


def test_a_flat_loan_file_of_sas_becomes_a_book(tmp_path: Path) -> None:
    loans = (
        "LoanNr_ChkDgt,Name,ApprovalDate,Term,DisbursementDate,DisbursementGross,ChgOffDate,ChgOffPrinGr,MIS_Status\n"
        '1000014003,"ABC HOBBYCRAFT",15074,84,15399,"$60,000.00 ",,$0.00 ,P I F\n'
        '1000024006,"LANDMARK BAR & GRILLE (THE)",15100,60,15490,"$40,000.00 ",17000,"$12,345.67 ",CHGOFF\n'
    )
    mapping = """
    known_until: null,
    read: {loans: {dates: [sas days], number_signs: ["$"]}},
    map: {
      facilities: {from: loans, columns: {facility_id: LoanNr_ChkDgt, client_id: Name, signed: ApprovalDate,
          limit: DisbursementGross}, constants: {product: loan},
        expressions: {maturity: "add_months(date(ApprovalDate), Term)",
          closed: ChgOffDate, exit_cause: "if(MIS_Status = 'CHGOFF', 'default', null)"}},
      cashflows: {from: loans, columns: {facility_id: LoanNr_ChkDgt, client_id: Name}, flows: [
        {kind: drawdown, date: DisbursementDate, amount: DisbursementGross},
        {kind: write_off, date: ChgOffDate, amount: ChgOffPrinGr}]}}
    """
    book = mapped_book(tmp_path, mapping, loans=loans)
    assert rows_of(book, "facilities", "facility_id", "limit", "signed", "maturity", "closed", "exit_cause") == [
        ("1000014003", 60000.0, date(2001, 4, 9), date(2008, 4, 9), None, None),
        ("1000024006", 40000.0, date(2001, 5, 5), date(2006, 5, 5), date(2006, 7, 18), "default"),
    ]
    assert rows_of(book, "cashflows", "facility_id", "date", "kind", "amount") == [
        ("1000014003", date(2002, 2, 28), "drawdown", 60000.0),
        ("1000024006", date(2002, 5, 30), "drawdown", 40000.0),
        ("1000024006", date(2006, 7, 18), "write_off", 12345.67),
    ]
    assert [client for (client,) in rows_of(book, "clients", "client_id")] == [
        "ABC HOBBYCRAFT",
        "LANDMARK BAR & GRILLE (THE)",
    ]
    assert book.known_until == date(2006, 7, 19)
    assert quarantined(book) == []


def test_two_tables_become_one(tmp_path: Path) -> None:
    zins = "Kunde,Tag,Betrag\nA,2022-01-31,10\nB,2022-01-31,x\n"
    gebuehr = "Kd,Datum,EUR\nA,2022-02-28,-2\n"
    mapping = """
    max_quarantine_share: 0.5,
    map: {cashflows: [
      {from: zins, columns: {client_id: Kunde, date: Tag, amount: Betrag}, constants: {kind: interest}},
      {from: gebuehr, columns: {client_id: Kd, date: Datum}, expressions: {amount: abs(EUR)}, constants: {kind: fee}}]}
    """
    book = mapped_book(tmp_path, mapping, zins=zins, gebuehr=gebuehr)
    assert rows_of(book, "cashflows", "client_id", "date", "kind", "amount") == [
        ("A", date(2022, 1, 31), "interest", 10.0),
        ("A", date(2022, 2, 28), "fee", 2.0),
    ]
    assert quarantined(book) == [("cashflows", 2, "number", "amount", "x")]


@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")
def test_a_database_is_mapped_like_files(tmp_path: Path) -> None:
    file = tmp_path / "core.db"
    with sqlite3.connect(file) as database:
        database.execute("create table buchung (kunde text, tag text, art integer, betrag real)")
        database.executemany(
            "insert into buchung values (?, ?, ?, ?)", [("A", "2022-01-31", 10, -5.5), ("B", "2022-01-31", 20, 7.0)]
        )
    mapping = """
    map: {cashflows: {from: buchung, columns: {client_id: kunde, date: tag, kind: art, amount: betrag},
      values: {kind: {10: interest, 20: fee}}, signs: {interest: turn}}}
    """
    config = mapped_config(mapping, "book.source=sql")
    book = load_book(config, f"sqlite:///{file}", tmp_path / "work", SilentProgress())
    assert rows_of(book, "cashflows", "client_id", "kind", "amount") == [("A", "interest", 5.5), ("B", "fee", 7.0)]
    assert [client for (client,) in rows_of(book, "clients", "client_id")] == ["A", "B"]


def test_parts_with_and_without_client_and_currency_stand_together(tmp_path: Path) -> None:
    cashflows = "client_id,date,kind,amount,currency\nA,2022-01-31,fee,100,CHF\n"
    loans = "LoanNr,Borrower,ApprovalDate,DisbursedOn,Gross,Branch\nL1,A,2021-01-01,2021-02-01,1000,X\n"
    mapping = """
    columns: {facilities: {facility_id: LoanNr, client_id: Borrower, signed: ApprovalDate}},
    map: {
      cashflows: [
        {columns: {client_id: client_id}},
        {from: loans, columns: {facility_id: LoanNr}, flows: [{kind: drawdown, date: DisbursedOn, amount: Gross}]}],
      facilities: {from: loans}},
    currencies: {constants: {CHF: 0.5}}
    """
    book = mapped_book(tmp_path, mapping, cashflows=cashflows, loans=loans)
    assert rows_of(book, "cashflows", "client_id", "facility_id", "kind", "amount") == [
        ("A", "L1", "drawdown", 1000.0),
        ("A", None, "fee", 50.0),
    ]
    assert quarantined(book) == []
    assert book.ignored_columns == {"facilities": ("Branch",), "cashflows": ("Branch",)}
    assert [str(notice) for notice in book.notices if "loans.csv" in str(notice)] == []


def test_a_facility_that_several_clients_name_tells_of_none(tmp_path: Path) -> None:
    facilities = "facility_id,client_id,signed\nF1,Z,2021-01-01\nF1,A,2022-01-01\nF2,B,2021-01-01\n"
    cashflows = "facility_id,date,kind,amount\nF1,2022-03-31,fee,10\nF2,2022-03-31,fee,20\n"
    book = mapped_book(tmp_path, "max_quarantine_share: 0.5", facilities=facilities, cashflows=cashflows)
    assert rows_of(book, "cashflows", "client_id", "facility_id") == [("B", "F2")]
    assert ("cashflows", 1, "required", "client_id", None) in quarantined(book)
    (said,) = told_of(book, "client_of_facility")
    assert "1 of 2 of none, as a facility that several clients name tells of none" in said
