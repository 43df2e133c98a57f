"""Hysteresis: publish a new label only after it held for N periods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.errors import UserError
from models.vocab import IntArray, TextArray

NONE = ""
"""No kind: of a client that was not there before."""


@dataclass(frozen=True, kw_only=True)
class HysteresisState:
    """What is published, and what is about to replace it. Shapes (n,).

    ``periods`` counts for how many periods ``candidate`` has differed from ``kind``; 0 where it is the same.
    """

    kind: TextArray
    candidate: TextArray
    periods: IntArray


def held(
    raw: TextArray, previous: HysteresisState | None, *, hold_periods: int, elapsed_periods: int = 1
) -> HysteresisState:
    """What to publish now that the rule says ``raw`` (n,), after ``previous`` was published ``elapsed_periods`` ago.

    A kind changes when the rule has said the same other kind for ``hold_periods`` periods; a gap between two runs
    counts in full. A client without a past (kind ``NONE``) takes what the rule says.

    >>> before = HysteresisState(kind=np.array(["maturity"]), candidate=np.array(["decline"]), periods=np.array([1]))
    >>> again = held(np.array(["decline"]), before, hold_periods=3)
    >>> str(again.kind[0]), int(again.periods[0])
    ('maturity', 2)
    >>> str(held(np.array(["decline"]), again, hold_periods=3).kind[0])
    'decline'
    """
    if previous is None:
        return HysteresisState(kind=raw, candidate=raw, periods=np.zeros(len(raw), dtype=np.int64))
    if elapsed_periods < 0:
        raise UserError(
            rule="earlier scores must lie before the as-of date",
            got=f"{-elapsed_periods} periods after it",
            remedy="name scores of an earlier as-of date",
        )
    differs = raw != previous.kind
    since = np.where(raw == previous.candidate, previous.periods, 0) + elapsed_periods
    moves = (previous.kind == NONE) | (differs & (since >= hold_periods))
    return HysteresisState(
        kind=np.where(moves, raw, previous.kind),
        candidate=raw,
        periods=np.where(differs & ~moves, since, 0),
    )
