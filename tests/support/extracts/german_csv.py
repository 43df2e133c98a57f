"""A German core system: semicolons, cp1252, decimal commas, dd.mm.yyyy, headers and words in German."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from support.extracts.lender import german_number, lender

KINDS = {
    "interest": "ZINS",
    "fee": "Gebühr",
    "drawdown": "AUSZAHLUNG",
    "funding_cost": "Refinanzierung",
    "arrears": "Rückstand",
}
PRODUCTS = {"loan": "Darlehen", "guarantee": "Bürgschaft", "advice": "Beratung"}


def write(folder: Path) -> Path:
    """Kunden.csv, Konten.csv and Buchungen.csv."""
    tables = lender()
    clients, facilities, flows = (tables[name] for name in ("clients", "facilities", "cashflows"))
    days = {name: pd.to_datetime(facilities[name]).dt.strftime("%d.%m.%Y") for name in ("signed", "maturity")}
    written = {
        "Kunden": {
            "Kundennummer": clients["client_id"],
            "Kundenname": clients["name"].str.replace("Client", "Müller & Söhne"),
            "Konzern": clients["group_id"],
            "Land": clients["country"],
            "Branche": clients["industry"],
        },
        "Konten": {
            "Kontonummer": facilities["facility_id"],
            "Kundennummer": facilities["client_id"],
            "Produktart": facilities["product"].map(PRODUCTS),
            "Kreditlinie": facilities["limit"].map(german_number),
            "Vertragsdatum": days["signed"],
            "Fälligkeit": days["maturity"],
        },
        "Buchungen": {
            "Kontonummer": flows["facility_id"],
            "Kundennummer": flows["client_id"],
            "Buchungsdatum": pd.to_datetime(flows["date"]).dt.strftime("%d.%m.%Y"),
            "Buchungsart": flows["kind"].map(KINDS),
            "Betrag": flows["amount"].map(german_number),
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in written.items():
        pd.DataFrame(columns).to_csv(folder / f"{name}.csv", sep=";", encoding="cp1252", index=False)
    return folder
