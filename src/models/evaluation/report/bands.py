"""Bands of clients by what was predicted of them, never by what came: probability of default, and value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.evaluation.report.groups import Group
from models.evaluation.report.judged import MIN_CLIENTS
from models.metrics.inputs import mean_ranks
from models.vocab import BoolArray, FloatArray, IntArray

RISK_EDGES = (0.02, 0.1, 0.5)
"""Probabilities of default within the horizon: sound, to be watched, doubtful, as good as lost."""
VALUE_EDGES = (0.02, 0.1, 0.5, 0.9)
"""Shares of the clients, the lowest predicted value first: few lose money, and the last tenth brings most of it."""


@dataclass(frozen=True, eq=False)
class Band(Group):
    """Clients from ``low`` to ``high``: probabilities, or ranks as shares of all clients; 0 and 1 are open ends."""

    low: float
    high: float


def risk_bands(probability: FloatArray) -> list[Band]:
    """Clients by predicted probability of default (n_clients,), the lowest first.

    >>> found = risk_bands(np.array([0.01] * 9 + [0.3] * 6 + [0.7] * 2))
    >>> [(band.name, int(band.inside.sum())) for band in found]
    [('under 2%', 9), ('over 10%', 8)]
    """
    bands = _bands(np.searchsorted(RISK_EDGES, probability, side="right"), RISK_EDGES)
    return [Band(_risk_name(low, high), inside, low, high) for low, high, inside in bands]


def value_bands(value: FloatArray) -> list[Band]:
    """Clients by the rank of their predicted value (n_clients,), the lowest first; equal values share a band.

    >>> [(band.name, int(band.inside.sum())) for band in value_bands(np.arange(400.0))]
    [('lowest 2%', 8), ('2% to 10%', 32), ('10% to 50%', 160), ('50% to 90%', 160), ('highest 10%', 40)]
    """
    place = (mean_ranks(value, np.ones(value.size)) - 0.5) / max(value.size, 1)
    bands = _bands(np.searchsorted(VALUE_EDGES, place, side="right"), VALUE_EDGES)
    return [Band(_value_name(low, high), inside, low, high) for low, high, inside in bands]


def _bands(place: IntArray, edges: Sequence[float]) -> list[tuple[float, float, BoolArray]]:
    """Bands with clients; one of fewer than ``MIN_CLIENTS`` joins the one before it, the first the one after it."""
    counts = np.bincount(place, minlength=len(edges) + 1)
    bands = [(number, number) for number in np.flatnonzero(counts).tolist()]
    sizes = [int(counts[first]) for first, _ in bands]
    while len(bands) > 1 and min(sizes) < MIN_CLIENTS:
        start = max(sizes.index(min(sizes)) - 1, 0)
        bands[start : start + 2] = [(bands[start][0], bands[start + 1][1])]
        sizes[start : start + 2] = [sizes[start] + sizes[start + 1]]
    borders = (0.0, *edges, 1.0)
    return [(borders[first], borders[last + 1], (place >= first) & (place <= last)) for first, last in bands]


def _risk_name(low: float, high: float) -> str:
    if (low, high) == (0, 1):
        return "any"
    if low == 0:
        return f"under {high:.0%}"
    return f"over {low:.0%}" if high == 1 else f"{low:.0%} to {high:.0%}"


def _value_name(low: float, high: float) -> str:
    if (low, high) == (0, 1):
        return "any"
    if low == 0:
        return f"lowest {high:.0%}"
    return f"highest {1 - low:.0%}" if high == 1 else f"{low:.0%} to {high:.0%}"
