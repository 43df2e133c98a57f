"""Which features the models lean on, and whether they lean on the same ones from origin to origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.errors import TooLittleDataError
from models.metrics.ranking import spearman

MAX_FEATURES = 20
Importance = Mapping[str, Mapping[str, float]]
"""Model -> feature, or group of features -> gain, not negative, in any unit."""
_MAIN_METRIC = {"decline": "auc", "value": "normalized_gini"}


def importance_parts(importance: Importance) -> dict[str, Any]:
    """Model -> the features of the largest gain, as shares of all gain, and how much the others hold together."""
    return {model: _largest(gains) for model, gains in importance.items()}


def _largest(gains: Mapping[str, float]) -> dict[str, Any]:
    total = sum(gains.values()) or 1.0
    ranked = sorted(((name, gain) for name, gain in gains.items() if gain > 0), key=lambda item: (-item[1], item[0]))
    shown = ranked[:MAX_FEATURES]
    return {
        "features": [{"name": name, "share": gain / total} for name, gain in shown],
        "others": {"count": len(ranked) - len(shown), "share": sum(gain for _, gain in ranked[MAX_FEATURES:]) / total},
        "unused": len(gains) - len(ranked),
    }


def stability_parts(origins: Sequence[Mapping[str, Any]], importances: Sequence[Importance] = ()) -> dict[str, Any]:
    """How much main metrics and importance change over the test origins, in the order given.

    ``origins`` are those of the report; ``importances``, one per origin or none, the whole gains of each.
    ``importance`` holds per model the rank correlation of gains between every two origins, None where one model
    leans on all features alike. Shapes (n_origins, n_origins).
    """
    return {
        "as_of": [origin["as_of"] for origin in origins],
        "metrics": {target: _over_origins(origins, target, metric) for target, metric in _MAIN_METRIC.items()},
        "importance": {model: _correlations([each[model] for each in importances]) for model in _shared(importances)},
    }


def _over_origins(origins: Sequence[Mapping[str, Any]], target: str, metric: str) -> dict[str, Any]:
    """Contender -> its figure at each origin, None where it did not compete."""
    names = dict.fromkeys(name for origin in origins for name in origin[target]["metrics"])
    return {
        "metric": metric,
        "contenders": {
            name: [origin[target]["metrics"].get(name, {}).get(metric) for origin in origins] for name in names
        },
    }


def _shared(importances: Sequence[Importance]) -> list[str]:
    if len(importances) < 2:  # noqa: PLR2004
        return []
    return [model for model in importances[0] if all(model in each for each in importances)]


def _correlations(gains: Sequence[Mapping[str, float]]) -> list[list[float | None]]:
    names = sorted({name for each in gains for name in each})
    table = np.array([[each.get(name, 0.0) for name in names] for each in gains])
    return [[_correlation(one, other) for other in table] for one in table]


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    try:
        return spearman(one, other)
    except TooLittleDataError:
        return None
