"""Tiers by a policy: an officer's cases by hand, caps to the day, margins, limits, overrides and distances."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from models.config.policy.policy import PolicyConfig, built_in_policy
from models.config.policy.tiers import DEFAULT_SCALE
from models.config.tiers import TiersConfig
from models.errors import DamagedBundleError, UserError
from models.grading.built_in import grade, tier_policy
from models.grading.decision import assess, decide, grade_book
from models.grading.distance import shortfall
from models.grading.distance_text import distance_sentence
from models.grading.evidence import evidence, grade_report
from models.grading.fitted import GradingPolicy, fit_policy
from models.grading.override_text import override_sentence
from models.grading.overrides import Override, latest_known
from models.grading.reasons_text import reasons
from models.grading.scores import absent_features
from models.grading.stability import EVERY_MOVE, limit_of
from models.text import ENGLISH
from models.what_if.compute import what_if
from support.graded import AS_OF, FEATURES, PROJECT_FINANCE, facts_of, policy_of
from support.languages import CHINESE


def fitted(settings: PolicyConfig | None = None, **facts: object) -> GradingPolicy:
    return fit_policy(settings or policy_of(), facts_of(**facts), "USD")


def test_a_sound_large_client_is_aa_and_the_same_client_overdue_is_b() -> None:
    # pd 1% of 0..10% gives 90 points; nothing is known of its environmental grade
    sound = grade_book(fitted(), facts_of(value=3e6, pd_last=0.01))
    overdue = grade_book(fitted(), facts_of(value=3e6, pd_last=0.01, arrears=91))
    assert (sound.tier[0], overdue.tier[0]) == ("AA", "B")
    assert reasons(sound)[0] == (
        "AA: decline at most 50%, credit at or above 60 points, expected value at or above 2,000,000 USD"
    )
    assert reasons(overdue)[0].startswith("B at most: more than 90 days overdue; the rules say AA: ")
    assert reasons(overdue, "zh")[0].startswith("最高B级：逾期超过90天；规则结果为AA级：")


@pytest.mark.parametrize(
    ("days", "tier", "reported"),
    [(90, "AA", ""), (91, "B", "90"), (270, "B", "90"), (271, "B", "270"), (360, "B", "270"), (361, "B", "360")],
)
def test_caps_act_from_the_day_after(days: int, tier: str, reported: str) -> None:
    decided = grade_book(fitted(), facts_of(value=3e6, arrears=days))
    assert decided.tier[0] == tier
    assert f"more than {reported} days" in reasons(decided)[0] if reported else "overdue" not in reasons(decided)[0]


def test_a_score_is_the_weighted_mean_of_what_is_known() -> None:
    # 3 * 90 + 1 * 60 over 4; alone 90; an unlisted grade is unknown; nothing known is unknown
    assessment = [assess(fitted(), facts_of(pd_last=p, esg=g)) for p, g in [(0.01, "B"), (0.01, "X"), (np.nan, None)]]
    numbers = [each.scores["credit"].numbers[0] for each in assessment]
    assert numbers[:2] == pytest.approx([82.5, 90.0])
    assert np.isnan(numbers[2])
    assert evidence(assessment[1], 0, FEATURES)[0].missing == ("esg_grade",)
    assert evidence(assessment[0], 0, FEATURES)[0].level == "high"
    assert [each.observed for each in evidence(assessment[0], 0, FEATURES)[0].criteria] == [0.01, "B"]


def test_what_is_unknown_is_neither_good_nor_bad_and_said() -> None:
    unknown = grade_book(fitted(), facts_of(value=3e6, pd_last=np.nan))
    assert unknown.tier[0] == "A"
    assert "credit unknown, taken as fair" in reasons(unknown)[0]
    without = facts_of(value=3e6)
    without = replace(without, features=without.features[[]])
    assert absent_features(policy_of(), without) == ("pd_last", "esg_grade", "arrears_days")
    assert grade_book(fitted(), without).tier[0] == "A"


def test_a_missing_or_old_rating_caps_at_a() -> None:
    settings, days = PROJECT_FINANCE, [100.0, 548.0, 549.0, np.nan]
    facts = facts_of(value=[9e6] * 4, pd_last=0.002, pd_age_days=days, registered_capital=1e9, tenure_days=4000.0)
    assert grade_book(fit_policy(settings, facts, "USD"), facts).tier.tolist() == ["AA", "AA", "A", "A"]


@pytest.mark.parametrize("feature", ["default_recency_days", "group_default_recency_days"])
def test_an_own_or_group_default_within_two_years_holds_at_b(feature: str) -> None:
    sound = {"pd_last": 0.002, "pd_age_days": 30.0, "registered_capital": 1e9, "tenure_days": 4000.0}
    facts = facts_of(value=9e6, **sound, **{feature: [0.0, 730.0, 731.0, 3000.0, np.nan]})
    decided = grade_book(fit_policy(PROJECT_FINANCE, facts, "USD"), facts)
    assert decided.tier.tolist() == ["B", "B", "AA", "AA", "AA"]


def test_a_client_keeps_its_tier_until_it_is_past_the_margin() -> None:
    settings = policy_of(stability={"margin": 0.05})
    values = [1.91e6, 1.89e6, 2.09e6, 2.11e6, 2.09e6]
    facts = facts_of(value=values, previous=["AA", "AA", "A", "A", ""])
    decided = grade_book(fitted(settings), facts)
    assert decided.tier.tolist() == ["AA", "A", "A", "AA", "AA"]
    assert decided.basis.tolist() == ["margin", "rule", "margin", "rule", "rule"]
    held = "AA as by rule before, not past the cut-off by 5% of it; now the rules say A: "
    assert reasons(decided)[0].startswith(held)


def test_caps_act_at_once_and_the_merit_is_remembered() -> None:
    settings = policy_of(stability={"margin": 0.05, "max_changed_share": 0.0})
    facts = facts_of(value=3e6, arrears=[0.0, 100.0], previous=["A", "AA"])
    decided = grade_book(fitted(settings), facts)
    assert decided.tier.tolist() == ["A", "B"]
    assert decided.by_rule.tolist() == ["A", "AA"]
    assert decided.basis.tolist() == ["limit", "cap"]


def test_the_furthest_move_first_and_equals_by_id() -> None:
    settings = policy_of(stability={"margin": 0.0, "max_changed_share": 0.5})
    facts = facts_of(value=[2.2e6, 2.9e6, 2.2e6, 2.1e6], pd_last=0.0, decline=0.0, previous="A")
    decided = grade_book(fitted(settings), facts)
    assert decided.tier.tolist() == ["AA", "AA", "A", "A"]
    assert decided.assessment.distance == pytest.approx([0.1, 0.45, 0.1, 0.05])


def test_blocks_and_one_client_alone_get_the_tiers_of_the_whole_book() -> None:
    settings = policy_of(stability={"margin": 0.02, "max_changed_share": 0.3})
    values = np.linspace(1.5e6, 3e6, 20)
    facts = facts_of(value=values, previous=["A", "AA"] * 10)
    policy, whole = fitted(settings), grade_book(fitted(settings), facts)
    blocks = [assess(policy, facts.where(np.arange(20) % 3 == part)).without_evidence() for part in range(3)]
    limit = limit_of([block.moves for block in blocks], 0.3)
    assert limit != EVERY_MOVE
    for row in range(20):
        alone = decide(assess(policy, facts.where(np.array([row]))), limit)
        assert (alone.tier[0], alone.basis[0]) == (whole.tier[row], whole.basis[row])
    again = np.concatenate([decide(block, limit).tier for block in blocks])
    assert sorted(again) == sorted(whole.tier)
    assert int((whole.by_rule != facts.previous).sum()) == 6


def test_an_override_counts_but_lifts_no_cap() -> None:
    asked = Override(
        tier="AA", reason="new project signed", by="L. Chen", on=date(2023, 12, 31), until=date(2024, 6, 1)
    )
    overrides = {"c0": asked, "c1": asked, "c2": replace(asked, until=AS_OF), "c3": asked, "gone": asked}
    overrides["c4"] = replace(asked, on=AS_OF)
    facts = facts_of(value=[1e6, 1e6, 1e6, 3e6, 1e6], arrears=[0.0, 400.0, 0.0, 0.0, 0.0], overrides=overrides)
    decided = grade_book(fitted(), facts)
    assert decided.tier.tolist() == ["AA", "B", "A", "AA", "A"]
    assert decided.unasked.tolist() == ["A", "B", "A", "AA", "A"]
    assert reasons(decided)[0].startswith("AA: by override; the rules say A: ")
    assert reasons(decided)[1].startswith(
        "B at most: more than 360 days overdue, whatever the override asks; the rules"
    )
    assert decided.count_overrides() == {
        "agrees with the rules": 1,
        "applied": 1,
        "expired": 1,
        "held down by a cap": 1,
        "not yet decided": 1,
    }
    reported = "AA asked for by L. Chen on 31 December 2023 until 1 June 2024: new project signed"
    assert override_sentence(asked, DEFAULT_SCALE.labels()) == reported


def test_the_latest_decision_counts_and_ends_earlier_ones_for_good() -> None:
    long = Override(tier="AA", reason="new", by="L. Chen", on=date(2023, 1, 1), until=date(2025, 1, 1))
    ended = replace(long, tier="A", on=date(2023, 6, 1), until=date(2023, 7, 1))
    later = replace(long, on=date(2024, 2, 1))
    known = latest_known([("a", later), ("a", ended), ("a", long), ("b", later)], AS_OF)
    assert known == {"a": ended, "b": later}
    assert not known["a"].counts_at(AS_OF)
    assert latest_known([("a", long), ("a", ended)], date(2023, 6, 1)) == {"a": long}  # known strictly before
    assert long.counts_at(date(2023, 1, 2))
    assert not long.counts_at(date(2023, 1, 1))


def test_an_override_without_a_reason_is_refused() -> None:
    with pytest.raises(UserError, match="must say who asks for it and why"):
        Override(tier="AA", reason=" ", by="L. Chen", on=AS_OF, until=AS_OF)


def test_the_distance_to_the_next_tier_is_told_in_its_unit() -> None:
    facts = facts_of(value=[1.5e6, 3e6, 3e6, 3e6], pd_last=[0.01, 0.045, 0.08, 0.01], decline=[0.1, 0.1, 0.6, 0.1])
    decided = grade_book(fitted(), facts)
    lacking = shortfall(decided)
    assert lacking.next_tier.tolist() == ["AA", "AA", "A", ""]
    assert lacking.main.tolist() == ["expected_value", "credit", "credit", ""]
    assert lacking.lacking["expected_value"].tolist() == [500_000.0, 0.0, 0.0, 0.0]
    reports = [grade_report(decided, row, FEATURES) for row in range(4)]
    assert [distance_sentence(each, fitted(), ENGLISH) for each in reports] == [
        "A: expected value 500 k USD short for AA",
        "A: credit 5.0 points short for AA",
        "B: credit 10.0 points short and decline 10.0 percentage points too high for A",
        "AA: the best tier",
    ]
    assert distance_sentence(reports[0], fitted(), CHINESE) == "A级：距AA级预期价值差50万美元"


def test_what_if_counts_who_would_move_and_their_value() -> None:
    facts = facts_of(value=[1.2e6, 1.6e6, 2.5e6, 1e6])
    changed = policy_of().model_dump(mode="json")
    changed["dimensions"]["expected_value"]["levels"][0]["amount"] = 1_100_000.0
    answer = what_if(fitted(), PolicyConfig.model_validate(changed), facts)
    assert answer.moved.tolist() == [True, True, False, False]
    assert answer.clients.tolist() == [[1, 0, 0], [2, 1, 0], [0, 0, 0]]
    assert answer.value[1, 0] == 2.8e6
    assert not what_if(fitted(), policy_of(), facts).moved.any()


def test_without_a_policy_clients_are_graded_as_by_the_section_tiers() -> None:
    random, settings = np.random.default_rng(4), TiersConfig(max_decline={"AA": 0.3, "A": 0.6})
    value, decline = random.lognormal(10, 2, 500), random.random(500)
    facts = facts_of(value=value, decline=decline)
    built_in = fit_policy(
        built_in_policy(settings.shares(DEFAULT_SCALE), settings.max_declines(DEFAULT_SCALE)), facts, "USD"
    )
    expected = grade(value, decline, tier_policy(value, settings, DEFAULT_SCALE, "USD")).tier
    assert grade_book(built_in, facts).tier.tolist() == expected.tolist()
    assert set(expected) == {"AA", "A", "B"}


def test_a_fitted_policy_survives_as_text_and_other_text_is_refused() -> None:
    policy = fit_policy(PROJECT_FINANCE, facts_of(value=np.linspace(0.1, 1e6, 7)), "EUR")
    assert GradingPolicy.from_json(policy.to_json()) == policy
    with pytest.raises(DamagedBundleError, match="must be as it was written"):
        GradingPolicy.from_json('{"settings": 1}')


def test_cut_offs_that_cross_in_this_book_are_refused() -> None:
    mixed = policy_of().model_dump(mode="json")
    levels = [{"name": "top", "share": 0.5}, {"name": "good", "amount": 1e9}, {"name": "rest"}]
    mixed["dimensions"]["expected_value"]["levels"] = levels
    mixed["rules"][1]["when"]["expected_value"] = ["good", "rest"]
    with pytest.raises(UserError, match="level top of expected_value must begin above good"):
        fitted(PolicyConfig.model_validate(mixed), value=np.linspace(1, 10, 10))


def test_no_clients_are_graded_as_none() -> None:
    nobody = facts_of(value=[1.0, 2.0], previous=["A", "B"]).where(np.zeros(2, dtype=np.bool_))
    decided = grade_book(fitted(), nobody)
    assert (len(decided.tier), len(reasons(decided)), len(shortfall(decided).main)) == (0, 0, 0)


def test_a_rule_for_everybody_needs_no_dimension() -> None:
    decided = grade_book(fitted(policy_of(rules=[{"tier": "A"}])), facts_of(value=[1.0, 2.0]))
    assert reasons(decided).tolist() == ["A: any client"] * 2
    assert shortfall(decided).next_tier.tolist() == ["", ""]
