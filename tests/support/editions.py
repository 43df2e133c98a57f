"""Two editions of one random book: as it stood on a day, and as it stands later, with all that has come since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from models.book.door import Book
from models.book.loading import load_book
from models.vocab import SilentProgress
from support import books
from support.books import AS_OF
from support.random_books import KNOWN_ON, Frames, random_book, with_future_of

KNOWN_UNTIL = date(2021, 4, 1)
CLIENTS = 400
LONG_AGO, LATER = date(2015, 1, 1), date(2020, 9, 1)
GROUPS = "groups"
UNGUARDED = ("guard.inconsistent.refused=null", "guard.repeated_rows.refused=null")
"""Random rows contradict each other, and some come twice on purpose."""
EARLY = ("", " first", "!", "0000", "AAA")
"""What names of clients and groups that come later begin with: they sort before those that were there."""


@dataclass(frozen=True, kw_only=True)
class Editions:
    """The same book known until ``AS_OF``, and until nine months after."""

    before: Book
    after: Book


def editions(seed: int, folder: Path, *, causes: bool = True, begins_later: Sequence[str] = ()) -> Editions:
    """A book from a seed, and what it became, both through the door as files: Parquet for even seeds, else CSV.

    Later come rows in every table, rows with the keys of earlier ones, and clients and groups that sort first.
    ``causes``: whether the first edition tells how facilities ended. ``begins_later``: tables, or ``GROUPS``, of which
    the first edition tells nothing.
    """
    book, other = _plain(random_book(seed, CLIENTS)), _plain(random_book(seed + 1, CLIENTS + CLIENTS // 3))
    if not causes:
        book["facilities"] = book["facilities"].assign(exit_cause=None)
    nothing = {name: frame.iloc[:0] for name, frame in book.items()}
    before = _since(_still_open(with_future_of(book, nothing, AS_OF)), LONG_AGO, book)
    after = _since(_with_newcomers(with_future_of(book, _renamed(other, book), AS_OF)), LATER, book)
    after = _once_more(before, after)
    for name in begins_later:
        before, after = _without_past(before, after, name)
    form = "csv" if seed % 2 else "parquet"
    return Editions(
        before=_through_the_door(before, folder / "before", form, AS_OF),
        after=_through_the_door(after, folder / "after", form, KNOWN_UNTIL),
    )


def _through_the_door(frames: Frames, folder: Path, form: str, known_until: date) -> Book:
    source = folder / "source"
    source.mkdir(parents=True)
    for name, frame in frames.items():
        if form == "csv":
            frame.to_csv(source / f"{name}.csv", index=False)
        else:
            books.write_table(name, frame, source / f"{name}.parquet")
    config = books.settings(
        *UNGUARDED, f"book.known_until={known_until}", "book.max_quarantine_share=1", work_dir=folder / "work"
    )
    return load_book(config, str(source), folder / "checked", SilentProgress(), refuse=False)


def _since(frames: Frames, newcomers: date, book: Frames) -> Frames:
    """Clients with a first day: those of ``book`` long ago."""
    known = frames["clients"]["client_id"].isin(book["clients"]["client_id"])
    days = [LONG_AGO if is_known else newcomers for is_known in known]
    return {**frames, "clients": frames["clients"].assign(relationship_start=days)}


def _once_more(before: Frames, after: Frames) -> Frames:
    """Every row that was known before comes again, later and with other contents."""
    again: dict[str, dict[str, object]] = {
        "clients": {"relationship_start": LATER, "group_id": "!!", "country": "AA", "region": "A", "industry": "a"},
        "facilities": {"signed": LATER, "maturity": None, "closed": None, "exit_cause": None, "product": "bond"},
        "cashflows": {"date": LATER, "kind": "arrears"},
        "interactions": {"date": LATER, "kind": "campaign", "campaign_id": "!C", "text": "aaa other words"},
        "surveys": {"date": LATER, "csat": 3.0},
        "ratings": {"date": LATER, "pd": 0.5},
        "financials": {"published": LATER, "revenue": 1.0},
        "opportunities": {"entered": LATER, "stage": "approved", "closed": LATER, "outcome": "won"},
        "macro": {"published": LATER, "country": "AA", "gdp_growth": 0.01},
        "balances": {"date": LATER, "drawn": 1.0, "undrawn": 0.0},
        "arrears": {"date": LATER, "days_past_due": 400},
        "collateral": {"date": LATER, "value": 1.0},
        "covenants": {"date": LATER, "outcome": "breached", "headroom": -1.0},
        "guarantees": {"from": LATER, "amount": 1.0},
        "esg": {"date": LATER, "grade": "A"},
        "countries": {"published": LATER, "country": "AA", "political_risk": 99.0},
    }
    made = {
        name: pd.concat([before[name].iloc[::3].assign(**later), after[name]], ignore_index=True)
        for name, later in again.items()
    }
    campaign = {"campaign_id": "!C", "start": LATER, "end": None, "channel": "a", "cost": 1.0, "randomised": True}
    return {**made, "campaigns": pd.DataFrame([campaign], dtype=object)}


def _without_past(before: Frames, after: Frames, name: str) -> tuple[Frames, Frames]:
    """Both editions, of which only the later one tells anything of a table, or that there are groups."""
    if name != GROUPS:
        later = after[name][after[name][KNOWN_ON[name]] >= AS_OF]
        return {table: frame for table, frame in before.items() if table != name}, {**after, name: later}
    old, new = before["clients"].assign(group_id=None), after["clients"]
    groups = new["group_id"].where(~new["client_id"].isin(old["client_id"]), None)
    return {**before, "clients": old}, {**after, "clients": new.assign(group_id=groups)}


def _plain(frames: Frames) -> Frames:
    """Without amounts that no lender has: here they would drown all others."""
    flows = frames["cashflows"]
    return {**frames, "cashflows": flows.assign(amount=[abs(float(amount)) % 1e5 for amount in flows["amount"]])}


def _still_open(frames: Frames) -> Frames:
    """What ended on the day after the edition had not ended."""
    made = dict(frames)
    for name, reported in {"facilities": "exit_cause", "opportunities": "outcome"}.items():
        open_now = made[name]["closed"].map(lambda day: pd.isna(day) or day >= AS_OF)
        made[name] = made[name].assign(
            closed=made[name]["closed"].where(~open_now, None),
            **{reported: made[name][reported].where(~open_now, None)},
        )
    return made


def _renamed(other: Frames, book: Frames) -> Frames:
    """The clients that ``book`` does not have bear names that sort first, and so do all of their groups."""
    known = set(book["clients"]["client_id"])

    def named(client: str) -> str:
        return client if client in known else f"{EARLY[hash_place(client)]}{client}"

    made = {
        name: frame.assign(client_id=frame["client_id"].map(named)) if "client_id" in frame else frame
        for name, frame in other.items()
    }
    groups = [None if pd.isna(group) else f"{EARLY[hash_place(group)]}{group}" for group in made["clients"]["group_id"]]
    made = {
        name: frame.assign(facility_id=[None if pd.isna(one) else f"!{one}" for one in frame["facility_id"]])
        if "facility_id" in frame
        else frame
        for name, frame in made.items()
    }
    return {**made, "clients": made["clients"].assign(group_id=groups)}


def hash_place(text: str) -> int:
    """A place in ``EARLY`` that goes with the length and the last sign of a text."""
    return (len(text) + ord(text[-1])) % len(EARLY)


def _with_newcomers(frames: Frames) -> Frames:
    """Some of the clients that came later joined groups that were there before."""
    clients = frames["clients"]
    names = clients["client_id"].astype(str)
    joins = names.str.startswith(EARLY[1:]) & (names.map(len) % 2 == 0)
    return {**frames, "clients": clients.assign(group_id=clients["group_id"].where(~joins, "G1"))}
