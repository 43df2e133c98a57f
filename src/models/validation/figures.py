"""A figure of a validation file as a table: its columns, how cells are written, and the CSV file that stands beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from models.shell.csv import Cell
from models.shell.small_plots import short_number
from models.text import ENGLISH, Language, Text

TEXT, NUMBER, SHARE, MONEY, COUNT = "text", "number", "share", "money", "count"
Row = tuple[Cell, ...]
HEADS: Final = {
    each.english: each
    for each in (
        Text("no.", "head of a figure"),
        Text("severity", "head of a figure"),
        Text("part", "head of a figure"),
        Text("finding", "head of a figure"),
        Text("figure", "head of a figure"),
        Text("owner, date", "head of a figure"),
        Text("setting", "head of a figure"),
        Text("value", "head of a figure"),
        Text("what it is", "head of a figure"),
        Text("input", "head of a figure"),
        Text("meaning", "head of a figure"),
        Text("unit", "head of a figure"),
        Text("share", "head of a figure"),
        Text("kind", "head of a figure"),
        Text("of", "head of a figure"),
        Text("found", "head of a figure"),
        Text("remedy", "head of a figure"),
        Text("what", "head of a figure"),
        Text("is", "head of a figure"),
        Text("when", "head of a figure"),
        Text("by", "head of a figure"),
        Text("why", "head of a figure"),
        Text("as of", "head of a figure"),
        Text("target", "head of a figure"),
        Text("metric", "head of a figure"),
        Text("low", "head of a figure"),
        Text("high", "head of a figure"),
        Text("clients", "head of a figure"),
        Text("foreseen", "head of a figure"),
        Text("came", "head of a figure"),
        Text("benchmark", "head of a figure"),
        Text("ours minus it", "head of a figure"),
        Text("band", "head of a figure"),
        Text("ratio", "head of a figure"),
        Text("clients of", "head of a figure"),
        Text("inside", "head of a figure"),
        Text("until period", "head of a figure"),
        Text("published", "head of a figure"),
        Text("periods over", "head of a figure"),
        Text("tier", "head of a figure"),
        Text("beside", "head of a figure"),
        Text("limit", "head of a figure"),
        Text("shock", "head of a figure"),
        Text("clients touched", "head of a figure"),
        Text("value before", "head of a figure"),
        Text("after", "head of a figure"),
        Text("decline before", "head of a figure"),
        Text("credit loss before", "head of a figure"),
        Text("change tier", "head of a figure"),
        Text("up", "head of a figure"),
        Text("down", "head of a figure"),
        Text("assumption", "head of a figure"),
        Text("leave the tier", "head of a figure"),
        Text("inputs unlike training", "head of a figure"),
        Text("the largest", "head of a figure"),
        Text("fitted again", "head of a figure"),
        Text("learned until", "head of a figure"),
        Text("rank correlation of value", "head of a figure"),
        Text("rank correlation of decline", "head of a figure"),
        Text("declines before", "head of a figure"),
        Text("model", "head of a figure"),
        Text("rank correlation", "head of a figure"),
        Text("five largest shared", "head of a figure"),
        Text("group", "head of a figure"),
        Text("selected", "head of a figure"),
        Text("decline foreseen", "head of a figure"),
        Text("AUC", "head of a figure"),
        Text("value foreseen / came", "head of a figure"),
        Text("off", "head of a figure"),
        Text("act", "head of a figure"),
        Text("run", "head of a figure"),
        Text("bundle", "head of a figure"),
        Text("version", "head of a figure"),
        Text("policy", "head of a figure"),
        Text("data", "head of a figure"),
        Text("evidence", "head of a figure"),
        Text("seal", "head of a figure"),
    )
}
"""Heads of columns by their English."""


@dataclass(frozen=True, kw_only=True)
class FigureClaim:
    """A sentence and the key of the figure that shows it; ``style`` good, fair, bad or quiet, "" for a plain one."""

    said: str
    figure: str
    style: str = ""
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class FigureColumn:
    """A column: its head on the page, its name in the file, and how its cells are written."""

    head: str
    name: str
    kind: str = TEXT

    def written(self, cell: Cell, language: Language = ENGLISH) -> str:
        """A cell as the page shows it.

        >>> FigureColumn(head="", name="", kind=SHARE).written(0.125), FigureColumn(head="", name="").written(None)
        ('12.5%', '–')
        """
        if cell is None or cell == "":
            return "–"
        if isinstance(cell, str) or self.kind == TEXT:
            return str(cell)
        says = {SHARE: "{:.1%}", COUNT: "{:,.0f}", NUMBER: "{:.3f}"}
        return short_number(float(cell), language) if self.kind == MONEY else says[self.kind].format(cell)


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


def columns_of(written: str, language: Language = ENGLISH) -> tuple[FigureColumn, ...]:
    """Columns from one line: head=name:kind, parted by bars; without a name the head is one, without a kind it is text.

    >>> [(each.head, each.name, each.kind) for each in columns_of("as of=as_of | clients:count")]
    [('as of', 'as_of', 'text'), ('clients', 'clients', 'count')]
    """
    return tuple(_column(each, language) for each in written.split(" | "))


def _column(written: str, language: Language) -> FigureColumn:
    named, _, kind = written.partition(":")
    head, _, name = named.partition("=")
    return FigureColumn(head=HEADS[head].within(language), name=name or head, kind=kind or TEXT)
