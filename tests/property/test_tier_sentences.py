"""Every sentence about a tier, read back clause by clause, says what was decided: in English and in Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.config.policy.policy import PolicyConfig
from models.grading.decision import TierDecisions, grade_book
from models.grading.facts import Facts
from models.grading.fitted import fit_policy
from models.grading.overrides import Override
from models.grading.reasons_text import reasons
from property.test_policy_laws import DAYS, TIERS, policies
from support.graded import AS_OF, facts_of

MORE_CAPS: tuple[dict[str, Any], ...] = (
    {"name": "unrated", "feature": "pd_age_days", "above": 548, "or_missing": True, "at_most": "A"},
    {"name": "default", "feature": "default_recency_days", "below": 731, "at_most": "B"},
    {"name": "small", "feature": "employees", "below": 10, "or_missing": True, "at_most": "B"},
)
TIER = "(AA|A|B)"
NOT_IN_BOOK = {"en": " (not known to the book)", "zh": "（账簿未提供该数据）"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a reader takes from a sentence."""

    tier: str
    by_rule: str
    ruled: str
    held: str
    previous: str
    override: str
    cap: str
    unchecked: tuple[str, ...]


SUFFIXES = {
    "en": {
        "unchecked": r"; not checked, since the book does not tell: (?P<unchecked>.*)$",
        "cap": rf"; in any case no better than {TIER}: (?P<cap>.*)$",
        "idle": r"; (?P<idle>the override agrees|an override has run out|an override does not count yet)$",
    },
    "zh": {
        "unchecked": r"；账簿未提供数据，无法检查：(?P<unchecked>.*)$",
        "cap": rf"；无论如何不高于{TIER}级：(?P<cap>.*)$",
        "idle": r"；(?P<idle>人工调整与此一致|人工调整已到期|人工调整尚未生效)$",
    },
}
FATES = {
    "the override agrees": "agrees with the rules",
    "an override has run out": "expired",
    "an override does not count yet": "not yet decided",
    "人工调整与此一致": "agrees with the rules",
    "人工调整已到期": "expired",
    "人工调整尚未生效": "not yet decided",
}
HEADS = {
    "en": (
        rf"(?P<tier>{TIER}): by override; (?P<rest>.*)",
        rf"(?P<tier>{TIER}) at most: (?P<cap>.*?)(?P<asked>, whatever the override asks)?; (?P<rest>(the|else) .*)",
        rf"(?P<tier>{TIER}): capped from {TIER}: (?P<cap>.*?)(?P<asked>, whatever the override asks)?; "
        r"(?P<rest>(the|else) .*)",
    ),
    "zh": (
        rf"(?P<tier>{TIER})级：人工调整；(?P<rest>.*)",
        rf"最高(?P<tier>{TIER})级：(?P<cap>.*?)(?P<asked>（人工调整不得突破）)?；(?P<rest>(规则结果|否则).*)",
        rf"(?P<tier>{TIER})级：由{TIER}级下调：(?P<cap>.*?)(?P<asked>（人工调整不得突破）)?；(?P<rest>(规则结果|否则).*)",
    ),
}
STANDS = {
    "en": {
        "margin": rf"(?:else )?(?P<by_rule>{TIER})(?: as| instead of (?P<previous>{TIER})) by rule before, (?:but )?"
        rf"not past the (?:next )?cut-off by \d+% of it; now the rules say (?P<ruled>{TIER}): .*",
        "limit": rf"(?:else )?(?P<by_rule>{TIER}) as by rule before, at most \d+% of the clients change tier in one "
        rf"run; now the rules say (?P<ruled>{TIER}): .*",
        "rule": rf"(?:the rules say )?(?P<ruled>{TIER}): .*",
    },
    "zh": {
        "margin": rf"(?:否则)?(?:沿用上次规则等级|由上次规则等级(?P<previous>{TIER})级调整为)(?P<by_rule>{TIER})级，"
        rf"未超过(?:下一)?界限的\d+%；本次规则结果为(?P<ruled>{TIER})级：.*",
        "limit": rf"(?:否则)?沿用上次规则等级(?P<by_rule>{TIER})级，每次最多\d+%的客户可调整等级；"
        rf"本次规则结果为(?P<ruled>{TIER})级：.*",
        "rule": rf"(?:规则结果为)?(?P<ruled>{TIER})级：.*",
    },
}


def read(sentence: str, lang: str) -> Told:
    """A sentence as a reader understands it."""
    taken: dict[str, str] = {}
    for pattern in SUFFIXES[lang].values():
        found = re.search(pattern, sentence)
        if found:
            taken |= found.groupdict()
            sentence = sentence[: found.start()]
    head = next((found for each in HEADS[lang] if (found := re.fullmatch(each, sentence))), None)
    rest = sentence if head is None else head["rest"]
    held, stands = next(
        (name, found) for name, each in STANDS[lang].items() if (found := re.fullmatch(each, rest)) is not None
    )
    parts = stands.groupdict()
    by_rule = parts.get("by_rule") or parts["ruled"]
    caps = {} if head is None else head.groupdict()
    override = FATES[taken["idle"]] if "idle" in taken else ""
    if head is not None:
        override = override or ("applied" if "cap" not in caps else "held down by a cap" if caps["asked"] else "")
    separator = ", " if lang == "en" else "，"
    return Told(
        tier=by_rule if head is None else head["tier"],
        by_rule=by_rule,
        ruled=parts["ruled"],
        held=held,
        previous=parts.get("previous") or "",
        override=override,
        cap=(taken.get("cap") or caps.get("cap") or "").removesuffix(NOT_IN_BOOK[lang]),
        unchecked=tuple(taken["unchecked"].split(separator)) if "unchecked" in taken else (),
    )


def decided_of(decided: TierDecisions, row: int, lang: str) -> Told:
    """The same from the decision."""
    assessment = decided.assessment
    policy, held = assessment.policy.settings, str(decided.by_rule_basis[row])
    previous = TIERS[assessment.previous_rank[row]] if assessment.previous_rank[row] >= 0 else ""
    cap = int(assessment.cap[row])
    unchecked: dict[str, str] = {}
    for each in policy.caps:
        lowers = TIERS.index(each.at_most) > TIERS.index(str(decided.tier[row]))
        if each.feature not in assessment.facts.features and not each.or_missing and lowers:
            unchecked.setdefault(each.feature, getattr(each.because, lang))
    part_of_the_way = held == "margin" and previous != str(decided.by_rule[row])
    return Told(
        tier=str(decided.tier[row]),
        by_rule=str(decided.by_rule[row]),
        ruled=policy.rules[int(assessment.rule[row])].tier,
        held=held,
        previous=previous if part_of_the_way else "",
        override=str(decided.override[row]),
        cap="" if cap < 0 else getattr(policy.caps[cap].because, lang),
        unchecked=tuple(unchecked.values()),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[PolicyConfig, Facts]:
    """A policy with caps in both directions, and clients of a book that may lack features; overrides of any day."""
    policy = draw(policies())
    more = [{**cap, "because": {"en": f"it is {cap['name']}", "zh": f"属于{cap['name']}"}} for cap in MORE_CAPS]
    policy["caps"] = [*policy["caps"], *draw(st.lists(st.sampled_from(more), unique_by=lambda cap: str(cap["name"])))]
    number, dice = draw(st.integers(1, 20)), np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    facts = facts_of(
        value=np.where(dice.random(number) < 0.1, np.nan, dice.normal(2e6, 3e6, number)),
        decline=dice.random(number),
        arrears=dice.choice(DAYS, number),
        previous=dice.choice([*TIERS, ""], number),
        overrides={f"c{row}": override(dice) for row in np.flatnonzero(dice.random(number) < 0.7)},
        pd_age_days=dice.choice([np.nan, 100.0, 900.0], number, p=[0.1, 0.8, 0.1]),
        default_recency_days=dice.choice([np.nan, 100.0, 900.0], number, p=[0.8, 0.1, 0.1]),
        employees=dice.choice([np.nan, 5.0, 100.0], number, p=[0.05, 0.05, 0.9]),
    )
    absent = draw(st.sets(st.sampled_from(["arrears_days", "pd_age_days", "default_recency_days", "employees"])))
    lacking = replace(facts, features=facts.features.drop(columns=sorted(absent)))
    return PolicyConfig.model_validate(policy), draw(st.sampled_from([facts, lacking]))


def override(dice: np.random.Generator) -> Override:
    on, until = (AS_OF + timedelta(days=int(day)) for day in (dice.integers(-3, 2), dice.integers(-1, 9)))
    return Override(tier=dice.choice(TIERS), reason="asked", by="somebody", on=on, until=max(on, until))


@given(cases(), st.sampled_from(["en", "zh"]))
@settings(max_examples=150, deadline=None)
def test_a_sentence_read_back_is_the_decision(case: tuple[PolicyConfig, Facts], lang: Any) -> None:
    policy, facts = case
    decided = grade_book(fit_policy(policy, facts, "USD"), facts)
    for row, sentence in enumerate(reasons(decided, lang).tolist()):
        reported = read(sentence, lang)
        assert reported == decided_of(decided, row, lang), sentence
        assert_no_contradiction(reported, sentence, lang)


def assert_no_contradiction(reported: Told, sentence: str, lang: str) -> None:
    """A client is said to be held down only where what would hold otherwise is named, and is better."""
    if TIERS.index(reported.ruled) > TIERS.index(reported.tier):
        assert f"{reported.tier} at most" not in sentence
        assert f"最高{reported.tier}级" not in sentence


@given(cases())
@settings(max_examples=60, deadline=None)
def test_no_override_margin_or_limit_lifts_a_cap(case: tuple[PolicyConfig, Facts]) -> None:
    policy, facts = case
    decided = grade_book(fit_policy(policy, facts, "USD"), facts)
    for cap in policy.caps:
        column = facts.features[cap.feature].tolist() if cap.feature in facts.features else [np.nan] * len(facts)
        for tier, number in zip(decided.tier.tolist(), column, strict=True):
            beyond = (cap.above is not None and number > cap.above) or (cap.below is not None and number < cap.below)
            if beyond or (cap.or_missing and np.isnan(number)):
                assert TIERS.index(tier) >= TIERS.index(cap.at_most)
