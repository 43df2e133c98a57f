"""A policy that asks for ``pd_lsat`` is refused where it is read; one that asks what another book knows is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.book.contract import CASHFLOW_KINDS, INTERACTION_KINDS, TABLES
from models.config.feature_names import CATEGORIES, FLOWS, STATES, feature_problems, possible_features
from models.config.features import FeaturesConfig
from models.config.loading import load_config, parse_config
from models.config.policy.policy import PolicyConfig
from models.errors import ConfigError
from support.graded import CREDIT_AND_VALUE, PROJECT_FINANCE, policy_of

CONFIGS = Path(__file__).parents[2] / "configs"
SMALL = FeaturesConfig.model_validate({"windows": [3, 12], "measures": {"late": {"kinds": ["arrears"]}}})
TEXT = {"en": "capped", "zh": "受限"}


def with_cap(**cap: Any) -> PolicyConfig:
    return policy_of(caps=[{"name": "held", "at_most": "B", "because": TEXT, "above": 1} | cap])


@pytest.mark.parametrize(
    ("feature", "meant"),
    [
        ("arrears_dys", "did you mean arrears_days?"),
        ("pd_agedays", "did you mean pd_age_days?"),
        ("late_sum_12", "did you mean late_sum_12p?"),
        ("lat_sum_12p", "did you mean late_sum_12p?"),
        ("default_recency", "did you mean default_recency_days?"),
        ("emplyees", "did you mean employees?"),
        ("x", "known are "),
    ],
)
def test_a_feature_that_no_book_has_is_refused_with_the_nearest(feature: str, meant: str) -> None:
    (problem,) = feature_problems(with_cap(feature=feature), SMALL)
    assert problem.rule == "policy.caps.held: the feature must be known"
    assert problem.got == repr(feature)
    assert problem.remedy.startswith(meant)


@pytest.mark.parametrize(
    "feature",
    ["late_sum_6p", "late_recency_days", "interest_sum_99p", "pd_last", "csat_change_3p", "macro_gdp_growth_last"],
)
def test_what_this_or_another_book_may_know_is_let_in_whatever_its_windows(feature: str) -> None:
    assert feature_problems(with_cap(feature=feature), SMALL) == []


def test_criteria_are_held_to_the_same_and_every_slip_is_told() -> None:
    dimensions = {**CREDIT_AND_VALUE["dimensions"]}
    criteria = [{"feature": "pd_lst", "worst": 1, "best": 0}, {"feature": "esg_grad", "points": {"A": 100}}]
    dimensions["credit"] = {**dimensions["credit"], "criteria": criteria}
    problems = feature_problems(policy_of(dimensions=dimensions), SMALL)
    assert [(problem.rule, problem.remedy) for problem in problems] == [
        ("policy.dimensions.credit: the feature must be known", "did you mean pd_last?"),
        ("policy.dimensions.credit: the feature must be known", "did you mean esg_grade?"),
    ]


def test_no_number_is_asked_of_text() -> None:
    (problem,) = feature_problems(with_cap(feature="country"), SMALL)
    assert problem.remedy == "let the cap act on or_missing alone"
    assert feature_problems(with_cap(feature="country", above=None, or_missing=True), SMALL) == []
    dimensions = {**CREDIT_AND_VALUE["dimensions"]}
    criteria = [{"feature": "esg_grade", "worst": 1, "best": 0}]
    dimensions["credit"] = {**dimensions["credit"], "criteria": criteria}
    assert [each.remedy for each in feature_problems(policy_of(dimensions=dimensions), SMALL)] == [
        "give points by name"
    ]


def test_a_config_with_a_slip_in_its_policy_is_refused_when_it_is_read() -> None:
    text = (CONFIGS / "demo.yaml").read_text(encoding="utf-8")
    slip = PROJECT_FINANCE.model_dump(mode="json")
    overdue = next(cap for cap in slip["caps"] if cap["name"] == "overdue_30")
    overdue["feature"] = "arrears_day"
    raw = yaml.safe_load(text) | {"policy": slip}
    with pytest.raises(ConfigError, match=r"policy\.caps\.overdue_30: the feature must be known, got 'arrears_day'"):
        parse_config(yaml.safe_dump(raw, sort_keys=False))


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_config_may_use_the_policy_of_project_finance(path: Path) -> None:
    assert feature_problems(PROJECT_FINANCE, load_config(path).features) == []


def test_the_names_are_those_of_the_book() -> None:
    assert {*CASHFLOW_KINDS, *INTERACTION_KINDS} <= set(FLOWS)
    columns = {table: {column.name for column in TABLES[table].columns} for table in TABLES}
    assert {"response_hours", "resolution_hours"} <= columns["interactions"]
    assert set(STATES) <= columns["surveys"] | columns["ratings"] | columns["financials"]
    assert set(CATEGORIES) <= columns["clients"]


def test_a_number_of_periods_is_any() -> None:
    assert "value_sum_{window}p" in possible_features(SMALL)
    assert not {name for name in possible_features(SMALL) if "{name}" in name}
