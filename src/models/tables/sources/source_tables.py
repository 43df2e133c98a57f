"""What every source hands over, and how its columns are matched to the contract. No source lives here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

from models.config import BookConfig
from models.errors import MissingColumnError, UserError
from models.tables.quality import CheckedTable
from models.tables.schema import TABLES, TableSchema


@dataclass(frozen=True, kw_only=True)
class SourceTables:
    """Tables of the book as a source gives them: unchecked, each with ``source_row``.

    ``checked`` are tables of the source's own contract, whose good rows the book tables are made of.
    """

    tables: Mapping[str, Any]
    known_until: date
    checked: tuple[CheckedTable, ...] = ()
    ignored_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Source(Protocol):
    """A way to get at a book: fills ``scratch`` as it needs and describes tables in ``connection``."""

    def __call__(self, connection: Any, config: BookConfig, path: str, scratch: Path) -> SourceTables:
        """Raises a ``UserError`` if there is nothing to read at ``path``."""


def known_until_of(config: BookConfig, stated: date | None) -> date:
    """The first day of which the book knows nothing: as configured, else as the source states, else today."""
    return config.known_until or stated or datetime.now(tz=UTC).date()


def squeezed(header: str) -> str:
    """A column's name without what drifts between editions: case, blanks, signs, and units in brackets.

    >>> squeezed("Borrower's Obligation (US$)") == squeezed("BORROWERS OBLIGATION")
    True
    """
    bare = re.sub(r"\(.*?\)|US\s*\$", "", header)
    return re.sub(r"[\W_]+", "", bare.casefold())


def match_headers(present: Sequence[str], headers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Column -> name at the source, for each that is there. Of several spellings the first listed one wins.

    >>> match_headers(["Country / Economy", "Sum"], {"country": ["Country Economy"], "rate": ["Rate"]})
    {'country': 'Country / Economy'}
    """
    by_squeezed = {squeezed(name): name for name in reversed(present)}
    matched: dict[str, str] = {}
    for column, spellings in headers.items():
        exact = [name for name in spellings if name in present]
        close = [by_squeezed[squeezed(name)] for name in spellings if squeezed(name) in by_squeezed]
        if exact or close:
            matched[column] = (exact or close)[0]
    return matched


def book_columns(
    present: Sequence[str], schema: TableSchema, renames: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Column of the contract -> column at the source, and the columns that the contract does not know.

    Raises ``MissingColumnError`` if a required or a renamed column is absent, ``UserError`` for an unknown
    column.
    """
    names = [column.name for column in schema.columns]
    _check_known(f"book.columns.{schema.name}", list(renames), names)
    matched = match_headers(present, {name: [renames.get(name, name)] for name in names})
    needed = [name for name in names if name in schema.required or name in renames]
    missing = [renames.get(name, name) for name in needed if name not in matched]
    if missing:
        raise MissingColumnError(schema.name, missing, present)
    used = set(matched.values())
    return matched, tuple(name for name in present if name not in used)


def check_table_names(setting: str, names: Sequence[str]) -> None:
    """Raises ``UserError`` if one of ``names`` is not a table of the book."""
    _check_known(setting, names, list(TABLES))


def _check_known(setting: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            remedy = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
            raise UserError(rule=f"{setting} must name what the contract knows", got=name, remedy=remedy)
