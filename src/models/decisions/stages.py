"""The stage of each client's life with the lender, by a readable rule; the first line that holds decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.config import StagesConfig
from models.vocab import BoolArray, FloatArray, Stage, TextArray


@dataclass(frozen=True, kw_only=True)
class Trajectory:
    """What the rule looks at. Shapes (n_clients,); NaN where unknown.

    Attributes:
        idle_periods: periods since the latest activity.
        tenure_periods: periods since the first activity.
        growth: activity of the latest window against the one before it, from -1 (all lost) to 1 (all new).
        decline_probability: calibrated probability of decline within the horizon.
        asked_for: opportunities open in the funnel.
    """

    idle_periods: FloatArray
    tenure_periods: FloatArray
    growth: FloatArray
    decline_probability: FloatArray
    asked_for: FloatArray


def stages_of(trajectory: Trajectory, settings: StagesConfig) -> TextArray:
    """Churned: idle for too long. Acquisition: new. Decline: probable, or visible. Development: young or growing.

    Decline is visible where business shrinks and nothing new is asked for, and then a smaller probability will do.
    Maturity: the others.

    >>> settings = StagesConfig(
    ...     acquisition_max_periods=12, churned_after_periods=36, trend_window_periods=12, decline_probability=0.6
    ... )
    >>> one = Trajectory(
    ...     idle_periods=np.array([40.0]), tenure_periods=np.array([50.0]), growth=np.array([0.0]),
    ...     decline_probability=np.array([0.9]), asked_for=np.array([0.0]))
    >>> str(stages_of(one, settings)[0])
    'churned'
    """
    growing = _growth_at(settings.growth_ratio)
    rules = [
        (trajectory.idle_periods > settings.churned_after_periods, Stage.CHURNED),
        (trajectory.tenure_periods <= settings.acquisition_max_periods, Stage.ACQUISITION),
        (trajectory.decline_probability >= settings.decline_probability, Stage.DECLINE),
        (_visibly_declining(trajectory, settings), Stage.DECLINE),
        (trajectory.tenure_periods <= settings.development_max_periods, Stage.DEVELOPMENT),
        (trajectory.growth > growing, Stage.DEVELOPMENT),
    ]
    names = [stage.value for stage in Stage]
    code = np.select(
        [condition for condition, _ in rules],
        [names.index(stage.value) for _, stage in rules],
        default=names.index(Stage.MATURITY.value),
    )
    return np.asarray(np.array(names)[code])


def _visibly_declining(trajectory: Trajectory, settings: StagesConfig) -> BoolArray:
    if settings.shrinking_decline_probability is None:
        return np.zeros(len(trajectory.growth), dtype=np.bool_)
    shrinks = trajectory.growth < _growth_at(settings.shrinking_ratio)
    probable = trajectory.decline_probability >= settings.shrinking_decline_probability
    return np.asarray(shrinks & (trajectory.asked_for == 0) & probable)


def _growth_at(ratio: float) -> float:
    """A ratio of two windows on the scale from -1 to 1."""
    return (ratio - 1) / (ratio + 1)
