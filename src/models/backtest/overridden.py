"""Outcomes of clients whose tier a person decided, beside those of the tier by rule and of the one asked for.

EU 2022/439, Article 39 asks that overrides are stored and analysed, also for having been right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.backtest.contents import OverriddenWay, OverrideOutcome, OverrideOutcomes
from models.backtest.day import Replayed
from models.backtest.lists import DOWN, SAME, UP
from models.config.policy.tiers import TierScale
from models.grading.known_overrides import COUNTING
from models.vocab import BoolArray, FloatArray, TextArray


def override_outcomes(replayed: Sequence[Replayed], scale: TierScale) -> OverrideOutcomes | None:
    """By way of the override, what became of the clients and of those it is held against; None without overrides.

    ``by_rule`` are clients without an override in the tiers that the rules gave the overridden, ``as_asked`` those in
    the tiers that they got, both weighted to as many in each tier as there are overridden.
    """
    counting = np.isin(_joined(replayed, "override"), COUNTING)
    if not counting.any():
        return None
    ruled, got = (_joined(replayed, name) for name in ("tier", "overridden"))
    better, ways = scale.ranks(ruled, len(ruled)) - scale.ranks(got, len(got)), {}
    for way, chosen in ((UP, better > 0), (DOWN, better < 0), (SAME, better == 0)):
        mine = counting & chosen
        if mine.any():
            ways[way] = OverriddenWay(
                clients=int(mine.sum()),
                overridden=_outcome(replayed, mine.astype(np.float64)),
                by_rule=_outcome(replayed, _alike(ruled, ruled[mine], ~counting)),
                as_asked=_outcome(replayed, _alike(ruled, got[mine], ~counting)),
            )
    return OverrideOutcomes(clients=int(counting.sum()), share=float(counting.mean()), ways=ways)


def _alike(tier: TextArray, wanted: TextArray, free: BoolArray) -> FloatArray:
    """Weights of clients without an override, by which their mix of tiers is that of ``wanted``. Shape (n_clients,)."""
    weights = np.zeros(len(tier))
    for name, clients in zip(*np.unique(wanted, return_counts=True), strict=True):
        there = free & (tier == name)
        if there.any():
            weights[there] = clients / there.sum()
    return weights


def _outcome(replayed: Sequence[Replayed], weights: FloatArray) -> OverrideOutcome:
    total = float(weights.sum())
    if total <= 0:
        return OverrideOutcome(value=None, declined=None, loss=None)
    losses = [each.lending.loss for each in replayed if each.lending is not None]
    lost = np.concatenate(losses) if len(losses) == len(replayed) else None
    return OverrideOutcome(
        value=float(weights @ _joined(replayed, "value")) / total,
        declined=float(weights @ _joined(replayed, "declined").astype(np.float64)) / total,
        loss=None if lost is None else float(weights @ lost) / total,
    )


def _joined(replayed: Sequence[Replayed], name: str) -> np.ndarray[Any, np.dtype[Any]]:
    return np.concatenate([np.asarray(getattr(each, name)) for each in replayed])
