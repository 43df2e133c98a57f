"""A client reads at most four reasons, of what may be shown, and is never advised against what holds its grade."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.config.letter import OPEN, WITHHELD, LetterConfig
from models.letter.rules import MOST_REASONS, PrincipalReason, Stance, Weighed, helpful, principal_reasons
from models.letter.text import WORDS, step_sentence
from models.text import Language, languages
from support.graded import PROJECT_FINANCE
from support.letters import LETTERS, SOUND, grade_of

NOTHING = Weighed(costs={}, speaks={})
LENDING = ("plans", "utilisation", "ending", "financings", "business", "breadth")


def reasons(config: LetterConfig = LETTERS, weighed: Weighed = NOTHING, **client: Any) -> tuple[PrincipalReason, ...]:
    return principal_reasons(grade_of(**client), PROJECT_FINANCE, config, weighed)


def subjects(**client: Any) -> list[str]:
    return [each.subject for each in reasons(**client)]


def test_a_client_of_weak_credit_reads_what_costs_it_most() -> None:
    found = reasons(value=9.5e6, pd_last=0.09, accounts_leverage=7.5)
    assert grade_of(value=9.5e6, pd_last=0.09, accounts_leverage=7.5).tier == "B"
    assert [(each.subject, each.dimension) for each in found] == [
        ("rating", "credit"),
        ("debt", "credit"),
        ("cover", "credit"),
    ]
    assert {each.stance for each in found} == {Stance.COSTS}


def test_a_client_in_arrears_reads_of_its_arrears_and_is_asked_to_pay_first() -> None:
    late = grade_of(value=9.5e6, pd_last=0.05, arrears=25)
    found = principal_reasons(late, PROJECT_FINANCE, LETTERS, NOTHING)
    assert late.in_arrears
    assert not late.barred_by
    assert "arrears" in [each.subject for each in found]
    assert helpful(late, found)[0] == "arrears"


def test_an_aa_client_reads_what_speaks_for_it() -> None:
    best = grade_of(**SOUND)
    found = principal_reasons(best, PROJECT_FINANCE, LETTERS, NOTHING)
    assert best.tier == "AA"
    assert {each.stance for each in found} == {Stance.SPEAKS}
    assert len(found) == MOST_REASONS
    assert helpful(best, found) == ()


def test_a_capped_client_reads_the_cap_first_and_may_only_end_it() -> None:
    capped = grade_of(**SOUND, arrears=44)
    found = principal_reasons(capped, PROJECT_FINANCE, LETTERS, NOTHING)
    assert (capped.tier, capped.by_rule, capped.barred_by) == ("A", capped.by_rule, "overdue_30")
    assert (found[0].subject, found[0].stance) == ("arrears", Stance.HOLDS)
    assert helpful(capped, found) == ("arrears",)


def test_several_caps_of_one_cause_are_one_reason() -> None:
    assert subjects(**SOUND, arrears=400).count("arrears") == 1


def test_where_a_person_decided_no_rule_is_given_as_the_reason() -> None:
    lowered = grade_of(**SOUND, override="B")
    assert lowered.tier == "B"
    found = principal_reasons(lowered, PROJECT_FINANCE, LETTERS, NOTHING)
    assert [each.subject for each in found] == ["person"]
    assert helpful(lowered, found) == ()
    assert subjects(value=1e6, pd_last=0.09, override="A") == ["person"]


def test_an_override_that_agrees_with_the_rules_decides_nothing() -> None:
    assert "person" not in subjects(**SOUND, override="AA")


def test_a_forecast_is_one_reason_with_what_weighs_in_it() -> None:
    weighed = Weighed(
        costs={"worth": ("csat_last", "activity_count_12p", "country", "value_sum_12p", "facility_maturing_share_1y")},
        speaks={},
    )
    (worth,) = [each for each in reasons(weighed=weighed, value=1e5) if each.subject == "worth"]
    assert worth.weighed == ("business", "ending")


def test_a_criterion_that_is_withheld_gives_way_to_the_next() -> None:
    client = {"value": 9.5e6, "pd_last": 0.09, "accounts_leverage": 7.5}
    config = LETTERS.model_copy(update={"withheld": ("pd_*",)})
    assert [each.subject for each in reasons(config, **client)] == ["debt", "cover"]
    all_of_them = LETTERS.model_copy(update={"withheld": ("pd_*", "accounts_*", "arrears_*")})
    assert [(each.subject, each.dimension) for each in reasons(all_of_them, **client)] == [("dimension", "credit")]


def test_nothing_withheld_can_be_opened_by_a_config() -> None:
    with pytest.raises(ValidationError, match="withheld from letters, got \\['complaint_count_12p', 'country'\\]"):
        LetterConfig.model_validate({"criteria": {"country": "standing", "complaint_count_12p": "business"}})
    opened = LetterConfig.model_validate({"criteria": {"turnover_*": "size"}})
    assert (opened.topic_of("turnover_sum_12p"), opened.topic_of("anything_else")) == ("size", None)


@pytest.mark.parametrize("name", ["csat_last", "country", "region", "gender", "note_tone_12p", "nps_last", "peer_x"])
def test_what_must_never_be_shown_has_no_topic(name: str) -> None:
    assert LETTERS.topic_of(name) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"objection_days": 3},
        {"answer_days": 31},
        {"contact": {"office": {"en": "x", "zh": "x"}}},
        {"contact": {**LETTERS.model_dump()["contact"], "email": "nobody"}},
        {"contact": {**LETTERS.model_dump()["contact"], "phone": "call us"}},
    ],
)
def test_deadlines_and_contacts_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LetterConfig.model_validate(wrong)


def test_no_step_is_to_borrow_more() -> None:
    for language in languages():
        assert {subject: step_sentence(subject, language) for subject in LENDING} == dict.fromkeys(LENDING, "")


def test_every_topic_that_is_open_has_words() -> None:
    assert set(OPEN.values()) <= set(WORDS)
    assert all(WORDS[topic].weighs is not None and WORDS[topic].speaks is not None for topic in OPEN.values())
    assert not set(OPEN) & set(WITHHELD)


POINTS = st.floats(0, 1)
CLIENTS = st.fixed_dictionaries(
    {
        "value": st.floats(0, 1e7),
        "pd_last": st.one_of(st.none().map(lambda _: float("nan")), st.floats(0.001, 0.2)),
        "decline": POINTS,
        "arrears": st.one_of(st.just(0.0), st.floats(0, 500)),
        "pd_age_days": st.floats(0, 900),
        "default_recency_days": st.floats(0, 3_000),
        "group_default_recency_days": st.floats(0, 3_000),
        "tenure_days": st.floats(0, 4_000),
        "csat_last": st.floats(1, 5),
        "override": st.sampled_from(["", "", "AA", "A", "B"]),
    }
)


@given(client=CLIENTS)
def test_whoever_the_client_is(client: dict[str, Any]) -> None:
    grade = grade_of(**client)
    found = principal_reasons(grade, PROJECT_FINANCE, LETTERS, NOTHING)
    steps = helpful(grade, found)
    assert 1 <= len(found) <= MOST_REASONS
    assert len({(each.subject, each.dimension) for each in found}) == len(found)
    assert "csat_last" not in {each.criterion for each in found}
    assert not ({each.stance for each in found} >= {Stance.SPEAKS, Stance.COSTS})
    if grade.tier != "AA" or grade.barred_by:
        assert Stance.SPEAKS not in {each.stance for each in found}
    if grade.barred_by and grade.basis != "override":
        assert found[0].stance is Stance.HOLDS
        assert set(steps) <= {each.subject for each in found if each.stance is Stance.HOLDS}
    if grade.in_arrears and steps and not grade.barred_by:
        assert steps[0] == "arrears"
    for language in languages():
        assert all(step_sentence(step, Language(language)) is not None for step in steps)
