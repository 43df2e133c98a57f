"""Found clients in a terminal: a row each."""

from __future__ import annotations

from rich.table import Table

from models.directory.report import Cell, DirectoryPage

_COLUMNS = ("client_id", "name", "country", "manager", "tier", "value", "decline_probability")
_TITLES = {"client_id": "id", "decline_probability": "decline"}
_NUMBERS = ("value", "decline_probability")


def client_table(page: DirectoryPage) -> Table:
    """The clients of a page, with how many there are in all."""
    found = page.found
    table = Table(title=f"{len(found.rows):,} of {found.total:,} clients as of {page.as_of}", title_justify="left")
    for name in _COLUMNS:
        whole = name == "client_id"  # who copies an id needs all of it
        table.add_column(_TITLES.get(name, name), justify="right" if name in _NUMBERS else "left", no_wrap=whole)
    for row in found.rows:
        table.add_row(*(_written(name, row.cells[name]) for name in _COLUMNS))
    return table


def _written(name: str, cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.1%}" if name == "decline_probability" else f"{cell:,.0f}"
    return "" if cell is None else str(cell)
