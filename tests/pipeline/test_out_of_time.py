"""Out-of-time forecasts: those that calibrate the models that serve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.learners.calibration import PlattCalibration
from models.learners.value.calibration import ValueCalibration
from models.panel.splits import LearningOrigins, OutOfTimeOrigins
from models.pipeline.calibration import ForecastCalibration
from models.pipeline.out_of_time import OutOfTimeForecast, OutOfTimeForecasts
from models.pipeline.selection import learn_calibration
from models.vocab import FloatArray
from support.drawn_panel import ORIGINS, drawn_panel, small_config

FIT = LearningOrigins(
    learn=ORIGINS[:-1],
    out_of_time=(OutOfTimeOrigins(ORIGINS[1], ORIGINS[:1]), OutOfTimeOrigins(ORIGINS[3], ORIGINS[:3])),
)


def forecasts() -> list[OutOfTimeForecast]:
    return OutOfTimeForecasts(drawn_panel(200), small_config()).of(FIT)


def test_models_of_a_quarter_of_the_rows_are_not_like_those_that_serve() -> None:
    assert [forecast.alike for forecast in forecasts()] == [False, True]


def test_the_same_forecast_may_be_like_the_models_of_a_shorter_past() -> None:
    made = OutOfTimeForecasts(drawn_panel(200), small_config())
    shorter = replace(FIT, learn=ORIGINS[:2], out_of_time=FIT.out_of_time[:1])
    assert [forecast.alike for forecast in made.of(FIT)] == [False, True]
    assert [forecast.alike for forecast in made.of(shorter)] == [True]


def test_decline_is_put_right_by_those_alike_alone() -> None:
    first, second = forecasts()
    by_both = learn_calibration([replace(first, alike=True), second], small_config()).decline
    by_second = learn_calibration([first, second], small_config()).decline
    alone = learn_calibration([second], small_config()).decline
    assert by_second == alone
    assert by_both != alone


def test_where_none_is_alike_the_latest_puts_it_right() -> None:
    first, second = (replace(forecast, alike=False) for forecast in forecasts())
    assert (
        learn_calibration([first, second], small_config()).decline
        == learn_calibration([second], small_config()).decline
    )


def calibration_of(value: FloatArray) -> ForecastCalibration:
    """The calibration learned where the clients of the drawn book brought ``value``."""
    config = small_config()
    return learn_calibration(OutOfTimeForecasts(replace(drawn_panel(200), value=value), config).of(FIT), config)


def drawn_value() -> FloatArray:
    value = drawn_panel(200).value
    assert value is not None
    return value


def test_a_book_that_lost_money_is_not_calibrated_in_value_and_says_why() -> None:
    found = calibration_of(drawn_value() - 4.0 * drawn_value().mean())
    assert found.value == ValueCalibration()
    assert found.decline != PlattCalibration()
    assert found.bands is not None
    assert list(found.not_calibrated) == ["value"]
    assert "together brought more than nothing, got a total of -" in found.not_calibrated["value"]


def test_nor_is_one_that_brought_nothing_to_the_cent() -> None:
    value = drawn_value().round()
    predicted = np.isin(drawn_panel(200).origin, [each.origin for each in FIT.out_of_time])
    value[np.flatnonzero(predicted)[-1]] -= value[predicted].sum()
    found = calibration_of(value)
    assert found.value == ValueCalibration()
    assert "got a total of 0 against" in found.not_calibrated["value"]


@pytest.mark.parametrize("place", [1, 3])
def test_one_origin_at_which_everybody_cost_money_does_not_stop_it(place: int) -> None:
    value = drawn_value()
    bad = drawn_panel(200).origin == ORIGINS[place]
    found = calibration_of(np.where(bad, -0.1 - 0.01 * value, value))
    assert np.isfinite([score.mean for score in found.scores]).all()
    assert found.not_calibrated == {}


def test_where_nobody_declined_probabilities_are_as_the_model_says_them() -> None:
    made = [
        replace(each, rows=replace(each.rows, declined=np.zeros(len(each.rows.declined), dtype=np.bool_)))
        for each in forecasts()
    ]
    found = learn_calibration(made, small_config())
    assert found.decline == PlattCalibration()
    assert "clients that declined and clients that did not" in found.not_calibrated["decline"]


def test_without_an_origin_to_foretell_nothing_is_calibrated() -> None:
    found = learn_calibration([], small_config())
    assert set(found.not_calibrated) == {"value", "decline"}
