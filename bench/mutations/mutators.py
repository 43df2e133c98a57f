"""Ways in which a feed goes wrong, on every table and column, drawn from a seed; frames in, frames out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.random import Generator

from models.book.columns import Kind
from models.book.contract import TABLES
from models.book.guard.profile import DATED
from models.book.names import KIND_COLUMN

Frames = dict[str, pd.DataFrame]
Change = Callable[[Frames], None]
SUFFIXES = ("_usd", "_new", "_1", "_val")
NUMBERS, DATES, TEXTS = (Kind.NUMBER, Kind.INTEGER), (Kind.DATE,), (Kind.TEXT,)


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One way in which a feed goes wrong: its class, where, and the change of the frames in place."""

    kind: str
    table: str
    columns: tuple[str, ...]
    detail: str
    change: Change

    @property
    def name(self) -> str:
        """What it is called in tables."""
        place = f"{self.table}.{' and '.join(self.columns)}" if self.columns else self.table
        return f"{self.kind}: {place}{f' {self.detail}' if self.detail else ''}"


def all_mutations(frames: Frames, known_until: date, dice: Generator) -> list[Mutation]:
    """Every mutation of these tables; ``dice`` draws names, kinds and rows."""
    found: list[Mutation] = []
    for table in (name for name in TABLES if name in frames):
        found += [*_of_columns(frames, table, dice), *_of_rows(table, known_until, dice)]
        found += _of_kinds(frames, table, dice)
    return found


def drawn(mutations: list[Mutation], count: int, dice: Generator) -> list[Mutation]:
    """So many of them, of every class about the same share."""
    shuffled = [mutations[place] for place in dice.permutation(len(mutations))]
    seen: dict[str, int] = {}
    placed = []
    of_kind = {kind: sum(each.kind == kind for each in mutations) for kind in {each.kind for each in mutations}}
    for mutation in shuffled:
        seen[mutation.kind] = seen.get(mutation.kind, 0) + 1
        placed.append((seen[mutation.kind] / of_kind[mutation.kind], mutation.name, mutation))
    return sorted((each for _, _, each in sorted(placed, key=lambda p: p[:2])[:count]), key=lambda each: each.name)


def _names(frames: Frames, table: str, kinds: tuple[Kind, ...]) -> list[str]:
    schema = TABLES[table]
    return [column.name for column in schema.columns if column.kind in kinds and column.name in frames[table].columns]


def _of_columns(frames: Frames, table: str, dice: Generator) -> Iterator[Mutation]:
    numbers, dates, texts = (_names(frames, table, kinds) for kinds in (NUMBERS, DATES, TEXTS))
    filled = [name for name in (*numbers, *dates, *texts) if frames[table][name].notna().any()]
    for name in filled:
        suffix = SUFFIXES[int(dice.integers(len(SUFFIXES)))]
        yield _each(table, "renamed", name, suffix, lambda t, c, s=suffix: t.rename(columns={c: c + s}))
        if name not in TABLES[table].required:
            yield _each(table, "dropped", name, "", lambda t, c: t.drop(columns=c))
            yield _each(table, "emptied", name, "", lambda t, c: t.assign(**{c: None}))
    for name in numbers:
        for size in (1000.0, 0.01):
            yield _each(table, "unit", name, f"x{size:g}", lambda t, c, s=size: t.assign(**{c: t[c] * s}))
        yield _each(table, "sign", name, "", lambda t, c: t.assign(**{c: -t[c]}))
        yield _each(table, "retyped", name, "to text", lambda t, c: t.assign(**{c: t[c].map(_text)}))
    for name in dates:
        yield _each(table, "day and month", name, "", lambda t, c: t.assign(**{c: t[c].map(_exchanged)}))
        yield _each(table, "retyped", name, "to text", lambda t, c: t.assign(**{c: t[c].map(_text)}))
    for first, second in (*combinations(numbers, 2), *combinations(dates, 2), *combinations(texts, 2)):
        if {first, second} <= set(filled):
            yield _swap(table, first, second)


def _each(
    table: str, kind: str, column: str, detail: str, change: Callable[[pd.DataFrame, str], pd.DataFrame]
) -> Mutation:
    def apply(frames: Frames) -> None:
        frames[table] = change(frames[table], column)

    return Mutation(kind=kind, table=table, columns=(column,), detail=detail, change=apply)


def _swap(table: str, first: str, second: str) -> Mutation:
    def apply(frames: Frames) -> None:
        frames[table] = frames[table].rename(columns={first: second, second: first})

    return Mutation(kind="swapped", table=table, columns=(first, second), detail="", change=apply)


def _text(value: float | date | None) -> object:
    return None if pd.isna(value) else str(value)


def _exchanged(value: object) -> object:
    """A day that was read with day and month the other way round, where the calendar allows it."""
    if not isinstance(value, date) or value.day > 12:
        return value
    return date(value.year, value.day, value.month)


def _of_rows(table: str, known_until: date, dice: Generator) -> Iterator[Mutation]:
    seed = int(dice.integers(2**31))
    yield _rows(table, "absent", "", None)
    yield _rows(table, "emptied", "of rows", lambda t: t.iloc[:0])
    yield _rows(table, "doubled", "", lambda t: pd.concat([t, t], ignore_index=True))
    yield _rows(table, "half", "", lambda t: t[np.random.default_rng(seed).random(len(t)) < 0.5])
    day = DATED.get(table)
    if day is None:
        return
    for months in (1, 3, 12):
        end = known_until - timedelta(days=round(months * 30.5))
        yield _rows(table, "late", f"{months} months", lambda t, e=end: t[t[day] < e])
    recent = known_until - timedelta(days=91)
    yield _rows(table, "doubled", "last quarter", lambda t: pd.concat([t, t[t[day] >= recent]], ignore_index=True))
    yield _rows(
        table,
        "half",
        "last quarter",
        lambda t: t[(t[day] < recent) | (np.random.default_rng(seed).random(len(t)) < 0.5)],
    )


def _rows(table: str, kind: str, detail: str, change: Callable[[pd.DataFrame], pd.DataFrame] | None) -> Mutation:
    def apply(frames: Frames) -> None:
        if change is None:
            del frames[table]
        else:
            frames[table] = change(frames[table])

    return Mutation(kind=kind, table=table, columns=(), detail=detail, change=apply)


def _of_kinds(frames: Frames, table: str, dice: Generator) -> Iterator[Mutation]:
    column = KIND_COLUMN.get(table)
    if column is None:
        return
    kinds = sorted(frames[table][column].value_counts().loc[lambda n: n >= 20].index)
    pairs = list(combinations(kinds, 2))
    for place in dice.permutation(len(pairs))[:10]:
        first, second = pairs[int(place)]
        yield _words(table, column, "kinds swapped", f"{first}, {second}", {first: second, second: first})
    for kind in kinds:
        other = [each for each in kinds if each != kind][int(dice.integers(len(kinds) - 1))]
        yield _words(table, column, "wrong kind", f"{kind} as {other}", {kind: other})
    if table == "cashflows":
        for kind in kinds:
            size = (1000.0, 0.01, -1.0)[int(dice.integers(3))]
            yield _amounts(kind, size)


def _words(table: str, column: str, kind: str, detail: str, words: dict[str, str]) -> Mutation:
    def apply(frames: Frames) -> None:
        rows = frames[table]
        frames[table] = rows.assign(**{column: rows[column].replace(words)})

    return Mutation(kind=kind, table=table, columns=(column,), detail=detail, change=apply)


def _amounts(kind: str, size: float) -> Mutation:
    def apply(frames: Frames) -> None:
        rows = frames["cashflows"]
        scaled = rows["amount"].where(rows["kind"] != kind, rows["amount"] * size)
        frames["cashflows"] = rows.assign(amount=scaled)

    detail = f"of {kind} x{size:g}"
    return Mutation(kind="unit of a kind", table="cashflows", columns=("amount",), detail=detail, change=apply)
