"""IBRD Statement of Loans, as published by the World Bank: what was approved, for which borrower and when.

Amounts repaid, cancelled or due, statuses and closing dates are as of the file's end of period: hindsight,
not read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis

from models.book.columns import Column, Kind, TableSchema, Words
from models.book.conventions import Conventions
from models.book.quarantine import Gate
from models.book.sources.countries import unknown_places, with_country
from models.book.sources.published import day_after, read_published
from models.book.sources.source_tables import SourceTables, known_until_of
from models.config.book import BookConfig

HEADERS = {
    "number": ("Loan Number",),
    "borrower": ("Borrower",),
    "country": ("Country", "Country / Economy"),
    "region": ("Region",),
    "loan_type": ("Loan Type",),
    "project": ("Project Name",),
    "principal": ("Original Principal Amount", "Original Principal Amount (US$)"),
    "approved": ("Board Approval Date",),
    "last_repayment": ("Last Repayment Date",),
    "end_of_period": ("End of Period",),
}
"""Our column -> its names in the editions of the file, the preferred one first."""

LOANS = TableSchema(
    name="loans",
    key=("number",),
    known_on="approved",
    ordered=(("approved", "last_repayment"),),
    columns=(
        Column(name="number", kind=Kind.TEXT, note="the loan", required=True, words=Words.IDS),
        Column(name="borrower", kind=Kind.TEXT, note="who owes; blank: the country itself"),
        Column(name="country", kind=Kind.TEXT, note="country of the borrower", required=True, words=Words.COUNTRIES),
        Column(name="region", kind=Kind.TEXT, note="region as this edition names it"),
        Column(name="loan_type", kind=Kind.TEXT, note="kind of loan"),
        Column(name="project", kind=Kind.TEXT, note="what is financed"),
        Column(
            name="principal",
            kind=Kind.NUMBER,
            note="original principal, in USD",
            required=True,
            low=0,
            high=1e12,
        ),
        Column(name="approved", kind=Kind.DATE, note="board approval", required=True, past=True),
        Column(name="last_repayment", kind=Kind.DATE, note="contractual end"),
    ),
)
"""One row per loan; the loan number is unique in both editions known."""


def read(connection: Any, config: BookConfig, path: str, scratch: Path) -> SourceTables:
    """Clients (borrower and country), facilities (loans) and commitments, in USD."""
    raw = read_published(connection, path, LOANS.name, HEADERS, LOANS.required, scratch=scratch, config=config)
    stated = day_after(raw.end_of_period) if "end_of_period" in raw.columns else None
    known_until = known_until_of(config, stated)
    gate = Gate(
        connection=connection, known_until=known_until, folder=scratch, conventions=Conventions.published(config)
    )
    checked = gate.check(raw, LOANS, keep_source_row=True)
    loans = connection.create_table("loans", _with_client(connection, checked.rows), overwrite=True)
    tables = {"clients": _clients(loans), "facilities": _facilities(loans), "cashflows": _cashflows(loans)}
    notices = unknown_places(tables["clients"])
    return SourceTables(tables=tables, known_until=known_until, checked=(checked,), notices=notices)


def _with_client(connection: Any, loans: Any) -> Any:
    """Adds ``client_id``: borrower and country in capitals: ``REDE FERROVIARIA FEDERAL S A | BRAZIL``.

    Signs and blanks between words count as one blank, since the file writes ``S.A.`` and ``S. A``. A loan
    without a borrower is the country's own. Of a group of countries the id says no more than that it is one.
    """
    loans = with_country(connection, loans)
    named = loans.borrower.re_replace(r"[^\p{L}\p{N}]+", " ").strip().upper().nullif("")
    borrower = named.coalesce(loans.country.upper())
    return loans.mutate(client_id=borrower + " | " + loans.place)


def _clients(loans: Any) -> Any:
    """The name as of the first loan. The region is the listed one, since editions cut Africa differently."""
    first = ibis.row_number().over(group_by="client_id", order_by=["approved", "number"])
    earliest = loans.mutate(rank=first).filter(lambda table: table.rank == 0)
    return earliest.select(
        "source_row",
        "client_id",
        "country",
        name=earliest.borrower.coalesce(earliest.country),
        region=earliest.listed_region.coalesce(earliest.region),
    )


def _facilities(loans: Any) -> Any:
    return loans.select(
        "source_row",
        "client_id",
        "country",
        facility_id=loans.number,
        product=loans.loan_type,
        purpose=loans.project,
        limit=loans.principal,
        signed=loans.approved,
        maturity=loans.last_repayment,
    )


def _cashflows(loans: Any) -> Any:
    return loans.select(
        "source_row",
        "client_id",
        facility_id=loans.number,
        date=loans.approved,
        kind=ibis.literal("commitment"),
        amount=loans.principal,
    )
