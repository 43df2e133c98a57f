"""One cause of a move: a rating that fell, arrears that set a cap, a forecast that data or models moved, a policy."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from models.explanation.tier_cause import Decision, TierCause, tier_cause
from models.grading.decision import grade_book
from models.grading.fitted import GradingPolicy, fit_policy
from models.learners.change import SplitChange
from models.text import ENGLISH
from support.graded import CREDIT_AND_VALUE, facts_of, policy_of
from support.languages import CHINESE

POLICY = fit_policy(policy_of(), facts_of(), "USD")
TITLES = {"standing": "arrears and default", "fees": "fees"}
GOOD: dict[str, Any] = {"value": 3e6, "pd_last": 0.01, "arrears": 0.0, "decline": 0.1}


def decision(policy: GradingPolicy = POLICY, **client: Any) -> Decision:
    return Decision(decided=grade_book(policy, facts_of(**(GOOD | client))), row=0)


def split(*, data: tuple[float, float] = (0.0, 0.0), model: float = 0.0) -> SplitChange:
    """What moved a forecast: arrears and fees, and the models."""
    parts = {"reasons": ("standing", "fees"), "data": np.array([data]), "model": np.array([model])}
    return cast(SplitChange, SimpleNamespace(**parts, calibration=np.array([0.0])))


def cause(before: Decision, now: Decision, lang: Any = ENGLISH, **splits: SplitChange) -> TierCause | None:
    moved = {"value": split(), "decline": split(), **splits}
    return tier_cause(before, now, policy=POLICY, words={}, titles=TITLES, language=lang, **moved)


def test_a_rating_that_fell_is_named_with_its_dimension() -> None:
    found = cause(decision(), decision(pd_last=0.06))
    assert found is not None
    assert (found.by, found.dimension, found.criterion, found.before, found.now) == (
        "data",
        "credit",
        "pd_last",
        0.01,
        0.06,
    )
    assert found.sentence == "credit: 90.0 points → 40.0 points, most by pd last: 0.01 → 0.06"
    told = cause(decision(), decision(pd_last=0.06), CHINESE)
    assert told is not None
    assert "信用：90.0分 → 40.0分，主要由于" in told.sentence


def test_a_cap_that_sets_in_or_is_lifted_comes_with_what_it_looks_at() -> None:
    late = decision(arrears=95.0)
    found, freed = cause(decision(), late), cause(late, decision())
    assert found is not None
    assert freed is not None
    assert (found.by, found.dimension, found.criterion, found.cap) == ("data", None, "arrears_days", "overdue_90")
    assert found.sentence == "a cap holds now, more than 90 days overdue (arrears days: 0 → 95)"
    assert freed.sentence == "a cap holds no more, more than 90 days overdue (arrears days: 95 → 0)"


@pytest.mark.parametrize(
    ("decline", "by", "most"),
    [
        (split(data=(0.5, -0.1)), "data", "arrears and default"),
        (split(data=(-0.1, 0.2), model=0.4), "model", "other models"),
    ],
)
def test_a_forecast_that_moved_is_told_with_its_reason_or_with_the_models(
    decline: SplitChange, by: str, most: str
) -> None:
    found = cause(decision(), decision(decline=0.7), decline=decline)
    assert found is not None
    assert (found.by, found.dimension) == (by, "decline_risk")
    assert found.sentence == f"decline: 10% → 70%, most by {most}"


def test_a_forecast_without_reasons_of_its_own_is_named_alone() -> None:
    dimensions = {**CREDIT_AND_VALUE["dimensions"]}
    loss = {
        "label": {"en": "credit loss", "zh": "信用损失"},
        "measure": "credit_loss",
        "levels": [{"name": "top", "amount": 1e5}, {"name": "rest"}],
    }
    policy = fit_policy(policy_of(dimensions={**dimensions, "expected_value": loss}), facts_of(), "USD")
    ends = [decision(policy, forecast={"credit_loss": amount}) for amount in (5e4, 3e5)]
    found = tier_cause(
        ends[0], ends[1], value=split(), decline=split(), policy=policy, words={}, titles={}, language=ENGLISH
    )
    assert found is not None
    assert (found.by, found.dimension, found.criterion) == ("data", "expected_value", None)
    assert found.sentence == "credit loss: 50 k USD → 300 k USD"


def test_value_that_fell_names_what_took_it_away() -> None:
    found = cause(decision(), decision(value=1e6), value=split(data=(-0.2, -1.8)))
    assert found is not None
    assert found.sentence == "expected value: 3 m USD → 1 m USD, most by fees"


def test_another_policy_is_a_cause_of_its_own_and_no_move_has_none() -> None:
    dimensions = {**CREDIT_AND_VALUE["dimensions"]}
    lenient = [{"name": "high", "points": 20}, {"name": "fair", "points": 10}, {"name": "ordinary"}]
    earlier = fit_policy(
        policy_of(dimensions={**dimensions, "credit": {**dimensions["credit"], "levels": lenient}}), facts_of(), "USD"
    )
    found = cause(decision(earlier, pd_last=0.06), decision(pd_last=0.06))
    assert found is not None
    assert (found.by, found.dimension, found.cap, found.sentence) == ("policy", None, None, "another policy")
    assert cause(decision(), decision(pd_last=0.011)) is None
