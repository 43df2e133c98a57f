"""A simulated book as a table of a terminal."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.table import Table

from models.simulator.book import SimulationSummary


def simulation_table(written: SimulationSummary) -> Table:
    """Rows of each file of a simulated book."""
    title = f"{written.clients:,} clients over {written.months} months, seed {written.seed}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, min_width=len(title))
    table.add_column("file")
    table.add_column("rows", justify="right")
    for name, rows in written.rows.items():
        table.add_row(f"{name}.parquet", f"{rows:,}")
    return table
