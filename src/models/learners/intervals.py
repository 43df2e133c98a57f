"""Conformal intervals around the expected value by tier and size, learned on out-of-time forecasts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.vocab import BoolArray, FloatArray, IntArray, TextArray

_BINS = 10
_MIN_PER_BIN = 100
"""Bins are not cut smaller: of 100 ratios the place of a quantile is off by half a percent at most on average."""
_MIN_PER_TIER = 40
_LEAST_SHARE = 0.01
"""Below this share of the mean expected value a ratio says nothing any more, and amounts are compared."""
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Realised over expected value, from ``low`` to ``high``, per bin of expected value.

    A bin reaches from its edge up to the next; the first one also holds everything below.
    """

    edges: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def at(self, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Low and high ratio of each client. Shapes (n,)."""
        place = _bin_of(np.asarray(self.edges), expected)
        return np.asarray(self.low)[place], np.asarray(self.high)[place]


@dataclass(frozen=True, kw_only=True)
class ConformalBands:
    """Intervals that hold the realised value of a client with probability ``level``, in its tier and size bin.

    Mondrian conformal prediction: what is asked of all clients is asked of each tier, and within it of each bin of
    expected value, as far as it has clients enough; a tier with too few, or never seen, has the bands of ``pooled``.
    Each tail is left at most half of what ``level`` leaves; what the lower one does not need, since the many clients
    that bring exactly nothing cannot fall below it, goes to the upper. The ratio is realised over expected value, and
    near zero over ``least``, in currency, so that it stays finite. Losses give ratios below zero. An interval always
    holds the expected value. Where more clients than ``level`` bring nothing, more than ``level`` fall inside.

    Sources: Vovk (2012) for bins; Tibshirani et al. (2019) and Barber et al. (2023) for weights, by which older origins
    count less. Neither ``crepes`` 0.9 (with bins, and unequal tails in predictive systems) nor ``MAPIE`` 1.6 (unequal
    tails) weighs calibration rows or saves without pickle, which is why this is our own.
    """

    level: float
    least: float
    tiers: Mapping[str, Bands]
    pooled: Bands

    @classmethod
    def fit(
        cls,
        expected: FloatArray,
        realised: FloatArray,
        tier: TextArray,
        *,
        level: float,
        weight: FloatArray | None = None,
    ) -> ConformalBands:
        """Learn from clients (n,) whose value was foreseen without them; at least one. Both in book currency.

        ``weight`` says how much each counts beside a client that is to be scored, who counts as the heaviest.

        >>> bands = ConformalBands.fit(np.ones(99), np.arange(1.0, 100.0), np.full(99, "A"), level=0.9)
        >>> bands.around(np.ones(1), np.array(["A"]))
        (array([1.]), array([95.]))
        """
        rows = np.ones(len(expected)) if weight is None else weight / weight.max()
        least = _LEAST_SHARE * math.fsum(rows * expected) / math.fsum(rows)
        ratio = realised / np.maximum(expected, least)

        def bands(chosen: BoolArray) -> Bands:
            return _bands(expected[chosen], ratio[chosen], rows[chosen], level)

        enough = max(_MIN_PER_TIER, _fewest(level))
        known = [name for name in np.unique(tier).tolist() if rows[tier == name].sum() >= enough]
        return cls(
            level=level,
            least=least,
            tiers={name: bands(np.asarray(tier == name)) for name in known},
            pooled=bands(np.ones(len(expected), dtype=bool)),
        )

    def around(self, expected: FloatArray, tier: TextArray) -> tuple[FloatArray, FloatArray]:
        """Low and high value of each client, in book currency. Shapes (n,)."""
        low, high = self.pooled.at(expected)
        for name, bands in self.tiers.items():
            inside = np.asarray(tier == name)
            low[inside], high[inside] = bands.at(expected[inside])
        size = np.maximum(expected, self.least)
        return np.minimum(size * low, expected), np.maximum(size * high, expected)

    def to_json(self) -> str:
        """The bands as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ConformalBands:
        """Read what ``to_json`` wrote."""
        data: dict[str, Any] = json.loads(text)
        tiers = {name: _read(bands) for name, bands in data["tiers"].items()}
        return cls(level=data["level"], least=data["least"], tiers=tiers, pooled=_read(data["pooled"]))


def _read(data: Mapping[str, Any]) -> Bands:
    return Bands(**{name: tuple(data[name]) for name in ("edges", "low", "high")})


def _fewest(level: float) -> int:
    """With fewer clients the extremes seen hold less than the level."""
    return math.ceil(2 / (1 - level))


def _bands(expected: FloatArray, ratio: FloatArray, weight: FloatArray, level: float) -> Bands:
    """Bins of about equal weight; clients of one expected value share a bin."""
    order = np.lexsort((weight, expected))
    until = np.cumsum(weight[order])
    bins = int(np.clip(until[-1] // max(_MIN_PER_BIN, _fewest(level)), 1, _BINS))
    starts = np.searchsorted(until, until[-1] * np.arange(1, bins) / bins, side="right")
    edges = np.unique(expected[order][np.concatenate([[0], starts])])
    place = _bin_of(edges, expected)
    found = [_interval(ratio[place == number], weight[place == number], level) for number in range(len(edges))]
    low, high = zip(*found, strict=True)
    return Bands(edges=tuple(edges.tolist()), low=low, high=high)


def _bin_of(edges: FloatArray, expected: FloatArray) -> IntArray:
    return np.asarray(np.maximum(np.searchsorted(edges, expected, side="right") - 1, 0))


def _interval(ratio: FloatArray, weight: FloatArray, level: float) -> tuple[float, float]:
    """Low and high quantile of one bin; the client to be scored, of weight 1, counts as outside on either side.

    Of n + 1 exchangeable ratios the new one lies below the k-th smallest of n in at most k cases.
    """
    order = np.lexsort((weight, ratio))
    ordered, until = ratio[order], np.cumsum(weight[order])
    whole, outside = until[-1] + 1.0, until - weight[order] + 1.0
    place = int(np.searchsorted(outside, whole * (1 - level) / 2 + _ROUNDING, side="right")) - 1
    low = ordered[max(place, 0)]
    spent = outside[np.searchsorted(ordered, low)]
    place = int(np.searchsorted(until, whole * level + spent - _ROUNDING))
    return float(low), float(ordered[min(place, len(ordered) - 1)])
