"""Causes of decline, predicted against observed, and their lift where they were predicted most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.evaluation.report.frequency import EVERYBODY, frequency
from models.evaluation.report.judged import MIN_CLIENTS, JudgedCurve
from models.metrics.inputs import rank_bins
from models.vocab import BoolArray, FloatArray

LIKELIEST, OTHERS = "likeliest fifth", "other four fifths"
_PARTS = 5


@dataclass(frozen=True, kw_only=True)
class CauseGroup:
    """One cause in a group of clients: its foreseen and realised share until the horizon, the latter with its range.

    ``known`` is what could be known of it; None where no truth is at hand.
    """

    name: str
    clients: int
    foreseen: float
    known: float | None
    realised: float
    low: float
    high: float


def cause_parts(curve: JudgedCurve) -> Mapping[str, tuple[CauseGroup, ...]]:
    """Cause -> foreseen and realised share until the horizon, and what could be known: of all, and by likelihood.

    The likeliest fifth has the highest foreseen chance of that cause. Empty where causes are not known.
    """
    if curve.cause is None:
        return {}
    return {
        name: _groups(said[:, -1], curve.cause == place, curve.known.get(name))
        for place, (name, said) in enumerate(curve.incidence.items())
    }


def _groups(foreseen: FloatArray, came: BoolArray, known: FloatArray | None) -> tuple[CauseGroup, ...]:
    likeliest = rank_bins(foreseen, np.ones(len(foreseen)), _PARTS) == _PARTS - 1
    groups = {EVERYBODY: np.ones(len(foreseen), dtype=np.bool_)}
    if min(likeliest.sum(), (~likeliest).sum()) >= MIN_CLIENTS:  # else one part could be reckoned from the other
        groups |= {LIKELIEST: likeliest, OTHERS: ~likeliest}
    return tuple(
        CauseGroup(
            name=name,
            clients=int(inside.sum()),
            foreseen=float(foreseen[inside].mean()),
            known=None if known is None else float(known[inside].mean()),
            **frequency(float(came[inside].mean()), float(inside.sum())),
        )
        for name, inside in groups.items()
    )
