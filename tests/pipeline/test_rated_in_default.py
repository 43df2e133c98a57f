"""Clients whose rating says default already leave the PD of everybody else alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.learners.calibration import PlattCalibration
from models.learners.credit.rated import RatedDefault
from models.pipeline.intervals import learn_credit
from models.pipeline.out_of_time import OutOfTimeForecast, OutOfTimeForecasts
from models.pipeline.shrinkage import UNKNOWN
from support.drawn_panel import FIT, indebted_panel, small_config


def forecasts(*, in_default: int) -> list[OutOfTimeForecast]:
    """Of a book with few defaults, of whose clients the first are rated D at each origin and default no further."""
    panel = indebted_panel()
    assert panel.defaulted is not None
    rank = np.asarray(panel.features.groupby(panel.origin).cumcount())
    rated_d = rank < in_default
    pd = panel.features["pd_last"].mask(rated_d, 1.0)
    few = panel.defaulted & (rank >= 10) & (rank % 12 == 0)
    return OutOfTimeForecasts(
        replace(panel, features=panel.features.assign(pd_last=pd), defaulted=few), small_config()
    ).of(FIT)


def level(known: list[OutOfTimeForecast]) -> PlattCalibration:
    return learn_credit(known, float(len(known)), small_config()).calibration


def test_ten_clients_in_default_do_not_take_the_risk_from_all_others() -> None:
    """What one forecast asks for, half of which is kept, is right for the others."""
    known = forecasts(in_default=10)
    (forecast,) = known
    default, came = forecast.models.default, forecast.rows.defaulted
    assert isinstance(default, RatedDefault)
    assert came is not None
    others = ~default.in_default(forecast.rows.matrix)
    assert np.count_nonzero(~others) == 10
    assert came.sum() > 0
    assert not came[~others].any()
    whole = PlattCalibration(intercept=level(known).intercept / UNKNOWN)
    foreseen = default.calibrated_by(whole).predict(forecast.rows.matrix)[others]
    assert foreseen.mean() == pytest.approx(came[others].mean())


def test_a_book_of_clients_in_default_alone_teaches_no_level() -> None:
    assert level(forecasts(in_default=1_000)) == PlattCalibration()


def test_a_rating_of_one_is_default_and_a_missing_one_is_not() -> None:
    rated = RatedDefault(feature=0, features=1, years=0.5, usual=0.02)
    assert rated.in_default(np.array([[1.0], [0.9], [np.nan], [0.0]])).tolist() == [True, False, False, False]
