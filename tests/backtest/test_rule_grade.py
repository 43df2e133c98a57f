"""The grade of a lender without models: the largest by past business, if their rating allows."""

from __future__ import annotations

import numpy as np
import pytest

from models.backtest.lists import rule_grade
from models.config.backtest import SpreadsheetRuleConfig
from models.config.policy.tiers import DEFAULT_SCALE, TierConfig, TierScale

PAST = np.array([1000.0, 900, 800, 700, 600, 500, 400, 300, 200, 100])


def test_the_largest_tenth_is_aa_and_the_next_three_are_a() -> None:
    assert rule_grade(PAST, None, SpreadsheetRuleConfig(), DEFAULT_SCALE).tolist() == ["AA", *["A"] * 3, *["B"] * 6]


def test_a_bad_rating_holds_a_large_client_down() -> None:
    rating = np.full(10, 0.001)
    rating[[0, 1]] = 0.02, 0.2
    assert rule_grade(PAST, rating, SpreadsheetRuleConfig(), DEFAULT_SCALE).tolist() == ["A", "B", "A", "A", *["B"] * 6]


def test_a_client_without_rating_is_at_most_a() -> None:
    rating = np.full(10, 0.001)
    rating[0] = np.nan
    assert rule_grade(PAST, rating, SpreadsheetRuleConfig(), DEFAULT_SCALE)[0] == "A"


def test_the_order_of_clients_does_not_matter() -> None:
    order, rating = np.random.default_rng(1).permutation(10), np.linspace(0.001, 0.1, 10)
    shuffled = rule_grade(PAST[order], rating[order], SpreadsheetRuleConfig(), DEFAULT_SCALE)
    assert shuffled.tolist() == rule_grade(PAST, rating, SpreadsheetRuleConfig(), DEFAULT_SCALE)[order].tolist()


@pytest.mark.parametrize("wrong", [{"aa_share": 0.5, "a_share": 0.4}, {"aa_max_rating": 0.1, "a_max_rating": 0.05}])
def test_aa_is_never_easier_than_a(wrong: dict[str, float]) -> None:
    (problem,) = SpreadsheetRuleConfig.model_validate(wrong).problems(DEFAULT_SCALE)
    assert "of AA must" in problem.rule


FIVE = TierScale(tuple(TierConfig(name=name) for name in ("AAA", "AA", "A", "B", "C")))


def test_five_tiers_take_their_shares_one_after_the_other() -> None:
    shares = {"AAA": 0.1, "AA": 0.3, "A": 0.6, "B": 0.8}
    tiers = rule_grade(PAST, None, SpreadsheetRuleConfig(share=shares), FIVE)
    assert tiers.tolist() == ["AAA", "AA", "AA", "A", "A", "A", "B", "B", "C", "C"]


def test_a_book_of_another_size_is_cut_at_the_nearest_whole_client() -> None:
    past = np.arange(333.0, 0.0, -1.0)
    assert (rule_grade(past, None, SpreadsheetRuleConfig(), DEFAULT_SCALE) == "AA").sum() == 33
