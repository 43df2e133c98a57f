"""A horizon is told in a few steps: of whole periods, as equal as these can be."""

from __future__ import annotations

import numpy as np
import pytest

from models.learners.decline.steps import step_ends, steps_of


@pytest.mark.parametrize("horizon", [1, 2, 7, 12, 13, 36, 156])
@pytest.mark.parametrize("steps", [1, 5, 12])
def test_steps_cover_the_horizon_as_equally_as_whole_periods_can(horizon: int, steps: int) -> None:
    lengths = np.diff((0, *step_ends(horizon, steps)))
    assert lengths.sum() == horizon
    assert len(lengths) == min(steps, horizon)
    assert lengths.min() >= 1
    assert np.ptp(lengths) <= 1
    periods = np.arange(horizon + 1)
    step = steps_of(periods, step_ends(horizon, steps))
    assert np.bincount(step).tolist() == [1, *lengths]
