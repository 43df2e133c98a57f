"""A figure of a validation file as a table: its columns, how cells are written, and the CSV file that stands beside."""

from __future__ import annotations

from dataclasses import dataclass

from models.shell.csv import Cell
from models.shell.small_plots import short_number

TEXT, NUMBER, SHARE, MONEY, COUNT = "text", "number", "share", "money", "count"
Row = tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class FigureColumn:
    """A column: its head on the page, its name in the file, and how its cells are written."""

    head: str
    name: str
    kind: str = TEXT

    def written(self, cell: Cell) -> str:
        """A cell as the page shows it.

        >>> FigureColumn(head="", name="", kind=SHARE).written(0.125), FigureColumn(head="", name="").written(None)
        ('12.5%', '–')
        """
        if cell is None or cell == "":
            return "–"
        if isinstance(cell, str) or self.kind == TEXT:
            return str(cell)
        says = {SHARE: "{:.1%}", COUNT: "{:,.0f}", NUMBER: "{:.3f}"}
        return short_number(float(cell)) if self.kind == MONEY else says[self.kind].format(cell)


@dataclass(frozen=True, kw_only=True)
class FigureTable:
    """A figure: its key, the part of the page it stands in, how it is read, and its rows; ``is_long``: folded."""

    key: str
    part: str
    title: str
    read: str
    columns: tuple[FigureColumn, ...]
    rows: tuple[Row, ...]
    is_long: bool = False

    @property
    def file(self) -> str:
        """The CSV file beside the page."""
        return f"figure-{self.key}.csv"


def columns_of(written: str) -> tuple[FigureColumn, ...]:
    """Columns from one line: head=name:kind, parted by bars; without a name the head is one, without a kind it is text.

    >>> [(each.head, each.name, each.kind) for each in columns_of("as of=as_of | clients:count")]
    [('as of', 'as_of', 'text'), ('clients', 'clients', 'count')]
    """
    return tuple(_column(each) for each in written.split(" | "))


def _column(written: str) -> FigureColumn:
    named, _, kind = written.partition(":")
    head, _, name = named.partition("=")
    return FigureColumn(head=head, name=name or head, kind=kind or TEXT)
