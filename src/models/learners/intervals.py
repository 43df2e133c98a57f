"""How far the realised value may lie from the expected one: bands of their ratio, learned on a later origin."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.vocab import FloatArray, IntArray

_BINS = 10
_MIN_PER_BIN = 40


@dataclass(frozen=True, kw_only=True)
class RatioBands:
    """Realised over expected value, from a low to a high quantile, per bin of expected value.

    A bin reaches from its edge up to the next; the first one also holds everything below. Split conformal
    within each bin: a client like those of the calibration origin falls inside with probability ``level`` or
    more. Source: Vovk (2012), Mondrian conformal predictors.
    """

    level: float
    edges: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @classmethod
    def fit(cls, expected: FloatArray, realised: FloatArray, *, level: float) -> RatioBands:
        """Learn from clients (n,) whose value was foreseen without them. Both in book currency.

        >>> bands = RatioBands.fit(np.ones(99), np.arange(1.0, 100.0), level=0.9)
        >>> bands.low, bands.high
        ((5.0,), (95.0,))
        """
        fewest = max(_MIN_PER_BIN, math.ceil(2 / (1 - level)))  # below, the extremes seen hold less than the level
        bins = int(np.clip(len(expected) // fewest, 1, _BINS))
        edges = np.unique([part[0] for part in np.array_split(np.sort(expected), bins)])
        place, ratio = _bin_of(edges, expected), realised / expected
        ratios = [np.sort(ratio[place == number]) for number in range(len(edges))]
        return cls(
            level=level,
            edges=tuple(edges.tolist()),
            low=tuple(_quantile(ratio, (1 - level) / 2) for ratio in ratios),
            high=tuple(_quantile(ratio, (1 + level) / 2) for ratio in ratios),
        )

    def around(self, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Low and high value of each client, in book currency. Shapes (n,)."""
        bins = _bin_of(np.asarray(self.edges), expected)
        return expected * np.asarray(self.low)[bins], expected * np.asarray(self.high)[bins]

    def to_json(self) -> str:
        """The bands as text."""
        return json.dumps({"level": self.level, "edges": self.edges, "low": self.low, "high": self.high})

    @classmethod
    def from_json(cls, text: str) -> RatioBands:
        """Read what ``to_json`` wrote."""
        data: dict[str, Any] = json.loads(text)
        return cls(level=data["level"], **{name: tuple(data[name]) for name in ("edges", "low", "high")})


def _bin_of(edges: FloatArray, expected: FloatArray) -> IntArray:
    return np.asarray(np.maximum(np.searchsorted(edges, expected, side="right") - 1, 0))


def _quantile(ordered: FloatArray, level: float) -> float:
    """Conformal quantile: of n + 1 exchangeable ratios, at most that share lies below (low) or above (high)."""
    count = len(ordered)
    exact = round((count + 1) * level, 9)  # 0.05 x 100 is 5, not 4.999...
    place = math.floor(exact) if level < 0.5 else math.ceil(exact)  # noqa: PLR2004
    return float(ordered[int(np.clip(place, 1, count)) - 1])
