"""Recording of decisions: each is judged on what stands in the chain, and appended, within one transaction.

Nobody else is within: SQLite begins it for writing at once, PostgreSQL waits for a lock of its own. Whatever ends the
process before the commit leaves the chain as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from django.db import connection, transaction

from models.decisions.entries import DecisionAct, Draft, Entry, sealed_after
from models.errors import InternalError
from models.review.chain.models import ReviewEntry

Deciding = Callable[[Sequence[Entry]], Draft]
"""Gives what to record by the entries that were asked for, or raises a ``UserError``."""
_LOCK = 7_164_018_301
"""Whatever number the lock has, as long as nothing else of the database takes it."""


def record(deciding: Deciding, *, by: str, acts: Iterable[DecisionAct], subject: str | None = None) -> Entry:
    """Append what ``deciding`` makes of the entries of these ``acts`` on a ``subject``, or on all.

    Raises what ``deciding`` does; then nothing is recorded.
    """
    with transaction.atomic(durable=True):
        _wait_for_others()
        return _appended(deciding(entries(acts, subject)), by)


def record_draft(draft: Draft, *, by: str) -> Entry:
    """Append what needs no judgement on what is there."""
    return record(lambda _: draft, by=by, acts=())


def record_with(draft: Draft, *, by: str) -> Entry:
    """Append what belongs to a change of other tables, within the transaction of that change: both, or neither."""
    if not connection.in_atomic_block:
        raise InternalError("what belongs to a change must be recorded within its transaction")
    _wait_for_others()
    return _appended(draft, by)


def entries(acts: Iterable[DecisionAct], subject: str | None = None) -> list[Entry]:
    """The entries of these acts on a subject, or on all, in their order; they are not verified here."""
    rows = ReviewEntry.objects.filter(act__in=[act.value for act in acts]).order_by("number")
    return [row.entry for row in (rows if subject is None else rows.filter(subject=subject))]


def _appended(draft: Draft, by: str) -> Entry:
    last = ReviewEntry.objects.order_by("-number").first()
    entry = sealed_after(None if last is None else last.entry, draft, by=by, at=datetime.now(tz=UTC))
    ReviewEntry.of(entry).save(force_insert=True)
    return entry


def _wait_for_others() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
