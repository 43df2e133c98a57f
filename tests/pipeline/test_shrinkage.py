"""A correction that out-of-time forecasts agree on is carried over; what one asks for and the next denies is not."""

from __future__ import annotations

import numpy as np
import pytest

from models.learners.calibration import PlattCalibration
from models.learners.value.calibration import ValueCalibration
from models.pipeline.shrinkage import shrunk_decline, shrunk_share, shrunk_value


def test_agreement_is_trusted_and_disagreement_is_not() -> None:
    assert shrunk_share(0.5, [0.5, 0.5, 0.5], 3) == 1.0
    assert shrunk_share(0.1, [2.0, -1.8], 2) == 0.0
    assert shrunk_share(0.0, [0.0, 0.0], 2) == 0.0
    assert shrunk_share(0.7, [0.7], 1) == 0.5
    assert shrunk_share(1.0, [0.5, 1.5], 2) == pytest.approx(1 - 0.5 / 2)


def test_forecasts_that_look_at_the_same_time_count_less() -> None:
    assert shrunk_share(1.0, [0.5, 1.5], 1.2) < shrunk_share(1.0, [0.5, 1.5], 2.0)


def test_a_level_that_all_ask_for_is_kept_and_one_that_they_dispute_is_dropped() -> None:
    logs = [np.zeros(100), np.zeros(100)]
    agreed, disputed = [np.full(100, 3.0), np.full(100, 3.0)], [np.full(100, 8.0), np.full(100, 0.125)]
    for realised, expected in ((agreed, 3.0), (disputed, 1.0)):
        pooled = ValueCalibration.fit(np.concatenate(logs), np.concatenate(realised))
        kept = shrunk_value(pooled, logs, realised, 2.0)
        assert np.exp(kept.log_value(np.zeros(1)))[0] == pytest.approx(expected)


def test_slope_and_level_of_decline_are_judged_apart() -> None:
    random = np.random.default_rng(5)
    margins = [random.normal(0, 2, 20_000) for _ in range(2)]
    chance = [1 / (1 + np.exp(-(0.5 * margin + shift))) for margin, shift in zip(margins, (1.0, -1.0), strict=True)]
    declined = [(random.random(20_000) < each).astype(np.float64) for each in chance]
    pooled = PlattCalibration.fit(np.concatenate(margins), np.concatenate(declined))
    kept = shrunk_decline(pooled, margins, declined, 2.0)
    assert kept.slope == pytest.approx(pooled.slope, abs=0.01)  # both ask for half the slope
    assert kept.slope < 0.55
    assert kept.intercept == pytest.approx(0.0, abs=0.05)
    same = shrunk_decline(PlattCalibration(), [np.zeros(4)], [np.zeros(4)], 1.0)
    assert same == PlattCalibration()


def test_luck_is_held_against_the_square_of_what_is_asked_for() -> None:
    """Of 0.3 and 0.7 the variance is 0.08; of two, 0.04 of the 0.25 that 0.5 has when squared is luck."""
    assert shrunk_share(0.5, [0.3, 0.7], 2) == pytest.approx(1 - 0.04 / 0.25)
    assert shrunk_share(-0.5, [-0.3, -0.7], 2) == pytest.approx(1 - 0.04 / 0.25)
    assert shrunk_share(2.0, [1.0, 3.0], 2) == pytest.approx(1 - 1.0 / 4.0)
