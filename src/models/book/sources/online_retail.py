"""UCI Online Retail: invoice lines of a wholesaler, summed to an order or cancellation per invoice, in GBP.

Lines without a customer cannot be attributed, and lines that repeat another one in every column are slips:
both go to quarantine. Postage, discounts and manual lines are part of what the customer paid and stay.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import ibis

from models.book.columns import Column, Kind, TableSchema, Words
from models.book.conventions import Conventions
from models.book.quarantine import Gate
from models.book.sources.published import read_published
from models.book.sources.source_tables import SourceTables, known_until_of
from models.config.book import BookConfig

PUBLISHED_UNTIL = date(2011, 12, 10)
"""The day after the last invoice; the file itself does not say."""

CANCELLED = "C"
"""What the number of a cancelling invoice begins with."""

PRICE_STEPS = 10_000
"""Prices have up to four decimals; sums in whole steps do not depend on the order of the lines."""

HEADERS = {
    "invoice": ("InvoiceNo", "Invoice"),
    "stock_code": ("StockCode",),
    "description": ("Description",),
    "quantity": ("Quantity",),
    "invoiced": ("InvoiceDate",),
    "moment": ("InvoiceDate",),
    "unit_price": ("UnitPrice", "Price"),
    "customer": ("CustomerID", "Customer ID"),
    "country": ("Country",),
}
"""Our column -> its names in the editions of the file."""

INVOICE_LINES = TableSchema(
    name="invoice_lines",
    distinct=True,
    columns=(
        Column(name="invoice", kind=Kind.TEXT, note="the invoice", required=True, words=Words.IDS),
        Column(name="stock_code", kind=Kind.TEXT, note="the article", words=Words.IDS),
        Column(name="description", kind=Kind.TEXT, note="its name"),
        Column(name="quantity", kind=Kind.INTEGER, note="pieces", required=True, low=-1e6, high=1e6),
        Column(name="invoiced", kind=Kind.DATE, note="day of the invoice", required=True, past=True),
        Column(name="moment", kind=Kind.TEXT, note="day and time as written, to tell lines apart"),
        Column(name="unit_price", kind=Kind.NUMBER, note="GBP per piece", required=True, low=0, high=1e6),
        Column(name="customer", kind=Kind.TEXT, note="the customer", required=True, words=Words.IDS),
        Column(name="country", kind=Kind.TEXT, note="where the customer sits", words=Words.COUNTRIES),
    ),
)
"""One row per article of an invoice."""


def read(connection: Any, config: BookConfig, path: str, scratch: Path) -> SourceTables:
    """Clients (customers with their first country), and one order or cancellation per invoice, in GBP."""
    raw = read_published(
        connection, path, INVOICE_LINES.name, HEADERS, INVOICE_LINES.required, scratch=scratch, config=config
    )
    known_until = known_until_of(config, PUBLISHED_UNTIL)
    gate = Gate(
        connection=connection, known_until=known_until, folder=scratch, conventions=Conventions.published(config)
    )
    checked = gate.check(raw, INVOICE_LINES, keep_source_row=True)
    lines = checked.rows.mutate(client_id=checked.rows.customer.re_replace(r"\.0+$", ""))
    tables = {"clients": _clients(lines), "cashflows": _cashflows(lines)}
    return SourceTables(tables=tables, known_until=known_until, checked=(checked,))


def _clients(lines: Any) -> Any:
    """The country as of the first invoice; 8 of 4,372 customers move later."""
    first = ibis.row_number().over(group_by="client_id", order_by=["invoiced", "invoice", "country", "source_row"])
    earliest = lines.mutate(rank=first).filter(lambda table: table.rank == 0)
    return earliest.select("source_row", "client_id", "country")


def _cashflows(lines: Any) -> Any:
    """Amounts of cancellations are turned positive: the kind tells the direction."""
    steps = lines.quantity * (lines.unit_price * PRICE_STEPS).round().cast("int64")
    invoices = lines.group_by(["client_id", "invoice"]).agg(
        source_row=lines.source_row.min(), date=lines.invoiced.min(), steps=steps.sum()
    )
    cancelled = invoices.invoice.upper().startswith(CANCELLED)
    amount = invoices.steps.cast("float64") / PRICE_STEPS
    return invoices.select(
        "source_row",
        "client_id",
        "date",
        kind=ibis.ifelse(cancelled, "cancellation", "order"),
        amount=ibis.ifelse(cancelled, -amount, amount),
    )
