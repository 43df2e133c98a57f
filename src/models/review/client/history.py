"""The history of a client on one line: what was published, decided and written, each at its moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from models.decisions.entries import Entry
from models.reasons.figures import day, money, percentage
from models.review.client.models import ClientComment
from models.review.client.published import PublishedClient
from models.text import Language, Text

_PUBLISHED: Final = Text("as published: value {value}, decline {decline}, model {model}", "history")
_OVERRIDDEN: Final = Text("override: {state}, until {until}", "history")
_ACTS: Final = {
    "override proposed": Text("override proposed", "history"),
    "override approved": Text("override approved", "history"),
    "override returned": Text("override returned", "history"),
    "override withdrawn": Text("override withdrawn", "history"),
    "letter filed": Text("letter filed", "history"),
    "objection opened": Text("objection opened", "history"),
    "objection answered": Text("objection answered", "history"),
}


@dataclass(frozen=True, kw_only=True)
class HistoryEvent:
    """One event: ``kind`` is published, decided or written; ``tier`` "" where it is about none, ``by`` likewise."""

    at: datetime
    kind: str
    day: str
    tier: str
    text: str
    by: str = ""
    model: str = ""
    moved: bool = False


def history_of(
    published: list[PublishedClient],
    decided: Iterable[Entry],
    written: Iterable[ClientComment],
    *,
    currency: str,
    tiers: Mapping[str, str],
    language: Language,
) -> list[HistoryEvent]:
    """All events of a client, the latest first. ``tiers``: tier -> what people call it."""
    events = [
        *_published(published, currency, tiers, language),
        *(_decided(each, language) for each in decided),
        *(_written(each, language) for each in written),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _published(
    rows: list[PublishedClient], currency: str, tiers: Mapping[str, str], lang: Language
) -> Iterator[HistoryEvent]:
    before = ""
    for each in rows:
        tier = each.text("tier")
        said = _PUBLISHED.within(
            lang,
            value=money(each.number("value") or 0.0, currency, lang),
            decline=percentage(each.number("decline_probability") or 0.0, lang, 1),
            model=each.text("model_version"),
        )
        override = each.row.get("override")
        if isinstance(override, dict):
            said += "; " + _OVERRIDDEN.within(lang, state=str(override["state"]), until=day(override["until"], lang))
        yield HistoryEvent(
            at=datetime.combine(each.as_of, time(), UTC),
            kind="published",
            day=day(each.as_of, lang),
            tier=tiers.get(tier, tier),
            text=said,
            model=each.text("model_version"),
            moved=before not in {"", tier},
        )
        before = tier


def _decided(entry: Entry, lang: Language) -> HistoryEvent:
    said = _ACTS[entry.act].within(lang) if entry.act in _ACTS else entry.act
    return HistoryEvent(at=entry.at, kind="decided", day=_day(entry.at.date(), lang), tier="", text=said, by=entry.by)


def _written(comment: ClientComment, lang: Language) -> HistoryEvent:
    return HistoryEvent(
        at=comment.at, kind="written", day=_day(comment.at.date(), lang), tier="", text=comment.text, by=comment.by
    )


def _day(when: date, lang: Language) -> str:
    return day(when, lang)
