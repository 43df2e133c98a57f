"""Rules of outcomes so far: declines that have set in beside those foreseen, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from models.metrics.bootstrap import Interval
from models.vocab import BoolArray, FloatArray, IntArray

SILENT, FAR_BEHIND, BEHIND, NOT_BEHIND = range(4)
"""How a client stands after a part of a horizon: nothing came, less than half of what is a decline, less, more."""
STANDS = (SILENT, FAR_BEHIND, BEHIND)
_FEWEST = 20
"""A stand that fewer clients had before takes the share of all that were behind."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Of clients that stood alike after as long: the share whose decline had set in by then, and of how many it is."""

    share: float
    clients: float

    @property
    def variance(self) -> float:
        """Of the share, by chance; of none that nothing is known."""
        spread = max(self.share * (1.0 - self.share), 1.0 / max(self.clients, 1.0) / 4.0)
        return spread / self.clients if self.clients else 0.25


NEVER_SEEN = Settled(share=1.0, clients=0.0)


def stands(behind: BoolArray, pace: FloatArray, share: float) -> IntArray:
    """How clients stand, by their activity per period as a share of the past's; ``share`` below it is a decline. (n,).

    >>> stands(np.array([True, True, True, False]), np.array([0.0, 0.1, 0.4, 0.9]), 0.5).tolist()
    [0, 1, 2, 3]
    """
    known = np.nan_to_num(pace, nan=0.0)
    by_pace = np.select([known <= 0, known < share / 2], [SILENT, FAR_BEHIND], default=BEHIND)
    return np.where(behind, by_pace, NOT_BEHIND)


def settled_shares(stand: IntArray, set_in: BoolArray) -> dict[int, Settled]:
    """By stand the share of clients whose decline had set in, of past dates whose horizon is over. Shapes (n,).

    Who is behind may catch up: after few periods the more so. Without anybody behind nothing is known.
    """
    behind = stand != NOT_BEHIND
    pooled = _settled(set_in[behind])
    found = {each: _settled(set_in[stand == each]) for each in STANDS}
    return {each: part if part.clients >= _FEWEST else pooled for each, part in found.items()}


def events_so_far(stand: IntArray, settled: Mapping[int, Settled]) -> FloatArray:
    """Of each client the chance that a decline has set in, by how it stands; 0 where it is not behind. (n,)."""
    return np.asarray(np.select([stand == each for each in STANDS], [settled[each].share for each in STANDS], 0.0))


def doubt(stand: IntArray, settled: Mapping[int, Settled]) -> float:
    """Variance of the number of declines since the shares of ``settled`` are not known exactly."""
    return sum(float((stand == each).sum()) ** 2 * settled[each].variance for each in STANDS)


def count_interval(
    foreseen: FloatArray, came: FloatArray, group: IntArray, *, level: float, variance: float = 0.0
) -> Interval:
    """Events that came, with the interval in which the number behind them may well lie. Shapes (n,).

    Of clients with chances ``foreseen``, events scatter by the sum of p (1 - p), and by more where those of a sponsor
    ``group`` share a fate: by the sum of squares of what its members together had too many, over that of single ones.
    ``variance`` is added for what is not known of ``came``.

    >>> p, y = np.full(400, 0.1), np.repeat([1.0, 0.0], [60, 340])
    >>> found = count_interval(p, y, np.arange(400), level=0.95)
    >>> round(found.low), found.estimate, round(found.high)
    (46, 60.0, 74)
    """
    rest = came - foreseen
    alone = float(np.square(rest).sum())
    together = float(np.square(np.bincount(group, weights=rest)).sum()) if len(group) else 0.0
    cluster = max(together / alone, 1.0) if alone > 0 else 1.0
    chance = max(float((foreseen * (1.0 - foreseen)).sum()), float((came * (1.0 - came)).sum()), alone)
    half = float(ndtri((1 + level) / 2)) * math.sqrt(chance * cluster + variance)
    total = float(came.sum())
    return Interval(estimate=total, low=max(total - half, 0.0), high=min(total + half, float(len(came))))


def gap(interval: Interval, foreseen: float) -> float:
    """How far what was foreseen lies outside an interval, over what was foreseen; below 0 or 0 where it lies inside.

    >>> gap(Interval(estimate=30.0, low=25.0, high=35.0), 20.0)
    0.25
    >>> gap(Interval(estimate=30.0, low=25.0, high=35.0), 30.0)
    -0.16666666666666666
    """
    if foreseen <= 0:
        return 0.0
    return max(interval.low - foreseen, foreseen - interval.high) / foreseen


def away_from_one(interval: Interval) -> float:
    """How far an interval stays away from 1; below 0 where it holds it."""
    return max(interval.low - 1.0, 1.0 - interval.high)


def share_interval(interval: Interval, clients: int) -> Interval:
    """The interval of a count as that of a share of the clients."""
    return Interval(estimate=interval.estimate / clients, low=interval.low / clients, high=interval.high / clients)


def group_numbers(labels: IntArray) -> IntArray:
    """Numbers from 0 on for the groups of clients. (n,)."""
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)


def _settled(set_in: BoolArray) -> Settled:
    if not len(set_in):
        return NEVER_SEEN
    return Settled(share=float(set_in.mean()), clients=float(len(set_in)))
