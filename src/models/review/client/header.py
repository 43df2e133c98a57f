"""The header of a client's screen: tier now and before, exposure, limit use, overdue days, rating, review, owner."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.config.privacy import PrivacyConfig
from models.directory.report import Cell, FoundClient
from models.directory.text import REFUSED
from models.reasons.figures import day, money, percentage
from models.text import Language, Text

_UNKNOWN = Text("unknown")
_TITLES = {
    "tier": Text("Tier"),
    "before": Text("Tier before"),
    "outstanding": Text("Exposure"),
    "utilisation": Text("Limit use", "header"),
    "overdue": Text("Days overdue", "header"),
    "rating": Text("Rating", "header"),
    "review": Text("Next review", "header"),
    "owner": Text("Owner", "header"),
    "consent": Text("Consent to processing", "header"),
}
_OF_LIMIT = Text("{share} of {limit}", "header")
_RATED = Text("{grade} of {day}", "header")
_OF_LOCKED = ("outstanding", "utilisation", "overdue", "owner", "consent")
"""Facts of a client who refused the processing of its data: what the law asks for, and who of us answers for it."""
_CONSENT = {True: Text("given", "consent"), False: Text("refused", "consent"), None: Text("not asked", "consent")}


@dataclass(frozen=True, kw_only=True)
class HeaderFact:
    """One fact: what it is called, and what is known; ``alert`` marks what a reviewer must not overlook."""

    key: str
    title: str
    text: str
    alert: bool = False


@dataclass(frozen=True, kw_only=True)
class ClientHeader:
    """Name, id and facts; ``locked`` where the client refused the processing of its data."""

    client_id: str
    name: str
    facts: tuple[HeaderFact, ...]
    group: str
    locked: bool
    not_scored: str


def is_locked(found: FoundClient, privacy: PrivacyConfig) -> bool:
    """Whether a client refused the processing of its data and the config honours it, whatever was published.

    The index of clients says it also of who refused since the run that is shown.
    """
    return privacy.leaves_out and found.cells.get("consent") is False


def header_of(
    found: FoundClient, *, as_of: date, currency: str, language: Language, tiers: Mapping[str, str], locked: bool
) -> ClientHeader:
    """The header of a row of the index; of a ``locked`` one less. ``tiers``: tier -> what people call it."""
    cells, lang = found.cells, language
    overdue = _number(cells.get("days_overdue"))
    texts = {
        "tier": tiers.get(str(cells.get("tier")), _or_unknown(cells.get("tier"), lang)),
        "before": tiers.get(str(cells.get("tier_before")), _or_unknown(cells.get("tier_before"), lang)),
        "outstanding": _money(cells.get("outstanding"), currency, lang),
        "utilisation": _limit_use(cells, currency, lang),
        "overdue": _UNKNOWN.within(lang) if overdue is None else f"{overdue:.0f}",
        "rating": _rating(cells, lang),
        "review": _review(cells, as_of, lang),
        "owner": _owner(cells) or _UNKNOWN.within(lang),
        "consent": _CONSENT[_truth(cells.get("consent"))].within(lang),
    }
    alerts = {"overdue": bool(overdue), "consent": cells.get("consent") is False}
    alerts["before"] = cells.get("tier_before") not in {None, cells.get("tier")}
    return ClientHeader(
        client_id=found.client_id,
        name=str(cells.get("name") or found.client_id),
        facts=tuple(
            HeaderFact(key=key, title=_TITLES[key].within(lang), text=text, alert=alerts.get(key, False))
            for key, text in texts.items()
            if not locked or key in _OF_LOCKED
        ),
        group=str(cells.get("group_id") or ""),
        locked=locked,
        not_scored=REFUSED.within(lang) if locked else str(cells.get("not_scored") or ""),
    )


def _owner(cells: Mapping[str, Cell]) -> str:
    return " · ".join(str(cells[name]) for name in ("manager", "branch") if cells.get(name))


def _truth(cell: Cell) -> bool | None:
    return cell if isinstance(cell, bool) else None


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None


def _or_unknown(cell: Cell, lang: Language) -> str:
    return str(cell) if cell else _UNKNOWN.within(lang)


def _money(cell: Cell, currency: str, lang: Language) -> str:
    amount = _number(cell)
    return _UNKNOWN.within(lang) if amount is None else money(amount, currency, lang)


def _limit_use(cells: Mapping[str, Cell], currency: str, lang: Language) -> str:
    share, limit = _number(cells.get("utilisation")), cells.get("limit")
    if share is None:
        return _money(limit, currency, lang)
    return _OF_LIMIT.within(lang, share=percentage(share, lang), limit=_money(limit, currency, lang))


def _rating(cells: Mapping[str, Cell], lang: Language) -> str:
    grade, on = cells.get("rating"), cells.get("rated_on")
    if not grade:
        return _UNKNOWN.within(lang)
    return _RATED.within(lang, grade=str(grade), day=day(on, lang)) if isinstance(on, date) else str(grade)


def _review(cells: Mapping[str, Cell], as_of: date, lang: Language) -> str:
    months = _number(cells.get("monitoring_months"))
    return _UNKNOWN.within(lang) if months is None else day(months_later(as_of, int(months)), lang)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month.

    >>> months_later(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
