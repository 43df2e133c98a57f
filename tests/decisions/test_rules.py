"""Overrides: two people, within their authority, never above a cap, and never silently gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.config.review import ReviewConfig
from models.decisions.entries import Draft, Entry
from models.decisions.overrides import ApprovedOverride, CaseState, approved_overrides, override_cases
from models.decisions.refusals import RefusedDecisionError
from models.decisions.rules import MAX_WORDS, Decider
from models.text import Language
from support.review_chain import CHECKER, LATER, MAKER, TODAY, asked, chained, rules

OFFICER = Decider(account="ruiz", on=TODAY, limit=1_000_000.0)
DAY = timedelta(days=1)


def proposed() -> list[Entry]:
    return chained([], rules().propose(MAKER, asked()), MAKER.account)


def approved(day: int = 0) -> list[Entry]:
    checker = replace(CHECKER, on=TODAY + day * DAY)
    return chained(proposed(), rules(proposed()).approve(1, checker, exposure=1.0, leaves="AA"), CHECKER.account)


def read(entries: list[Entry]) -> tuple[ApprovedOverride, ...]:
    return approved_overrides(override_cases(entries).cases)


def test_what_one_proposes_and_another_approves_is_what_a_run_reads() -> None:
    assert read(proposed()) == ()
    assert read(approved()) == (
        ApprovedOverride(
            client_id="C1",
            tier="A",
            reason="support: the sponsor guarantees the whole limit",
            decided_by="okafor / wei",
            decided_on=TODAY,
            valid_until=LATER,
            entry=2,
        ),
    )


@pytest.mark.parametrize("account", ["okafor", " Okafor", "OKAFOR"])
def test_nobody_decides_about_an_own_proposal(account: str) -> None:
    same = Decider(account=account, on=TODAY, limit=None)
    with pytest.raises(RefusedDecisionError, match="must be decided by another person"):
        rules(proposed()).approve(1, same, exposure=1.0, leaves="AA")
    with pytest.raises(RefusedDecisionError, match="must be decided by another person"):
        rules(proposed()).send_back(1, same, "no")
    with pytest.raises(RefusedDecisionError, match="must be decided by another person"):
        rules(approved()).withdraw(1, same, "no")


def test_the_exposure_lies_within_the_authority_of_who_approves_or_ends_it() -> None:
    with pytest.raises(RefusedDecisionError, match=r"at most 1,000,000, got 5,000,000: ask a person with a higher"):
        rules(proposed()).approve(1, OFFICER, exposure=0.0, leaves="AA")
    with pytest.raises(RefusedDecisionError, match=r"at most 6,000,000, got 7,000,000"):
        rules(proposed()).approve(1, replace(OFFICER, limit=6e6), exposure=7e6, leaves="AA")
    with pytest.raises(RefusedDecisionError, match="within the authority"):
        rules(approved()).withdraw(1, OFFICER, "the guarantee fell away")
    with pytest.raises(RefusedDecisionError, match="within the authority"):
        rules(proposed()).approve(1, replace(OFFICER, limit=6e6), exposure=float("nan"), leaves="AA")
    assert rules(proposed()).approve(1, replace(OFFICER, limit=5e6), exposure=5e6, leaves="AA")


def test_levels_of_authority_are_those_of_the_config() -> None:
    review = ReviewConfig()
    assert review.limit_of(("officer",)) == 10_000_000
    assert review.limit_of(("officer", "senior")) == 100_000_000
    assert review.limit_of(("officer", "committee")) is None
    assert review.limit_of(("reader",)) == review.limit_of(()) == 0
    with pytest.raises(ValueError, match="nobody could approve anything"):
        ReviewConfig(authority={"officer": 0})


def test_an_override_is_sent_back_with_words_and_proposed_anew() -> None:
    for words in ("", "  ", "x" * (MAX_WORDS + 1)):
        with pytest.raises(RefusedDecisionError, match="a text must have between 1 and 2,000 signs"):
            rules(proposed()).send_back(1, CHECKER, words)
    entries = chained(proposed(), rules(proposed()).send_back(1, CHECKER, "where is the guarantee?"), "wei")
    assert override_cases(entries).cases[0].standing is CaseState.RETURNED
    with pytest.raises(RefusedDecisionError, match="got one that was returned"):
        rules(entries).approve(1, CHECKER, exposure=1.0, leaves="AA")
    again = chained(entries, rules(entries).propose(MAKER, asked(attachment="a" * 64)), "okafor")
    done = chained(again, rules(again).approve(3, CHECKER, exposure=1.0, leaves="AA"), "wei")
    assert [row.entry for row in read(done)] == [4]


def test_one_proposal_of_a_client_awaits_an_answer_at_a_time() -> None:
    with pytest.raises(RefusedDecisionError, match="got number 1, proposed by okafor"):
        rules(proposed()).propose(MAKER, asked())
    assert rules(proposed(), "C2").propose(MAKER, asked())


def test_its_maker_takes_back_what_awaits_an_answer_and_nobody_else() -> None:
    with pytest.raises(RefusedDecisionError, match="withdrawn by the one who made it"):
        rules(proposed()).withdraw(1, CHECKER, "no")
    entries = chained(proposed(), rules(proposed()).withdraw(1, MAKER, "a mistake of mine"), "okafor")
    assert read(entries) == ()
    with pytest.raises(RefusedDecisionError, match="can be withdrawn while"):
        rules(entries).withdraw(1, MAKER, "again")


def test_what_was_withdrawn_counted_until_then_and_not_after() -> None:
    other = Decider(account="ruiz", on=TODAY + 30 * DAY, limit=None)
    entries = chained(approved(), rules(approved()).withdraw(1, other, "the guarantee fell away"), "ruiz")
    [row] = read(entries)
    assert (row.decided_on, row.valid_until) == (TODAY, TODAY + 31 * DAY)
    at_once = chained(approved(), rules(approved()).withdraw(1, replace(other, on=TODAY), "at once"), "ruiz")
    [row] = read(at_once)
    assert row.valid_until - row.decided_on == DAY


def test_no_override_asks_for_more_than_the_caps_leave() -> None:
    with pytest.raises(RefusedDecisionError, match="no override lifts a cap: the caps leave B at best, got A"):
        rules().propose(MAKER, asked(leaves="B"))
    with pytest.raises(RefusedDecisionError, match="no override lifts a cap"):
        rules(proposed()).approve(1, CHECKER, exposure=1.0, leaves="B")
    with pytest.raises(RefusedDecisionError, match="what the caps leave the client"):
        rules().propose(MAKER, asked(leaves=""))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tier": "AAA"}, "must ask for a tier of the policy: AA, A, B, got AAA"),
        ({"reason": "because"}, "must give a reason of the list"),
        ({"text": " "}, "must say in words why"),
        ({"text": "x" * (MAX_WORDS + 1)}, "between 1 and 2,000 signs, got 2,001"),
        ({"valid_until": TODAY}, "must hold until a day between 2024-01-01 and 2024-12-31"),
        ({"valid_until": TODAY + 367 * DAY}, "must hold until a day between"),
        ({"exposure": float("nan")}, "must be known and not negative"),
        ({"exposure": -1.0}, "must be known and not negative"),
        ({"attachment": "../../etc/passwd"}, "named by the SHA-256"),
    ],
)
def test_a_form_that_is_not_whole_is_refused_with_its_rule(changes: dict[str, object], said: str) -> None:
    with pytest.raises(RefusedDecisionError, match=said):
        rules().propose(MAKER, asked(**changes))


def test_what_ran_out_before_it_was_approved_is_not_approved() -> None:
    late = replace(CHECKER, on=LATER)
    with pytest.raises(RefusedDecisionError, match="must still hold on the day on which it is approved, 2024-06-01"):
        rules(proposed()).approve(1, late, exposure=1.0, leaves="AA")


def test_a_later_decision_takes_the_place_of_an_earlier_one_of_the_day() -> None:
    entries = chained(approved(), rules(approved()).propose(MAKER, asked(tier="AA")), "okafor")
    entries = chained(entries, rules(entries).approve(3, CHECKER, exposure=1.0, leaves="AA"), "wei")
    assert [(row.tier, row.entry) for row in read(entries)] == [("AA", 4)]


def test_a_clock_that_goes_back_does_not_reorder_decisions() -> None:
    entries = chained(approved(day=9), rules(approved(day=9)).propose(MAKER, asked(tier="AA")), "okafor")
    entries = chained(entries, rules(entries).approve(3, CHECKER, exposure=1.0, leaves="AA"), "wei")
    assert [(row.tier, row.decided_on) for row in read(entries)] == [("AA", TODAY + 9 * DAY)]


def test_an_approval_that_was_written_past_the_rules_counts_nowhere() -> None:
    draft = rules(proposed()).approve(1, CHECKER, exposure=1.0, leaves="AA")
    entries = chained(proposed(), draft, "okafor")  # sealed as it should be, and by the maker
    assert read(entries) == ()
    [(entry, error)] = override_cases(entries).refused
    assert (entry.number, "another person" in str(error)) == (2, True)
    foreign = chained(proposed(), Draft(act=draft.act, subject="C2", payload=draft.payload), "wei")
    assert read(foreign) == ()
    assert "about the same client" in str(override_cases(foreign).refused[0][1])


def test_nobody_is_no_decider_and_number_nine_no_proposal() -> None:
    with pytest.raises(RefusedDecisionError, match="a decision must be somebody's"):
        rules().propose(replace(MAKER, account=" "), asked())
    with pytest.raises(RefusedDecisionError, match="to an override that was proposed, got number 9"):
        rules(proposed()).approve(9, CHECKER, exposure=1.0, leaves="AA")


def test_a_refusal_is_a_sentence_in_both_languages() -> None:
    with pytest.raises(RefusedDecisionError) as caught:
        rules().propose(MAKER, asked(leaves="B"))
    assert caught.value.within(Language("en")) == str(caught.value)
    assert (
        caught.value.within(Language("zh"))
        == "人工调整不得突破上限：上限允许的最高等级为“B”，实际为“A”：请申请“B”或更低等级，或先消除触发上限的原因"
    )
