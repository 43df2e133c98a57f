"""Moves between stages: a hand-counted matrix, a chain whose stays are known, and how often a rule flaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.profiles.migrations import migrations, steadiness

KINDS = ("maturity", "decline", "churned")


def test_three_clients_over_three_months_by_hand() -> None:
    history = pd.DataFrame(
        {
            "A": ["maturity", "maturity", "decline"],
            "B": ["decline", "churned", "churned"],
            "C": [None, "maturity", "maturity"],
        }
    )
    moved = migrations(history, KINDS)
    assert moved.counts.tolist() == [[2, 1, 0], [0, 0, 1], [0, 0, 1]]
    np.testing.assert_allclose(moved.shares[0], [2 / 3, 1 / 3, 0])
    np.testing.assert_allclose(moved.expected_periods, [3.0, 1.0, np.inf])
    assert moved.absorbing.tolist() == [False, False, True]


def test_a_chain_of_known_chances_is_recovered() -> None:
    random = np.random.default_rng(3)
    chances = np.array([[0.95, 0.05, 0.0], [0.1, 0.8, 0.1], [0.02, 0.0, 0.98]])
    state, rows = random.integers(0, 3, 4_000), []
    for _ in range(30):
        rows.append(state)
        state = (random.random(len(state))[:, None] > chances.cumsum(axis=1)[state]).sum(axis=1)
    moved = migrations(pd.DataFrame(np.array(KINDS)[np.stack(rows)]), KINDS, step_periods=3)
    np.testing.assert_allclose(moved.shares, chances, atol=0.01)
    np.testing.assert_allclose(moved.expected_periods, 3 / (1 - np.diag(chances)), rtol=0.1)


def test_a_kind_that_nobody_had_has_no_stay() -> None:
    moved = migrations(pd.DataFrame({"A": ["maturity", "maturity"]}), KINDS)
    assert np.isnan(moved.expected_periods[1])
    assert moved.absorbing.tolist() == [True, False, False]


def test_idle_changes_are_those_without_a_change_in_the_truth() -> None:
    published = pd.DataFrame({"A": ["x", "y", "x"], "B": ["x", "x", "y"], "C": ["x", "x", None]})
    truth = pd.DataFrame({"A": ["x", "x", "x"], "B": ["x", "x", "y"], "C": ["x", "x", "x"]})
    reported = steadiness(published, truth)
    assert reported.changed_steps == pytest.approx(3 / 5)
    assert reported.idle_steps == pytest.approx(2 / 5)
    assert reported.changed_clients == pytest.approx(2 / 3)
    assert reported.idle_clients == pytest.approx(1 / 2)
