"""The report of ``clientvalue audit verify``: how long the chain of decisions is, and whether it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.decisions.entries import BrokenChainError, Entry, is_erased


@dataclass(frozen=True, kw_only=True)
class ChainReport:
    """A chain of decisions that was looked at from its first entry to its last.

    Attributes:
        database: its address, without secrets.
        holds: whether every entry is as it was written.
        entries: how many there are; up to the first that does not hold, where one does not.
        first_broken: the number of that entry, 0 where all hold; ``problem`` says what is wrong.
        acts: how many entries record which act, "erased" of those that record nothing any more.
        last, last_seal: when the last was recorded (UTC), and its seal, by which a copy is known; None, "" if none.
    """

    database: str
    holds: bool
    entries: int
    first_broken: int = 0
    problem: str = ""
    acts: Mapping[str, int]
    erased: int = 0
    """How many entries lost their content, since their client was forgotten; they count among ``entries``."""
    last: datetime | None = None
    last_seal: str = ""


def chain_report(database: str, entries: Sequence[Entry]) -> ChainReport:
    """The report of a chain that holds."""
    acts = Counter(str(entry.act) for entry in entries)
    return ChainReport(
        database=database,
        holds=True,
        entries=len(entries),
        acts=dict(sorted(acts.items())),
        erased=sum(is_erased(entry) for entry in entries),
        last=entries[-1].at if entries else None,
        last_seal=entries[-1].seal if entries else "",
    )


def broken_report(database: str, error: BrokenChainError) -> ChainReport:
    """The report of a chain that does not hold."""
    return ChainReport(
        database=database,
        holds=False,
        entries=error.number - 1,
        first_broken=error.number,
        problem=str(error),
        acts={},
    )
