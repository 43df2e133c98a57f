"""Anchors of the chain of decisions in the ledger of publications: each run names the last entry that it read.

A chain that was written anew from some entry on, or cut off, holds by itself; beside the ledger it does not, unless
that was written anew as well, of which sinks keep a copy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from models.codec import JsonValue
from models.decisions.database import ReviewDatabase
from models.decisions.entries import BrokenChainError, Entry
from models.publications.ledger import Publication, PublicationLedger

NUMBER, SEAL = "decisions", "decisions_seal"
"""Keys of the evidence of a publication: the number of the last entry that was read, and its seal."""


def anchor_of(entries: Sequence[Entry]) -> Mapping[str, JsonValue]:
    """What a publication records of the chain that its run read; nothing where there was none."""
    return {NUMBER: entries[-1].number, SEAL: entries[-1].seal} if entries else {}


def anchored_entries(database: ReviewDatabase, scores: Path) -> tuple[Entry, ...]:
    """The chain of a database, held against what publications below ``scores`` read of it.

    Raises ``BrokenChainError`` for the first entry that does not hold, or is not the one that was read.
    """
    entries = database.entries()
    lost = lost_anchor(PublicationLedger(scores).entries(), entries, place=database.label)
    if lost is not None:
        raise lost
    return entries


def lost_anchor(
    publications: Sequence[Publication], entries: Sequence[Entry], *, place: str
) -> BrokenChainError | None:
    """The first entry that a publication read and that is another now, or lacking; None where all are as they were.

    ``entries`` is a chain that holds by itself, of the database ``place``.
    """
    for publication in publications:
        number, seal = publication.evidence.get(NUMBER), publication.evidence.get(SEAL)
        if not isinstance(number, int):
            continue
        if number > len(entries):
            differs = f"it is lacking, and publication {publication.number} read up to it"
            return BrokenChainError(number, differs, place=place)
        if entries[number - 1].seal != seal:
            differs = f"publication {publication.number} read another entry in its place"
            return BrokenChainError(number, differs, place=place)
    return None
