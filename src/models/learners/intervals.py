"""Conformal intervals around expected amounts by risk, tier and size, learned on out-of-time forecasts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from models.vocab import BoolArray, FloatArray, IntArray, TextArray

RISK_EDGES = (0.02, 0.1, 0.5)
"""Probabilities of default at which bands of risk begin, beside the lowest."""
_BINS = 10
_MIN_PER_BIN = 100
"""Bins are not cut smaller: of 100 residuals the place of a quantile is off by half a percent at most on average."""
_MIN_PER_CELL = 40
_LEAST_SHARE = 0.01
"""Below this share of the mean margin a ratio says nothing any more, and amounts are compared."""
_ROUNDING = 1e-9
_ALL = ""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What intervals are drawn around. Shapes (n,), in book currency.

    ``size`` is the expected margin, ``spread`` what a default would cost, and ``risk`` its probability; NaN where no
    defaults are known. ``tier`` is the tier by expectation.
    """

    amount: FloatArray
    size: FloatArray
    spread: FloatArray
    risk: FloatArray
    tier: TextArray

    def band(self) -> IntArray:
        """The band of risk of each client, from 0; the lowest where it is not known."""
        return np.searchsorted(np.asarray(RISK_EDGES), np.nan_to_num(self.risk, nan=0.0), side="right")

    def scale(self, least: float) -> FloatArray:
        """What residuals are counted in: the margin, and where default is likely its standard deviation beside it."""
        chance = np.nan_to_num(self.risk, nan=0.0)
        deviation = np.sqrt(chance * (1.0 - chance)) * np.nan_to_num(self.spread, nan=0.0)
        return np.asarray(np.maximum(self.size, least) + np.where(self.band() >= _RISKY, deviation, 0.0))


_RISKY = 2
"""The band of risk from which on a default is likely enough to lie within an interval."""


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Residuals in units of the scale, from ``low`` to ``high``, per bin of the expected amount.

    A bin reaches from its edge up to the next; the first one also holds everything below.
    """

    edges: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def at(self, expected: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Low and high residual of each client. Shapes (n,)."""
        place = _bin_of(np.asarray(self.edges), expected)
        return np.asarray(self.low)[place], np.asarray(self.high)[place]

    def reaching(self, residual: FloatArray) -> Bands:
        """The same, no narrower than the residuals (n,) of some clients, of which there may be none."""
        low = tuple(float(residual.min(initial=each)) for each in self.low)
        return replace(self, low=low, high=tuple(float(residual.max(initial=each)) for each in self.high))


@dataclass(frozen=True, kw_only=True)
class ConformalBands:
    """Intervals that hold what comes of a client with probability ``level``, by risk of default, tier and size.

    Mondrian conformal prediction over signed residuals: what is asked of all clients is asked of each band of risk, in
    it of each tier, and in that of each bin of expected amount, as far as there are clients enough. A tier with too few
    has the interval of its band of risk, a band with too few that of all from it on, else from one before it on, and no
    narrower than what its own few clients showed. Each tail is left at most half of what ``level`` leaves; what the
    lower one does not need, since the many clients that bring exactly nothing cannot fall below it, goes to the upper.
    Residuals are counted in the margin, not below ``least``, and where default is likely in the standard deviation of
    its loss beside it. An interval always holds the expected amount. Where more clients than ``level`` bring nothing,
    more than ``level`` fall inside.

    Sources: Vovk (2012) for bins; Tibshirani et al. (2019) and Barber et al. (2023) for weights, by which older origins
    count less. Neither ``crepes`` 0.9 (with bins, and unequal tails in predictive systems) nor ``MAPIE`` 1.6 (unequal
    tails) weighs calibration rows or saves without pickle, which is why this is our own.
    """

    level: float
    least: float
    cells: Mapping[str, Bands]
    """Band of risk, and tier where it has its own -> residuals; "" of all clients."""

    @classmethod
    def fit(
        cls, expected: Expected, realised: FloatArray, *, level: float, weight: FloatArray | None = None
    ) -> ConformalBands:
        """Learn from clients (n,) that were foreseen without them; at least one. ``realised`` in book currency.

        ``weight`` says how much each counts beside a client that is to be scored, who counts as the heaviest.

        >>> alike = Expected(amount=np.ones(99), size=np.ones(99), spread=np.full(99, np.nan),
        ...                  risk=np.full(99, np.nan), tier=np.full(99, "A"))
        >>> bands = ConformalBands.fit(alike, np.arange(1.0, 100.0), level=0.9)
        >>> [float(side[0]) for side in bands.around(alike)]
        [1.0, 95.0]
        """
        rows = np.ones(len(realised)) if weight is None else weight / weight.max()
        size = np.maximum(expected.size, 0.0)
        least = max(_LEAST_SHARE * math.fsum(rows * size) / math.fsum(rows), np.finfo(np.float64).tiny)
        residual = (realised - expected.amount) / expected.scale(least)
        band, enough = expected.band(), max(_MIN_PER_CELL, _fewest(level))

        def bands(chosen: BoolArray) -> Bands:
            return _bands(expected.amount[chosen], residual[chosen], rows[chosen], level)

        cells = {_ALL: bands(np.ones(len(realised), dtype=np.bool_))}
        for risk in range(len(RISK_EDGES) + 1):
            wider = [np.asarray(band == risk), *(np.asarray(band >= start) for start in range(risk, -1, -1))]
            found = [chosen for chosen in wider if rows[chosen].sum() >= enough]
            cells[str(risk)] = bands(found[0]) if found else cells[_ALL]
            own = wider[0]
            if not own.all() and rows[own].sum() < enough:
                cells[str(risk)] = cells[str(risk)].reaching(residual[own])
            for name in np.unique(expected.tier).tolist():
                chosen = np.asarray((band == risk) & (expected.tier == name))
                if rows[chosen].sum() >= enough:
                    cells[f"{risk}/{name}"] = bands(chosen)
        return cls(level=level, least=least, cells=cells)

    def around(self, expected: Expected) -> tuple[FloatArray, FloatArray]:
        """Low and high amount of each client, in book currency. Shapes (n,)."""
        band = expected.band()
        low, high = np.zeros(len(expected.amount)), np.zeros(len(expected.amount))
        for risk in range(len(RISK_EDGES) + 1):
            for name in (None, *np.unique(expected.tier).tolist()):
                cell = self.cells.get(str(risk) if name is None else f"{risk}/{name}")
                inside = np.asarray((band == risk) & (True if name is None else expected.tier == name))
                if cell is not None and inside.any():
                    low[inside], high[inside] = cell.at(expected.amount[inside])
        scale = expected.scale(self.least)
        amount = expected.amount
        return np.minimum(amount + scale * low, amount), np.maximum(amount + scale * high, amount)

    def to_json(self) -> str:
        """The bands as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ConformalBands:
        """Read what ``to_json`` wrote."""
        data: dict[str, Any] = json.loads(text)
        cells = {name: _read(bands) for name, bands in data["cells"].items()}
        return cls(level=data["level"], least=data["least"], cells=cells)


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
