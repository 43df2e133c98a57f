"""A lender asks what its alarms were worth: how many were right, how early, and whether a simple rule does as well."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.book.periods import PeriodGrid
from models.config.loading import parse_config
from models.config.root import Config
from models.errors import TooLittleDataError
from models.panel.panel import Panel
from models.warnings.replay import (
    RaisedByWeek,
    alarm_figures,
    causes_of,
    outcomes_of,
    precision_difference,
    rival,
    spreadsheet_scores,
)
from support.books import SETTINGS

CLIENTS = ("A", "B", "C", "D")
MONTHS = (-2, -1)


@pytest.fixture(scope="module")
def config() -> Config:
    return parse_config(SETTINGS, ["run.bootstrap_resamples=100"])


def judged_rows() -> Panel:
    """Four clients at two months. A declines from May and again as of June, in its second month; D, idle, does not."""
    rows = len(CLIENTS) * len(MONTHS)
    return Panel(
        client_id=pd.Series(CLIENTS * 2),
        origin=np.repeat(MONTHS, len(CLIENTS)),
        group=np.tile(np.arange(len(CLIENTS)), 2),
        features=pd.DataFrame(
            {
                "activity_recency_days": [5.0, 10.0, np.nan, 90.0] * 2,
                "facility_utilisation": [0.9, 0.1, 0.2, 0.3] * 2,
                "activity_count_12p": [1.0] * rows,
                "value_sum_12p": [400.0, 100.0, 100.0, -8.0] * 2,
                "value_sum_1p": [0.0] * rows,
                "tenure_days": [100.0] * rows,
            }
        ),
        units={},
        grid=PeriodGrid("month", date(2020, 7, 1)),
        value=np.zeros(rows),
        declined=np.array([True, False, False, False, True, False, False, False]),
        event_period=np.array([3, 0, 0, 0, 2, 0, 0, 0]),
        cause=np.array([0, -1, -1, -1, 3, -1, -1, -1]),
    )


DEFAULTS = {"B": np.datetime64("2020-06-20"), "C": np.datetime64("2020-04-30")}


def shown_at(*places: int, repeat: tuple[int, ...] = ()) -> RaisedByWeek:
    chosen = np.isin(np.arange(8), places)
    return RaisedByWeek(shown=chosen, repeat=np.isin(np.arange(8), repeat))


def test_an_outcome_is_a_decline_or_a_first_default_within_the_horizon(config: Config) -> None:
    outcomes = outcomes_of(judged_rows(), DEFAULTS, config)
    assert outcomes.followed.tolist() == [True, True, False, False, True, True, False, False]
    assert outcomes.lead[[0, 1, 4, 5]].tolist() == [3.0, 2.0, 2.0, 1.0]
    assert outcomes.default_lead[[1, 5]].tolist() == [2.0, 1.0]  # of C the default was known before
    assert np.isnan(outcomes.default_lead[[0, 2, 3, 4, 6, 7]]).all()
    assert outcomes.lost[[0, 1, 2]].tolist() == [100.0, 25.0, 0.0]  # a quarter of the year before, as the horizon is


def test_figures_by_hand(config: Config) -> None:
    rows = judged_rows()
    outcomes = outcomes_of(rows, DEFAULTS, config)
    figures = alarm_figures(rows, shown_at(0, 3, 4, 7, repeat=(4, 7)), outcomes, config)
    assert (figures.alarms, figures.repeats, figures.defaults) == (4, 0.5, 0)
    assert figures.precision.estimate == 0.5
    assert figures.recall.estimate == 0.5  # of A and B, A
    assert figures.money.estimate == 0.8
    assert (figures.lead, figures.early) == (2.5, 1.0)
    assert np.isnan(figures.default_lead)
    assert causes_of(rows, shown_at(0, 3, 4)) == {"reduced": 1, "refinanced_away": 0, "dormant": 0, "default": 1}


def test_perfect_alarms_are_right_twice_as_often_as_alarms_on_everybody(config: Config) -> None:
    rows = judged_rows()
    outcomes = outcomes_of(rows, DEFAULTS, config)
    right, everybody = shown_at(0, 1, 4, 5), shown_at(*range(8))
    apart = precision_difference(rows, right, everybody, outcomes, config)
    assert (apart.estimate, apart.high) == (0.5, 0.75)  # of four clients drawn, one at least is right
    figures = alarm_figures(rows, right, outcomes, config)
    assert (figures.precision.low, figures.recall.low, figures.default_lead) == (1.0, 1.0, 1.5)


def test_a_rule_rings_as_often_as_it_may_and_rests(config: Config) -> None:
    rows = judged_rows()
    scores = spreadsheet_scores(rows)
    assert scores["recency"][:4].tolist() == pytest.approx([1 / 3, 2 / 3, 0.0, 1.0])
    assert scores["recency or utilisation"][:4].tolist() == pytest.approx([1.0, 2 / 3, 0.5, 1.0])
    counts = dict.fromkeys(MONTHS, 2)
    rests = rival(rows, scores["recency"], counts, mute_periods=12)
    assert np.flatnonzero(rests.shown).tolist() == [1, 3, 4, 6]
    repeats = rival(rows, scores["recency"], counts, mute_periods=1)
    assert np.flatnonzero(repeats.shown).tolist() == [1, 3, 5, 7]
    assert np.flatnonzero(repeats.repeat).tolist() == [5, 7]


def test_without_alarms_there_is_nothing_to_judge(config: Config) -> None:
    rows = judged_rows()
    with pytest.raises(TooLittleDataError, match="0 alarms and 4 outcomes"):
        alarm_figures(rows, shown_at(), outcomes_of(rows, DEFAULTS, config), config)
