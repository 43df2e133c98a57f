"""Clients who refused the processing of their data: how many there are, and what is said of it."""

from __future__ import annotations

import pyarrow.dataset as ds

from models.book.door import Book
from models.config.privacy import PrivacyConfig
from models.notices import Notice, Severity
from models.panel.ledger_plan import CLIENTS, CONSENT
from models.text import Text

_LEFT_OUT = Text(
    "{count:,} client refused the processing of its data: it is neither scored nor learned from, at no date, and shown "
    "with id, name, exposure and days overdue alone",
    plural="{count:,} clients refused the processing of their data: they are neither scored nor learned from, at no "
    "date, and shown with id, name, exposure and days overdue alone",
)
_SCORED = Text(
    "{count:,} client refused the processing of its data, and is scored all the same, as privacy.without_consent says",
    plural="{count:,} clients refused the processing of their data, and are scored all the same, as "
    "privacy.without_consent says",
)
_LEAVE_OUT = Text("set privacy.without_consent: left_out unless another ground of law holds")
_NOT_ASKED = Text(
    "{count:,} client was not asked for consent, which counts as given",
    plural="{count:,} clients were not asked for consent, which counts as given",
)
_ASK = Text("write false for who refused")


def refused_count(book: Book) -> int:
    """How many clients of the book refused the processing of their data."""
    return _count(book, ds.field(CONSENT) == False)  # noqa: E712 - an expression of Arrow


def consent_notices(book: Book, privacy: PrivacyConfig) -> list[Notice]:
    """Who refused and what that does, and who was not asked; nothing of a book that tells nothing of consent."""
    refused, unknown = refused_count(book), _count(book, ds.field(CONSENT).is_null())
    subject = f"{CLIENTS}.{CONSENT}"
    found = []
    if refused and privacy.leaves_out:
        text = _LEFT_OUT.filled(count=refused)
        found.append(Notice.of("consent_refused", Severity.NOTE, subject, found=text, count=refused))
    elif refused:
        text = _SCORED.filled(count=refused)
        found.append(
            Notice.of("refused_but_scored", Severity.WARNING, subject, found=text, remedy=_LEAVE_OUT, count=refused)
        )
    if 0 < unknown < _count(book, None):
        text = _NOT_ASKED.filled(count=unknown)
        found.append(Notice.of("consent_not_asked", Severity.NOTE, subject, found=text, remedy=_ASK, count=unknown))
    return found


def _count(book: Book, chosen: ds.Expression | None) -> int:
    rows: int = ds.dataset(book.tables[CLIENTS]).count_rows(filter=chosen)
    return rows
