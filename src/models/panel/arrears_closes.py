"""Notices about arrears that end before the balances: the days past due of which day count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from models.book.door import Book
from models.book.state_tables import ARREARS, BALANCES
from models.notices import Notice, Severity
from models.panel.prepare import reporting_days
from models.panel.reports import FRESH_DAYS, ReportingDays
from models.text import Text, named

_EPOCH: Final = date(1970, 1, 1)
_LATE: Final = Text("arrears end on {own}, balances on {other}: the days past due of {own} count")
_DELIVER: Final = Text("deliver the arrears of {other}, or write rows with 0 days past due where nobody is overdue")
_NOBODY: Final = Text("arrears end on {own}, balances on {other}: nobody counts as past due on {other}")


def arrears_notices(book: Book, day: date) -> list[Notice]:
    """Which days past due count at ``day`` where balances close later than arrears; nothing where they do not."""
    if not {ARREARS, BALANCES} <= set(book.tables):
        return []
    with book.engine.session() as session:
        own, other = (ReportingDays.of(reporting_days(book.open(session, name), name)) for name in (ARREARS, BALANCES))
    return _notices(own, other, (day - _EPOCH).days)


def _notices(own: ReportingDays, other: ReportingDays, day: int) -> list[Notice]:
    listed, close = own.latest_before(day), own.unlisted_close(day, other)
    if listed is None or close is None or day - listed > FRESH_DAYS or not own.by_month_ends(day):
        return []
    ends = {
        name: named((_EPOCH + timedelta(days=end)).isoformat()) for name, end in (("own", listed), ("other", close))
    }
    if own.lists_none_at(day, other):
        return [
            Notice.of("nobody_past_due", Severity.NOTE, ARREARS, found=_NOBODY.filled(**ends), remedy=_remedy(ends))
        ]
    return [Notice.of("arrears_late", Severity.WARNING, ARREARS, found=_LATE.filled(**ends), remedy=_remedy(ends))]


def _remedy(ends: dict[str, Text]) -> Text:
    return _DELIVER.filled(other=ends["other"])
