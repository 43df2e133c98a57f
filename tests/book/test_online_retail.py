"""The invoices of Online Retail: lines of one day are an order, those of a credit note a cancellation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from support.published_files import load_text, rows_of

INVOICES = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,"LANTERN, WHITE",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,MUG,3,2010-12-01 08:26:00,3.393,17850.0,United Kingdom
536365,71053,MUG,3,2010-12-01 08:26:00,3.393,17850.0,United Kingdom
536365,71053,MUG,3,2010-12-01 08:27:00,3.393,17850.0,United Kingdom
C536379,D,Discount,-1,2010-12-09 09:41:00,27.50,17850.0,France
536544,21773,BOX,1,2010-12-01 14:32:00,2.51,,United Kingdom
536600,21773,BOX,0.5,2010-12-02 14:32:00,2.51,12346.0,United Kingdom
"""


def test_invoice_lines_become_orders_and_cancellations(tmp_path: Path) -> None:
    book = load_text("online_retail", tmp_path, INVOICES, "book.max_quarantine_share=0.5")
    assert rows_of(book, "clients", "client_id", "country") == [("17850", "United Kingdom")]
    assert rows_of(book, "cashflows", "client_id", "date", "kind", "amount", "facility_id") == [
        ("17850", date(2010, 12, 1), "order", 35.658, None),  # 6 x 2.55 + 2 x 3 x 3.393
        ("17850", date(2010, 12, 9), "cancellation", 27.5, None),
    ]
    found = pq.read_table(book.quarantine).to_pylist()
    assert [(row["source_row"], row["column"], row["rule"]) for row in found] == [
        (3, "row", "distinct"),
        (6, "customer", "required"),
        (7, "quantity", "integer"),
    ]
    assert book.known_until == date(2011, 12, 10)
