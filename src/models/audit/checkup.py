"""The result of a check: the audit, the rows of the book by number, and whether anything was found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.audit.compute import Audit
from models.audit.quarantine import BadRows
from models.book.counts import TableCount
from models.errors import UserError
from models.notices import ROWS_LEFT_OUT, Notice, Severity


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """What a check leaves: the audit, the rows by number, the bad ones one by one, and the page.

    ``audit`` and ``page`` are None where no row was left to audit; ``refused`` is the error with which every
    other command answers this book, None if it is good; ``notices`` say what the door found.
    """

    audit: Audit | None
    counts: tuple[TableCount, ...]
    bad: BadRows
    quarantine: Path
    page: Path | None
    refused: UserError | None
    notices: tuple[Notice, ...] = ()

    @property
    def has_findings(self) -> bool:
        """Whether anything is a warning or worse; rows left out are bounded by ``book.max_quarantine_share`` alone."""
        return any(notice.severity is not Severity.NOTE and notice.code != ROWS_LEFT_OUT for notice in self.notices)
