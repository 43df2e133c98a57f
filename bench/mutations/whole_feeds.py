"""Ways in which a whole feed goes wrong: it is old, cut off, delivered twice in part, or of other clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd
from bench.mutations.feeds import cut_before
from bench.mutations.mutators import Frames, Mutation
from numpy.random import Generator

from models.book.guard.profile import DATED


def whole_feed_mutations(frames: Frames, known_until: date, dice: Generator) -> list[Mutation]:
    """Each of them, on these tables; ``dice`` draws clients and rows."""
    return [
        *_stale(known_until),
        *_cut_off(frames),
        *_delivered_twice(frames, known_until),
        *_of_others(frames, dice),
    ]


def _stale(known_until: date) -> Iterator[Mutation]:
    for days in (7, 31, 92, 365):
        end = known_until - timedelta(days=days)

        def change(frames: Frames, end: date = end) -> None:
            frames.update(cut_before(frames, end))

        yield Mutation(kind="stale feed", table="cashflows", columns=(), detail=f"{days} days old", change=change)


def _cut_off(frames: Frames) -> Iterator[Mutation]:
    for table in frames:
        for share in (0.5, 0.9):
            yield _of(table, "cut off", f"after {share:.0%} of the file", lambda t, s=share: t.iloc[: int(len(t) * s)])


def _delivered_twice(frames: Frames, known_until: date) -> Iterator[Mutation]:
    for table, day in DATED.items():
        if table not in frames:
            continue
        for days in (1, 31):
            start = known_until - timedelta(days=days)
            yield _of(
                table,
                "day twice",
                f"the last {days} days",
                lambda t, d=day, s=start: pd.concat([t, t[(t[d] >= s).fillna(False).astype(bool)]], ignore_index=True),
            )


def _of_others(frames: Frames, dice: Generator) -> Iterator[Mutation]:
    seed = int(dice.integers(2**31))
    for table in ("cashflows", "ratings", "financials", "interactions"):
        if table in frames:
            yield _of(table, "ids rotated", "each client gets the next one's rows", _rotated)
            yield _of(table, "ids mixed", "of a tenth of the clients", lambda t: _mixed(t, seed, 0.1))
    for table, column in (("cashflows", "amount"), ("facilities", "limit"), ("financials", "revenue")):
        if table in frames:
            yield _of(
                table,
                "unit of some",
                "half of the clients in thousands",
                lambda t, c=column: t.assign(**{c: t[c].where(_half(t), t[c] / 1000.0)}),
                column,
            )


def _rotated(rows: pd.DataFrame) -> pd.DataFrame:
    ids = sorted(rows["client_id"].unique())
    return rows.assign(client_id=rows["client_id"].map(dict(zip(ids, [*ids[1:], ids[0]], strict=True))))


def _mixed(rows: pd.DataFrame, seed: int, share: float) -> pd.DataFrame:
    dice = np.random.default_rng(seed)
    ids = sorted(rows["client_id"].unique())
    some = dice.choice(ids, max(int(len(ids) * share), 2), replace=False)
    return rows.assign(client_id=rows["client_id"].replace(dict(zip(some, np.roll(some, 1), strict=True))))


def _half(rows: pd.DataFrame) -> pd.Series:
    return rows["client_id"].map(hash_even)


def hash_even(client: str) -> bool:
    """Whether the letters of an id sum to an even number: half of the clients, the same in every table."""
    return sum(map(ord, str(client))) % 2 == 0


def _of(table: str, kind: str, detail: str, change: Callable[[pd.DataFrame], pd.DataFrame], *columns: str) -> Mutation:
    def apply(frames: Frames) -> None:
        frames[table] = change(frames[table])

    return Mutation(kind=kind, table=table, columns=columns, detail=detail, change=apply)
