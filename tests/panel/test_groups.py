"""Sponsor groups by a number of their own, and the parts that they are dealt into."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from models.panel.groups import dealt, group_keys, one_in

GROUPS = st.lists(st.integers(0, 2**62), min_size=1, max_size=200, unique=True).map(np.array)
PARTS = st.integers(2, 6)


def test_a_sponsor_keeps_its_number_whoever_comes_later() -> None:
    ids = ["group Meridian", "client 00123", "group 集团"]
    assert group_keys(ids).tolist() == group_keys(["group AAA", *ids, "client !"])[1:-1].tolist()
    assert len(set(group_keys(f"group {number}" for number in range(100_000)))) == 100_000
    assert group_keys([]).tolist() == []


@given(groups=GROUPS, parts=PARTS)
def test_parts_are_of_equal_size_and_never_split_a_group(groups: np.ndarray, parts: int) -> None:
    first, second = dealt([groups, groups[::-1]], parts, "test")
    assert (first == second[::-1]).all()
    sizes = np.bincount(first, minlength=parts)
    assert len(sizes) == parts
    assert sizes.max() - sizes.min() <= 1


@given(groups=GROUPS, parts=PARTS, other=st.integers(2**62, 2**63 - 1))
def test_one_more_group_moves_no_more_than_those_at_the_cuts(groups: np.ndarray, parts: int, other: int) -> None:
    assume(len(groups) >= parts)
    (before,), (after,) = dealt([groups], parts, "test"), dealt([np.append(groups, other)], parts, "test")
    assert np.count_nonzero(before != after[:-1]) <= parts
    assert np.abs(before - after[:-1]).max() <= 1


def test_parts_for_one_purpose_say_nothing_of_those_for_another() -> None:
    """Each fold of an evaluation has groups of both halves, about as many."""
    groups = np.arange(4000)
    (folds,), (halves,) = dealt([groups], 2, "folds"), dealt([groups], 2, "halves")
    assert abs(np.corrcoef(folds, halves)[0, 1]) < 0.05
    assert abs(np.corrcoef(folds, groups)[0, 1]) < 0.05


def test_a_sample_of_groups_is_the_same_among_any_others() -> None:
    groups = group_keys(f"group {number}" for number in range(9000))
    chosen = one_in(groups, 3, "test")
    assert 2800 < chosen.sum() < 3200
    assert (one_in(groups[::2], 3, "test") == chosen[::2]).all()
