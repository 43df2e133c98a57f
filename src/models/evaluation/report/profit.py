"""Profit curve: value that the best-ranked clients bring together, those that lose money included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.evaluation.report.judged import MIN_CLIENTS, Judged
from models.evaluation.report.names import BEST
from models.metrics.inputs import gains
from models.vocab import FloatArray

MAX_POINTS = 50
_TARGET, _OURS = "value", "ours"


@dataclass(frozen=True, kw_only=True)
class ProfitPeak:
    """Where a profit curve is highest: what this share of the clients brings, and what all others add, 0 or less."""

    clients: float
    value: float
    others: float


@dataclass(frozen=True, kw_only=True)
class ProfitCurve:
    """Cumulative value in currency, best-ranked clients first, at shares of the clients (n_points,).

    Attributes:
        realised: ranking -> what came; ``best`` is the ranking that nobody can beat.
        foreseen: what ours foresees of the clients in its own order.
        known: what the truth of a simulated book expects of the clients in that order; None where it is not at hand.
        peaks: ranking -> where what came is highest, of the shares shown.
    """

    clients: tuple[float, ...]
    realised: Mapping[str, tuple[float, ...]]
    foreseen: tuple[float, ...]
    known: tuple[float, ...] | None
    peaks: Mapping[str, ProfitPeak]


def profit_parts(judged: Judged) -> ProfitCurve | None:
    """The profit curve of every ranking of value; None where there is none, or nobody brought or lost anything."""
    rankings = judged.scores.get(_TARGET, {})
    if not rankings or not judged.value.any():
        return None
    shares = np.linspace(0.0, 1.0, min(MAX_POINTS, len(judged) // MIN_CLIENTS) + 1)
    realised = {
        name: _cumulated(judged.value, score, shares) for name, score in {**rankings, BEST: judged.value}.items()
    }
    ours = rankings.get(_OURS, judged.foreseen_value)
    known = judged.known_value
    return ProfitCurve(
        clients=tuple(shares.tolist()),
        realised={name: tuple(line.tolist()) for name, line in realised.items()},
        foreseen=tuple(_cumulated(judged.foreseen_value, ours, shares).tolist()),
        known=None if known is None else tuple(_cumulated(known, ours, shares).tolist()),
        peaks={name: _peak(line, shares) for name, line in realised.items()},
    )


def _cumulated(amount: FloatArray, score: FloatArray, shares: FloatArray) -> FloatArray:
    return gains(amount, score, np.ones(amount.size)).amount_at(shares * amount.size)


def _peak(line: FloatArray, shares: FloatArray) -> ProfitPeak:
    place = int(np.argmax(line))
    return ProfitPeak(clients=float(shares[place]), value=float(line[place]), others=float(line[-1] - line[place]))
