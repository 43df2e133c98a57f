"""A policy file with mistakes: each is told, all at once, in words that a business person can act upon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from models.config.loading import load_config
from models.config.policy.policy import PolicyConfig
from models.errors import ConfigError
from support.graded import CREDIT_AND_VALUE, policy_of

WITH_POLICY = Path(__file__).parents[1] / "configs" / "valid" / "with_policy.yaml"


def message(**changes: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        policy_of(**changes)
    return str(caught.value)


def with_dimension(name: str, **changes: Any) -> dict[str, Any]:
    dimensions = CREDIT_AND_VALUE["dimensions"]
    return {"dimensions": {**dimensions, name: {**dimensions.get(name, {}), **changes}}}


def test_a_client_that_no_rule_decides_is_told_by_example() -> None:
    reported = message(rules=CREDIT_AND_VALUE["rules"][:-1])
    assert "a gap: none for credit high, expected_value top, decline_risk high; " in reported
    assert "; and 3 more" in reported


def test_a_better_client_must_not_get_a_lower_tier() -> None:
    rules = [dict(rule) for rule in CREDIT_AND_VALUE["rules"]]
    rules[0]["tier"], rules[1]["tier"] = "A", "AA"
    assert "a better client must not get a lower tier" in message(rules=rules)


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        ([{"name": "a", "points": 30}, {"name": "b", "points": 60}, {"name": "c"}], "which leaves an empty range"),
        ([{"name": "a", "amount": 30}, {"name": "b"}], "level a must have one cut-off, points or share"),
        ([{"name": "a", "points": 30}, {"name": "b", "points": 10}], "the last level takes the rest"),
        ([{"name": "a", "points": 30}, {"name": "a"}], "levels must differ in name"),
        ([{"name": "a"}], "must have two levels or none"),
        ([{"name": "a"}, {"name": "b"}], "level a must have one cut-off"),
    ],
)
def test_levels_that_part_nothing_are_refused(levels: list[dict[str, Any]], sentence: str) -> None:
    assert sentence in message(**with_dimension("credit", levels=levels))


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        ({"feature": "pd_last", "prediction": "value", "worst": 0, "best": 1}, "must look at one of feature"),
        ({"feature": "pd_last", "worst": 0}, "pd_last must tell worst (0 points) and best (100 points)"),
        ({"feature": "pd_last", "worst": 1, "best": 1}, "worst and best of pd_last must differ"),
        ({"feature": "pd_last", "worst": 0, "best": 1, "scale": "log"}, "must be above 0 on a scale of ratios"),
        ({"prediction": "value", "points": {"A": 1}}, "points by name are for features that are categories"),
        ({"dimension": "later"}, "a dimension that credit counts, among those before it, must be known"),
    ],
)
def test_criteria_that_score_nothing_are_refused(criterion: dict[str, Any], sentence: str) -> None:
    assert sentence in message(**with_dimension("credit", criteria=[criterion]))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"above": None}, "a cap must say when it acts"),
        ({"below": 10}, "a cap must look one way"),
        ({"at_most": "AA"}, "a cap must hold below the best tier"),
        ({"name": "overdue_270"}, "caps must differ in name"),
        ({"feature": "arrears_days", "above": 300, "at_most": "A"}, "must be as hard as overdue_270"),
        ({"treatment": {"limit_action": "cut"}}, "changes the treatment and needs treatments"),
    ],
)
def test_caps_that_do_nothing_or_contradict_are_refused(changes: dict[str, Any], sentence: str) -> None:
    caps = [{**CREDIT_AND_VALUE["caps"][0], **changes}, *CREDIT_AND_VALUE["caps"][1:]]
    assert sentence in message(caps=caps)


def test_a_measure_of_profit_needs_what_treating_costs() -> None:
    profit = {
        "label": {"en": "profit of treating", "zh": "挽留收益"},
        "measure": "treating_profit",
        "levels": [{"name": "pays", "amount": 0.0}, {"name": "costs"}],
    }
    assert "needs the section treating" in message(**with_dimension("profit", **profit))
    assert policy_of(**with_dimension("profit", **profit), treating={"success": 0.3, "cost": 5_000}).treating


def test_a_table_too_large_to_read_is_refused() -> None:
    levels = [*({"name": f"l{n}", "points": 99 - n} for n in range(49)), {"name": "rest"}]
    dimensions = {f"d{n}": {**CREDIT_AND_VALUE["dimensions"]["credit"], "levels": levels} for n in range(3)}
    rules = [{"tier": "A", "when": dict.fromkeys(dimensions, "l1")}]
    assert "at most 100,000 cases, got 125,000" in message(dimensions=dimensions, rules=rules)


def test_a_policy_may_stand_in_a_file_of_its_own_and_be_set_over() -> None:
    config = load_config(
        WITH_POLICY, ["policy.dimensions.expected_value.levels.top.share=0.3", "policy.rules.2.tier=B"]
    )
    assert config.policy is not None
    assert config.policy.dimensions["expected_value"].levels[0].share == 0.3
    assert config.meaning()["policy"]["rules"][1]["when"] == {"credit": ["high"], "expected_value": ["good", "rest"]}
    assert PolicyConfig.model_validate(config.meaning()["policy"]) == config.policy


@pytest.mark.parametrize("key", ["policy.rules.9.tier=B", "policy.dimensions.expected_value.levels.tpo.share=0.3"])
def test_an_entry_of_a_list_that_is_not_there_is_told(key: str) -> None:
    with pytest.raises(ConfigError, match="--set must name an entry of the list"):
        load_config(WITH_POLICY, [key])
