"""Two editions of one random book: as it stood on a day, and as it stands later, with all that has come since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from models.tables.book import Book
from support.books import AS_OF, book_of
from support.random_books import Frames, random_book, with_future_of

KNOWN_UNTIL = date(2021, 4, 1)
CLIENTS = 400
EARLY = ("", " first", "!", "0000", "AAA")
"""What names of clients and groups that come later begin with: they sort before those that were there."""


@dataclass(frozen=True, kw_only=True)
class Editions:
    """The same book known until ``AS_OF``, and until nine months after."""

    before: Book
    after: Book


def editions(seed: int, folder: Path, *, causes: bool = True) -> Editions:
    """A book from a seed, and what it became: later rows in every table, and clients and groups that came since.

    ``causes``: whether the first edition tells how facilities ended.
    """
    book, other = _plain(random_book(seed, CLIENTS)), _plain(random_book(seed + 1, CLIENTS + CLIENTS // 3))
    if not causes:
        book["facilities"] = book["facilities"].assign(exit_cause=None)
    nothing = {name: frame.iloc[:0] for name, frame in book.items()}
    before = _still_open(with_future_of(book, nothing, AS_OF))
    after = _with_newcomers(with_future_of(book, _renamed(other, book), AS_OF))
    return Editions(
        before=book_of(before, folder / "before", known_until=AS_OF),
        after=book_of(after, folder / "after", known_until=KNOWN_UNTIL),
    )


def _plain(frames: Frames) -> Frames:
    """Without amounts that no lender has: here they would drown all others."""
    flows = frames["cashflows"]
    return {**frames, "cashflows": flows.assign(amount=[abs(float(amount)) % 1e5 for amount in flows["amount"]])}


def _still_open(frames: Frames) -> Frames:
    """What ended on the day after the edition had not ended."""
    made = dict(frames)
    for name, told in {"facilities": "exit_cause", "opportunities": "outcome"}.items():
        open_now = made[name]["closed"].map(lambda day: pd.isna(day) or day >= AS_OF)
        made[name] = made[name].assign(
            closed=made[name]["closed"].where(~open_now, None), **{told: made[name][told].where(~open_now, None)}
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
    facilities = made["facilities"]["facility_id"]
    return {
        **made,
        "clients": made["clients"].assign(group_id=groups),
        "facilities": made["facilities"].assign(facility_id="!" + facilities),
        "cashflows": made["cashflows"].assign(
            facility_id=[None if pd.isna(one) else f"!{one}" for one in made["cashflows"]["facility_id"]]
        ),
    }


def hash_place(text: str) -> int:
    """A place in ``EARLY`` that goes with the length and the last sign of a text."""
    return (len(text) + ord(text[-1])) % len(EARLY)


def _with_newcomers(frames: Frames) -> Frames:
    """Some of the clients that came later joined groups that were there before."""
    clients = frames["clients"]
    names = clients["client_id"].astype(str)
    joins = names.str.startswith(EARLY[1:]) & (names.map(len) % 2 == 0)
    return {**frames, "clients": clients.assign(group_id=clients["group_id"].where(~joins, "G1"))}
