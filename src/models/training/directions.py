"""Checks monotone constraints against the book; one that the data contradict becomes a notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models.config.learners import MonotoneConfig
from models.config.root import Config
from models.learners.contract import FeatureContract
from models.pipeline.rows import Rows
from models.vocab import FloatArray

MAX_BINS = 10
MIN_PER_BIN = 20
VIOLATED = 3.0
"""Standard errors beyond which a step against the direction is not chance; of ten steps one often exceeds 2."""


@dataclass(frozen=True, kw_only=True)
class DirectionBin:
    """Rows of about the same value of a feature: its mean, the mean outcome, and how many there are."""

    feature: float
    outcome: float
    clients: int


@dataclass(frozen=True, kw_only=True)
class DirectionCheck:
    """A configured direction beside what the rows learned from show: mean outcome by bins of the feature.

    ``against`` is the largest step against the direction between neighbouring bins, in standard errors (0: none);
    ``violated`` says that it is more than chance.
    """

    model: str
    feature: str
    direction: str
    reason: str
    bins: tuple[DirectionBin, ...]
    against: float
    violated: bool


def direction_checks(rows: Rows, contract: FeatureContract, config: Config) -> tuple[DirectionCheck, ...]:
    """Every configured direction. One feature alone is looked at: others may explain what is seen."""
    outcomes = {"value": rows.value, "decline": rows.declined.astype(np.float64)}
    directions = {"value": config.learners.value.monotone, "decline": config.learners.decline.monotone}
    return tuple(
        _check(model, name, wanted, rows.matrix[:, contract.names.index(name)], outcomes[model])
        for model, named in directions.items()
        for name, wanted in _in_order(named)
    )


def _in_order(named: Mapping[str, MonotoneConfig]) -> list[tuple[str, MonotoneConfig]]:
    return sorted(named.items())


def _check(model: str, name: str, wanted: MonotoneConfig, feature: FloatArray, outcome: FloatArray) -> DirectionCheck:
    known = np.isfinite(feature)
    bins = _bins(feature[known], outcome[known])
    against = _against(bins, 1.0 if wanted.direction == "up" else -1.0)
    return DirectionCheck(
        model=model,
        feature=name,
        direction=wanted.direction,
        reason=wanted.reason,
        bins=tuple(DirectionBin(feature=middle, outcome=mean, clients=count) for middle, mean, _, count in bins),
        against=against,
        violated=against > VIOLATED,
    )


def _bins(feature: FloatArray, outcome: FloatArray) -> list[tuple[float, float, float, int]]:
    """Mean feature, mean outcome, its variance and rows of each bin, in rising order; equals stay together."""
    count = int(np.clip(len(feature) // MIN_PER_BIN, 1, MAX_BINS))
    edges = np.unique(np.quantile(feature, np.linspace(0, 1, count + 1)[1:-1])) if len(feature) else np.empty(0)
    place = np.searchsorted(edges, feature, side="left")
    found = []
    for number in np.unique(place):
        inside = outcome[place == number]
        if len(inside) >= MIN_PER_BIN:
            middle = float(feature[place == number].mean())
            found.append((middle, float(inside.mean()), float(inside.var(ddof=1) / len(inside)), len(inside)))
    return found


def _against(bins: list[tuple[float, float, float, int]], sign: float) -> float:
    steps = [
        -sign * (after[1] - before[1]) / np.sqrt(before[2] + after[2])
        for before, after in pairwise(bins)
        if before[2] + after[2] > 0
    ]
    return float(max([0.0, *steps]))
