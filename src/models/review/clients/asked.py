"""Views of the clients as forms and addresses ask for them; words stay out of what servers log.

The address is the view: facets, sort, columns and page stand in its query. What was typed into the box stands behind
its "#", which browsers keep to themselves; it is sent in the body of a form only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from django.http import QueryDict
from django.urls import reverse

from models.directory.columns import BY_NAME, FACET_NAMES
from models.directory.report import ClientQuery, Scope

PAGE_ROWS = 50
DEFAULT_COLUMNS = (
    *("name", "country", "manager", "tier", "moved", "value", "decline_probability", "warning"),
    *("outstanding", "days_overdue", "rating"),
)
_LONGEST_PAGE = 6
"""Digits of a page's number."""


@dataclass(frozen=True, kw_only=True)
class AskedClients:
    """A view of the clients: words, facets, order, columns and page; ``more`` are facets of which all values show."""

    text: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    page: int = 1
    more: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: QueryDict) -> AskedClients:
        """The view of a form or a query; ``by`` is an order that was just chosen, of which the first page is shown."""
        sort = given.get("by") or given.get("sort", "")
        return cls(
            text=" ".join(given.get("q", "").split()),
            facets={name: tuple(dict.fromkeys(given.getlist(name))) for name in FACET_NAMES if name in given},
            sort=sort,
            columns=tuple(dict.fromkeys(given.getlist("column"))) or DEFAULT_COLUMNS,
            page=1 if "by" in given else _page(given.get("page", "")),
            more=tuple(name for name in FACET_NAMES if name in given.getlist("more")),
        )

    def query(self, scope: Scope) -> ClientQuery:
        """The same for the index."""
        return ClientQuery(
            text=self.text,
            facets=self.facets,
            scope=scope,
            sort=self.sort.removeprefix("-"),
            descending=self.sort.startswith("-"),
            offset=(self.page - 1) * PAGE_ROWS,
            limit=PAGE_ROWS,
            columns=tuple(dict.fromkeys((*self.columns, "name", "group_id", "scored"))),
        )

    @property
    def address(self) -> str:
        """Query and all, but for the words."""
        asked = urlencode(list(self.pairs(with_text=False)))
        return reverse("clients") + (f"?{asked}" if asked else "")

    @property
    def whole_address(self) -> str:
        """The same with the words, which no browser sends."""
        return self.address + (f"#q={quote(self.text, safe='')}" if self.text else "")

    def pairs(self, *, with_text: bool = True) -> Iterator[tuple[str, str]]:
        """Names and values of fields that ask for the same; what is as usual is left out."""
        if with_text and self.text:
            yield "q", self.text
        for name, values in self.facets.items():
            yield from ((name, value) for value in values)
        if self.sort:
            yield "sort", self.sort
        if self.columns != DEFAULT_COLUMNS:
            yield from (("column", name) for name in self.columns)
        if self.page > 1:
            yield "page", str(self.page)
        yield from (("more", name) for name in self.more)

    def without(self, facet: str, value: str) -> AskedClients:
        """The same without one value of a facet, on the first page."""
        left = tuple(each for each in self.facets[facet] if each != value)
        others = {name: values for name, values in self.facets.items() if name != facet}
        return replace(self, facets=others | ({facet: left} if left else {}), page=1)

    def next_sort(self, column: str) -> str:
        """The order that a click on a column's heading asks for: amounts fall first, the rest rises first."""
        first = f"-{column}" if BY_NAME[column].kind.counts else column
        other = column if first.startswith("-") else f"-{column}"
        return other if self.sort == first else first


def _page(given: str) -> int:
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) <= _LONGEST_PAGE else 1
