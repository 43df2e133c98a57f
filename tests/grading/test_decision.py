"""Tiers: a large client that will stay is AA, whoever is likely to leave is B, by numbers that a reviewer can check."""

from __future__ import annotations

import numpy as np
import pytest

from models.config.policy.tiers import DEFAULT_SCALE
from models.config.tiers import TiersConfig
from models.grading.built_in import TierPolicy, grade, tier_policy

SETTINGS = TiersConfig(share={"AA": 0.1, "A": 0.4}, max_decline={"AA": 0.3, "A": 0.6})
POLICY = TierPolicy(
    tiers=("AA", "A", "B"), least_value=(1_000_000.0, 200_000.0), max_decline=(0.3, 0.6), currency="USD"
)

BY_HAND = [
    (2_000_000.0, 0.10, "AA", "AA: expected value at or above 1,000,000 USD, decline at most 30%"),
    (1_000_000.0, 0.30, "AA", "AA: expected value at or above 1,000,000 USD, decline at most 30%"),
    (1_000_000.0, 0.31, "A", "A: expected value at or above 1,000,000 USD, but decline above 30%"),
    (2_000_000.0, 0.60, "A", "A: expected value at or above 1,000,000 USD, but decline above 30%"),
    (2_000_000.0, 0.61, "B", "B: decline above 60%, whatever the value"),
    (999_999.0, 0.01, "A", "A: expected value at or above 200,000 USD, decline at most 60%"),
    (200_000.0, 0.60, "A", "A: expected value at or above 200,000 USD, decline at most 60%"),
    (199_999.0, 0.00, "B", "B: expected value below 200,000 USD"),
    (0.0, 0.99, "B", "B: decline above 60%, whatever the value"),
]


@pytest.mark.parametrize(("value", "decline", "tier", "reason"), BY_HAND)
def test_the_rule_by_hand(value: float, decline: float, tier: str, reason: str) -> None:
    grades = grade(np.array([value]), np.array([decline]), POLICY)
    assert (grades.tier[0], grades.reason[0]) == (tier, reason)


def test_a_book_is_graded_as_its_clients_are() -> None:
    value, decline = (np.array([row[place] for row in BY_HAND]) for place in (0, 1))
    grades = grade(value, decline, POLICY)
    assert list(grades.tier) == [row[2] for row in BY_HAND]
    assert list(grades.reason) == [row[3] for row in BY_HAND]


def test_the_configured_shares_reach_the_cut_offs() -> None:
    value = np.random.default_rng(3).permutation(np.arange(1.0, 1001.0))
    policy = tier_policy(value, SETTINGS, DEFAULT_SCALE, "EUR")
    assert policy.least_value == (901.0, 601.0)
    tiers = grade(value, np.zeros(1000), policy).tier
    assert [int((tiers == tier).sum()) for tier in ("AA", "A", "B")] == [100, 300, 600]


@pytest.mark.parametrize("clients", [1, 2, 3])
def test_the_smallest_book_has_a_best_client(clients: int) -> None:
    policy = tier_policy(np.arange(1.0, clients + 1), SETTINGS, DEFAULT_SCALE, "EUR")
    assert policy.least_value[0] == clients


def test_equal_clients_are_graded_alike() -> None:
    policy = tier_policy(np.array([5.0] * 8 + [1.0, 2.0]), SETTINGS, DEFAULT_SCALE, "EUR")
    tiers = grade(np.full(4, 5.0), np.zeros(4), policy).tier
    assert set(tiers) == {"AA"}


def test_less_decline_never_lowers_and_more_value_never_lowers() -> None:
    rank = {"B": 0, "A": 1, "AA": 2}
    values, declines = np.linspace(0, 2e6, 41), np.linspace(0, 1, 41)
    table = np.array([[rank[str(tier)] for tier in grade(values, np.full(41, p), POLICY).tier] for p in declines])
    assert (np.diff(table, axis=1) >= 0).all()
    assert (np.diff(table, axis=0) <= 0).all()
    assert set(table.ravel()) == {0, 1, 2}
