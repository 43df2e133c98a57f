"""Time steps of the horizon, and rows expanded to one per step."""

from __future__ import annotations

import numpy as np

from models.config.learners import BoostingConfig
from models.learners.contract import ContractFeature, FeatureContract
from models.vocab import FloatArray, IntArray

SMALL_LEAVES, SMALL_TREES = 7, 100
"""When and why are learned from declined clients alone, a tenth to a third of all: trees of that size hold fewer."""


LIKE_SHARE = 0.5
"""A model that learned from less than this share of the events or rows of another errs otherwise: it calibrates only
itself."""


def step_ends(horizon_periods: int, steps: int) -> tuple[int, ...]:
    """The periods with which the steps end, the last one with the horizon: at most ``steps``, as equal as can be.

    >>> step_ends(36, 12)[:3], step_ends(13, 12), step_ends(3, 12)
    ((3, 6, 9), (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13), (1, 2, 3))
    """
    count = min(steps, horizon_periods)
    return tuple(horizon_periods * step // count for step in range(1, count + 1))


def steps_of(event_period: IntArray, ends: tuple[int, ...]) -> IntArray:
    """The step, from 1, in which each event falls; 0 where there was none (period 0). (n,) -> (n,).

    >>> steps_of(np.array([0, 1, 3, 4, 6]), (3, 6))
    array([0, 1, 1, 2, 2])
    """
    step = 1 + np.searchsorted(np.array(ends), event_period)
    return np.where(event_period > 0, step, 0)


def with_step(contract: FeatureContract) -> FeatureContract:
    """The features of rows that carry their step in a last column."""
    step = ContractFeature(name="step", kind="number", unit="steps")
    return FeatureContract(features=(*contract.features, step))


def beside(matrix: FloatArray, step: IntArray | int) -> FloatArray:
    """Rows with their step in a last column. (n, n_features) -> (n, n_features + 1)."""
    wider = np.empty((matrix.shape[0], matrix.shape[1] + 1))
    wider[:, :-1] = matrix
    wider[:, -1] = step
    return wider


def small_trees(config: BoostingConfig) -> BoostingConfig:
    """The configured trees, but no larger and no more than few rows can bear."""
    sizes = {"leaves": min(config.leaves, SMALL_LEAVES), "trees": min(config.trees, SMALL_TREES)}
    return config.model_copy(update=sizes)
