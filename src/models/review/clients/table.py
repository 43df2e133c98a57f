"""The list as a page shows it: facets, headings and cells in the language of who reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import NoReverseMatch, reverse

from models.directory.columns import BY_NAME, COLUMNS, NO, YES, CellKind
from models.directory.report import Cell, ClientsFound, Facet, FacetValue, FoundClient
from models.directory.text import column_name, value_name
from models.reasons.figures import day, exact_money, percentage
from models.review.clients.asked import PAGE_ROWS, AskedClients
from models.review.clients.text import BEST, FALLING, RISING
from models.text import Language, number

FEW_VALUES = 8
MOST_VALUES = 300
_OPEN = ("tier", "moved", "tier_before", "warning", "manager", "branch", "region")
"""Facets that stand first and are open on a page with room; a chosen one always is open."""
_MARKS = {"up": "▲", "down": "▼", "appeared": "+", "vanished": "−"}
"""Signs beside the word of a move: no colour tells alone."""


@dataclass(frozen=True, kw_only=True)
class ShownValue:
    """A value of a facet: what is sent for it, what it is called, and how many have it."""

    value: str
    name: str
    count: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class ShownFacet:
    """A facet with its values, the chosen ones first; ``hidden`` are further values that occur."""

    key: str
    name: str
    is_open: bool
    values: tuple[ShownValue, ...]
    hidden: int
    all_shown: bool


@dataclass(frozen=True, kw_only=True)
class Heading:
    """The heading of a column: what a click asks for, and which way it is sorted ("ascending", "descending", "")."""

    name: str
    by: str
    sorted: str
    numeric: bool


@dataclass(frozen=True, kw_only=True)
class ShownCell:
    """A cell as it is written, with the name of its column for narrow pages."""

    label: str
    text: str
    numeric: bool


@dataclass(frozen=True, kw_only=True)
class ShownClient:
    """A row: who it is, and its cells but for the name."""

    client_id: str
    name: str
    below: str
    address: str
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True, kw_only=True)
class ShownClients:
    """All that the page of a view shows."""

    rows: tuple[ShownClient, ...]
    headings: tuple[Heading, ...]
    orders: tuple[tuple[str, str], ...]
    """Every order by key and name."""
    facets: tuple[ShownFacet, ...]
    chosen: tuple[tuple[str, str], ...]
    """The filters in words, each with the address without it."""
    total: str
    first: int
    last: int
    pages: int


def shown(found: ClientsFound, asked: AskedClients, language: Language, currency: str) -> ShownClients:
    """What a page shows of an answer."""
    columns = [name for name in asked.columns if name != "name"]
    first = (asked.page - 1) * PAGE_ROWS + 1 if found.rows else 0
    return ShownClients(
        rows=tuple(_row(row, columns, language, currency) for row in found.rows),
        headings=tuple(_heading(name, asked, language) for name in ("name", *columns)),
        orders=tuple(_orders(asked, language)),
        facets=tuple(_facet(facet, asked, language) for facet in _offered(found.facets)),
        chosen=tuple(_chosen(asked, language)),
        total=number(f"{found.total:,}", language),
        first=first,
        last=first + len(found.rows) - 1 if found.rows else 0,
        pages=max(1, -(-found.total // PAGE_ROWS)),
    )


def written(column: str, cell: Cell, language: Language, currency: str = "") -> str:
    """A cell in words; "" where nothing is known."""
    kind = BY_NAME[column].kind
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return value_name(column, YES if cell else NO, language)
    if isinstance(cell, date):
        return day(cell, language)
    if isinstance(cell, int | float):
        return _figure(float(cell), kind, language, currency)
    return value_name(column, cell, language)


def address_of(client_id: str) -> str:
    """The address of a client's page; "" where there is no such page."""
    try:
        return reverse("client", args=[client_id])
    except NoReverseMatch:
        return ""


def column_choices(asked: AskedClients, language: Language) -> list[tuple[str, str, bool]]:
    """Every column by key and name, and whether it is shown."""
    return [(each.name, column_name(each.name, language), each.name in asked.columns) for each in COLUMNS]


def _figure(cell: float, kind: CellKind, language: Language, currency: str) -> str:
    if kind is CellKind.MONEY:
        return exact_money(cell, currency, language) if currency else number(f"{cell:,.0f}", language)
    return percentage(cell, language, 1) if kind is CellKind.SHARE else number(f"{cell:,.0f}", language)


def _row(row: FoundClient, columns: list[str], language: Language, currency: str) -> ShownClient:
    group = row.cells["group_id"]
    cells = [
        ShownCell(
            label=column_name(name, language),
            text=_marked(name, row.cells[name], written(name, row.cells[name], language)),
            numeric=BY_NAME[name].kind.counts,
        )
        for name in columns
    ]
    return ShownClient(
        client_id=row.client_id,
        address=address_of(row.client_id),
        name=str(row.cells["name"] or row.client_id),
        below=" · ".join(str(each) for each in (row.client_id, group) if each),
        cells=tuple(cells),
    )


def _orders(asked: AskedClients, language: Language) -> Iterator[tuple[str, str]]:
    yield "", BEST.within(language)
    sorted_by = asked.sort.removeprefix("-")
    for name in dict.fromkeys(("name", *asked.columns, *([sorted_by] if sorted_by else []))):
        yield name, RISING.within(language, column=column_name(name, language))
        yield f"-{name}", FALLING.within(language, column=column_name(name, language))


def _marked(column: str, cell: Cell, text: str) -> str:
    mark = _MARKS.get(str(cell), "") if column == "moved" else ""
    return f"{mark} {text}" if mark else text


def _heading(column: str, asked: AskedClients, language: Language) -> Heading:
    sorting = {column: "ascending", f"-{column}": "descending"}.get(asked.sort, "")
    return Heading(
        name=column_name(column, language),
        by=asked.next_sort(column),
        sorted=sorting,
        numeric=BY_NAME[column].kind.counts,
    )


def _offered(facets: Sequence[Facet]) -> list[Facet]:
    """Those that part the clients, the usual ones first; of which the book tells nothing is not offered."""
    telling = [facet for facet in facets if facet.chosen or any(each.value for each in facet.values)]
    return sorted(telling, key=lambda each: _OPEN.index(each.name) if each.name in _OPEN else len(_OPEN))


def _facet(facet: Facet, asked: AskedClients, language: Language) -> ShownFacet:
    wanted = MOST_VALUES if facet.name in asked.more else FEW_VALUES
    ordered = sorted(facet.values, key=lambda each: not each.chosen) if _is_short(facet) else _by_count(facet)
    kept = ordered[: max(wanted, len(facet.chosen))]
    return ShownFacet(
        key=facet.name,
        name=column_name(facet.name, language),
        is_open=facet.name in _OPEN or bool(facet.chosen) or facet.name in asked.more,
        values=tuple(_value(facet.name, each, language) for each in kept),
        hidden=len(ordered) - len(kept),
        all_shown=facet.name in asked.more,
    )


def _is_short(facet: Facet) -> bool:
    """Whether all values fit, in their own order."""
    return len(facet.values) <= FEW_VALUES


def _by_count(facet: Facet) -> list[FacetValue]:
    return sorted(facet.values, key=lambda each: (not each.chosen, -each.count))


def _value(facet: str, each: FacetValue, language: Language) -> ShownValue:
    return ShownValue(
        value=each.value,
        name=value_name(facet, each.value, language),
        count=number(f"{each.count:,}", language),
        chosen=each.chosen,
    )


def _chosen(asked: AskedClients, language: Language) -> Iterator[tuple[str, str]]:
    for facet, values in asked.facets.items():
        for value in values:
            words = f"{column_name(facet, language)}: {value_name(facet, value, language)}"
            yield words, asked.without(facet, value).whole_address
