"""A search over the clients of a book, and what it found, as typed data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

Cell = str | int | float | bool | date | None
"""What stands in a row, in the type of its column; amounts in book currency, shares as shares."""


@dataclass(frozen=True)
class Scope:
    """The clients that somebody may see: all, or those of some managers and those of some branches.

    It is applied inside the index and nowhere else: rows outside of it are neither found nor counted.
    """

    everything: bool = False
    managers: frozenset[str] = frozenset()
    branches: frozenset[str] = frozenset()


EVERYTHING = Scope(everything=True)
NOBODY = Scope()


@dataclass(frozen=True, kw_only=True)
class ClientQuery:
    """What is asked of the index.

    Attributes:
        text: words, all of which must occur in a name, alias, id, group or country; case, accents and width do not
            count, and Chinese is found by characters, by pinyin and by its initials.
        facets: facet -> the values of which one must hold; "" is what the book does not tell.
        sort: a column; empty: who is called so comes before who merely contains it, then the largest value first.
        columns: what rows tell; empty: all columns.
    """

    text: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scope: Scope = NOBODY
    sort: str = ""
    descending: bool = False
    offset: int = 0
    limit: int = 50
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FoundClient:
    """One row: the client, and its cells by column, in the order asked for."""

    client_id: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, kw_only=True)
class FacetValue:
    """A value of a facet, how many clients have it under the other filters, and whether it is asked for."""

    value: str
    count: int
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A facet with the values that occur under the other filters, in their own order, and those asked for."""

    name: str
    values: tuple[FacetValue, ...]

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values that are asked for."""
        return tuple(each.value for each in self.values if each.chosen)


@dataclass(frozen=True, kw_only=True)
class ClientsFound:
    """The rows of a page, how many clients there are in all, and the facets with their counts."""

    rows: tuple[FoundClient, ...]
    total: int
    facets: tuple[Facet, ...]


@dataclass(frozen=True, kw_only=True)
class DirectoryPage:
    """What a search found, and in which published run."""

    run: Path
    run_key: str
    as_of: date
    found: ClientsFound
