"""No flapping: a client moves to decline when the rule has said so for three months, not for one."""

from __future__ import annotations

import numpy as np
import pytest

from models.errors import UserError
from models.profiles.hysteresis import NONE, HysteresisState, held


def texts(*values: str) -> np.ndarray:
    return np.array(values, dtype=np.str_)


def months(*raw: str, hold_periods: int, elapsed_periods: int = 1) -> list[str]:
    published, state = [], None
    for kind in raw:
        state = held(texts(kind), state, hold_periods=hold_periods, elapsed_periods=elapsed_periods)
        published.append(str(state.kind[0]))
    return published


def test_a_change_counts_once_it_has_held_for_three_months() -> None:
    raw = ("maturity", "decline", "decline", "decline", "maturity")
    assert months(*raw, hold_periods=3) == ["maturity", "maturity", "maturity", "decline", "decline"]


def test_a_flapping_rule_changes_nothing() -> None:
    assert set(months(*("maturity", "decline") * 6, hold_periods=2)) == {"maturity"}


def test_another_candidate_starts_to_count_anew() -> None:
    raw = ("maturity", "decline", "decline", "churned", "churned", "churned")
    assert months(*raw, hold_periods=3)[-2:] == ["maturity", "churned"]


def test_holding_for_one_period_is_no_holding() -> None:
    raw = ("a", "b", "a", "c")
    assert months(*raw, hold_periods=1) == list(raw)


def test_a_gap_counts_in_full_and_the_same_day_not_at_all() -> None:
    assert months("a", "b", hold_periods=3, elapsed_periods=3)[-1] == "b"
    assert months("a", "b", "b", "b", hold_periods=1, elapsed_periods=0)[-1] == "a"


def test_a_new_client_takes_what_the_rule_says_whatever_others_wait_for() -> None:
    before = HysteresisState(kind=texts("a", NONE), candidate=texts("a", NONE), periods=np.array([0, 0]))
    now = held(texts("b", "b"), before, hold_periods=9)
    assert now.kind.tolist() == ["a", "b"]
    assert now.candidate.tolist() == ["b", "b"]
    assert now.periods.tolist() == [1, 0]


def test_later_scores_cannot_be_the_past() -> None:
    before = HysteresisState(kind=texts("a"), candidate=texts("a"), periods=np.array([0]))
    with pytest.raises(UserError, match="2 periods after it"):
        held(texts("a"), before, hold_periods=2, elapsed_periods=-2)
