"""A spreadsheet that somebody keeps: three sheets, a title above each, dates and numbers as Excel has them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd

from support.extracts.lender import lender

KINDS = {
    "interest": "Interest",
    "fee": "Commission",
    "drawdown": "Disbursement",
    "funding_cost": "Funding",
    "arrears": "Overdue",
}


def write(folder: Path) -> Path:
    """Portfolio.xlsx with the sheets Borrowers, Loans and Payments."""
    tables = lender()
    clients, facilities, flows = (tables[name] for name in ("clients", "facilities", "cashflows"))
    sheets = {
        "Borrowers": {
            "Borrower ID": clients["client_id"],
            "Company": clients["name"],
            "Sponsor": clients["group_id"],
            "Country": clients["country"],
            "Industry": clients["industry"],
        },
        "Loans": {
            "Loan No.": facilities["facility_id"],
            "Borrower ID": facilities["client_id"],
            "Product Type": facilities["product"],
            "Approved Amount": facilities["limit"],
            "Approval Date": facilities["signed"],
            "Maturity Date": facilities["maturity"],
        },
        "Payments": {
            "Loan No.": flows["facility_id"],
            "Borrower ID": flows["client_id"],
            "Value Date": flows["date"],
            "Type": flows["kind"].map(KINDS),
            "Amount": flows["amount"],
        },
    }
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, columns in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append([f"{name} as of 31 December 2022"])
        sheet.append([])
        frame = pd.DataFrame(columns).astype(object)
        frame = frame.where(frame.notna(), None)
        sheet.append(list(frame.columns))
        for row in frame.itertuples(index=False):
            sheet.append(list(row))
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / "Portfolio.xlsx")
    return folder / "Portfolio.xlsx"
