"""The lender behind all extracts: its tables in the words of the contract, with ids that every encoding holds."""

from __future__ import annotations

from functools import cache

import pandas as pd

from support.lending_book import drawn_tables


@cache
def lender() -> dict[str, pd.DataFrame]:
    """Clients, facilities and cashflows; ids are K00001 and the like."""
    tables = drawn_tables(seed=11)
    ids = {old: f"K{number:05d}" for number, old in enumerate(tables["clients"]["client_id"], 1)}
    return {name: table.assign(client_id=table["client_id"].map(ids)) for name, table in tables.items()}


def german_number(value: float) -> str:
    """1.234.567,89"""
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
