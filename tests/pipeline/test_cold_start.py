"""The cold start learns from the past only: nothing that came after its dates changes a bit of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.book.periods import PeriodGrid
from models.config.root import Config
from models.errors import TooLittleDataError
from models.panel.features.beginning import BEGAN_ALIKE, RELATIONSHIP_DAYS
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins, OutOfTimeOrigins
from models.pipeline.cold_start import ColdStart, fit_cold_start
from support.drawn_panel import small_config

BEGAN = ("newly won, approved", "waiting, assessed", "quiet, nothing open")
ORIGINS, CLIENTS = (-36, -33, -30, -27, -24, -12), 150
PLAN = LearningOrigins(learn=(-36, -33, -30, -27, -24), out_of_time=(OutOfTimeOrigins(-24, (-36, -33, -30)),))


@pytest.fixture(scope="module")
def config() -> Config:
    settings = small_config()
    cold = settings.learners.cold_start.model_copy(update={"trees": 10, "min_clients_per_leaf": 20})
    return settings.model_copy(update={"learners": settings.learners.model_copy(update={"cold_start": cold})})


@pytest.fixture(scope="module")
def cold() -> Panel:
    noise = np.random.default_rng(8)
    rows = CLIENTS * len(ORIGINS)
    stage = noise.integers(0, 3, rows)
    declined = noise.random(rows) < np.array([0.1, 0.5, 0.9])[stage]
    capital = noise.lognormal(3.0, 1.0, rows)
    frame = pd.DataFrame(
        {
            RELATIONSHIP_DAYS: noise.uniform(1, 900, rows),
            "capital": capital,
            "same_of_all": np.zeros(rows),
            BEGAN_ALIKE: pd.Series(
                np.array(["newly won, approved", "waiting, assessed", "quiet, nothing open"])[stage]
            ),
        }
    ).astype({BEGAN_ALIKE: "str"})
    return Panel(
        client_id=pd.Series([f"C{place % CLIENTS:03d}" for place in range(rows)], dtype="str"),
        origin=np.repeat(np.array(ORIGINS), CLIENTS),
        group=np.arange(rows) % CLIENTS,
        features=frame,
        units={RELATIONSHIP_DAYS: "days", "capital": "USD", "same_of_all": "none", BEGAN_ALIKE: "category"},
        grid=PeriodGrid("month", date(2024, 1, 1)),
        value=np.where(declined, 0.0, capital),
        declined=declined,
        event_period=declined.astype(np.int64),
        finished=np.ones(rows, dtype=np.bool_),
    )


def test_what_came_later_changes_nothing(cold: Panel, config: Config) -> None:
    fitted = fit_cold_start(cold, PLAN, config).to_texts()
    later = cold.origin == max(ORIGINS)
    assert cold.value is not None
    assert cold.declined is not None
    other = replace(
        cold,
        value=np.where(later, 1e9, cold.value),
        declined=np.where(later, ~cold.declined, cold.declined),
        features=cold.features.assign(capital=np.where(later, -1.0, cold.features["capital"])),
    )
    assert fit_cold_start(other, PLAN, config).to_texts() == fitted


def test_it_is_read_back_as_it_was_written(cold: Panel, config: Config) -> None:
    fitted = fit_cold_start(cold, PLAN, config)
    again = ColdStart.from_texts(fitted.to_texts())
    assert again.to_texts() == fitted.to_texts()
    matrix = fitted.contract.encode(cold.features)
    assert np.array_equal(again.value.predict(matrix), fitted.value.predict(matrix))


def test_a_feature_that_is_the_same_of_all_is_left_away(cold: Panel, config: Config) -> None:
    names = fit_cold_start(cold, PLAN, config).contract.names
    assert "same_of_all" not in names
    assert BEGAN_ALIKE in names


def test_later_clients_lie_in_their_intervals_as_often_as_told(cold: Panel, config: Config) -> None:
    fitted, now = fit_cold_start(cold, PLAN, config), cold.at([max(ORIGINS)])
    matrix = fitted.contract.encode(now.features)
    told = fitted.bounds.around(fitted.value.parts(matrix), fitted.decline.predict(matrix))
    assert now.value is not None
    inside = (now.value >= told.value_low) & (now.value <= told.value_high)
    assert inside.mean() > config.learners.interval_level - 0.07


def test_bounds_of_a_probability_are_no_narrower_than_those_of_active_clients(cold: Panel, config: Config) -> None:
    band = fit_cold_start(cold, PLAN, config).bounds.decline_band
    assert band is not None
    wide = replace(band, level_deviation=2.0)
    wider = fit_cold_start(cold, PLAN, config, wide).bounds.decline_band
    assert wider is not None
    assert wider.level_deviation == 2.0
    assert wider.slope_deviation == band.slope_deviation


def test_nobody_to_learn_from_is_an_error_with_a_remedy(cold: Panel, config: Config) -> None:
    with pytest.raises(TooLittleDataError):
        fit_cold_start(cold.where(np.zeros(len(cold), dtype=np.bool_)), PLAN, config)
