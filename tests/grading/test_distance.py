"""The way to the next tier by hand: over fewest dimensions, then the shortest, past the margin, and never made up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.config.policy.policy import PolicyConfig
from models.grading.decision import grade_book
from models.grading.distance import Shortfall, shortfall
from models.grading.fitted import fit_policy
from support.graded import facts_of, policy_of

WORTH = {"label": {"en": "worth", "zh": "价值"}, "measure": "value"}
RISK = {"label": {"en": "risk", "zh": "风险"}, "measure": "decline_probability"}


def policy(rules: list[dict[str, Any]], *, margin: float = 0.0, **dimensions: Any) -> PolicyConfig:
    named = {
        "worth": {
            **WORTH,
            "levels": [{"name": "top", "amount": 100.0}, {"name": "good", "amount": 50.0}, {"name": "low"}],
        },
        "risk": {**RISK, "levels": [{"name": "low", "probability": 0.2}, {"name": "high"}]},
        **dimensions,
    }
    return PolicyConfig.model_validate({"dimensions": named, "rules": rules, "stability": {"margin": margin}})


TWO_WAYS = [
    {"tier": "AA", "when": {"worth": "top"}},
    {"tier": "AA", "when": {"worth": "good", "risk": "low"}},
    {"tier": "A", "when": {"worth": "good", "risk": "high"}},
    {"tier": "B", "when": {"worth": "low"}},
]


def lacking(settings: PolicyConfig, **facts: Any) -> Shortfall:
    book = facts_of(**facts)
    return shortfall(grade_book(fit_policy(settings, book, "USD"), book))


@pytest.mark.parametrize(
    ("value", "risk", "worth_lacks", "risk_lacks", "main"),
    [
        (90.0, 0.30, 10.0, 0.0, "worth"),  # a tenth of the cut-off against half of it
        (60.0, 0.22, 0.0, 0.02, "risk"),  # 40 against a tenth of the cut-off
    ],
)
def test_of_ways_over_as_many_dimensions_the_shortest(
    value: float, risk: float, worth_lacks: float, risk_lacks: float, main: str
) -> None:
    found = lacking(policy(TWO_WAYS), value=value, decline=risk)
    assert found.next_tier.tolist() == ["AA"]
    assert found.lacking["worth"].tolist() == pytest.approx([worth_lacks])
    assert found.lacking["risk"].tolist() == pytest.approx([risk_lacks])
    assert found.main.tolist() == [main]
    assert found.main_lacking.tolist() == pytest.approx([max(worth_lacks, risk_lacks)])


def test_fewer_dimensions_go_before_a_shorter_way() -> None:
    rules = [
        {"tier": "AA", "when": {"worth": "top"}},
        {"tier": "AA", "when": {"worth": "good", "risk": "low"}},
        {"tier": "A", "when": {"worth": ["good", "low"], "risk": "high"}},
        {"tier": "A", "when": {"worth": "low", "risk": "low"}},
    ]
    # worth alone: 252 of 300; worth and risk: 2 of 50 and .01 of .2
    levels = [{"name": "top", "amount": 300.0}, {"name": "good", "amount": 50.0}, {"name": "low"}]
    found = lacking(policy(rules, worth={**WORTH, "levels": levels}), value=48.0, decline=0.21)
    assert found.lacking["worth"].tolist() == [252.0]
    assert found.lacking["risk"].tolist() == [0.0]


def test_the_main_dimension_lacks_most_as_a_share_of_its_cut_off() -> None:
    rules = [
        {"tier": "AA", "when": {"worth": "top", "risk": "low"}},
        {"tier": "A", "when": {"worth": "top", "risk": "high"}},
        {"tier": "A", "when": {"worth": ["good", "low"]}},
    ]
    found = lacking(policy(rules), value=[90.0, 70.0], decline=[0.3, 0.21])
    assert found.main.tolist() == ["risk", "worth"]
    assert found.main_lacking.tolist() == pytest.approx([0.1, 30.0])
    assert found.lacking["worth"].tolist() == pytest.approx([10.0, 30.0])


def test_clients_with_an_earlier_tier_must_pass_the_margin_and_others_need_not() -> None:
    found = lacking(policy(TWO_WAYS, margin=0.1), value=95.0, decline=0.9, previous=["A", ""])
    assert found.lacking["worth"].tolist() == pytest.approx([15.0, 5.0])
    assert lacking(policy(TWO_WAYS, margin=0.1), value=105.0, decline=0.9, previous="A").main_lacking.tolist() == [
        pytest.approx(5.0)
    ]


def test_a_tier_that_no_rule_gives_is_no_next_tier() -> None:
    rules = [{"tier": "AA", "when": {"worth": "top"}}, {"tier": "B", "when": {"worth": ["good", "low"]}}]
    found = lacking(policy(rules), value=[120.0, 60.0])
    assert found.next_tier.tolist() == ["", "AA"]
    assert found.main.tolist() == ["", "worth"]
    assert found.main_lacking.tolist() == [0.0, 40.0]


def test_the_nearest_better_tier_is_the_next() -> None:
    assert lacking(policy(TWO_WAYS), value=[10.0, 60.0, 120.0], decline=0.9).next_tier.tolist() == ["A", "AA", ""]


def test_of_whom_nothing_is_known_it_is_not_known_what_lacks() -> None:
    settings = policy(TWO_WAYS)
    found = lacking(settings, value=[np.nan, 10.0], decline=0.9)  # taken as good, the middle level
    assert found.next_tier.tolist() == ["AA", "A"]
    assert np.isnan(found.lacking["worth"][0])
    assert found.main.tolist() == ["worth", "worth"]
    assert np.isnan(found.main_lacking[0])
    unknown_risk = lacking(settings, value=60.0, decline=np.nan)  # taken as low, which is enough for AA
    assert unknown_risk.next_tier.tolist() == [""]


def test_what_is_unknown_and_enough_does_not_lack() -> None:
    rules = [
        {"tier": "AA", "when": {"worth": "top", "risk": "low"}},
        {"tier": "A", "when": {"worth": ["good", "low"]}},
        {"tier": "A", "when": {"worth": "top", "risk": "high"}},
    ]
    found = lacking(policy(rules), value=60.0, decline=np.nan)
    assert found.lacking["risk"].tolist() == [0.0]
    assert found.lacking["worth"].tolist() == [40.0]
    assert found.main.tolist() == ["worth"]


def test_a_cut_off_of_nothing_is_short_by_as_much_as_all() -> None:
    worth = {**WORTH, "levels": [{"name": "top", "amount": 0.0}, {"name": "low"}]}
    rules = [
        {"tier": "AA", "when": {"worth": "top", "risk": "low"}},
        {"tier": "A", "when": {"worth": "low"}},
        {"tier": "A", "when": {"worth": "top", "risk": "high"}},
    ]
    found = lacking(policy(rules, worth=worth), value=[-5.0, -5.0, 1.0], decline=[0.3, 0.5, 0.3])
    assert found.main.tolist() == ["worth", "risk", "risk"]  # 1 against .5; 1 against 1.5
    assert found.lacking["worth"].tolist() == [5.0, 5.0, 0.0]


def test_a_rule_for_every_level_of_a_dimension_asks_nothing_of_it() -> None:
    found = lacking(policy_of(), value=1e6, pd_last=0.045, decline=[0.1, 0.6])
    assert found.next_tier.tolist() == ["AA", "A"]
    assert found.main.tolist() == ["expected_value", "decline_risk"]
    assert found.lacking["credit"].tolist() == pytest.approx([5.0, 0.0])


def test_who_is_at_the_top_by_another_way_lacks_nothing() -> None:
    """AA by value 60 and low risk: that worth alone would take 100 is no way left to go."""
    found = lacking(policy(TWO_WAYS), value=60.0, decline=0.1)
    assert found.next_tier.tolist() == [""]
    assert {name: amount.tolist() for name, amount in found.lacking.items()} == {"worth": [0.0], "risk": [0.0]}
    assert (found.main.tolist(), found.main_lacking.tolist()) == ([""], [0.0])


def test_half_a_unit_below_a_cut_off_of_nothing_is_short_too() -> None:
    worth = {**WORTH, "levels": [{"name": "top", "amount": 0.0}, {"name": "low"}]}
    rules = [{"tier": "AA", "when": {"worth": "top"}}, {"tier": "A", "when": {"worth": "low"}}]
    found = lacking(policy(rules, worth=worth), value=[-0.5, 0.0])
    assert found.main.tolist() == ["worth", ""]
    assert found.main_lacking.tolist() == [0.5, 0.0]
