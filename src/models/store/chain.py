"""Chains of hashes: entries that are only ever added, each with the seal of the one before and a seal of its own.

A seal is the SHA-256 of everything else in an entry, so that whoever changes, drops or moves one must write all later
ones anew. That entries at the end were cut off shows only beside a copy of a later seal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from models.store.keys import text_hash

FIRST = ""
"""What the first entry holds in the place of the seal of the one before."""


class Chained(Protocol):
    """An entry of a chain: its number from 1, the seal of the one before, and its own."""

    @property
    def number(self) -> int:
        """From 1, without gaps."""

    @property
    def before(self) -> str:
        """The seal of the entry before, ``FIRST`` of the first."""

    @property
    def seal(self) -> str:
        """The seal of all its other fields."""


Link = TypeVar("Link", bound=Chained)


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """The first entry that does not hold: its ``number``, and what of it differs, for a sentence."""

    number: int
    differs: str


def seal_of_text(unsealed: str) -> str:
    """The seal of an entry, of its text in canonical JSON with an empty seal: 64 hexadecimal digits."""
    return text_hash(unsealed)


def _none_erased(_: object) -> bool:
    return False


def first_misfit(
    entries: Iterable[Link], unsealed: Callable[[Link], str], *, is_erased: Callable[[Link], bool] = _none_erased
) -> Misfit | None:
    """The first entry that is not as it was written, None where all hold; ``unsealed`` writes one for its seal.

    Of an entry that ``is_erased`` the seal alone is left: whoever calls says which may be.
    """
    seal = FIRST
    for number, entry in enumerate(entries, start=1):
        if entry.number != number:
            return Misfit(number=number, differs=f"the number {entry.number:,} stands in its place")
        if entry.before != seal:
            return Misfit(number=number, differs="it does not follow the one before, whose seal it must hold")
        seal = entry.seal
        if not is_erased(entry) and seal != seal_of_text(unsealed(entry)):
            return Misfit(number=number, differs="its content is not what it was sealed with")
    return None
