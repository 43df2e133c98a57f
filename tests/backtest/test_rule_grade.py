"""The grade of a lender without models: the largest by past business, if their rating allows."""

from __future__ import annotations

import numpy as np
import pytest

from models.backtest.rule_grade import rule_grade
from models.config.backtest import SpreadsheetRuleConfig

PAST = np.array([1000.0, 900, 800, 700, 600, 500, 400, 300, 200, 100])


def test_the_largest_tenth_is_aa_and_the_next_three_are_a() -> None:
    assert rule_grade(PAST, None, SpreadsheetRuleConfig()).tolist() == ["AA", *["A"] * 3, *["B"] * 6]


def test_a_bad_rating_holds_a_large_client_down() -> None:
    rating = np.full(10, 0.001)
    rating[[0, 1]] = 0.02, 0.2
    assert rule_grade(PAST, rating, SpreadsheetRuleConfig()).tolist() == ["A", "B", "A", "A", *["B"] * 6]


def test_a_client_without_rating_is_at_most_a() -> None:
    rating = np.full(10, 0.001)
    rating[0] = np.nan
    assert rule_grade(PAST, rating, SpreadsheetRuleConfig())[0] == "A"


def test_the_order_of_clients_does_not_matter() -> None:
    order, rating = np.random.default_rng(1).permutation(10), np.linspace(0.001, 0.1, 10)
    shuffled = rule_grade(PAST[order], rating[order], SpreadsheetRuleConfig())
    assert shuffled.tolist() == rule_grade(PAST, rating, SpreadsheetRuleConfig())[order].tolist()


@pytest.mark.parametrize("wrong", [{"aa_share": 0.5, "a_share": 0.4}, {"aa_max_rating": 0.1, "a_max_rating": 0.05}])
def test_aa_is_never_easier_than_a(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="aa_"):
        SpreadsheetRuleConfig(**wrong)
