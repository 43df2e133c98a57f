"""The publication of a day: by what was on record then, and by what is official today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from models.publications.ledger import Act, Publication, official_of


class OfficialBy(StrEnum):
    """By what a publication counts as that of a day."""

    RECORD = "record"
    """On record by the end of the day, UTC: the newest as-of date, of which the one that was put there last."""
    SUCCESSOR = "successor"
    """It took the place of that one later."""
    AS_OF = "as of"
    """Official today, of the newest as-of date not after the day; recorded later than the day."""


@dataclass(frozen=True, kw_only=True)
class PublicationOnDay:
    """A publication that counts as that of a day, and by what."""

    by: OfficialBy
    entry: Publication


def end_of_day(day: date) -> datetime:
    """The first moment that no longer belongs to a day, UTC."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


def publications_on(entries: Sequence[Publication], day: date) -> tuple[PublicationOnDay, ...]:
    """The publications that count as that of a day, each once: what was known then first; empty where there is none."""
    then = _newest(official_of([each for each in entries if each.at < end_of_day(day)]))
    today = official_of(entries)
    found = [PublicationOnDay(by=OfficialBy.RECORD, entry=then)] if then is not None else []
    if then is not None and then.as_of is not None:
        found.append(PublicationOnDay(by=OfficialBy.SUCCESSOR, entry=today[then.as_of]))
    dated = _newest({as_of: entry for as_of, entry in today.items() if as_of <= day})
    found += [PublicationOnDay(by=OfficialBy.AS_OF, entry=dated)] if dated is not None else []
    first = {each.entry.number: each for each in reversed(found)}
    return tuple(each for each in found if first[each.entry.number] is each)


def superseded_by(entries: Sequence[Publication], entry: Publication) -> Publication | None:
    """The next official publication of the same date, which took the place of ``entry``; None where none did."""
    later = (each for each in entries if each.act is Act.OFFICIAL and each.number > entry.number)
    return next((each for each in later if each.as_of == entry.as_of), None)


def _newest(official: dict[date, Publication]) -> Publication | None:
    return official[max(official)] if official else None
