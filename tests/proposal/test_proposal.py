"""A lender asks for a better policy: it is found on past dates, within caps, the order of levels and sizes of tiers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.config.policy.dimensions import DimensionConfig
from models.config.policy.policy import PolicyConfig
from models.config.root import Config
from models.grading.decision_table import DecisionTable
from models.grading.fitted import GradingPolicy
from models.proposal.compute import PolicySearch, Searched, frontier
from models.proposal.days import PastDay, Taken
from models.proposal.judging import Judge
from models.proposal.report import changed_numbers
from models.proposal.rules import cut_off_space, moved_policy, own_numbers, policy_text, validated, weight_space
from models.vocab import Aim
from support.drawn_panel import small_config
from support.graded import PROJECT_FINANCE, facts_of, policy_of

CLIENTS = 300


def config_of(**propose: object) -> Config:
    config = small_config(propose={"trials": 40, "weights": False, **propose})
    return config.model_copy(update={"policy": policy_of()})


def past_days(count: int = 3, *, seed: int = 5) -> list[PastDay]:
    """Clients whose future value, decline and loss are what was foreseen, with noise."""
    random = np.random.default_rng(seed)
    days = []
    for number in range(count):
        value = random.lognormal(14.0, 1.2, CLIENTS)
        decline, rating = random.beta(1.5, 4.0, CLIENTS), random.uniform(0.001, 0.12, CLIENTS)
        arrears = np.where(random.random(CLIENTS) < 0.1, 120.0, 0.0)
        facts = facts_of(value=value, decline=decline, pd_last=rating, arrears=arrears)
        kept = random.random(CLIENTS) > decline
        foreseen = rating * value
        days.append(
            PastDay(
                as_of=date(2021, 1 + 3 * number, 1),
                facts=facts,
                reviewed=Taken(
                    came=kept * value * random.lognormal(0, 0.3, CLIENTS),
                    foreseen=value,
                    rule=value * random.lognormal(0, 1.5, CLIENTS),
                ),
                offered=Taken(
                    came=np.where(kept, -0.05, 0.3) * value.mean() + ~kept * 0.1 * value,
                    foreseen=decline * value,
                    rule=random.random(CLIENTS),
                ),
                lost=Taken(
                    came=(random.random(CLIENTS) < rating) * value, foreseen=foreseen, rule=random.random(CLIENTS)
                ),
                rule_tier=random.choice(["AA", "A", "B"], CLIENTS),
            )
        )
    return days


def searched(aim: Aim, config: Config, days: list[PastDay]) -> tuple[PolicySearch, Searched]:
    search = PolicySearch(Judge(days, config), config.grading, aim, config.propose)
    return search, search.run(seed=1)


@pytest.mark.parametrize("aim", list(Aim))
def test_a_search_is_never_worse_than_today_and_stays_within_bounds(aim: Aim) -> None:
    config = config_of()
    _, found = searched(aim, config, past_days())
    assert found.best.score >= found.today.score
    assert found.best.allowed
    assert len(found.attempts) == 40
    assert not found.cut
    for share, before in zip(found.best.judged.shares, found.today.judged.shares, strict=True):
        assert before / 5 - 1e-12 <= share <= 5 * before + 1e-12
    if aim not in (Aim.BALANCED, Aim.STABILITY):
        others = {Aim.SCREENING, Aim.CREDIT_LOSS, Aim.PROFIT} - {aim}
        assert all(found.best.judged.gains[each] >= found.today.judged.gains[each] - 1e-12 for each in others)


def test_the_balanced_aim_raises_the_weakest_of_three() -> None:
    _, found = searched(Aim.BALANCED, config_of(trials=80), past_days())
    gains = found.best.judged.gains
    assert found.best.score == min(gains[aim] for aim in (Aim.SCREENING, Aim.CREDIT_LOSS, Aim.PROFIT))
    assert found.best.score > found.today.score


def test_the_same_seed_finds_the_same_policy() -> None:
    config, days = config_of(weights=True), past_days()
    one, same = (searched(Aim.SCREENING, config, days)[1] for _ in range(2))
    assert [each.settings for each in one.attempts] == [each.settings for each in same.attempts]
    assert validated(one.best.policy) == validated(same.best.policy)


def test_weights_move_only_where_they_help_beyond_chance() -> None:
    config = config_of(weights=True)
    search, found = searched(Aim.SCREENING, config, past_days())
    moved = [each for each in found.attempts if any(each.settings[name.name] for name in weight_space(policy_of()))]
    assert moved, "half of the trials draw weights"
    if found.weighted:
        plain = max(each.score for each in found.attempts if each.allowed and each not in moved)
        assert found.best.score > plain
    else:
        assert found.best not in moved
    assert search.beyond_chance(found.best, found.best) is False


def test_reviews_are_counted_as_by_hand() -> None:
    """Four clients; AA holds the second best: by tier two are reviewed until half of 12 is found, by the rule three."""
    facts = facts_of(value=[3e6, 1e6, 2.5e6, 1e5], pd_last=[0.001, 0.001, 0.09, 0.09])
    came = np.array([4.0, 2.0, 6.0, 0.0])
    nothing = np.zeros(4)
    day = PastDay(
        as_of=date(2021, 1, 1),
        facts=facts,
        reviewed=Taken(came=came, foreseen=facts.value, rule=np.array([1.0, 3.0, 0.0, 4.0])),
        offered=Taken(came=nothing, foreseen=nothing, rule=nothing),
        lost=None,
        rule_tier=np.array(["A"] * 4),
    )
    config = config_of()
    judge = Judge([day], config)
    assert judge.aims == (Aim.SCREENING, Aim.PROFIT, Aim.BALANCED)
    result = judge.judged(config.grading).results[Aim.SCREENING]
    assert (result.ours, result.rule, result.perfect) == (2.0, 3.0, 1.0)
    assert result.gain == 0.5
    assert judge.judged(config.grading).shares == (0.25, 0.25, 0.5)


def test_the_frontier_holds_who_is_beaten_by_nobody() -> None:
    _, found = searched(Aim.SCREENING, config_of(), past_days())
    curve = frontier(found.attempts, Aim.SCREENING)

    def at(each: object) -> tuple[float, float]:
        judged = each.judged  # type: ignore[attr-defined]
        return judged.gains[Aim.SCREENING], judged.weakest_but(Aim.SCREENING)

    for each in (each for each in found.attempts if each.allowed):
        assert any(one >= at(each)[0] and other >= at(each)[1] for one, other in map(at, curve))
    points = [at(each) for each in curve]
    assert points == sorted(points, key=lambda point: -point[0])
    assert [other for _, other in points] == sorted(other for _, other in points)


def numbers_of(policy: PolicyConfig) -> st.SearchStrategy[dict[str, float]]:
    space = (*cut_off_space(policy), *weight_space(policy))
    return st.fixed_dictionaries({each.name: st.floats(each.low, each.high) for each in space})


@pytest.mark.parametrize("policy", [policy_of(), PROJECT_FINANCE], ids=["small", "project finance"])
def test_own_numbers_are_the_policy_itself(policy: PolicyConfig) -> None:
    same = moved_policy(policy, own_numbers(policy))
    assert same == policy
    assert changed_numbers(policy, policy) == ()


@settings(max_examples=25, deadline=None)
@given(numbers_of(PROJECT_FINANCE))
def test_every_moved_policy_is_whole_keeps_rules_and_caps_and_orders_its_levels(drawn: dict[str, float]) -> None:
    moved = moved_policy(PROJECT_FINANCE, drawn)
    if moved is None:
        return
    assert validated(moved) == moved
    assert (moved.rules, moved.caps, moved.tiers, moved.treatments) == (
        PROJECT_FINANCE.rules,
        PROJECT_FINANCE.caps,
        PROJECT_FINANCE.tiers,
        PROJECT_FINANCE.treatments,
    )
    fitted = (GradingPolicy(settings=each, cut_offs={}, currency="") for each in (moved, PROJECT_FINANCE))
    ranks, before = (DecisionTable(each).rank_of_case for each in fitted)
    np.testing.assert_array_equal(ranks, before)
    assert all((np.diff(ranks, axis=axis) >= 0).all() for axis in range(ranks.ndim)), "a better level, no worse a tier"
    for name, dimension in moved.dimensions.items():
        assert_in_order(dimension)
        assert [level.name for level in dimension.levels] == PROJECT_FINANCE.dimensions[name].level_names


def assert_in_order(dimension: DimensionConfig) -> None:
    numbers = [next(iter(level.cut_offs.values())) for level in dimension.levels[:-1]]
    kinds = {kind for level in dimension.levels for kind in level.cut_offs}
    rising = dimension.sign < 0 or kinds == {"share"}
    assert numbers == sorted(numbers, reverse=not rising)


@settings(max_examples=25, deadline=None)
@given(numbers_of(policy_of()))
def test_no_drawn_number_lifts_a_cap(drawn: dict[str, float]) -> None:
    config, moved = config_of(), moved_policy(policy_of(), drawn)
    if moved is None:
        return
    (day,) = past_days(1)
    capped = day.facts.features["arrears_days"].to_numpy() > 90
    judge = Judge([replace(day, facts=day.facts.where(capped), **_only(day, capped))], config)
    assert judge.judged(moved).shares == (0.0, 0.0, 1.0)


def _only(day: PastDay, chosen: np.ndarray) -> dict[str, object]:
    taken = {name: getattr(day, name) for name in ("reviewed", "offered")}
    parts = {
        name: Taken(came=each.came[chosen], foreseen=each.foreseen[chosen], rule=each.rule[chosen])
        for name, each in taken.items()
    }
    return {**parts, "lost": None, "rule_tier": day.rule_tier[chosen]}


@settings(max_examples=25, deadline=None)
@given(numbers_of(PROJECT_FINANCE))
def test_a_policy_is_read_from_its_file_as_it_was_written(drawn: dict[str, float]) -> None:
    moved = moved_policy(PROJECT_FINANCE, drawn) or PROJECT_FINANCE
    text = policy_text(moved, ["a policy", "by hand"])
    assert text.startswith("# a policy\n# by hand\n")
