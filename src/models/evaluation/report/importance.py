"""Feature importance of the models, and its stability from origin to origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import numpy as np

from models.codec import written_as
from models.errors import TooLittleDataError
from models.metrics.bootstrap import Interval
from models.metrics.ranking import spearman

MAX_FEATURES = 20
Importance = Mapping[str, Mapping[str, float]]
"""Model -> feature, or group of features -> gain, not negative, in any unit."""
MAIN_METRIC = {"decline": "auc", "value": "normalized_gini"}
"""Target -> the metric by which benchmarks are compared."""
Figures = Mapping[str, Interval]
"""Metric -> its figure with a 95% interval; one that the clients leave open is absent."""


@dataclass(frozen=True, kw_only=True)
class FeatureShare:
    """A feature's share of all gain of a model."""

    name: str
    share: float


@dataclass(frozen=True, kw_only=True)
class OtherFeatures:
    """How many features are not named, and their share of all gain together."""

    count: int
    share: float


@dataclass(frozen=True, kw_only=True)
class ModelImportance:
    """The features of the largest gain, what the others hold together, and how many are never used."""

    features: tuple[FeatureShare, ...]
    others: OtherFeatures
    unused: int


@dataclass(frozen=True, kw_only=True)
class MetricByOrigin:
    """The main metric of each benchmark at each test origin, in their order; None where it was not there."""

    metric: str
    benchmarks: Annotated[Mapping[str, tuple[Interval | None, ...]], written_as("contenders")]


@dataclass(frozen=True, kw_only=True)
class Stability:
    """How much main metrics and importance change over the test origins.

    ``importance``: model -> rank correlation of gains between every two origins, None where one model leans on all
    features alike. Shapes (n_origins, n_origins).
    """

    as_of: tuple[date, ...]
    metrics: Mapping[str, MetricByOrigin]
    importance: Mapping[str, tuple[tuple[float | None, ...], ...]]


def importance_parts(importance: Importance) -> Mapping[str, ModelImportance]:
    """Model -> the features of the largest gain, as shares of all gain, and how much the others hold together."""
    return {model: _largest(gains) for model, gains in importance.items()}


def _largest(gains: Mapping[str, float]) -> ModelImportance:
    total = sum(gains.values()) or 1.0
    ranked = sorted(((name, gain) for name, gain in gains.items() if gain > 0), key=lambda item: (-item[1], item[0]))
    shown = ranked[:MAX_FEATURES]
    others = sum(gain for _, gain in ranked[MAX_FEATURES:]) / total
    return ModelImportance(
        features=tuple(FeatureShare(name=name, share=gain / total) for name, gain in shown),
        others=OtherFeatures(count=len(ranked) - len(shown), share=others),
        unused=len(gains) - len(ranked),
    )


def stability_parts(
    as_of: Sequence[date],
    metrics: Mapping[str, Sequence[Mapping[str, Figures]]],
    importances: Sequence[Importance] = (),
) -> Stability:
    """What changes over the test origins ``as_of``.

    ``metrics``: target -> the figures of each benchmark at each origin; ``importances``, one per origin or none, the
    whole gains of each.
    """
    return Stability(
        as_of=tuple(as_of),
        metrics={target: _over_origins(metrics[target], metric) for target, metric in MAIN_METRIC.items()},
        importance={model: _correlations([each[model] for each in importances]) for model in _shared(importances)},
    )


def _over_origins(origins: Sequence[Mapping[str, Figures]], metric: str) -> MetricByOrigin:
    names = dict.fromkeys(name for origin in origins for name in origin)
    by_origin = {name: tuple(origin.get(name, {}).get(metric) for origin in origins) for name in names}
    return MetricByOrigin(metric=metric, benchmarks=by_origin)


def _shared(importances: Sequence[Importance]) -> list[str]:
    if len(importances) < 2:  # noqa: PLR2004
        return []
    return [model for model in importances[0] if all(model in each for each in importances)]


def _correlations(gains: Sequence[Mapping[str, float]]) -> tuple[tuple[float | None, ...], ...]:
    names = sorted({name for each in gains for name in each})
    table = np.array([[each.get(name, 0.0) for name in names] for each in gains])
    return tuple(tuple(_correlation(one, other) for other in table) for one in table)


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    try:
        return spearman(one, other)
    except TooLittleDataError:
        return None
