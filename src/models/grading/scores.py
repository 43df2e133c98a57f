"""The number of each client in each dimension: a score of its criteria from 0 to 100, or a measure in its own unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.config.policy.dimensions import CriterionConfig, DimensionConfig
from models.config.policy.policy import PolicyConfig
from models.grading.facts import Facts
from models.vocab import FloatArray

FULL = 100.0
FALLBACKS = {
    "value_low": "value",
    "margin": "value",
    "credit_loss_high": "credit_loss",
    "decline_high": "decline_probability",
}
"""A bound or part that nothing is known of -> the prediction that stands for it; in a book without defaults all value
is margin."""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """One dimension of some clients. NaN: unknown, which is neither good nor bad.

    Attributes:
        numbers: (n_clients,), in the dimension's unit.
        points: (n_criteria, n_clients), of each criterion; none for a measure.
    """

    numbers: FloatArray
    points: FloatArray


def scores_of(settings: PolicyConfig, facts: Facts) -> dict[str, Scored]:
    """Dimension -> its numbers; each client's depend on nothing but its own facts."""
    found: dict[str, Scored] = {}
    for name, dimension in settings.dimensions.items():
        found[name] = _measured(dimension, settings, facts) if dimension.measure else _counted(dimension, facts, found)
    return found


def observed(criterion: CriterionConfig, facts: Facts, found: Mapping[str, Scored]) -> pd.Series | None:
    """What a criterion looks at, one entry per client; None where the book has no such feature."""
    if criterion.dimension:
        return pd.Series(found[criterion.dimension].numbers)
    if criterion.prediction:
        return pd.Series(getattr(facts, criterion.prediction))
    return facts.features.get(criterion.name)


def absent_features(settings: PolicyConfig, facts: Facts) -> tuple[str, ...]:
    """Features that the policy looks at and the book does not have, those of criteria first."""
    return tuple(name for name in looked_at(settings) if name not in facts.features)


def looked_at(settings: PolicyConfig) -> tuple[str, ...]:
    """The features that criteria and then caps look at, and that which says who is in arrears, if stability counts."""
    criteria = [criterion for dimension in settings.dimensions.values() for criterion in dimension.criteria]
    named = [criterion.feature for criterion in criteria if criterion.feature] + [cap.feature for cap in settings.caps]
    return tuple(dict.fromkeys([*named, *([settings.stability.arrears] if settings.stability.holds else [])]))


def _measured(dimension: DimensionConfig, settings: PolicyConfig, facts: Facts) -> Scored:
    nothing = np.empty((0, len(facts)))
    if dimension.measure == "treating_profit" and settings.treating is not None:
        kept = settings.treating.success * facts.decline_probability * facts.value
        return Scored(numbers=kept - settings.treating.cost, points=nothing)
    name = dimension.measure or ""
    numbers = np.asarray(getattr(facts, name), dtype=np.float64)
    if name in FALLBACKS:
        numbers = np.where(np.isnan(numbers), getattr(facts, FALLBACKS[name]), numbers)
    return Scored(numbers=numbers, points=nothing)


def _counted(dimension: DimensionConfig, facts: Facts, found: Mapping[str, Scored]) -> Scored:
    """The weighted mean of the points that are known; a criterion that is not is left out with its weight."""
    points = np.stack([_points(criterion, facts, found) for criterion in dimension.criteria])
    total, weight = np.zeros(len(facts)), np.zeros(len(facts))
    for criterion, gained in zip(dimension.criteria, points, strict=True):
        known = ~np.isnan(gained)
        total += np.where(known, gained, 0.0) * criterion.weight
        weight += known * criterion.weight
    numbers = np.divide(total, weight, out=np.full(len(facts), np.nan), where=weight > 0)
    return Scored(numbers=numbers, points=points)


def _points(criterion: CriterionConfig, facts: Facts, found: Mapping[str, Scored]) -> FloatArray:
    values = observed(criterion, facts, found)
    if values is None:
        return np.full(len(facts), np.nan)
    if criterion.points:
        return np.asarray(values.astype(object).map(criterion.points), dtype=np.float64)
    numbers = np.asarray(values, dtype=np.float64)
    worst, best = criterion.ends
    if criterion.scale == "log":
        numbers = np.log(np.maximum(numbers, min(worst, best)))  # below the smaller end nothing changes
        worst, best = np.log(worst), np.log(best)
    return np.asarray(np.clip((numbers - worst) / (best - worst), 0.0, 1.0) * FULL)
