"""A model that is right about the ranking and wrong about the level is calibrated, and never turned round."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit

from models.errors import TooLittleDataError
from models.learners.calibration import MAX_SLOPE, MIN_SLOPE, PlattCalibration


def declined(*counts: tuple[int, int]) -> np.ndarray:
    """Outcomes of groups: how many of each declined and how many did not."""
    return np.concatenate([np.repeat([1.0, 0.0], each) for each in counts])


def test_the_level_and_the_slope_are_those_of_what_came() -> None:
    """At log-odds -2 one of four declines, at 1 three of four: two points, one line through both."""
    margin = np.repeat([-2.0, 1.0], 4)
    fitted = PlattCalibration.fit(margin, declined((1, 3), (3, 1)))
    slope = (logit(0.75) - logit(0.25)) / 3.0
    assert fitted.slope == pytest.approx(slope)
    assert fitted.intercept == pytest.approx(logit(0.75) - slope)
    assert fitted.probability(np.array([-2.0, 1.0])).tolist() == pytest.approx([0.25, 0.75])
    assert fitted.log_odds(np.array([4.0])).tolist() == pytest.approx([slope * 4.0 + fitted.intercept])


@pytest.mark.parametrize(("sign", "bound"), [(1.0, MAX_SLOPE), (-1.0, MIN_SLOPE)])
def test_clients_told_apart_perfectly_get_the_steepest_line_and_those_turned_round_the_flattest(
    sign: float, bound: float
) -> None:
    margin = sign * np.repeat([0.2, -0.2], 5)
    fitted = PlattCalibration.fit(margin, declined((5, 0), (0, 5)))
    assert fitted.slope == bound
    assert fitted.intercept == pytest.approx(0.0, abs=1e-6)
    shifted = PlattCalibration.fit(margin + 3.0, declined((5, 0), (0, 5)))
    assert shifted.intercept == pytest.approx(-3.0 * bound, abs=1e-6)


def test_where_all_are_scored_alike_only_the_level_is_put_right() -> None:
    fitted = PlattCalibration.fit(np.full(4, 2.0), declined((1, 3)))
    assert fitted.slope == 1.0
    assert fitted.probability(np.full(1, 2.0)).tolist() == pytest.approx([0.25])


@pytest.mark.parametrize(("outcome", "seen"), [((0, 5), "0 of 5"), ((5, 0), "5 of 5")])
def test_one_outcome_alone_teaches_nothing(outcome: tuple[int, int], seen: str) -> None:
    with pytest.raises(TooLittleDataError, match=f"{seen} declined"):
        PlattCalibration.fit(np.arange(5.0), declined(outcome))


def test_one_client_that_declined_is_enough() -> None:
    assert PlattCalibration.fit(np.full(5, 0.0), declined((1, 4))).intercept == pytest.approx(logit(0.2))
