"""Where a cap, a margin, a limit or an override meet on one client, the sentence about its tier says what is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from models.grading.decision import TierDecisions, assess, decide, grade_book
from models.grading.distance_text import distance_sentence
from models.grading.evidence import grade_report
from models.grading.facts import Facts
from models.grading.fitted import fit_policy
from models.grading.overrides import Override
from models.grading.reasons_text import reasons
from models.grading.stability import NO_MOVE
from models.text import ENGLISH
from support.graded import CREDIT_AND_VALUE, FEATURES, PROJECT_FINANCE, facts_of, policy_of

CAPS = [
    {
        **CREDIT_AND_VALUE["caps"][0],
        "above": 30,
        "at_most": "A",
        "because": {"en": "30 days overdue", "zh": "逾期30天"},
    },
    *CREDIT_AND_VALUE["caps"][:1],
]
CAPS[0]["name"] = "overdue_30"
AA_RULE = "decline at most 50%, credit at or above 60 points, expected value at or above 2,000,000 USD"
A_RULE = "decline at most 50%, credit at or above 60 points, expected value below 2,000,000 USD"
B_RULE = "decline at most 50%, credit below 30 points"
AA: dict[str, Any] = {"value": 3e6, "pd_last": 0.01}
A: dict[str, Any] = {"value": 1e6, "pd_last": 0.01}
B: dict[str, Any] = {"value": 1e6, "pd_last": 0.09}
NEARLY_A: dict[str, Any] = {"value": 1e6, "pd_last": 0.0705}
"""Credit of 29.5 points, where 30 are A: within the margin."""


def asked(tier: str, *, on: int = 2023, until: int = 2025) -> dict[str, Any]:
    override = Override(tier=tier, reason="new", by="L. Chen", on=date(on, 1, 1), until=date(until, 1, 2))
    return {"overrides": {"c0": override}}


def graded(facts: Facts) -> TierDecisions:
    settings = policy_of(caps=CAPS, stability={"margin": 0.05})
    return grade_book(fit_policy(settings, facts, "USD"), facts)


def reported(facts: Facts) -> str:
    return str(reasons(graded(facts))[0])


HELD = "A as by rule before, not past the cut-off by 5% of it; now the rules say B: "


@pytest.mark.parametrize(
    ("client", "sentence"),
    [
        # the margin keeps a client at A, but not one in arrears, be it under a cap or not
        (NEARLY_A | {"previous": "A"}, f"{HELD}{B_RULE}"),
        (NEARLY_A | {"previous": "A", "arrears": 29.0}, f"B: {B_RULE}"),
        (
            NEARLY_A | {"previous": "A", "arrears": 31.0},
            f"B: {B_RULE}; in any case no better than A: 30 days overdue",
        ),
        (A | {"arrears": 31.0}, f"A at most: 30 days overdue; the rules say A: {A_RULE}"),
        (B | {"arrears": 31.0}, f"B: {B_RULE}; in any case no better than A: 30 days overdue"),
        (AA | {"arrears": 31.0}, f"A at most: 30 days overdue; the rules say AA: {AA_RULE}"),
        # an override that asks for more than a cap leaves, of a client whom the rules leave below
        (
            B | {"arrears": 31.0} | asked("AA"),
            f"A: capped from AA: 30 days overdue, whatever the override asks; the rules say B: {B_RULE}",
        ),
        (
            B | {"arrears": 91.0} | asked("A"),
            f"B at most: more than 90 days overdue, whatever the override asks; the rules say B: {B_RULE}",
        ),
        (
            AA | {"arrears": 31.0} | asked("A"),
            f"A: by override; the rules say AA: {AA_RULE}; in any case no better than A: 30 days overdue",
        ),
        (
            NEARLY_A | {"previous": "A"} | asked("AA"),
            f"AA: by override; else {HELD}{B_RULE}",
        ),
        (A | asked("A"), f"A: {A_RULE}; the override agrees"),
        (A | asked("AA", until=2024), f"A: {A_RULE}; an override has run out"),
        (A | asked("AA", on=2024), f"A: {A_RULE}; an override does not count yet"),
    ],
)
def test_the_sentence_says_all_that_holds(client: dict[str, Any], sentence: str) -> None:
    settled = {**client, **({"overrides": _settled(client["overrides"])} if "overrides" in client else {})}
    assert reported(facts_of(**settled)) == sentence


def _settled(overrides: dict[str, Override]) -> dict[str, Override]:
    """Those that end in 2024 end on the as-of date, on which they do not count any more."""
    return {
        client: replace(each, until=date(2024, 1, 1)) if each.until.year == 2024 else each
        for client, each in overrides.items()
    }


def test_no_limit_on_moves_holds_up_a_client_under_a_cap() -> None:
    facts = facts_of(**B, arrears=[31.0, 0.0], previous="AA")
    assessment = assess(fit_policy(policy_of(caps=CAPS), facts, "USD"), facts)
    capped, free = (str(each) for each in reasons(decide(assessment, NO_MOVE)))
    assert capped == f"B: {B_RULE}; in any case no better than A: 30 days overdue"
    assert free.startswith(
        "AA as by rule before, at most 100% of the clients change tier in one run; now the rules say B"
    )
    assert len(assessment.moves.distance) == 1  # and its fall takes nobody's place among those who may move


def test_a_client_that_the_margin_lets_go_part_of_the_way_is_not_said_to_stay() -> None:
    # value is past the cut-off of AA by more than the margin, credit short of A by less than it
    decided = graded(facts_of(**NEARLY_A, previous="AA"))
    assert (decided.tier[0], decided.basis[0]) == ("A", "margin")
    assert str(reasons(decided)[0]).startswith(
        "A instead of AA by rule before, but not past the next cut-off by 5% of it; now the rules say B: "
    )
    assert str(reasons(decided, "zh")[0]).startswith(
        "由上次规则等级AA级调整为A级，未超过下一界限的5%；本次规则结果为B级："
    )


def test_what_the_book_does_not_know_is_told_where_it_decides() -> None:
    rich: dict[str, Any] = {"registered_capital": 1e9, "tenure_days": 4000.0, "accounts_leverage": 1.0}
    facts = facts_of(value=[9e6, 1.0], **rich)
    unrated = replace(facts, features=facts.features.drop(columns=["pd_last"]))
    policy = fit_policy(PROJECT_FINANCE, facts, "USD")
    best, small = (str(each) for each in reasons(grade_book(policy, unrated)))
    assert best.startswith("A at most: the credit rating is missing or older than 18 months (not known to the book); ")
    assert "credit at or above 60 points (2 of 4 criteria not known to the book)" in best
    assert "potential at or above 40 points (8 of 11 criteria not known to the book)" in best
    assert best.endswith(
        "; not checked, since the book does not tell: a default in the sponsor group within two years, "
        "a default of its own within two years"
    )
    assert small.endswith("(not known to the book)")  # no cap could lower B further
    assert "最高A级：信用评级缺失或已超过18个月（账簿未提供该数据）；" in str(
        reasons(grade_book(policy, unrated), "zh")[0]
    )


def test_a_dimension_that_the_book_knows_nothing_of_is_told_apart_from_a_client_of_whom_nothing_is_known() -> None:
    facts = facts_of(value=3e6, pd_last=np.nan)
    policy = fit_policy(policy_of(), facts, "USD")
    absent = replace(facts, features=facts.features[["arrears_days"]])
    assert "credit unknown, taken as fair" in str(reasons(grade_book(policy, facts))[0])
    assert "credit not known to the book, taken as fair" in str(reasons(grade_book(policy, absent))[0])
    assert "账簿未提供信用，按fair处理" in str(reasons(grade_book(policy, absent), "zh")[0])


@pytest.mark.parametrize(
    ("client", "sentence"),
    [
        (AA | {"arrears": 31.0}, "A: no better tier while capped: 30 days overdue"),
        (A | {"arrears": 31.0}, "A: no better tier while capped: 30 days overdue"),
        (B | {"arrears": 31.0}, "B: credit 20.0 points short for A"),
        (B | asked("A"), "A by override; by rule B: credit 20.0 points short for A"),
        (AA | asked("B"), "B by override; by rule AA: the best tier"),
        (A | {"arrears": 31.0} | asked("B"), "B by override; by rule A: no better tier while capped: 30 days overdue"),
    ],
)
def test_the_way_to_the_next_tier_starts_where_the_client_stands(client: dict[str, Any], sentence: str) -> None:
    decided = graded(facts_of(**client))
    report = grade_report(decided, 0, FEATURES)
    assert distance_sentence(report, decided.assessment.policy, ENGLISH) == sentence


def test_the_basis_is_a_cap_where_it_holds_down_or_bars_what_the_rule_gives_from_more() -> None:
    facts = facts_of(value=[3e6, 1e6, 1e6, 1e6], pd_last=[0.01, 0.01, 0.09, 0.0705], previous=["", "", "", "A"])
    decided = graded(replace(facts, features=facts.features.assign(arrears_days=31.0)))
    assert decided.tier.tolist() == ["A", "A", "B", "B"]
    assert decided.basis.tolist() == ["cap", "cap", "rule", "rule"]
    assert decided.by_rule_basis.tolist() == ["rule", "rule", "rule", "rule"]
