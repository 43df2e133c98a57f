"""Work lists as files for a meeting: what they were made of, then a row an item; safe in a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass

from models.decisions.worked import ListItem
from models.directory.columns import CellKind
from models.lists.rules import Purpose
from models.lists.text import benefit_name, list_name
from models.review.access.named import NamedClient
from models.review.shared.workbooks import CONTENT_TYPE, ExportSheet, workbook_pieces
from models.review.worklists.text import HEADS
from models.shell.csv import csv_text
from models.text import Language

_BENEFIT = 3
_KINDS = {0: CellKind.NUMBER, _BENEFIT: CellKind.MONEY}
_LONGEST_NAME = 31
"""Places of columns, and how long the name of a sheet may be."""


@dataclass(frozen=True, kw_only=True)
class ShownItem:
    """A row of a list, in words; ``amount`` is its benefit in book currency."""

    rank: int
    client_id: str
    client: NamedClient | None
    benefit: str
    amount: float
    why: str
    item: ListItem
    state: str
    result: str


@dataclass(frozen=True, kw_only=True)
class MeetingList:
    """A list for a meeting: its rows, and the line that says which list, of what and when."""

    rows: list[ShownItem]
    line: str
    purpose: Purpose
    currency: str
    language: Language

    @property
    def headings(self) -> list[str]:
        """What the columns are called."""
        return [each.within(self.language) for each in HEADS]


def csv_list(made: MeetingList) -> bytes:
    """The list as CSV in UTF-8 with the mark by which spreadsheets know it; the benefit as on the page."""
    table = csv_text(made.headings, [_cells(each, each.benefit) for each in made.rows])
    return f"\ufeff{csv_text([made.line], [])}{table}".encode()


def xlsx_list(made: MeetingList) -> bytes:
    """The list as a workbook, where the benefit is a number."""
    headings = made.headings
    headings[_BENEFIT] = f"{benefit_name(made.purpose, made.language)} ({made.currency})"
    sheet = ExportSheet(
        name=list_name(made.purpose, made.language)[:_LONGEST_NAME],
        head=[(made.line, "")],
        headings=headings,
        kinds=[_KINDS.get(place, CellKind.TEXT) for place in range(len(headings))],
        rows=(_cells(each, each.amount) for each in made.rows),
    )
    return b"".join(workbook_pieces(sheet))


def _cells(each: ShownItem, benefit: str | float) -> list[str | int | float | None]:
    name = "" if each.client is None else each.client.name
    shown = (each.client_id, name, benefit, each.why, each.state, each.item.by, each.result, each.item.remark)
    return [each.rank, *shown]


FORMS = {"csv": ("text/csv; charset=utf-8", csv_list), "xlsx": (CONTENT_TYPE, xlsx_list)}
"""How a list may be written: content type, and what writes it."""
