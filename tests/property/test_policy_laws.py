"""What holds of every policy and every client: caps cannot be lifted, tables decide once, noise does not flicker."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.config.policy.policy import PolicyConfig
from models.grading.decision import assess, decide, grade_book
from models.grading.distance import shortfall
from models.grading.facts import Facts
from models.grading.fitted import fit_policy
from models.grading.overrides import Override
from models.grading.reasons_text import reasons
from models.grading.stability import NO_MOVE, limit_of
from support.graded import CREDIT_AND_VALUE, PROJECT_FINANCE, facts_of

TIERS = ["AA", "A", "B"]
DAYS = [0.0, 90.0, 91.0, 270.0, 271.0, 360.0, 361.0]
LABEL = {"en": "number", "zh": "数"}


def dimension(measure: str, cut_offs: list[float]) -> dict[str, Any]:
    kind = "probability" if measure == "decline_high" else "amount"
    ordered = sorted(set(cut_offs), reverse=kind == "amount")
    levels = [{"name": f"l{place}", kind: number} for place, number in enumerate(ordered)]
    return {"label": LABEL, "measure": measure, "levels": [*levels, {"name": f"l{len(ordered)}"}]}


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """A rule for each case; a better case never gets a lower tier. Caps over 90, 270 and 360 days."""
    amounts = st.integers(-1_000, 10_000).map(lambda thousands: thousands * 1e3)
    risks = st.integers(5, 95).map(lambda percent: percent / 100)
    dimensions = {
        "worth": dimension("value_low", draw(st.lists(amounts, min_size=1, max_size=3))),
        "risk": dimension("decline_high", draw(st.lists(risks, min_size=1, max_size=3))),
    }
    names = [[level["name"] for level in each["levels"]] for each in dimensions.values()]
    steps = sorted(draw(st.lists(st.integers(0, 6), min_size=2, max_size=2)))
    rules = []
    for case in product(*names):
        rank = sum(sum(int(level[1:]) for level in case) > step for step in steps)
        rules.append({"tier": TIERS[rank], "when": dict(zip(dimensions, case, strict=True))})
    hardest = draw(st.sampled_from([["A", "A", "B"], ["A", "B", "B"], ["B", "B", "B"]]))
    caps = [{**cap, "at_most": tier} for cap, tier in zip(CREDIT_AND_VALUE["caps"], hardest, strict=True)]
    stability = {"margin": draw(st.floats(0, 0.5)), "max_changed_share": draw(st.floats(0, 1))}
    return {"dimensions": dimensions, "rules": draw(st.permutations(rules)), "caps": caps, "stability": stability}


@st.composite
def clients(draw: st.DrawFn) -> Facts:
    number = draw(st.integers(1, 12))
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    overrides = {
        f"c{row}": Override(
            tier=dice.choice(TIERS), reason="asked", by="somebody", on=date(2023, 1, 1), until=date(2025, 1, 1)
        )
        for row in np.flatnonzero(dice.random(number) < 0.5)
    }
    return facts_of(
        value=np.where(dice.random(number) < 0.1, np.nan, dice.normal(2e6, 3e6, number)),
        decline=dice.random(number),
        arrears=dice.choice(DAYS, number),
        previous=dice.choice([*TIERS, ""], number),
        overrides=overrides,
    )


@given(policies(), clients())
@settings(max_examples=60, deadline=None)
def test_no_rule_override_or_earlier_tier_lifts_a_cap(policy: dict[str, Any], facts: Facts) -> None:
    fitted = fit_policy(PolicyConfig.model_validate(policy), facts, "USD")
    decided = grade_book(fitted, facts)
    days = np.asarray(facts.features["arrears_days"])
    for threshold, cap in zip((90, 270, 360), policy["caps"], strict=True):
        lowest = TIERS.index(cap["at_most"])
        assert all(TIERS.index(tier) >= lowest for tier in decided.tier[days > threshold])
    free = days <= 90
    asked = np.array([facts.overrides[client].tier if client in facts.overrides else "" for client in facts.client_id])
    wanted = np.where(asked == "", decided.by_rule, asked)
    assert decided.tier[free].tolist() == wanted[free].tolist()


@given(policies(), clients())
@settings(max_examples=40, deadline=None)
def test_no_more_clients_change_than_the_policy_lets(policy: dict[str, Any], facts: Facts) -> None:
    fitted = fit_policy(PolicyConfig.model_validate(policy), facts, "USD")
    decided = grade_book(fitted, facts)
    before = (facts.previous != "") & (facts.features["arrears_days"] == 0)  # arrears act at once, whatever the limit
    changed = int((decided.by_rule != facts.previous)[before].sum())
    assert changed <= policy["stability"]["max_changed_share"] * (facts.previous != "").sum() + 1e-6
    kept = decide(assess(fitted, facts), NO_MOVE)
    assert kept.by_rule[before].tolist() == facts.previous[before].tolist()


@given(policies(), clients(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_and_blocks_change_nothing(policy: dict[str, Any], facts: Facts, random: Any) -> None:
    fitted = fit_policy(PolicyConfig.model_validate(policy), facts, "USD")
    whole = grade_book(fitted, facts)
    order = np.array(random.sample(range(len(facts)), len(facts)))
    blocks = [assess(fitted, facts.where(part)) for part in np.array_split(order, 3) if len(part)]
    limit = limit_of([block.moves for block in blocks], policy["stability"]["max_changed_share"])
    parts = [decide(block, limit) for block in blocks]
    assert np.concatenate([part.tier for part in parts]).tolist() == whole.tier[order].tolist()
    assert np.concatenate([reasons(part) for part in parts]).tolist() == reasons(whole)[order].tolist()


@given(policies(), clients())
@settings(max_examples=40, deadline=None)
def test_closing_the_distance_reaches_the_next_tier(policy: dict[str, Any], facts: Facts) -> None:
    policy["stability"] = {"margin": 0.0}
    fitted = fit_policy(PolicyConfig.model_validate(policy), facts, "USD")
    fresh = replace(facts, previous=None, overrides={})
    decided = grade_book(fitted, fresh)
    lacking = shortfall(decided)
    gain = np.nan_to_num(lacking.lacking["worth"]) * (1 + 1e-6) + 1e-6 * (lacking.lacking["worth"] > 0)
    loss = np.nan_to_num(lacking.lacking["risk"]) * (1 + 1e-6) + 1e-12
    better = replace(fresh, value_low=fresh.value_low + gain, decline_high=fresh.decline_high - loss)
    reached = grade_book(fitted, better).by_rule
    known = (lacking.next_tier != "") & ~np.isnan(facts.value_low)
    ranks = [TIERS.index(tier) for tier in reached[known]]
    assert all(rank <= TIERS.index(tier) for rank, tier in zip(ranks, lacking.next_tier[known], strict=True))


@given(policies(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_table_with_a_rule_too_few_or_too_many_is_refused(policy: dict[str, Any], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(policy["rules"]) - 1))
    fewer = [rule for number, rule in enumerate(policy["rules"]) if number != place]
    case = ", ".join(f"{name} {level}" for name, level in policy["rules"][place]["when"].items())
    with pytest.raises(ValidationError, match=rf"a gap: none for {case}"):
        PolicyConfig.model_validate({**policy, "rules": fewer})
    for tier, word in ((policy["rules"][place]["tier"], "an overlap"), (other_than(policy, place), "a contradiction")):
        more = [*policy["rules"], {**policy["rules"][place], "tier": tier}]
        with pytest.raises(ValidationError, match=rf"{word}.*{case}"):
            PolicyConfig.model_validate({**policy, "rules": more})


def other_than(policy: dict[str, Any], place: int) -> str:
    return next(tier for tier in TIERS if tier != policy["rules"][place]["tier"])


def flips(margin: float) -> float:
    """Share of the clients that change tier from one run to the next, where each input is only blurred by 1%."""
    dice, clients_ = np.random.default_rng(11), 3_000
    base = {"value": dice.lognormal(11, 1.5, clients_), "pd_last": np.exp(dice.normal(-4, 1, clients_))}
    rated = {"pd_age_days": np.full(clients_, 30.0)}  # under no cap, where a tier would fall at once
    changed = {**PROJECT_FINANCE.model_dump(mode="json"), "stability": {"margin": margin}}
    policy = fit_policy(PolicyConfig.model_validate(changed), facts_of(**base, **rated), "USD")
    previous, moved = grade_book(policy, facts_of(**base, **rated)).by_rule, []
    for _ in range(5):
        blurred = {name: numbers * (1 + 0.01 * dice.standard_normal(clients_)) for name, numbers in base.items()}
        now = grade_book(policy, facts_of(**blurred, **rated, previous=previous.tolist())).by_rule
        moved.append(float((now != previous).mean()))
        previous = now
    return float(np.mean(moved))


def test_noise_of_one_percent_flips_tiers_without_a_margin_and_hardly_any_with_it() -> None:
    assert flips(0.0) > 0.003
    assert flips(0.05) < 0.0002
