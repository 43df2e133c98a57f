"""Policies: proposed by one, approved by another, and what was approved is what runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.config.policy.policy import PolicyConfig, built_in_policy
from models.decisions.entries import POLICY_SUBJECT, DecisionAct, Draft, Entry
from models.decisions.policies import ChangedPolicyError, PolicyCases, policy_cases, policy_in_force, policy_text
from models.decisions.refusals import RefusedDecisionError
from support.graded import PROJECT_FINANCE
from support.review_chain import CHECKER, MAKER, chained


def built(share: float) -> PolicyConfig:
    return built_in_policy({"AA": share, "A": 0.4}, {"AA": 0.5, "A": 0.8})


OWN, NEXT, THIRD = built(0.10), built(0.15), built(0.20)


def proposed(entries: list[Entry], wanted: PolicyConfig = NEXT, instead: PolicyConfig = OWN) -> list[Entry]:
    draft = policy_cases(entries).propose(MAKER, wanted, instead, "the region grew")
    return chained(entries, draft, MAKER.account)


def approved(entries: list[Entry], number: int, instead: PolicyConfig = OWN) -> list[Entry]:
    draft = policy_cases(entries).approve(number, CHECKER, in_force=instead)
    return chained(entries, draft, CHECKER.account)


def runs(entries: list[Entry], folder: Path, own: PolicyConfig = OWN) -> PolicyConfig:
    return policy_in_force(policy_cases(entries), own, folder)


def test_what_was_approved_runs_and_stands_in_a_file(tmp_path: Path) -> None:
    assert runs(proposed([]), tmp_path) == OWN
    entries = approved(proposed([]), 1)
    assert runs(entries, tmp_path) == NEXT
    [file] = (tmp_path / "policies").iterdir()
    assert file.read_text(encoding="utf-8") == policy_text(NEXT)
    assert runs(entries, tmp_path, NEXT) == NEXT


def test_a_policy_keeps_the_order_of_its_dimensions() -> None:
    assert PolicyConfig.model_validate_json(policy_text(PROJECT_FINANCE)) == PROJECT_FINANCE
    again = PolicyConfig.model_validate_json(policy_text(PROJECT_FINANCE))
    assert list(again.dimensions) == list(PROJECT_FINANCE.dimensions)


def test_a_file_that_was_changed_by_hand_is_refused_and_can_be_written_again(tmp_path: Path) -> None:
    entries = approved(proposed([]), 1)
    runs(entries, tmp_path)
    [file] = (tmp_path / "policies").iterdir()
    file.write_text(file.read_text(encoding="utf-8").replace("0.15", "0.95"), encoding="utf-8")
    with pytest.raises(ChangedPolicyError, match=r"as it was approved, in entry 2 .* with another content"):
        runs(entries, tmp_path)
    file.unlink()
    assert runs(entries, tmp_path) == NEXT


def test_a_config_with_a_policy_that_nobody_approved_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChangedPolicyError, match="neither that nor one that it took the place of"):
        runs(approved(proposed([]), 1), tmp_path, THIRD)
    assert runs([], tmp_path, THIRD) == THIRD


def test_nobody_approves_an_own_policy_and_nothing_that_is_out_of_date(tmp_path: Path) -> None:
    with pytest.raises(RefusedDecisionError, match="by another person"):
        policy_cases(proposed([])).approve(1, replace(CHECKER, account="Okafor"), in_force=OWN)
    with pytest.raises(RefusedDecisionError, match="in the place of the one in force"):
        policy_cases(proposed([])).approve(1, CHECKER, in_force=THIRD)
    two = proposed(proposed([]), THIRD)
    with pytest.raises(RefusedDecisionError, match="in the place of the one in force"):
        policy_cases(approved(two, 1)).approve(2, CHECKER, in_force=OWN)
    assert runs(approved(two, 2), tmp_path) == THIRD


def test_a_policy_that_is_withdrawn_gives_way_to_the_one_before(tmp_path: Path) -> None:
    first = approved(proposed([]), 1)
    second = approved(proposed(first, THIRD, NEXT), 3, NEXT)
    assert runs(second, tmp_path) == THIRD
    with pytest.raises(RefusedDecisionError, match="only the policy in force can be withdrawn"):
        policy_cases(second).withdraw(1, CHECKER, "no")
    with pytest.raises(RefusedDecisionError, match="by another person"):
        policy_cases(second).withdraw(3, MAKER, "no")
    back = chained(second, policy_cases(second).withdraw(3, CHECKER, "it did not pay"), "wei")
    assert runs(back, tmp_path) == NEXT
    assert runs(chained(back, policy_cases(back).withdraw(1, CHECKER, "nor did it"), "wei"), tmp_path) == OWN


def test_a_proposal_changes_something_says_why_and_can_be_sent_back() -> None:
    with pytest.raises(RefusedDecisionError, match="must change the policy in force"):
        PolicyCases().propose(MAKER, OWN, OWN, "nothing")
    with pytest.raises(RefusedDecisionError, match="must say why"):
        PolicyCases().propose(MAKER, NEXT, OWN, " ")
    entries = chained(proposed([]), policy_cases(proposed([])).send_back(1, CHECKER, "show the backtest"), "wei")
    with pytest.raises(RefusedDecisionError, match="got one that was returned"):
        policy_cases(entries).approve(1, CHECKER, in_force=OWN)
    with pytest.raises(RefusedDecisionError, match="got number 7"):
        policy_cases(entries).approve(7, CHECKER, in_force=OWN)


def test_an_entry_about_the_policy_that_breaks_the_rules_stops_the_run(tmp_path: Path) -> None:
    own = chained(proposed([]), policy_cases(proposed([])).approve(1, CHECKER, in_force=OWN), "okafor")
    with pytest.raises(ChangedPolicyError, match=r"entry 2 \(policy approved, by okafor\), against them"):
        runs(own, tmp_path)
    torn = chained([], Draft(act=DecisionAct.POLICY_PROPOSED, subject=POLICY_SUBJECT, payload="{}"), "okafor")
    with pytest.raises(ChangedPolicyError, match="entry 1"):
        runs(torn, tmp_path)
