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
from models.explanation.reach import PeerRange
from models.explanation.within_reach import Goal, NoneWithinReach, Outcome, Reachable, within_reach
from models.grading.built_in import Grades, TierPolicy, grade
from models.grading.compute import Grader
from models.learners.contract import ContractFeature, FeatureContract
from models.text import ENGLISH
from models.vocab import FloatArray
from support.drawn_panel import small_config

FEATURES = (
    ContractFeature(name="response_hours_mean_12p", kind="number", unit="hours"),
    ContractFeature(name="complaint_count_12p", kind="number", unit="events"),
    ContractFeature(name="meeting_count_12p", kind="number", unit="events"),
    ContractFeature(name="country", kind="category", unit="category", categories=("BR", "KE")),
)
PEERS = PeerRange(low=np.array([10.0, 0.4, 1.2, 0.0]), high=np.array([50.0, 6.0, 9.6, 1.0]))
ACTION = {"en": "Do it.", "zh": "立即处理"}
REACH = {
    "answers": {"down": ["response_hours_*"], "action": ACTION},
    "complaints": {"down": ["complaint_*"], "action": ACTION},
    "coverage": {"up": ["meeting_*", "country"], "action": ACTION},
}
ANSWERED, COMPLAINED, MET = 40.0, 6.0, 2.0


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
    fitted: Any, row: list[float] | None = None, grader: Grader | None = None, **learners: Any
) -> dict[Goal, Outcome | None]:
    """The outcome of each goal; of one out of reach what is best, which the tests below tell apart."""
    config = small_config(learners=learners)
    reach = {name: ReachConfig.model_validate(entry) for name, entry in REACH.items()}
    numbers = row or [ANSWERED, COMPLAINED, MET]
    features = pd.DataFrame([numbers], columns=fitted.contract.names[:3], index=["C1"])
    features = features.assign(country=pd.Series(["KE"], index=["C1"], dtype="str"))
    found = within_reach(fitted, features, PEERS, config, reach, grader=grader)
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
    # 64%: 14 hours less are 35% of the peers' 40; 4 complaints less are 80% of their 5.
    assert [move.name for move in answer.outcome.moves] == ["answers"]
    assert answer.outcome.size == pytest.approx(0.35, abs=0.005)
    (other,) = answer.others
    assert [move.name for move in other.moves] == ["complaints"]
    assert other.size == 0.8


def test_what_is_counted_stays_whole_and_inside_the_range_of_the_peers() -> None:
    found = reached(answers(models(decline=Line(0.3, (0, 0.04, 0, 0))))[Goal.OFF_DECLINE_LIST])
    assert [(move.now, move.then) for move in found.moves[0].features] == [(COMPLAINED, 4.0)]
    far = answers(models(decline=Line(0.46, (0, 0.05, 0, 0))))[Goal.OFF_DECLINE_LIST]
    assert isinstance(far, NoneWithinReach)
    assert far.best is not None
    # The peers' low is 0.4 complaints: the last whole one inside their range is 1.
    assert [(move.now, move.then) for move in far.best.moves[0].features] == [(COMPLAINED, 1.0)]


def test_two_things_together_where_one_is_not_enough() -> None:
    found = reached(answers(models(decline=Line(0.4, (0.004, 0.03, 0, 0))))[Goal.OFF_DECLINE_LIST])
    # 74%; faster answers alone come to 62%, no complaint but one alone to 59%.
    assert [move.name for move in found.moves] == ["answers", "complaints"]
    assert found.decline_probability < 0.5
    assert found.size == pytest.approx(sum(move.size for move in found.moves))
    hours, complaints = (move.features[0].then for move in found.moves)
    assert 0.4 + 0.004 * (hours + 1.0) + 0.03 * complaints > 0.5
    assert 0.4 + 0.004 * hours + 0.03 * (complaints + 1.0) > 0.5


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


def no_tier_for_complainers(features: pd.DataFrame, value: FloatArray, decline: FloatArray) -> Grades:
    """A policy with a cap: nobody who complained more than twice is better than B."""
    tier = np.where(features["complaint_count_12p"] > 2, "B", np.where(value > 1_000, "AA", "A"))
    return Grades(tier, np.where(tier == "B", "B: complaints", "A or better"))


def test_a_richer_policy_is_asked_with_the_changed_features() -> None:
    calm = models(decline=Line(0.1, (0, 0, 0, 0)))
    assert answers(calm) == {}
    found = reached(answers(calm, grader=no_tier_for_complainers)[Goal.TIER_UP])
    assert [(move.feature, move.then) for move in found.moves[0].features] == [("complaint_count_12p", 2.0)]
    assert (found.tier, found.tier_reason) == ("AA", "A or better")
