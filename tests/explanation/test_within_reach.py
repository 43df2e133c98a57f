"""What would change it: the smallest change that does, by hand on models made of two lines, and proved by scoring."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.config.explaining import ReachConfig
from models.config.policy.tiers import DEFAULT_SCALE
from models.explanation.reach import NO_LIMITS, NoLending, PeerRange, ReachLimits, ways_of
from models.explanation.within_reach import Goal, NoneWithinReach, Outcome, Reachable, within_reach
from models.grading.built_in import Grades, TierPolicy, grade
from models.grading.compute import Grader
from models.grading.decision import grade_book
from models.grading.evidence import grade_report
from models.grading.fitted import fit_policy
from models.learners.contract import ContractFeature, FeatureContract
from models.text import ENGLISH
from models.vocab import FloatArray
from support.drawn_panel import small_config
from support.graded import FEATURES as GRADED
from support.graded import facts_of, policy_of

FEATURES = (
    ContractFeature(name="response_hours_mean_12p", kind="number", unit="hours"),
    ContractFeature(name="funnel_days_in_stage", kind="number", unit="events"),
    ContractFeature(name="meeting_count_12p", kind="number", unit="events"),
    ContractFeature(name="country", kind="category", unit="category", categories=("BR", "KE")),
)
PEERS = PeerRange(low=np.array([10.0, 0.4, 1.2, 0.0]), high=np.array([50.0, 6.0, 9.6, 1.0]))
ACTION = {"en": "Do it.", "zh": "立即处理"}
REACH = {
    "answers": {"down": ["response_hours_*"], "action": ACTION},
    "waiting": {"down": ["funnel_days_*"], "action": ACTION},
    "coverage": {"up": ["meeting_*", "country"], "action": ACTION},
}
ANSWERED, WAITED, MET = 40.0, 6.0, 2.0


@dataclass(frozen=True)
class Line:
    """A model that is a weighted sum."""

    start: float
    weights: tuple[float, ...]

    def predict(self, rows: FloatArray) -> FloatArray:
        return self.start + np.nan_to_num(rows) @ np.array(self.weights)


def models(*, decline: Line, value: Line | None = None, aa_value: float = 1_000.0) -> Any:
    policy = TierPolicy(
        tiers=DEFAULT_SCALE.names, least_value=(aa_value, 100.0), max_decline=(0.6, 0.9), currency="EUR"
    )
    return SimpleNamespace(
        policy=SimpleNamespace(scale=DEFAULT_SCALE),
        contract=FeatureContract(features=FEATURES),
        decline=decline,
        value=value or Line(2_000.0, (0, 0, 0, 0)),
        grader=lambda _, value, decline: grade(value, decline, policy),
    )


def answers(
    fitted: Any,
    row: list[float] | None = None,
    grader: Grader | None = None,
    limits: ReachLimits = NO_LIMITS,
    **learners: Any,
) -> dict[Goal, Outcome | None]:
    """The outcome of each goal; of one out of reach what is best, which the tests below tell apart."""
    config = small_config(learners=learners)
    reach = {name: ReachConfig.model_validate(entry) for name, entry in REACH.items()}
    numbers = row or [ANSWERED, WAITED, MET]
    features = pd.DataFrame([numbers], columns=fitted.contract.names[:3], index=["C1"])
    features = features.assign(country=pd.Series(["KE"], index=["C1"], dtype="str"))
    found = within_reach(fitted, features, PEERS, config, reach, limits=limits, grader=grader)
    return {answer.goal: answer for answer in found}  # type: ignore[misc]


def reached(answer: Any) -> Outcome:
    assert isinstance(answer, Reachable)
    return answer.outcome


def test_faster_answers_take_the_client_off_the_decline_list() -> None:
    found = reached(answers(models(decline=Line(0.2, (0.01, 0, 0, 0))))[Goal.OFF_DECLINE_LIST])
    (move,) = found.moves
    (feature,) = move.features
    # Decline is 60% at 40 hours and falls by a point per hour; below 50% is below 30 hours, a quarter of 10 to 50.
    assert (move.name, move.action.within(ENGLISH), feature.feature, feature.unit) == (
        "answers",
        "Do it.",
        FEATURES[0].name,
        "hours",
    )
    assert feature.now == ANSWERED
    assert feature.then == pytest.approx(30.0, abs=0.01)
    assert feature.then < 30.0
    assert found.size == pytest.approx(0.25, abs=0.001)
    assert found.decline_probability == pytest.approx(0.2 + 0.01 * feature.then)
    assert found.decline_probability < 0.5


def test_of_two_ways_the_one_that_moves_less_comes_first() -> None:
    answer = answers(models(decline=Line(0.0, (0.01, 0.04, 0, 0))))[Goal.OFF_DECLINE_LIST]
    assert isinstance(answer, Reachable)
    # 64%: 14 hours less are 35% of the peers' 40; 4 waiting days less are 80% of their 5.
    assert [move.name for move in answer.outcome.moves] == ["answers"]
    assert answer.outcome.size == pytest.approx(0.35, abs=0.005)
    (other,) = answer.others
    assert [move.name for move in other.moves] == ["waiting"]
    assert other.size == 0.8


def test_what_is_counted_stays_whole_and_inside_the_range_of_the_peers() -> None:
    found = reached(answers(models(decline=Line(0.3, (0, 0.04, 0, 0))))[Goal.OFF_DECLINE_LIST])
    assert [(move.now, move.then) for move in found.moves[0].features] == [(WAITED, 4.0)]
    far = answers(models(decline=Line(0.46, (0, 0.05, 0, 0))))[Goal.OFF_DECLINE_LIST]
    assert isinstance(far, NoneWithinReach)
    assert far.best is not None
    # The peers' low is 0.4 waiting days: the last whole one inside their range is 1.
    assert [(move.now, move.then) for move in far.best.moves[0].features] == [(WAITED, 1.0)]


def test_two_things_together_where_one_is_not_enough() -> None:
    found = reached(answers(models(decline=Line(0.4, (0.004, 0.03, 0, 0))))[Goal.OFF_DECLINE_LIST])
    # 74%; faster answers alone come to 62%, one day of waiting alone to 59%.
    assert [move.name for move in found.moves] == ["answers", "waiting"]
    assert found.decline_probability < 0.5
    assert found.size == pytest.approx(sum(move.size for move in found.moves))
    hours, days = (move.features[0].then for move in found.moves)
    assert 0.4 + 0.004 * (hours + 1.0) + 0.03 * days > 0.5
    assert 0.4 + 0.004 * hours + 0.03 * (days + 1.0) > 0.5


def test_a_tier_up_by_value() -> None:
    fitted = models(decline=Line(0.1, (0, 0, 0, 0)), value=Line(600.0, (0, 0, 100.0, 0)))
    found = reached(answers(fitted)[Goal.TIER_UP])
    # 800 at two meetings; AA is from 1,000: four meetings, of up to nine that peers have.
    assert found.tier == "AA"
    assert found.tier_reason.startswith("AA: expected value at or above 1,000")
    assert [(move.now, move.then) for move in found.moves[0].features] == [(MET, 4.0)]
    assert found.value == 1_000.0


def test_none_within_reach_is_an_answer_with_what_comes_nearest() -> None:
    answer = answers(models(decline=Line(0.85, (0.002, 0, 0, 0))))[Goal.OFF_DECLINE_LIST]
    assert isinstance(answer, NoneWithinReach)
    assert answer.best is not None
    assert answer.best.decline_probability == pytest.approx(0.87)
    assert [move.name for move in answer.best.moves] == ["answers"]
    nothing = answers(models(decline=Line(0.9, (0, 0, 0, 0.01))))[Goal.OFF_DECLINE_LIST]
    assert nothing == NoneWithinReach(goal=Goal.OFF_DECLINE_LIST, best=None)


def test_the_best_clients_are_asked_nothing() -> None:
    assert answers(models(decline=Line(0.1, (0, 0, 0, 0)))) == {}


def test_what_is_declared_harmful_is_not_proposed() -> None:
    meeting_helps = models(decline=Line(0.7, (0, 0, -0.05, 0)))
    assert isinstance(answers(meeting_helps)[Goal.OFF_DECLINE_LIST], Reachable)
    harmful = {"meeting_count_12p": {"direction": "up", "reason": "Who is met more is declared in more trouble."}}
    answer = answers(meeting_helps, decline={"monotone": harmful})[Goal.OFF_DECLINE_LIST]
    assert answer == NoneWithinReach(goal=Goal.OFF_DECLINE_LIST, best=None)
    costly = {"meeting_count_12p": {"direction": "down", "reason": "Who is met more is declared to cost more."}}
    answer = answers(meeting_helps, value={"monotone": costly})[Goal.OFF_DECLINE_LIST]
    assert isinstance(answer, NoneWithinReach)


def test_what_is_unknown_or_better_than_the_peers_stays() -> None:
    fitted = models(decline=Line(0.7, (0.01, 0.01, 0, 0)))
    answer = answers(fitted, [np.nan, 0.0, 12.0])[Goal.OFF_DECLINE_LIST]
    assert answer == NoneWithinReach(goal=Goal.OFF_DECLINE_LIST, best=None)


def no_tier_for_who_waits(features: pd.DataFrame, value: FloatArray, decline: FloatArray) -> Grades:
    """A policy with a cap: nobody who waits more than twice is better than B."""
    tier = np.where(features["funnel_days_in_stage"] > 2, "B", np.where(value > 1_000, "AA", "A"))
    return Grades(tier, np.where(tier == "B", "B: waiting", "A or better"))


def test_a_richer_policy_is_asked_with_the_changed_features() -> None:
    calm = models(decline=Line(0.1, (0, 0, 0, 0)))
    assert answers(calm) == {}
    found = reached(answers(calm, grader=no_tier_for_who_waits)[Goal.TIER_UP])
    assert [(move.feature, move.then) for move in found.moves[0].features] == [("funnel_days_in_stage", 2.0)]
    assert (found.tier, found.tier_reason) == ("AA", "A or better")


def test_no_lending_is_proposed_to_a_client_in_trouble() -> None:
    waiting_hurts = models(decline=Line(0.3, (0, 0.04, 0, 0)))
    free = answers(waiting_hurts)[Goal.OFF_DECLINE_LIST]
    assert [move.name for move in reached(free).moves] == ["waiting"]  # business about to be lent
    barred = answers(waiting_hurts, limits=ReachLimits(no_lending=(NoLending.DEFAULT,)))[Goal.OFF_DECLINE_LIST]
    assert barred == NoneWithinReach(goal=Goal.OFF_DECLINE_LIST, best=None)


def test_a_tier_up_is_sought_only_by_what_decides_it() -> None:
    fitted = models(decline=Line(0.1, (0, 0, 0, 0)), value=Line(600.0, (0, 0, 100.0, 0)))
    by_meetings = ReachLimits(deciding=frozenset({"meeting_count_12p"}))
    assert [move.name for move in reached(answers(fitted, limits=by_meetings)[Goal.TIER_UP]).moves] == ["coverage"]
    by_rating = ReachLimits(deciding=frozenset({"pd_last"}))  # which nobody can act on
    assert answers(fitted, limits=by_rating)[Goal.TIER_UP] == NoneWithinReach(goal=Goal.TIER_UP, best=None)


def test_the_past_is_never_rewritten() -> None:
    past = (
        ContractFeature(name="arrears_sum_3p", kind="number", unit="EUR"),
        ContractFeature(name="complaint_recency_days", kind="number", unit="days"),
        ContractFeature(name="arrears_days", kind="number", unit="days"),
    )
    reach = {
        "past": ReachConfig.model_validate(
            {"down": ["arrears_sum_*"], "up": ["complaint_recency_days"], "action": ACTION}
        ),
        "plan": ReachConfig.model_validate({"down": ["arrears_days"], "action": ACTION}),
    }
    peers = PeerRange(low=np.zeros(3), high=np.full(3, 900.0))
    row = np.array([87_900.0, 10.0, 44.0])
    found = ways_of(FeatureContract(features=past), row, peers, reach, small_config().learners)
    assert [(way.name, way.target.tolist()) for way in found] == [("plan", [0.0])]


LATE, CAPPED = {"arrears": 44.0}, {"arrears": 95.0}


@pytest.mark.parametrize(
    ("client", "default", "no_lending", "deciding"),
    [
        ({"pd_last": 0.09}, 0.05, (), {"pd_last", "esg_grade"}),
        ({"pd_last": 0.09}, 0.61, (NoLending.DEFAULT,), {"pd_last", "esg_grade"}),
        ({"pd_last": 0.09} | LATE, None, (NoLending.ARREARS,), {"pd_last", "esg_grade"}),
        ({"pd_last": 0.01} | CAPPED, 0.0, (NoLending.ARREARS, NoLending.CAP), {"arrears_days"}),
        ({"pd_last": 0.01, "value": 1e6}, 0.0, (), None),  # value lacks, which forecasts move
    ],
)
def test_what_may_be_proposed_follows_from_the_grade(
    client: dict[str, float], default: float | None, no_lending: tuple[NoLending, ...], deciding: set[str] | None
) -> None:
    facts = facts_of(**{"value": 3e6, **client})
    policy = fit_policy(policy_of(), facts, "USD")
    limits = ReachLimits.of(grade_report(grade_book(policy, facts), 0, GRADED), policy.settings, default, 0.10)
    assert (limits.no_lending, limits.may_lend) == (no_lending, not no_lending)
    assert limits.deciding == (None if deciding is None else frozenset(deciding))
