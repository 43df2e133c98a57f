"""Outcomes that are not complete: how they stand, what is expected of them, and what the decline model learns of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.config.learners import DeclineLearnerConfig
from models.config.sections import DeclineConfig, RunConfig
from models.errors import InternalError
from models.learners.decline.soft_labels import SoftLabelGrid, expected_declines
from models.learners.decline.whether import DeclineModel
from models.metrics.ranking import auc
from models.panel.panel import Panel
from models.panel.splits import CensoredOrigin
from models.panel.targets import SO_FAR, Activity, Endings, standing
from models.pipeline.calibration import ForecastCalibration
from models.pipeline.censored_outcomes import fit_decline, unfinished_of
from models.pipeline.pipeline import fit_models
from models.pipeline.rows import contract_of, rows_of
from support.books import panel_from, rows
from support.drawn_panel import FIT, ORIGINS, drawn_panel, small_config

BEHIND = SO_FAR.index("behind")
CONFIG, RUN = DeclineLearnerConfig(min_clients_per_leaf=20), RunConfig(threads=1)


def test_an_outcome_stands_by_pace_and_by_what_became_of_facilities() -> None:
    activity = Activity(
        past_sum=np.array([60.0, 60.0, 0.0]),
        past_periods=6,
        sum_so_far=np.array([[10.0, 0.0, 0.0], [20.0, 2.0, 0.0], [20.0, 6.0, 0.0]]),
        count_so_far=np.array([[1, 0, 0], [2, 1, 0], [2, 2, 0]]),
    )
    yes, no = np.array([True, False, True]), np.array([False, False, True])
    endings = Endings(only_matured=yes, defaulted=no, still_open=no, last_cause=np.array([-1, -1, -1]))
    table = standing(activity, DeclineConfig(rule="drop", share=0.5), endings)
    expected = [
        [0.0, 2 / 3, 1 / 2, 1.0, 0.0, 0.0],
        [1.0, 0.2, 0.3, 0.0, 0.0, 0.0],
        [1.0, np.nan, np.nan, 1.0, 1.0, 1.0],
    ]
    np.testing.assert_allclose(table, expected, rtol=1e-12)
    without = standing(activity, DeclineConfig(rule="drop", share=0.5), None)
    assert np.isnan(without[:, 3:]).all()
    np.testing.assert_array_equal(without[:, :3], table[:, :3])


def test_a_row_whose_horizon_is_not_over_has_a_standing_and_no_outcome(tmp_path: Path) -> None:
    tables = {
        "clients": rows("client_id", ("A",)),
        "cashflows": rows(
            "client_id date kind amount",
            ("A", date(2019, 11, 10), "drawdown", 300.0),
            ("A", date(2020, 1, 10), "drawdown", 300.0),
            ("A", date(2020, 4, 10), "drawdown", 90.0),
            ("A", date(2020, 7, 10), "interest", 20.0),
        ),
    }
    wish = ("time.horizon_periods=6", "origins.learn_unfinished=true")
    panel = panel_from(tables, tmp_path, *wish, origins=(-6, -3), targets=True, until=0)
    assert panel.finished is not None
    assert panel.finished.tolist() == [True, False]
    assert panel.value is not None
    assert np.isnan(panel.value).tolist() == [False, True]
    assert list(panel.so_far) == [3]
    assert panel.so_far[3][:, BEHIND].tolist() == [0.0, 1.0], "90 in a quarter against 300"
    with pytest.raises(InternalError, match="not complete"):
        rows_of(panel, contract_of(panel, small_config()))


def drawn_standing(seed: int, clients: int, *, open_share: float = 1.0) -> tuple[SoftLabelGrid, np.ndarray, np.ndarray]:
    """Clients whose pace so far tells more than the margin did: with the chance that it leaves and what came."""
    random = np.random.default_rng(seed)
    margin, pace = random.normal(-1.5, 1.0, clients), random.normal(0.0, 1.5, clients)
    chance = 1 / (1 + np.exp(-(margin + pace)))
    so_far = np.full((clients, len(SO_FAR)), np.nan)
    so_far[:, SO_FAR.index("pace")] = pace
    still = random.random(clients) < open_share
    return SoftLabelGrid(margin=margin, so_far=so_far, open=still), chance, (random.random(clients) < chance) & still


def expected_of(earlier: SoftLabelGrid, declined: np.ndarray, now: SoftLabelGrid) -> np.ndarray:
    return expected_declines(earlier, declined, now, columns=SO_FAR, config=CONFIG, run=RUN)


def test_what_is_expected_is_what_came_of_clients_that_stood_alike() -> None:
    (earlier, _, declined), (now, chance, _) = drawn_standing(1, 4000), drawn_standing(2, 2000)
    expected = expected_of(earlier, declined, now)
    assert np.abs(expected - chance).mean() < 0.05
    assert expected.mean() == pytest.approx(chance.mean(), abs=0.02)


def test_who_cannot_decline_any_more_is_not_expected_to() -> None:
    (earlier, _, declined), (now, _, _) = (
        drawn_standing(1, 2000, open_share=0.6),
        drawn_standing(2, 500, open_share=0.5),
    )
    expected = expected_of(earlier, declined, now)
    assert (expected[~now.open] == 0.0).all()
    assert (expected[now.open] > 0.0).all()


def unfinished_panel() -> Panel:
    """The drawn panel, the second last origin with three of six periods over: these tell nearly all."""
    panel = drawn_panel(400)
    assert panel.declined is not None
    random, reported = np.random.default_rng(3), panel.declined.astype(float)
    so_far = np.full((len(panel), len(SO_FAR)), np.nan)
    so_far[:, BEHIND] = np.where(random.random(len(panel)) < 0.9, reported, 1 - reported)
    return replace(panel, so_far={3: so_far})


def test_origins_that_are_not_complete_teach_by_their_standing_and_not_by_what_came() -> None:
    panel, config = unfinished_panel(), small_config()
    fit = replace(FIT, learn=ORIGINS[:-2], unfinished=(CensoredOrigin(ORIGINS[-2], 3),), out_of_time=())
    late = panel.origin == ORIGINS[-2]
    assert panel.declined is not None
    hidden = replace(panel, declined=np.where(late, ~panel.declined, panel.declined))
    shown = [fit_models(each, fit, ForecastCalibration(candidate="tweedie"), config) for each in (panel, hidden)]
    assert shown[0].decline.to_texts() == shown[1].decline.to_texts()
    alone = fit_models(panel, replace(fit, unfinished=()), ForecastCalibration(candidate="tweedie"), config)
    assert alone.decline.to_texts() != shown[0].decline.to_texts()
    assert alone.value.margin.candidate.to_texts() == shown[0].value.margin.candidate.to_texts(), (
        "value learns of complete ones"
    )


def test_they_make_the_ranking_of_later_clients_better() -> None:
    """A feature that told nothing at the complete origins tells all at the one whose outcomes are coming."""
    panel, config = unfinished_panel(), small_config()
    assert panel.declined is not None
    late = panel.origin >= ORIGINS[-2]
    news = np.where(late, panel.declined, np.random.default_rng(4).random(len(panel)) < 0.5).astype(float)
    panel = replace(panel, features=panel.features.assign(news=news), units={**panel.units, "news": "0 or 1"})
    early, test = panel.at(ORIGINS[:-2]), panel.at([ORIGINS[-1]])
    contract = contract_of(early, config)
    learned = rows_of(early, contract)
    unfinished = unfinished_of(panel, [CensoredOrigin(ORIGINS[-2], 3)])
    assert test.declined is not None
    matrix, came = contract.encode(test.features), test.declined.astype(float)
    figures = [
        auc(came, fit_decline(early, learned, part, contract, config).margin(matrix)) for part in ((), unfinished)
    ]
    assert figures[1] > figures[0] + 0.02


def test_under_lapse_who_came_back_is_known_not_to_decline() -> None:
    """All came back by now: the same as if their outcomes were complete, and none of them a decline."""
    panel, config = unfinished_panel(), small_config().model_copy(update={"decline": DeclineConfig(rule="lapse")})
    late = panel.origin == ORIGINS[-2]
    so_far = panel.so_far[3].copy()
    so_far[late, BEHIND] = 0.0
    panel = replace(panel, so_far={3: so_far})
    early, recent = panel.at(ORIGINS[:-2]), panel.at([ORIGINS[-2]])
    contract = contract_of(early, config)
    learned = rows_of(early, contract)
    model = fit_decline(early, learned, unfinished_of(panel, [CensoredOrigin(ORIGINS[-2], 3)]), contract, config)
    known = DeclineModel.fit(
        np.concatenate([learned.matrix, contract.encode(recent.features)]),
        np.concatenate([learned.declined.astype(np.float64), np.zeros(len(recent))]),
        config=config.learners.decline,
        contract=contract,
        run=config.run,
    )
    assert model.to_texts() == known.to_texts()


def test_an_evaluation_that_leaves_every_other_group_out_learns_of_them_too() -> None:
    """Of two folds one remains: its groups must fall into both halves, else nothing tells what to expect."""
    settings = small_config()
    config = settings.model_copy(update={"origins": settings.origins.model_copy(update={"group_folds": 2})})
    panel = unfinished_panel()
    panel = panel.where(panel.group_fold(2) == 0)
    early = panel.at(ORIGINS[:-2])
    contract = contract_of(early, config)
    learned, unfinished = rows_of(early, contract), unfinished_of(panel, [CensoredOrigin(ORIGINS[-2], 3)])
    with_them = fit_decline(early, learned, unfinished, contract, config)
    assert with_them.to_texts() != fit_decline(early, learned, (), contract, config).to_texts()


def test_an_origin_without_clients_teaches_nothing() -> None:
    assert unfinished_of(drawn_panel(), [CensoredOrigin(99, 3)]) == ()


def test_frames_stay_whole_when_rows_are_chosen() -> None:
    panel = unfinished_panel()
    part = panel.where(panel.origin == ORIGINS[0])
    assert part.so_far[3].shape == (len(part), len(SO_FAR))
    pd.testing.assert_index_equal(part.features.index, pd.RangeIndex(len(part)))
