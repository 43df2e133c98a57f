"""The values of a config that its file leaves open: by the period alone, and by what a book holds where that is known.

A file that says everything is taken as it stands. ``unset`` names what was filled in, so that a later look at the book
can fill it in anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Raw = dict[str, Any]
DEFAULTS_KEY = "defaults"
"""Names in a config that was printed in full what its file did not set; read again, it is filled in anew."""
HORIZONS = {"week": (26, 13, 4, 1), "month": (12, 6, 3, 1), "quarter": (4, 2, 1)}
"""Period -> horizons, the one that is wished for first; the others are for books that are too short for it."""
HORIZONS_IN_A_BOOK = 3.5
"""A book spans so many horizons: one is judged, one learned from before it, and history lies before both."""
SIGNS: Mapping[str, float] = {
    **dict.fromkeys(("interest", "fee", "recovery", "order"), 1.0),
    **dict.fromkeys(("funding_cost", "service_cost", "write_off", "cancellation"), -1.0),
}
"""Kind of cashflow -> whether it adds to value or takes from it. What is lent and paid back does neither."""
_BUSINESS = (("interest", "fee"), ("order",), ("commitment",), ("drawdown", "repayment"))
"""Kinds that show that a client does business: the first group of which a book has any."""
_ONCE_IN_A_WHILE = {"order", "commitment"}
_ATTRIBUTES = (
    *("country", "region", "industry", "ownership", "registered_capital", "employees", "risk_appetite"),
    *("market_position", "esg_grade", "acquisition_channel"),
)
_CONTEXT = ("country", "region", "industry")
_STATES = {
    "surveys": ("csat", "nps"),
    "ratings": ("pd",),
    "financials": ("revenue", "ebitda", "debt", "equity", "cash"),
}
_HOURS = ("response_hours", "resolution_hours")
_MACRO = ("gdp_growth", "policy_rate")
BY_THE_BOOK = ("measures", "attributes", "context", "macro", "facility_counts")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MANY_PRODUCTS = 8
_LATEST, _LAST = "latest complete", re.compile(r"last ([1-9][0-9]?)")


@dataclass(frozen=True, kw_only=True)
class BookTraits:
    """What of a book decides defaults: its days, the kinds that its rows have, and the columns that hold anything."""

    first_date: date
    known_until: date
    periods: int
    flows: tuple[str, ...]
    contacts: tuple[str, ...]
    products: tuple[str, ...]
    filled: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class FilledConfig:
    """Sections of a config with what was left open, and the dotted names of that, in the order of the sections."""

    raw: Raw
    unset: tuple[str, ...]


def origins_asked(words: object) -> int | None:
    """How many of the latest origins whose outcomes are complete are meant by words; None by anything else.

    >>> origins_asked("latest complete"), origins_asked("last 3"), origins_asked("2023-01-01")
    (1, 3, None)
    """
    if words == _LATEST:
        return 1
    found = _LAST.fullmatch(words) if isinstance(words, str) else None
    return int(found[1]) if found else None


def horizon_of(period: str, periods: int | None) -> int:
    """The horizon of a book of so many periods, or of one whose length is not known.

    >>> horizon_of("month", None), horizon_of("month", 72), horizon_of("month", 24), horizon_of("quarter", 3)
    (12, 12, 6, 1)
    """
    ladder = HORIZONS.get(period, HORIZONS["month"])
    fitting = (horizon for horizon in ladder if periods is None or horizon * HORIZONS_IN_A_BOOK <= periods)
    return next(fitting, ladder[-1])


def with_defaults(given: Raw, traits: BookTraits | None = None) -> FilledConfig:
    """A config with what its file leaves open; what only a book can tell stays open without ``traits``."""
    raw = {name: dict(section) if isinstance(section, dict) else section for name, section in given.items()}
    for place in raw.pop(DEFAULTS_KEY, None) or ():
        _forget(raw, str(place).split("."))
    filler = _Filler(raw, traits)
    filler.fill()
    return FilledConfig(raw, tuple(filler.unset))


def _forget(raw: Raw, path: list[str]) -> None:
    """Take out what a file did not set, below the top level: sections as a whole are filled in by themselves."""
    holder: Any = raw
    for part in path[:-1]:
        holder[part] = dict(holder[part]) if isinstance(holder.get(part), dict) else {}
        holder = holder[part]
    if len(path) > 1:
        holder.pop(path[-1], None)


class _Filler:
    """Fills a config section by section; a section that is no mapping is left to whoever checks the whole."""

    def __init__(self, raw: Raw, traits: BookTraits | None) -> None:
        self.raw, self.traits = raw, traits
        self.unset: list[str] = []

    def fill(self) -> None:
        if "book" in self.raw:
            self._put("book", "source", "files")
        period = str(self._put("time", "period", "month"))
        horizon = self._count(
            "time", "horizon_periods", horizon_of(period, self.traits.periods if self.traits else None)
        )
        self._put("time", "activity_periods", horizon)
        self._features(horizon)
        self._flows()
        self._put("origins", "spacing_periods", max(1, horizon // 4))
        self._put("origins", "min_history_periods", self._history(horizon))
        self._open("origins", "test", None)
        self._segments(horizon)
        self._stages(horizon)

    def _flows(self) -> None:
        """What makes up value, shows business and counts as decline: by the kinds that the book has."""
        traits = self.traits
        self._open("value", "kinds", traits and value_kinds(traits.flows))
        kinds = self._open("activity", "kinds", traits and activity_kinds(traits.flows)) or ()
        seldom = bool(kinds) and set(kinds) <= _ONCE_IN_A_WHILE
        self._put("decline", "rule", "lapse" if seldom else "drop")

    def _features(self, horizon: int) -> None:
        section = self._section("features")
        by_the_book = section is not None and "windows" not in section  # who sets windows says which features there are
        self._put("features", "windows", sorted({max(1, horizon // 4), max(1, horizon // 2), horizon, 2 * horizon}))
        if by_the_book:
            found = features_of(self.traits) if self.traits else {}
            for name in BY_THE_BOOK:
                self._open("features", name, found.get(name))

    def _history(self, horizon: int) -> int:
        """Half a horizon where the book is too short for a whole one before the first origin."""
        short = self.traits is not None and self.traits.periods < (HORIZONS_IN_A_BOOK + 1) * horizon
        return max(1, horizon // 2) if short else horizon

    def _segments(self, horizon: int) -> None:
        learners = self._section("learners")
        segments = {} if learners is None else learners.get("segments", {})
        if learners is None or not isinstance(segments, dict) or "features" in segments:
            return
        window = max([each for each in self._windows() if each <= horizon], default=min(self._windows(), default=1))
        chosen = [f"value_sum_{window}p", f"activity_count_{window}p", "activity_recency_days", "tenure_days"]
        learners["segments"] = {"features": chosen, **segments}
        self.unset.append("learners.segments.features" if segments else "learners.segments")

    def _stages(self, horizon: int) -> None:
        inner = self._windows()[:-1]
        fitting = [each for each in inner if each <= max(1, horizon // 2)]
        self._put("stages", "acquisition_max_periods", max(1, horizon // 4))
        self._put("stages", "churned_after_periods", max(1, 3 * horizon // 4))
        self._put("stages", "trend_window_periods", max(fitting, default=min(inner, default=1)))
        self._put("stages", "decline_probability", 0.5)

    def _windows(self) -> list[int]:
        section = self._section("features") or {}
        given = section.get("windows")
        return [each for each in given if isinstance(each, int)] if isinstance(given, list | tuple) else []

    def _section(self, name: str) -> Raw | None:
        """A section to fill, begun where it is not there; None for what is no section."""
        if self.raw.get(name) is None:
            self.raw[name] = {}
        section = self.raw[name]
        return section if isinstance(section, dict) else None

    def _put(self, name: str, key: str, value: object) -> object:
        """The value that is given, else ``value``, which is noted as not given."""
        section = self._section(name)
        if section is None:
            return value
        if key not in section:
            section[key] = value
            self.unset.append(f"{name}.{key}")
        return section[key]

    def _count(self, name: str, key: str, value: int) -> int:
        found = self._put(name, key, value)
        return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else value

    def _open(self, name: str, key: str, value: Any) -> Any:
        """The same for what stays open while ``value`` is not known."""
        section = self._section(name)
        if section is None:
            return None
        if key in section:
            return section[key]
        self.unset.append(f"{name}.{key}")
        if value is not None:
            section[key] = value
        return value


def value_kinds(flows: tuple[str, ...]) -> dict[str, float] | None:
    """What makes up value in a book with these kinds of cashflows; commitments where nothing is earned; else None.

    >>> value_kinds(("drawdown", "interest", "write_off"))
    {'interest': 1.0, 'write_off': -1.0}
    """
    found = {kind: sign for kind, sign in SIGNS.items() if kind in flows}
    if any(sign > 0 for sign in found.values()):
        return found
    return {"commitment": 1.0} if "commitment" in flows else None


def activity_kinds(flows: tuple[str, ...]) -> list[str] | None:
    """What shows that a client does business, of the kinds of cashflows that a book has."""
    groups = ([kind for kind in group if kind in flows] for group in _BUSINESS)
    return next((group for group in groups if group), None)


def features_of(traits: BookTraits) -> Raw:
    """The keys of the section ``features`` that a book fills: whatever its tables hold."""
    filled = traits.filled
    return {
        "measures": dict(_measures(traits)),
        "attributes": [name for name in _ATTRIBUTES if name in filled.get("clients", ())],
        "context": [name for name in _CONTEXT if name in filled.get("clients", ())],
        "macro": [name for name in _MACRO if name in filled.get("macro", ())],
        "facility_counts": _facility_counts(traits.products),
    }


def _measures(traits: BookTraits) -> Iterator[tuple[str, Raw]]:
    if len(traits.flows) > 1:  # the only kind is the activity, which every book measures
        yield from ((kind, {"kinds": [kind]}) for kind in traits.flows)
    for kind in traits.contacts:
        yield kind, {"table": "interactions", "kinds": [kind], "column": ""}
    for name in _HOURS:
        if name in traits.filled.get("interactions", ()):
            yield name, {"table": "interactions", "column": name}
    for table, columns in _STATES.items():
        for name in columns:
            if name in traits.filled.get(table, ()):
                yield name, {"table": table, "column": name, "form": "state"}


def _facility_counts(products: tuple[str, ...]) -> Raw:
    """One count per product, where the products are few and have plain names."""
    named = {re.sub(r"\W+", "_", product.casefold()).strip("_"): product for product in products}
    if not 1 < len(products) <= _MANY_PRODUCTS or len(named) < len(products):
        return {}
    return {name: {"products": [word]} for name, word in named.items()} if all(map(_NAME.fullmatch, named)) else {}
