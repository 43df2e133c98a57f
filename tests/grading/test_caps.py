"""Caps one by one: beyond the bound, at it, on missing values, in a book without the feature, and several together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.config.policy.rules import CapConfig
from models.grading.caps import NO_CAP, cap_ranks, caps_holding, hardest_cap, holds
from models.grading.facts import Facts
from support.graded import facts_of, policy_of

TEXT = {"en": "capped", "zh": "受限"}


def cap(**given: Any) -> CapConfig:
    return CapConfig.model_validate({"name": "cap", "feature": "seen", "at_most": "B", "because": TEXT} | given)


def seen(*values: Any) -> Facts:
    facts = facts_of(value=[1.0] * len(values))
    return replace(facts, features=pd.DataFrame({"seen": list(values)}))


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ({"above": 5.0}, [False, False, True, False]),
        ({"above": 5.0, "or_missing": True}, [False, False, True, True]),
        ({"below": 5.0}, [True, False, False, False]),
        ({"below": 5.0, "or_missing": True}, [True, False, False, True]),
        ({"or_missing": True}, [False, False, False, True]),
    ],
)
def test_a_cap_acts_beyond_its_bound_and_on_missing_values_where_it_says_so(
    given: dict[str, Any], held: list[bool]
) -> None:
    assert holds(cap(**given), seen(4.999, 5.0, 5.001, np.nan)).tolist() == held


@pytest.mark.parametrize("given", [{"above": 5.0}, {"below": 5.0}, {}])
def test_where_the_book_lacks_the_feature_it_is_missing_of_all(given: dict[str, Any]) -> None:
    facts = facts_of(value=[1.0, 2.0])
    assert holds(cap(**given, or_missing=True), facts).tolist() == [True, True]
    if given:
        assert holds(cap(**given), facts).tolist() == [False, False]


def test_text_is_missing_where_there_is_none() -> None:
    assert holds(cap(or_missing=True), seen("leader", None)).tolist() == [False, True]


def test_the_hardest_cap_is_told_and_of_several_alike_the_last() -> None:
    caps = [cap(above=1.0, at_most="A"), cap(above=2.0), cap(above=3.0), cap(above=0.0, at_most="A")]
    policy = policy_of(caps=[{**each.model_dump(), "name": f"cap_{place}"} for place, each in enumerate(caps)])
    places = hardest_cap(policy, caps_holding(policy, seen(0.0, 0.5, 1.5, 2.5, 3.5)))
    assert places.tolist() == [NO_CAP, 3, 3, 1, 2]
    assert cap_ranks(policy, places).tolist() == [0, 1, 1, 2, 2]


def test_a_cap_with_both_bounds_acts_on_either_side_and_nowhere_between() -> None:
    both = cap(above=5.0, below=1.0)
    assert holds(both, seen(0.5, 1.0, 3.0, 5.0, 5.5, np.nan)).tolist() == [True, False, False, False, True, False]
    missing = cap(above=5.0, below=1.0, or_missing=True)
    assert holds(missing, seen(0.5, 3.0, 5.5, np.nan)).tolist() == [True, False, True, True]
