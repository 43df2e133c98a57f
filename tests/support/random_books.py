"""Books by chance: awkward ids, groups, every table, dates on all sides of the as-of date.

Each book is large enough to hold every case many times, since making one ready costs the same whatever its size.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from support.books import AS_OF

AWKWARD_IDS = ["00123", "123", "NA", "null", "中国建设银行", 'Smith, "Sons" & Co', "a", "A", " a", "nan", "0"]
FIRST_CASHFLOW = {"client_id": "00123", "facility_id": None, "date": date(2018, 1, 15), "kind": "order", "amount": 1.0}
"""Stands in every book, so that all of them begin on the same day, well before the as-of date."""
NEAR = (-1, 0, 1, -30, -31, 30, 31, 92, -92)
"""Distances from the as-of date at which mistakes would show, in days."""
KNOWN_ON = {
    "cashflows": "date",
    "facilities": "signed",
    "interactions": "date",
    "surveys": "date",
    "ratings": "date",
    "financials": "published",
    "opportunities": "entered",
    "macro": "published",
    "balances": "date",
    "arrears": "date",
    "collateral": "date",
    "covenants": "date",
    "guarantees": "from",
    "esg": "date",
    "countries": "published",
}
"""From when on a row is known, as the contract of the book says it."""
STATES = ("balances", "arrears", "collateral", "covenants", "guarantees", "esg", "countries")
ENDS = {"facilities": {"exit_cause": "matured"}, "opportunities": {"outcome": "won"}}
"""Tables whose rows end later than they begin, and what may be told of the end."""
WORDS = ["grateful for the waiver", "angry about fees", "贷款 展期", "drawdown", "covenant breach"]
YEAR_END = date(2017, 12, 31)
"""When the year of every report and every figure of a country ended."""
AMOUNTS = (0.0, 0.01, 0.005, 0.015, -0.005, 0.1, 0.3, 99.995, 1e13, -1e13)

Frames = dict[str, pd.DataFrame]


class _Dice:
    """Draws columns of ``size`` values."""

    def __init__(self, seed: int, size: int) -> None:
        self._rng, self._size = np.random.default_rng(seed), size

    def one_of(self, values: list[Any]) -> list[Any]:
        return [values[place] for place in self._rng.integers(len(values), size=self._size)]

    def days(self) -> list[Any]:
        far = self._rng.integers(-800, 300, size=self._size)
        near = self._rng.choice(NEAR, size=self._size)
        distance = np.where(self._rng.random(self._size) < 0.4, near, far)
        return [AS_OF + timedelta(days=int(days)) for days in distance]

    def terms(self, starts: list[Any]) -> list[Any]:
        """Days up to six years after others."""
        lengths = self._rng.integers(0, 2000, size=self._size)
        return [start + timedelta(days=int(days)) for start, days in zip(starts, lengths, strict=True)]

    def some(self, values: list[Any]) -> list[Any]:
        """The same with every fourth lost."""
        lost = self._rng.random(self._size) < 0.25
        return [None if gone else value for gone, value in zip(lost, values, strict=True)]

    def numbers(self, low: float, high: float, digits: int) -> list[Any]:
        return [float(value) for value in self._rng.uniform(low, high, size=self._size).round(digits)]

    def amounts(self) -> list[Any]:
        awkward = self._rng.choice(AMOUNTS, size=self._size)
        plain = self._rng.uniform(-1e6, 1e6, size=self._size).round(2)
        return [float(value) for value in np.where(self._rng.random(self._size) < 0.3, awkward, plain)]


def client_ids(clients: int) -> list[Any]:
    """Awkward ids first, then plain ones."""
    return [*AWKWARD_IDS, *(f"client {number}" for number in range(clients))][:clients]


def random_book(seed: int, clients: int) -> Frames:
    """Every table of a book; about twenty cashflows per client."""
    ids, dice = client_ids(clients), _Dice(seed, clients)
    groups: list[Any] = ["00123", "NA", "集团", *(f"group {number}" for number in range(clients // 4 + 1))]
    frames = {
        "clients": {
            "client_id": ids,
            "group_id": ["G1", "G1", *dice.some(dice.one_of(groups))[2:]],
            "country": dice.some(dice.one_of(["CN", "NA", "FR", "LU"])),
            "region": dice.some(dice.one_of(["Asia", "Europe", "Africa"])),
            "industry": dice.some(dice.one_of(["power", "roads"])),
        },
        "facilities": _facilities(_Dice(seed + 1, 2 * clients), ids),
        "cashflows": _cashflows(_Dice(seed + 2, 20 * clients), ids),
        **_states(seed + 3, ids),
    }
    frames |= _reported(seed + 11, frames["facilities"], month_ends=seed % 2 == 1)
    made = {name: pd.DataFrame(columns, dtype=object) for name, columns in frames.items()}
    made["cashflows"] = pd.concat([pd.DataFrame([FIRST_CASHFLOW], dtype=object), made["cashflows"]], ignore_index=True)
    return made


def _facilities(dice: _Dice, ids: list[Any]) -> dict[str, list[Any]]:
    signed = dice.days()
    maturity, closed = dice.some(dice.terms(signed)), _after(dice.some(dice.days()), signed)
    causes = dice.one_of([None, "matured", "matured", "default"])
    return {
        "facility_id": [f"F{number}" for number in range(2 * len(ids))],
        "client_id": dice.one_of(ids),
        "product": dice.one_of([None, "loan", "guarantee", "letter_of_credit", "swap"]),
        "limit": dice.some(dice.numbers(0, 1e7, 2)),
        "signed": signed,
        "maturity": maturity,
        "closed": closed,
        "exit_cause": [None if end is None else cause for end, cause in zip(closed, causes, strict=True)],
        "collateral_cover": dice.some(dice.numbers(0, 2, 3)),
        "spread_bp": dice.some(dice.numbers(50, 500, 1)),
        "purpose": dice.one_of([None, "new plant", "refinancing"]),
        "country": dice.one_of([None, "CN", "FR"]),
    }


def _cashflows(dice: _Dice, ids: list[Any]) -> dict[str, list[Any]]:
    return {
        "client_id": dice.one_of(ids),
        "facility_id": dice.some([f"F{number}" for number in dice.one_of(list(range(2 * len(ids))))]),
        "date": dice.days(),
        "kind": dice.one_of(["commitment", "drawdown", "repayment", "interest", "fee", "funding_cost", "order"]),
        "amount": dice.amounts(),
    }


def _states(seed: int, ids: list[Any]) -> dict[str, dict[str, list[Any]]]:
    """Interactions, surveys, ratings, financials, opportunities and economies."""
    dice = [_Dice(seed + place, 2 * len(ids)) for place in range(5)]
    return {
        "interactions": _interactions(dice[0], ids),
        "surveys": {"client_id": dice[1].one_of(ids), "date": dice[1].days(), "csat": dice[1].one_of([None, 1.0, 5.0])},
        "ratings": {
            "client_id": dice[2].one_of(ids),
            "date": dice[2].days(),
            "pd": dice[2].some(dice[2].numbers(0, 1, 4)),
        },
        "financials": _financials(dice[3], ids),
        "opportunities": _opportunities(dice[4], ids),
        "macro": {
            "country": dice[1].one_of(["CN", "NA", "FR"]),
            "date": [YEAR_END] * (2 * len(ids)),
            "published": dice[1].days(),
            "gdp_growth": dice[1].some(dice[1].numbers(-0.1, 0.1, 4)),
        },
    }


def _reported(seed: int, facilities: dict[str, list[Any]], *, month_ends: bool) -> dict[str, dict[str, list[Any]]]:
    """State tables: balances and days past due on any day, or at ends of months; the rest on any day."""
    owned = list(zip(facilities["facility_id"], facilities["client_id"], strict=True))
    dice = [_Dice(seed + place, 3 * len(owned)) for place in range(6)]
    named = [each.one_of(owned) for each in dice]
    rows = [
        {"client_id": [client for _, client in of], "facility_id": each.some([facility for facility, _ in of])}
        for each, of in zip(dice, named, strict=True)
    ]
    when = [[_month_end(day) for day in each.days()] if month_ends else each.days() for each in dice[:2]]
    started = dice[4].days()
    return {
        "balances": {
            **rows[0],
            "date": when[0],
            "drawn": dice[0].numbers(-10, 1e6, 2),
            "undrawn": dice[0].some(dice[0].numbers(0, 1e6, 2)),
            "limit": dice[0].some(dice[0].numbers(0, 1e6, 2)),
        },
        "arrears": {
            **rows[1],
            "date": when[1],
            "days_past_due": dice[1].one_of([0.0, 1.0, 36.0, 91.0, 400.0]),
            "amount": dice[1].some(dice[1].numbers(0, 1e5, 2)),
        },
        "collateral": {
            **rows[2],
            "date": dice[2].days(),
            "kind": dice[2].one_of([None, "land", "shares"]),
            "value": dice[2].numbers(0, 1e6, 2),
        },
        "covenants": {
            **rows[3],
            "date": dice[3].days(),
            "covenant": dice[3].one_of(["leverage", "cover"]),
            "outcome": dice[3].one_of(["met", "met", "breached"]),
            "headroom": dice[3].some(dice[3].numbers(-1, 1, 3)),
        },
        "guarantees": {
            "client_id": rows[4]["client_id"],
            "guarantor": dice[4].one_of(["parent", "state"]),
            "amount": dice[4].numbers(0, 1e6, 2),
            "from": started,
            "until": dice[4].some(dice[4].terms(started)),
        },
        "esg": {
            "client_id": rows[5]["client_id"],
            "date": dice[5].days(),
            "grade": dice[5].one_of(["A", "B", "C"]),
            "source": dice[5].one_of([None, "agency"]),
        },
        "countries": {
            "country": dice[5].one_of(["CN", "NA", "FR"]),
            "date": [YEAR_END] * (3 * len(owned)),
            "published": dice[5].days(),
            "sovereign_rating": dice[5].one_of([None, "AAA", "Ba1", "good"]),
            "political_risk": dice[5].some(dice[5].numbers(0, 100, 1)),
            "sanctions": dice[5].one_of([None, True, False]),
        },
    }


def _month_end(day: Any) -> Any:
    return (pd.Timestamp(day) + pd.offsets.MonthEnd(0)).date()


def _interactions(dice: _Dice, ids: list[Any]) -> dict[str, list[Any]]:
    return {
        "client_id": dice.one_of(ids),
        "date": dice.days(),
        "kind": dice.one_of(["meeting", "enquiry", "complaint"]),
        "response_hours": dice.some(dice.numbers(0, 50, 1)),
        "text": dice.some([f"note {number}: {word}" for number, word in enumerate(dice.one_of(WORDS))]),
    }


def _financials(dice: _Dice, ids: list[Any]) -> dict[str, list[Any]]:
    return {
        "client_id": dice.one_of(ids),
        "period_end": [YEAR_END] * (2 * len(ids)),
        "published": dice.days(),
        "revenue": dice.some(dice.numbers(0, 1e9, 0)),
        "ebitda": dice.some(dice.numbers(-1e8, 1e8, 0)),
    }


def _opportunities(dice: _Dice, ids: list[Any]) -> dict[str, list[Any]]:
    entered = dice.days()
    closed = _after(dice.some(dice.days()), entered)
    return {
        "opportunity_id": dice.one_of(["O1", "O2"]),
        "client_id": dice.one_of(ids),
        "stage": dice.one_of(["identified", "assessed", "signed"]),
        "entered": entered,
        "amount": dice.some(dice.numbers(0, 1e6, 2)),
        "outcome": [
            None if end is None else result for end, result in zip(closed, dice.one_of(["won", "lost"]), strict=True)
        ],
        "closed": closed,
    }


def _after(ends: list[Any], starts: list[Any]) -> list[Any]:
    """The later of each pair; no end stays none."""
    return [None if end is None else max(end, start) for end, start in zip(ends, starts, strict=True)]


def books(min_clients: int = 2, max_clients: int = 80) -> st.SearchStrategy[Frames]:
    """Random books of different sizes."""
    return st.builds(
        random_book, seed=st.integers(0, 10**6), clients=st.integers(min_value=min_clients, max_value=max_clients)
    )


def with_future_of(book: Frames, other: Frames, as_of: date) -> Frames:
    """``book`` until the as-of date, and from then on ``other``: rows are changed, added and deleted."""
    result = {"clients": _clients(book, other)}
    for name, known in KNOWN_ON.items():
        past, future = book[name][book[name][known] < as_of], other[name][other[name][known] >= as_of]
        if name in ENDS:
            past = _other_ends(past, as_of, **ENDS[name])
        if name == "facilities":
            future = future[~future["facility_id"].isin(past["facility_id"])]
        result[name] = pd.concat([future, past], ignore_index=True)
    return result


def _clients(book: Frames, other: Frames) -> pd.DataFrame:
    """The clients that the past knows, and new ones of whom nothing was known yet."""
    new = other["clients"][~other["clients"]["client_id"].isin(book["clients"]["client_id"])]
    return pd.concat([new, book["clients"]], ignore_index=True)


def _other_ends(past: pd.DataFrame, as_of: date, **reported: str) -> pd.DataFrame:
    """What had not ended before the as-of date ends on it, and this is told of the end."""
    still_open = past["closed"].map(lambda day: pd.isna(day) or day >= as_of)
    changed = past.copy()
    for column, value in {"closed": as_of, **reported}.items():
        changed.loc[still_open, column] = value
    return changed


def shuffled(book: Frames, seed: int) -> Frames:
    """The same rows in another order."""
    return {name: frame.sample(frac=1.0, random_state=seed) for name, frame in book.items()}
