"""Clients without activity at a test origin against what came of them, beside the mean of their segment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from models.errors import TooLittleDataError
from models.metrics.bootstrap import Interval, Resampling
from models.metrics.coverage import interval_coverage
from models.metrics.ranking import auc
from models.vocab import BoolArray, FloatArray

THIRDS = 3
FEWEST = 20
"""A group of fewer clients is judged with the others only."""


@dataclass(frozen=True, kw_only=True)
class ColdStartTotal:
    """Sums over some clients, in currency; ``known`` is what could be known, None of a book without a truth.

    ``segment`` is what the mean of those without activity in each client's segment would have foreseen.
    """

    clients: int
    foreseen: float
    realised: float
    known: float | None
    segment: float


@dataclass(frozen=True, kw_only=True)
class ColdStartGroup:
    """One group of clients: how declines were ranked, and at which level.

    ``auc``, and that of the ``segment`` and of what could be known (``known_auc``), are None where all or none stayed
    without activity. ``thirds`` are of foreseen value, the highest first; ``covered`` is the share of values inside
    their interval, None where there were none.
    """

    name: str
    auc: Interval | None
    segment_auc: float | None
    known_auc: float | None
    foreseen_decline: float
    realised_decline: float
    known_decline: float | None
    total: ColdStartTotal
    thirds: tuple[ColdStartTotal, ...]
    covered: float | None


@dataclass(frozen=True, kw_only=True)
class ColdStartOrigin:
    """The cold start at one test origin, learned from ``rows`` of earlier ones; the first group holds all clients."""

    as_of: date
    rows: int
    level: float
    groups: tuple[ColdStartGroup, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class JudgedColdStart:
    """What was foreseen of clients without activity, what came, and what else could have been said. Shapes (n,).

    ``known_value`` and ``known_decline`` are None of a book without a truth; bounds are NaN where there were none.
    """

    value: FloatArray
    declined: FloatArray
    foreseen: FloatArray
    low: FloatArray
    high: FloatArray
    decline: FloatArray
    segment_value: FloatArray
    segment_decline: FloatArray
    known_value: FloatArray | None
    known_decline: FloatArray | None

    def group(self, name: str, chosen: BoolArray, resampling: Resampling) -> ColdStartGroup:
        """The figures of some of the clients; ``resampling`` holds the sponsor groups of all."""
        declined, rows = self.declined[chosen], np.flatnonzero(chosen)
        drawn = Resampling(groups=resampling.groups[chosen], resamples=resampling.resamples, seed=resampling.seed)
        ranked = rows[np.argsort(-self.foreseen[rows], kind="stable")]
        bounded = not np.isnan(self.low[chosen]).any()
        return ColdStartGroup(
            name=name,
            auc=_interval(declined, self.decline[chosen], drawn),
            segment_auc=_auc(declined, self.segment_decline[chosen]),
            known_auc=None if self.known_decline is None else _auc(declined, self.known_decline[chosen]),
            foreseen_decline=float(self.decline[chosen].mean()),
            realised_decline=float(declined.mean()),
            known_decline=None if self.known_decline is None else float(self.known_decline[chosen].mean()),
            total=self._total(rows),
            thirds=tuple(self._total(part) for part in np.array_split(ranked, THIRDS)),
            covered=interval_coverage(self.value[chosen], self.low[chosen], self.high[chosen]) if bounded else None,
        )

    def _total(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> ColdStartTotal:
        return ColdStartTotal(
            clients=len(rows),
            foreseen=float(self.foreseen[rows].sum()),
            realised=float(self.value[rows].sum()),
            known=None if self.known_value is None else float(self.known_value[rows].sum()),
            segment=float(self.segment_value[rows].sum()),
        )


def _auc(declined: FloatArray, score: FloatArray) -> float | None:
    try:
        return auc(declined, score)
    except TooLittleDataError:
        return None


def _interval(declined: FloatArray, score: FloatArray, resampling: Resampling) -> Interval | None:
    try:
        return resampling.draws(auc, declined, score).interval()
    except TooLittleDataError:
        return None
