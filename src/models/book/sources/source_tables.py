"""Tables that every source hands over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

from models.book.quarantine import CheckedTable
from models.book.written import WrittenForms
from models.config.book import BookConfig
from models.engines.away import AwayTable
from models.notices import Notice


@dataclass(frozen=True, kw_only=True)
class SourceTables:
    """Tables of the book as a source gives them: unchecked, each with ``source_row``.

    ``checked`` are tables of the source's own contract, whose good rows the book tables are made of.
    ``notices`` say what was found before any row was looked at; ``written`` how the texts of a table are written, of
    those of which it is said.
    """

    tables: Mapping[str, Any]
    known_until: date
    checked: tuple[CheckedTable, ...] = ()
    ignored_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    aliases: Any | None = None
    """Ids that became others, unchecked; None where nothing tells of any."""
    written: Mapping[str, WrittenForms] = field(default_factory=dict)
    left: Mapping[str, AwayTable] = field(default_factory=dict)
    """Tables whose rows stay in their database, see ``left_there``; of these ``tables`` have no row."""


class Source(Protocol):
    """A way to get at a book: fills ``scratch`` as it needs and describes tables in ``connection``."""

    def __call__(self, connection: Any, config: BookConfig, path: str, scratch: Path) -> SourceTables:
        """Raises a ``UserError`` if there is nothing to read at ``path``."""


def known_until_of(config: BookConfig, stated: date | None) -> date:
    """The first day of which the book knows nothing: as configured, else as the source states, else today."""
    return config.known_until or stated or datetime.now(tz=UTC).date()
