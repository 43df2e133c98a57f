"""The stage of each client's life with the lender, by a readable rule; the first line that holds decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.config.kinds import StagesConfig
from models.vocab import BoolArray, FloatArray, Stage, TextArray


@dataclass(frozen=True, kw_only=True)
class Trajectory:
    """What the rule looks at. Shapes (n_clients,); NaN where unknown.

    Attributes:
        idle_periods: periods since the latest activity.
        tenure_periods: periods since the first activity.
        growth: activity of the latest window against the one before it, from -1 (all lost) to 1 (all new).
        trend: the same of what is looked at for shrinking.
        decline_probability: calibrated probability of decline within the horizon.
        asked_for: opportunities open in the funnel.
        asked_periods: periods since the newest opportunity arose, be it open or ended.
        open_facilities: facilities signed and not ended.
        known_periods: of who was never active, periods since the relationship began, 0 where it is still to begin.
    """

    idle_periods: FloatArray
    tenure_periods: FloatArray
    growth: FloatArray
    trend: FloatArray
    decline_probability: FloatArray
    asked_for: FloatArray
    asked_periods: FloatArray
    open_facilities: FloatArray
    known_periods: FloatArray


def stages_of(trajectory: Trajectory, settings: StagesConfig) -> TextArray:
    """Churned: idle for too long. Acquisition: new. Decline: probable, or visible. Development: young or growing.

    Decline is visible where business shrinks and nothing new is asked for, and then a smaller probability will do. A
    lender may say that only quiet clients decline, and that none has churned while something is open. Maturity: the
    others.

    Who was never active is won or to be won, which is acquisition, and churned once it was given up: nothing is open,
    and neither did it begin nor ask within the time after which an idle client counts as churned.

    >>> settings = StagesConfig(
    ...     acquisition_max_periods=12, churned_after_periods=36, trend_window_periods=12, decline_probability=0.6
    ... )
    >>> one = Trajectory(
    ...     idle_periods=np.array([40.0]), tenure_periods=np.array([50.0]), growth=np.array([0.0]),
    ...     trend=np.array([0.0]), decline_probability=np.array([0.9]), asked_for=np.array([0.0]),
    ...     asked_periods=np.array([np.nan]), open_facilities=np.array([0.0]), known_periods=np.array([np.nan]))
    >>> str(stages_of(one, settings)[0])
    'churned'
    """
    growing = _growth_at(settings.growth_ratio)
    rules = [
        (_gone(trajectory, settings) | _given_up(trajectory, settings), Stage.CHURNED),
        (~np.isnan(trajectory.known_periods), Stage.ACQUISITION),
        (trajectory.tenure_periods <= settings.acquisition_max_periods, Stage.ACQUISITION),
        (_declining(trajectory, settings), Stage.DECLINE),
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


def _gone(trajectory: Trajectory, settings: StagesConfig) -> BoolArray:
    idle = trajectory.idle_periods > settings.churned_after_periods
    bound = (trajectory.open_facilities > 0) | _asking(trajectory, settings)
    return np.asarray(idle & (settings.churned_while_bound | ~bound))


def _given_up(trajectory: Trajectory, settings: StagesConfig) -> BoolArray:
    """Who never was active, has nothing open and nothing new for long."""
    waited = np.fmin(trajectory.known_periods, trajectory.asked_periods)
    bound = (trajectory.open_facilities > 0) | (trajectory.asked_for > 0)
    idle = ~np.isnan(trajectory.known_periods) & (waited > settings.churned_after_periods)
    return np.asarray(idle & ~bound)


def _asking(trajectory: Trajectory, settings: StagesConfig) -> BoolArray:
    """Who asks for something new, as far as the book tells."""
    lately = trajectory.asked_periods <= (settings.quiet_after_periods or 0)
    return np.asarray((trajectory.asked_for > 0) | lately)


def _declining(trajectory: Trajectory, settings: StagesConfig) -> BoolArray:
    probable = trajectory.decline_probability >= settings.decline_probability
    declining = probable | _visibly_declining(trajectory, settings)
    return declining if settings.quiet_after_periods is None else declining & ~_asking(trajectory, settings)


def _visibly_declining(trajectory: Trajectory, settings: StagesConfig) -> BoolArray:
    if settings.shrinking_decline_probability is None:
        return np.zeros(len(trajectory.growth), dtype=np.bool_)
    shrinks = trajectory.trend < _growth_at(settings.shrinking_ratio)
    probable = trajectory.decline_probability >= settings.shrinking_decline_probability
    return np.asarray(shrinks & (trajectory.asked_for == 0) & probable)


def _growth_at(ratio: float) -> float:
    """A ratio of two windows on the scale from -1 to 1."""
    return (ratio - 1) / (ratio + 1)
