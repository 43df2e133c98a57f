"""Reasons why a figure, a group or an effect is not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from models.text import Text, in_a_row

_TABLES: Final = {
    "surveys": Text("surveys", "table"),
    "interactions": Text("interactions", "table"),
    "campaigns": Text("campaigns", "table"),
}
_NO_TABLE: Final = Text("the book has no {table}")
_NO_TABLES: Final = Text("the book has no {table} and no {other}")
_NO_SCORES: Final = Text("no scores were published up to {day}")
_ONE_DATE: Final = Text("scores were published at one date only")
_NO_REGIONS: Final = Text("the book tells no regions")
_NO_DIMENSION: Final = Text("the scores tell no {dimension}")
DIMENSIONS: Final = {
    "tier": Text("tier", "group of clients"),
    "segment": Text("segment", "group of clients"),
    "type": Text("type", "group of clients"),
    "region": Text("region", "group of clients"),
}
"""By what clients are grouped."""
PARTS: Final = {
    "satisfaction": Text("satisfaction", "part of the relationship score"),
    "loyalty": Text("loyalty", "part of the relationship score"),
    "answers": Text("answers", "part of the relationship score"),
    "complaints": Text("complaints", "part of the relationship score"),
    "participation": Text("participation", "part of the relationship score"),
    "retention": Text("retention", "part of the relationship score"),
}
_WITHOUT: Final = Text("without {parts}", "relationship score")
_BORROWED: Final = Text("{parts} as in the whole book", "relationship score")
_BOTH: Final = Text("{lacking}; {borrowed}", "relationship score")


def no_tables(absent: Sequence[str]) -> Text:
    """The tables that a figure needs and the book lacks, one or two.

    >>> no_tables(["surveys"]).within("en")
    'the book has no surveys'
    """
    first, *other = (_TABLES[name] for name in absent)
    return _NO_TABLES.filled(table=first, other=other[0]) if other else _NO_TABLE.filled(table=first)


def no_scores_until(day: date) -> Text:
    """That nobody was scored by a day."""
    return _NO_SCORES.filled(day=day.isoformat())


def one_date_only() -> Text:
    """That there are no two runs between which anybody could move."""
    return _ONE_DATE


def no_groups(dimension: str) -> Text:
    """That nothing tells of a dimension who belongs where."""
    return _NO_REGIONS if dimension == "region" else _NO_DIMENSION.filled(dimension=DIMENSIONS[dimension])


def score_parts(lacking: Sequence[str], borrowed: Sequence[str]) -> Text | None:
    """The parts of the relationship score that nobody knows, and those that stand as in the whole book.

    >>> score_parts(["loyalty"], ["answers", "retention"]).within("en")
    'without loyalty; answers, retention as in the whole book'
    """
    without = _WITHOUT.filled(parts=in_a_row([PARTS[name] for name in lacking])) if lacking else None
    as_whole = _BORROWED.filled(parts=in_a_row([PARTS[name] for name in borrowed])) if borrowed else None
    if without is not None and as_whole is not None:
        return _BOTH.filled(lacking=without, borrowed=as_whole)
    return without or as_whole
