"""Facts of some clients stay theirs: after a cut each keeps its own tier before, and which overrides count is fixed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from models.grading.decision import assess, decide, grade_book
from models.grading.facts import Facts
from models.grading.fitted import fit_policy
from models.grading.overrides import Override, OverrideState
from models.grading.stability import NO_MOVE
from support.graded import AS_OF, facts_of, policy_of

ASKED = Override(tier="AA", reason="new", by="L. Chen", on=date(2023, 1, 1), until=date(2025, 1, 1))


def book() -> Facts:
    return facts_of(
        value=[1e6, 3e6, 1.95e6, 2.05e6],
        decline=[0.1, 0.2, 0.3, 0.4],
        previous=["A", "", "AA", "A"],
        size=[1.0, 2.0, 3.0, 4.0],
    )


def test_each_client_keeps_its_own_tier_before_after_a_cut() -> None:
    cut = book().where(np.array([False, True, True, False]))
    assert cut.previous is not None
    assert cut.previous.tolist() == ["", "AA"]
    assert cut.client_id.tolist() == ["c1", "c2"]
    assert cut.features["size"].tolist() == [2.0, 3.0]
    assert cut.decline_low.tolist() == [0.2, 0.3]
    places = book().where(np.array([3, 0]))
    assert places.previous is not None
    assert places.previous.tolist() == ["A", "A"]
    assert places.value.tolist() == [2.05e6, 1e6]


def test_a_cut_of_clients_seen_for_the_first_time_has_no_tiers_before() -> None:
    assert replace(book(), previous=None).where(np.array([0])).previous is None


def test_a_margin_holds_each_client_at_its_own_tier_whatever_else_is_graded() -> None:
    policy = fit_policy(policy_of(stability={"margin": 0.05}), book(), "USD")
    assert grade_book(policy, book()).by_rule.tolist() == ["A", "AA", "AA", "A"]
    alone = [grade_book(policy, book().where(np.array([row]))).by_rule[0] for row in range(4)]
    assert alone == ["A", "AA", "AA", "A"]


def test_only_asked_features_are_kept_and_what_is_not_there_is_left_away() -> None:
    assert list(book().with_features(["size", "gone", "pd_last"]).features) == ["size", "pd_last"]


def test_blocks_join_in_order_and_leave_tiers_before_away() -> None:
    parts = [replace(book().where(np.array([row])), overrides={f"c{row}": ASKED}) for row in (2, 0)]
    joined = Facts.joined(parts)
    assert joined.previous is None
    assert joined.client_id.tolist() == ["c2", "c0"]
    assert joined.value.tolist() == [1.95e6, 1e6]
    assert joined.features["size"].tolist() == [3.0, 1.0]
    assert (joined.as_of, list(joined.overrides)) == (AS_OF, ["c2", "c0"])
    assert joined.features.index.tolist() == [0, 1]
    assert Facts.joined(parts[:1]).client_id.tolist() == ["c2"]


def test_overrides_count_while_they_hold_and_not_before_or_after() -> None:
    overrides = {
        "c0": ASKED,  # applied
        "c1": ASKED,  # agrees
        "c2": ASKED,  # held down by a cap
        "c3": replace(ASKED, until=AS_OF),  # run out
        "c4": replace(ASKED, on=AS_OF, until=date(2025, 1, 1)),  # not yet decided
    }
    facts = facts_of(value=[1e6, 3e6, 1e6, 1e6, 1e6, 1e6], arrears=[0, 0, 91, 0, 0, 0], overrides=overrides)
    decided = grade_book(fit_policy(policy_of(), facts, "USD"), facts)
    states = [OverrideState.APPLIED, OverrideState.AGREES, OverrideState.CAPPED]
    states += [OverrideState.EXPIRED, OverrideState.NOT_YET, OverrideState.NONE]
    assert decided.override.tolist() == [state.value for state in states]
    assert decided.overridden == 3
    assert decided.asked_rank.tolist() == [0, 0, 0, 0, 0, -1]
    assert decided.count_overrides() == dict.fromkeys([state.value for state in states if state], 1)
    for row, counts in enumerate([1, 1, 1, 0, 0, 0]):
        alone = facts.where(np.array([row]))
        assert grade_book(decided.assessment.policy, alone).overridden == counts


def test_moves_are_the_clients_that_would_change_of_those_graded_before() -> None:
    facts = facts_of(value=[1e6, 3e6, 3e6, 1e6], previous=["AA", "AA", "", "A"])
    moves = assess(fit_policy(policy_of(stability={"margin": 0.0}), facts, "USD"), facts).moves
    assert moves.client_id.tolist() == ["c0"]
    assert moves.graded_before == 3
    assert np.round(moves.distance, 9).tolist() == [0.5]


def test_a_limit_that_admits_nobody_keeps_only_those_that_would_move() -> None:
    facts = facts_of(value=[3e6, 3e6, 3e6, 1.95e6], previous=["", "A", "AA", "AA"])
    assessment = assess(fit_policy(policy_of(stability={"margin": 0.05}), facts, "USD"), facts)
    decided = decide(assessment, NO_MOVE)
    assert decided.tier.tolist() == ["AA", "A", "AA", "AA"]
    assert decided.basis.tolist() == ["rule", "limit", "rule", "margin"]


def test_what_is_kept_of_all_blocks_decides_as_the_whole_evidence_did() -> None:
    facts = book()
    assessment = assess(fit_policy(policy_of(), facts, "USD"), facts)
    light = assessment.without_evidence()
    assert light.facts.features.shape == (4, 0)
    assert all(scored.points.size == 0 for scored in light.scores.values())
    assert light.scores["credit"].numbers.tolist() == assessment.scores["credit"].numbers.tolist()
    assert light.coverage == assessment.coverage


def test_overrides_count_unless_nobody_asks_they_ran_out_or_are_to_come() -> None:
    """Of c0 the rules say A; c1 is 100 days overdue, which holds it at B whatever is asked."""
    asked = {
        "c0": replace(ASKED, tier="A"),  # agrees with the rules
        "c1": ASKED,  # held down by a cap
        "c2": ASKED,  # applied
        "c3": replace(ASKED, until=date(2023, 6, 1)),  # expired
        "c4": replace(ASKED, on=date(2024, 6, 1)),  # to come
    }
    facts = facts_of(value=[1e6] * 6, arrears=[0.0, 100.0, 0.0, 0.0, 0.0, 0.0], overrides=asked)
    found = grade_book(fit_policy(policy_of(), facts, "USD"), facts)
    assert found.override.tolist() == [
        OverrideState.AGREES,
        OverrideState.CAPPED,
        OverrideState.APPLIED,
        OverrideState.EXPIRED,
        OverrideState.NOT_YET,
        OverrideState.NONE,
    ]
    assert found.overridden == 3
    assert found.count_overrides() == dict.fromkeys(sorted(set(found.override.tolist()) - {""}), 1)
