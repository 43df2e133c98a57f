"""A correction that out-of-time forecasts agree on is carried over; what one asks for and the next denies is not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from models.learners.calibration import PlattCalibration
from models.learners.value.calibration import ValueCalibration
from models.pipeline.shrinkage import shrunk_decline, shrunk_share, shrunk_value
from models.vocab import FloatArray


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


def drawn(
    slope: float, shift: float, centre: float, *, seed: int, clients: int = 4_000
) -> tuple[FloatArray, FloatArray]:
    """Log-odds around a centre of declines that are rarer than even, and who declined."""
    random = np.random.default_rng(seed)
    margin = random.normal(centre, 1.5, clients)
    return margin, (random.random(clients) < 1 / (1 + np.exp(-(slope * margin + shift)))).astype(np.float64)


def test_of_a_single_forecast_half_the_slope_and_half_the_level_are_taken() -> None:
    """At the mean log-odds of -2 the calibration asks for 0.6 * -2 + 0.4 = -0.8, that is 1.2 more."""
    margin, declined = drawn(0.6, 0.4, -2.0, seed=1)
    margin += -2.0 - margin.mean()
    kept = shrunk_decline(PlattCalibration(slope=0.6, intercept=0.4), [margin], [declined], 1.0)
    assert kept.slope == pytest.approx(0.8)
    assert kept.slope * -2.0 + kept.intercept == pytest.approx(-2.0 + 0.6)


def test_level_is_what_makes_as_many_decline_as_did_at_a_slope_of_one() -> None:
    parts = [drawn(1.0, shift, -2.0, seed=seed) for seed, shift in ((2, 0.3), (3, 0.9))]
    margins, declined = [margin for margin, _ in parts], [each for _, each in parts]
    centre = float(np.concatenate(margins).mean())
    asked = [
        brentq(lambda shift: float((1 / (1 + np.exp(-(m + shift)))).sum() - d.sum()), -5.0, 5.0)  # noqa: B023 - used at once
        for m, d in parts
    ]
    level = 0.6
    share = 1.0 - np.var(asked, ddof=1) / 2 / level**2
    kept = shrunk_decline(PlattCalibration(slope=1.0, intercept=level), margins, declined, 2.0)
    assert kept.slope == pytest.approx(1.0)
    assert kept.slope * centre + kept.intercept - centre == pytest.approx(level * share, abs=1e-6)


def test_a_forecast_in_which_nobody_declined_has_no_say() -> None:
    margin, declined = drawn(0.6, 0.4, -2.0, seed=1)
    asked = PlattCalibration(slope=0.6, intercept=0.4)
    alone = shrunk_decline(asked, [margin], [declined], 1.0)
    both = shrunk_decline(asked, [margin, margin], [declined, np.zeros(len(margin))], 1.0)
    assert (both.slope, both.intercept) == pytest.approx((alone.slope, alone.intercept))
