"""A policy that asks for ratings meets a book without: nobody is AA, and what falls away is told by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from models.config.policy.policy import PolicyConfig
from models.grading.coverage import Coverage, coverage_notices, policy_notices
from models.grading.decision import assess, grade_book
from models.grading.evidence import grade_report
from models.grading.facts import Facts
from models.grading.fitted import fit_policy
from models.grading.reasons_text import reasons
from models.grading.treatments import TreatmentTable
from models.notices import Notice, Severity
from models.scoring.grade_columns import grade_columns
from support.graded import CREDIT_AND_VALUE, FEATURES, PROJECT_FINANCE, facts_of, policy_of

SOUND: dict[str, Any] = {"pd_last": 0.002, "pd_age_days": 30.0, "registered_capital": 1e9, "tenure_days": 4000.0}


def sound(clients: int = 3, **features: Any) -> Facts:
    return facts_of(value=[9e6] * clients, **{**SOUND, **features})


def without(facts: Facts, *names: str) -> Facts:
    return replace(facts, features=facts.features.drop(columns=list(names)))


def found_of(notices: list[Notice], code: str) -> dict[str, str]:
    return {notice.subject: notice.found for notice in notices if notice.code == code}


def test_nobody_is_aa_where_the_book_has_no_ratings_and_it_is_told() -> None:
    facts = sound()
    policy, unrated = fit_policy(PROJECT_FINANCE, facts, "USD"), without(facts, "pd_last", "pd_age_days")
    assert grade_book(policy, facts).tier.tolist() == ["AA"] * 3
    assert grade_book(policy, unrated).tier.tolist() == ["A"] * 3
    reported = found_of(policy_notices(PROJECT_FINANCE, unrated), "cap_without_feature")
    assert reported["policy.caps.rating_missing_or_old"] == (
        "the cap looks at pd_age_days and the book does not have it, so it holds every client at A at most"
    )


def test_a_column_without_a_value_holds_every_client_and_is_told() -> None:
    facts = sound(pd_age_days=np.nan)
    assert grade_book(fit_policy(PROJECT_FINANCE, facts, "USD"), facts).tier.tolist() == ["A"] * 3
    reported = found_of(policy_notices(PROJECT_FINANCE, facts), "cap_without_feature")
    assert reported["policy.caps.rating_missing_or_old"] == (
        "the cap looks at pd_age_days and the book tells it of no client, so it holds every client at A at most"
    )


def test_a_cap_that_cannot_be_checked_is_told_and_one_of_which_nobody_has_the_feature_is_not() -> None:
    facts = sound(default_recency_days=np.nan)  # the book knows facilities, and no default ever
    reported = found_of(policy_notices(PROJECT_FINANCE, without(facts, "arrears_days")), "cap_without_feature")
    assert set(reported) == {
        f"policy.caps.{name}" for name in ("overdue_30", "group_default", "substandard", "doubtful", "loss")
    }
    assert reported["policy.caps.overdue_30"] == (
        "the cap looks at arrears_days and the book does not have it, so it cannot be checked and holds nobody"
    )


def test_criteria_that_give_nobody_points_are_told_with_what_then_counts() -> None:
    settings = policy_of()
    reported = found_of(policy_notices(settings, facts_of(esg="a")), "criterion_without_feature")
    assert reported == {
        "policy.dimensions.credit": "no client gets points for esg_grade (other values than the policy names), "
        "so 1 of its 2 criteria count"
    }
    reported = found_of(
        policy_notices(settings, without(facts_of(pd_last=np.nan), "esg_grade")), "criterion_without_feature"
    )
    assert reported["policy.dimensions.credit"] == (
        "no client gets points for pd_last (known of no client), esg_grade (not in the book), "
        "so every client is taken as fair in it"
    )


def test_a_dimension_made_of_others_goes_without_those_that_go_without() -> None:
    reported = found_of(policy_notices(PROJECT_FINANCE, sound()), "criterion_without_feature")
    assert reported["policy.dimensions.funding_need"].endswith("so no client has a score in it")
    assert reported["policy.dimensions.potential"] == (
        "no client gets points for funding_need (known of no client), so 2 of its 3 criteria count"
    )


def test_a_bound_that_the_models_do_not_know_is_told() -> None:
    facts = sound()
    unbound = replace(facts, value_low=np.full(3, np.nan))
    assert found_of(policy_notices(PROJECT_FINANCE, unbound), "measure_without_bound") == {
        "policy.dimensions.expected_value": "the models know no value_low of any client, so value stands in for it"
    }
    some = replace(facts, value_low=np.array([np.nan, 1.0, 1.0]))
    assert not found_of(policy_notices(PROJECT_FINANCE, some), "measure_without_bound")


def test_a_policy_that_sees_all_it_asks_for_says_nothing() -> None:
    assert policy_notices(policy_of(), facts_of(esg="A")) == []
    unscored = {**CREDIT_AND_VALUE["dimensions"], "size": {"label": {"en": "size", "zh": "规模"}, "measure": "value"}}
    assert policy_notices(policy_of(dimensions=unscored), facts_of(esg="A")) == []


def test_one_client_in_one_block_is_enough_to_know_a_feature() -> None:
    settings = policy_of()
    facts = facts_of(value=[1.0] * 4, pd_last=[np.nan, np.nan, np.nan, 0.01], esg="A")
    policy = fit_policy(settings, facts, "USD")
    blocks = [assess(policy, facts.where(np.array(rows))).coverage for rows in ([0, 1], [2, 3])]
    assert len(coverage_notices(settings, blocks[0])) == 1
    whole = Coverage.joined(blocks)
    assert (whole.clients, whole.known["pd_last"], whole.scored["credit"]) == (4, 1, (1, 4))
    assert coverage_notices(settings, whole) == []
    assert whole == assess(policy, facts).coverage


def test_notices_of_a_policy_are_warnings_and_count_whom_they_concern() -> None:
    notices = policy_notices(policy_of(), without(facts_of(value=[1.0, 2.0]), "arrears_days", "esg_grade"))
    assert {notice.severity for notice in notices} == {Severity.WARNING}
    assert [notice.count for notice in notices] == [2, 2, 2, 1]
    nobody = facts_of(value=[1.0, 2.0]).where(np.zeros(2, dtype=np.bool_))
    assert policy_notices(PROJECT_FINANCE, nobody) == []


def test_treatments_that_no_warning_reaches_are_told() -> None:
    """A slip in the name of a dimension, and a policy from before treatments followed warnings."""
    facts = sound()
    coverage = assess(fit_policy(PROJECT_FINANCE, facts, "USD"), facts).coverage
    before = coverage_notices(PROJECT_FINANCE, coverage)
    assert coverage_notices(PROJECT_FINANCE, coverage, ["risk", "arrears", "rating"]) == before
    (slip,) = [each for each in coverage_notices(PROJECT_FINANCE, coverage, ["risk", "arears"]) if each not in before]
    assert (slip.code, slip.subject) == ("treatment_of_no_warning", "policy.treatments.warned")
    assert slip.found.startswith("rows for warnings name arrears, rating, in which no client")
    treatments = PROJECT_FINANCE.model_dump(mode="json")["treatments"]
    rows = [row for row in treatments["rows"] if not row["severity"]]
    old = PROJECT_FINANCE.model_dump(mode="json") | {"treatments": {**treatments, "warned": None, "rows": rows}}
    settings = PolicyConfig.model_validate(old)
    (told,) = [each for each in coverage_notices(settings, coverage, ["risk"]) if each not in before]
    assert told.code == "treatment_without_warnings"


LOSSES = {
    "dimensions": {
        "credit_loss": {
            "label": {"en": "expected credit loss", "zh": "预期信用损失"},
            "measure": "credit_loss_high",
            "levels": [{"name": "low", "share": 0.5}, {"name": "high"}],
        },
    },
    "rules": [{"tier": "A", "when": {"credit_loss": "low"}}, {"tier": "B", "when": {"credit_loss": "high"}}],
}


def test_of_credit_loss_less_is_better_and_its_bound_counts_where_it_is_known() -> None:
    policy = PolicyConfig.model_validate(LOSSES)
    facts = facts_of(value=[1e6] * 4, forecast={"credit_loss": [1.0, 2.0, 3.0, 4.0]})
    graded = fit_policy(policy, facts, "USD")
    assert graded.cut_offs["credit_loss"] == (2.0,)
    assert grade_book(graded, facts).tier.tolist() == ["A", "A", "B", "B"]
    assert set(found_of(policy_notices(policy, facts), "measure_without_bound")) == {"policy.dimensions.credit_loss"}
    bounded = facts_of(value=[1e6] * 4, forecast={"credit_loss": [1.0] * 4, "credit_loss_high": [9.0, 2.0, 8.0, 1.0]})
    assert grade_book(graded, bounded).tier.tolist() == ["B", "A", "B", "A"]
    assert not policy_notices(policy, bounded)


def test_a_book_that_knows_no_defaults_stands_at_the_level_of_the_unknown_and_is_told() -> None:
    policy, facts = PolicyConfig.model_validate(LOSSES), facts_of(value=[1e6] * 3)
    assert grade_book(fit_policy(policy, facts, "USD"), facts).tier.tolist() == ["A"] * 3
    assert found_of(policy_notices(policy, facts), "measure_unknown") == {
        "policy.dimensions.credit_loss": "the models know no credit_loss_high of any client, so every client is taken "
        "as low in it"
    }


def test_stability_that_cannot_see_arrears_is_told_where_it_can_hold_a_tier() -> None:
    facts = without(sound(), "arrears_days")
    assert set(found_of(policy_notices(PROJECT_FINANCE, facts), "stability_without_arrears")) == {
        "policy.stability.arrears"
    }
    assert found_of(policy_notices(PROJECT_FINANCE, sound()), "stability_without_arrears") == {}
    assert found_of(policy_notices(policy_of(), facts), "stability_without_arrears") == {}  # which holds no tier


def test_optional_parts_go_without_in_silence_and_change_no_grade() -> None:
    """Caps on political risk and sanctions, and the dimension of ESG grades, ask for tables that few books have."""
    facts = sound(default_recency_days=np.nan, group_default_recency_days=np.nan)
    settings = PROJECT_FINANCE.model_dump()
    settings["caps"] = [cap for cap in settings["caps"] if not cap.get("optional")]
    settings["dimensions"].pop("esg")
    potential = settings["dimensions"]["potential"]
    potential["criteria"] = [each for each in potential["criteria"] if each["dimension"] != "esg"]
    plain = PolicyConfig.model_validate(settings)
    assert len(plain.caps) == len(PROJECT_FINANCE.caps) - 2
    assert policy_notices(PROJECT_FINANCE, facts) == policy_notices(plain, facts)
    now, then = (grade_book(fit_policy(each, facts, "USD"), facts) for each in (PROJECT_FINANCE, plain))
    assert now.tier.tolist() == then.tier.tolist()
    assert reasons(now).tolist() == reasons(then).tolist()
    columns = [grade_columns(each.assessment, FEATURES) for each in (now, then)]
    assert {name: column.to_pylist() for name, column in columns[0].items()} == {
        name: column.to_pylist() for name, column in columns[1].items()
    }
    reports = [grade_report(each, 0, FEATURES) for each in (now, then)]
    assert reports[0] == reports[1]


def test_a_project_in_a_country_of_high_political_risk_is_covered_first() -> None:
    facts = sound(political_risk_projects_max=[20.0, 70.5, np.nan], sanctions_last=[0.0, 0.0, 1.0])
    policy = fit_policy(PROJECT_FINANCE, facts, "USD")
    decided = grade_book(policy, facts)
    assert decided.tier.tolist() == ["AA", "A", "B"]
    assert [cap.name for cap in grade_report(decided, 1, FEATURES).caps] == ["political_risk"]
    assert "high political risk" in reasons(decided)[1]
    treated = TreatmentTable(PROJECT_FINANCE).look_up(
        np.array(["AA", "A", "B"]),
        np.array(["strategic"] * 3),
        np.array(["maturity"] * 3),
        cap=decided.assessment.cap,
    )
    assert [treated.of(row).next_step for row in range(3)] == ["deepen", "cover", "watch"]


def test_esg_grades_count_for_the_potential_of_a_client() -> None:
    facts = sound(esg_grade_last=["A", "E", None], tenure_days=900.0)
    decided = grade_book(fit_policy(PROJECT_FINANCE, facts, "USD"), facts)
    numbers = {name: decided.assessment.scores[name].numbers.tolist() for name in ("esg", "potential")}
    assert numbers["esg"][:2] == [100.0, 0.0]
    assert np.isnan(numbers["esg"][2])
    assert numbers["potential"][0] > numbers["potential"][2] > numbers["potential"][1]


def test_an_optional_cap_that_acts_on_missing_values_is_refused() -> None:
    cap = {**PROJECT_FINANCE.model_dump()["caps"][0], "optional": True}
    with pytest.raises(ValidationError, match="an optional cap must not act on missing values"):
        PolicyConfig.model_validate({**CREDIT_AND_VALUE, "caps": [cap]})


def test_a_cap_on_days_that_are_only_estimated_says_so() -> None:
    facts = sound(arrears_days=[0.0, 36.0, 95.0])
    estimated = replace(facts, estimated=frozenset({"arrears_days"}))
    policy = fit_policy(PROJECT_FINANCE, facts, "USD")
    assert grade_book(policy, estimated).tier.tolist() == ["AA", "A", "B"]
    assert "more than 30 days overdue (estimated from cashflows)" in reasons(grade_book(policy, estimated))[1]
    assert "estimated" not in "".join(reasons(grade_book(policy, facts)))
    sources = [
        {each.name: each.source for dimension in evidence for each in dimension.criteria}["arrears_days"]
        for evidence in (grade_report(grade_book(policy, each), 1, FEATURES).dimensions for each in (facts, estimated))
    ]
    assert sources == ["arrears", "cashflows"]
