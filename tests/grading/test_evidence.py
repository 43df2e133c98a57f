"""What one client's grade rests on: each criterion with what was seen, of that client and no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.grading.decision import assess
from models.grading.evidence import evidence
from models.grading.fitted import fit_policy
from support.graded import CREDIT_AND_VALUE, FEATURES, facts_of, policy_of


def test_every_client_has_its_own_evidence() -> None:
    facts = facts_of(value=[1e6, 3e6], pd_last=[0.02, 0.08], decline=[0.1, 0.9], esg="B")
    assessment = assess(fit_policy(policy_of(), facts, "USD"), facts)
    first, second = evidence(assessment, 0, FEATURES), evidence(assessment, 1, FEATURES)
    assert [each.name for each in first] == ["credit", "expected_value", "decline_risk"]
    assert [(each.number, each.level, each.unit) for each in first] == [
        (75.0, "high", "points"),
        (1e6, "rest", "currency"),
        (0.1, "bearable", "probability"),
    ]
    assert [(round(each.number or 0, 9), each.level) for each in second] == [
        (30.0, "fair"),
        (3e6, "top"),
        (0.9, "high"),
    ]
    assert [(each.name, each.observed, round(each.points or 0, 9), each.weight) for each in second[0].criteria] == [
        ("pd_last", 0.08, 20.0, 3.0),
        ("esg_grade", "B", 60.0, 1.0),
    ]
    assert first[1].criteria == ()


def test_what_is_not_known_is_none_and_listed_as_missing() -> None:
    facts = facts_of(value=[1e6, 1e6], pd_last=[np.nan, 0.01])
    assessment = assess(fit_policy(policy_of(), facts, "USD"), facts)
    unknown, rated = evidence(assessment, 0, FEATURES)[0], evidence(assessment, 1, FEATURES)[0]
    assert (unknown.number, unknown.level, unknown.missing) == (None, "fair", ("pd_last", "esg_grade"))
    assert rated.missing == ("esg_grade",)
    absent = replace(facts, features=facts.features[[]])
    gone = evidence(assess(assessment.policy, absent), 1, FEATURES)[0]
    assert [each.observed for each in gone.criteria] == [None, None]
    assert gone.missing == ("pd_last", "esg_grade")


def test_a_dimension_without_levels_only_informs() -> None:
    dimensions = {**CREDIT_AND_VALUE["dimensions"], "size": {"label": {"en": "size", "zh": "规模"}, "measure": "value"}}
    facts = facts_of(value=3e6)
    size = evidence(assess(fit_policy(policy_of(dimensions=dimensions), facts, "USD"), facts), 0, FEATURES)[-1]
    assert (size.name, size.level, size.number) == ("size", "", 3e6)
