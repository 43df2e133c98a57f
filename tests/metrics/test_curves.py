"""When clients decline and by which cause: curves and their metrics beside hand arithmetic, pandas, scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from models.errors import InternalError, TooLittleDataError
from models.metrics.curves import curve_auc, curve_brier
from models.metrics.incidence import cumulative_incidence

ENDS = np.array([3, 6, 12])


@pytest.fixture
def foreseen() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(6)
    period = np.where(generator.random(400) < 0.4, generator.integers(1, 13, size=400), 0)
    final = np.clip(0.4 + 0.2 * (period > 0) + generator.normal(scale=0.2, size=400), 0, 1)
    return period, final[:, None] * np.sort(generator.random((400, 3)), axis=1)


def test_each_step_equals_scikit_learn(foreseen: tuple[np.ndarray, np.ndarray]) -> None:
    period, probability = foreseen
    squared, ranked = curve_brier(period, probability, ENDS), curve_auc(period, probability, ENDS)
    for step, end in enumerate(ENDS):
        happened = (period > 0) & (period <= end)
        assert squared.by_step[step] == pytest.approx(brier_score_loss(happened, probability[:, step]))
        assert ranked.by_step[step] == pytest.approx(roc_auc_score(happened, probability[:, step]))
    assert squared.mean == pytest.approx(squared.by_step.mean())
    assert ranked.mean == pytest.approx(ranked.by_step.mean())


def test_a_step_in_which_nothing_happened_yet_says_nothing_about_ranking() -> None:
    ranked = curve_auc([2, 2, 0], [[0.1, 0.9], [0.2, 0.8], [0.3, 0.4]], [1, 2])
    assert np.isnan(ranked.by_step[0])
    assert (ranked.by_step[1], ranked.mean) == (1.0, 1.0)


def test_a_curve_of_another_shape_or_without_events_is_refused() -> None:
    with pytest.raises(InternalError, match=r"shape \(2, 3\)"):
        curve_brier([1, 0], np.zeros((2, 2)), ENDS)
    with pytest.raises(InternalError, match="between 0 and 1"):
        curve_brier([1, 0], np.full((2, 3), 1.5), ENDS)
    with pytest.raises(TooLittleDataError, match="with and without"):
        curve_auc([0, 0], np.zeros((2, 3)), ENDS)


def test_incidence_with_lost_clients_by_hand() -> None:
    # Ten clients. Period 1: 2 default, 1 lost. Of 7: 1 refinanced, 2 lost. Of 4: 1 of each. Of 2: one default.
    period = [1, 1, 1, 2, 2, 2, 3, 3, 4, 4]
    cause = [0, 0, -1, 1, -1, -1, 0, 1, 0, -1]
    defaults = np.cumsum([2 / 10, 0, 8 / 10 * 6 / 7 * 1 / 4, 8 / 10 * 6 / 7 * 2 / 4 * 1 / 2])
    refinanced = np.cumsum([0, 8 / 10 * 1 / 7, 8 / 10 * 6 / 7 * 1 / 4, 0])
    found = cumulative_incidence(period, cause, periods=4, causes=2)
    np.testing.assert_allclose(found, [defaults, refinanced], rtol=1e-12)


def test_without_losses_incidence_is_the_plain_share() -> None:
    generator = np.random.default_rng(2)
    frame = pd.DataFrame({"cause": generator.integers(-1, 3, size=500), "period": generator.integers(1, 13, size=500)})
    seen_to_the_end = frame["period"].where(frame["cause"] >= 0, 12)
    found = cumulative_incidence(seen_to_the_end, frame["cause"], periods=12, causes=3)
    for cause in range(3):
        shares = [((frame["cause"] == cause) & (frame["period"] <= end)).mean() for end in range(1, 13)]
        np.testing.assert_allclose(found[cause], shares, atol=1e-12)


def test_causes_sum_to_one_minus_kaplan_meier_and_weights_are_repetitions() -> None:
    generator = np.random.default_rng(9)
    period, cause = generator.integers(1, 9, size=300), generator.integers(-1, 2, size=300)
    period[0], cause[0] = 8, -1
    survival, alive = 1.0, []
    for now in range(1, 9):
        survival *= 1 - np.mean(cause[period >= now][period[period >= now] == now] >= 0) * np.mean(
            period[period >= now] == now
        )
        alive.append(survival)
    found = cumulative_incidence(period, cause, periods=8, causes=2)
    np.testing.assert_allclose(1 - found.sum(axis=0), alive, rtol=1e-10)
    weight = generator.integers(0, 4, size=300) + (np.arange(300) == 0)
    repeated = cumulative_incidence(np.repeat(period, weight), np.repeat(cause, weight), periods=8, causes=2)
    weighted = cumulative_incidence(period, cause, periods=8, causes=2, weight=weight)
    np.testing.assert_allclose(weighted, repeated, rtol=1e-10)


def test_beyond_the_last_client_seen_nothing_is_known_unless_all_have_ended() -> None:
    lost = cumulative_incidence([1, 2], [0, -1], periods=4, causes=1)
    np.testing.assert_array_equal(lost, [[0.5, 0.5, np.nan, np.nan]])
    ended = cumulative_incidence([1, 2], [0, 0], periods=4, causes=1)
    np.testing.assert_array_equal(ended, [[0.5, 1.0, 1.0, 1.0]])


def test_what_is_no_history_is_refused() -> None:
    with pytest.raises(TooLittleDataError, match="at least one client"):
        cumulative_incidence([], [], periods=3, causes=1)
    with pytest.raises(InternalError, match="periods from 1 on"):
        cumulative_incidence([0], [0], periods=3, causes=1)
    with pytest.raises(InternalError, match="causes from -1 to 0"):
        cumulative_incidence([1], [1], periods=3, causes=1)
