"""A client that costs more than it brings has nothing at risk: nothing is lost with it."""

from __future__ import annotations

from dataclasses import replace

from models.pipeline.past_behaviour import exposure_at_risk, past_behaviour
from support.drawn_panel import drawn_panel, small_config


def test_what_is_at_risk_is_the_last_year_carried_on_to_the_horizon_and_never_below_nothing() -> None:
    config, panel = small_config(), drawn_panel(clients=3).at([0])
    share = config.time.horizon_periods / config.features.windows[-1]
    rows = replace(panel, features=panel.features.assign(value_sum_12p=[1_200.0, 0.0, -600.0]))
    assert exposure_at_risk(rows, config).tolist() == [1_200.0 * share, 0.0, 0.0]


def test_days_are_told_in_periods() -> None:
    config, rows = small_config(), drawn_panel(clients=3).at([0])
    found = past_behaviour(rows, config)
    assert (found.recency > 0).all()
    assert (found.recency < rows.features["activity_recency_days"].to_numpy() / 28).all()
    assert found.last_period.tolist() == rows.features["value_sum_3p"].tolist()
