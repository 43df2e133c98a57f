"""Segment 3 stays segment 3 when models are refitted; what vanishes gives up its number, what is new gets a new one."""

from __future__ import annotations

import numpy as np
import pytest

from models.config.segments import SegmentsConfig
from models.learners.segments.matching import match, matched_to
from models.learners.segments.model import SegmentModel

FEATURES = ("value", "tenure")


def book(middles: list[tuple[float, float]], seed: int = 1) -> np.ndarray:
    """Sixty clients around each middle."""
    around = np.repeat(np.array(middles), 60, axis=0)
    return np.asarray(around + np.random.default_rng(seed).normal(scale=0.4, size=around.shape))


def fitted(matrix: np.ndarray, clusters: int) -> SegmentModel:
    config = {"features": FEATURES, "clusters": clusters, "methods": ["kmeans"], "resamples": 2}
    return SegmentModel.fit(matrix, SegmentsConfig.model_validate(config), seed=1)


def test_segments_keep_their_numbers_when_their_order_turns() -> None:
    before, after = book([(9, 0), (5, 9), (0, 4)]), book([(6, 0), (8, 9), (0, 4)])
    old, new = fitted(before, 3), fitted(after, 3)
    assert [int(new.assign(after).segment[place]) for place in (0, 60, 120)] == [1, 0, 2]
    found = matched_to(old, new, before=before, now=after)
    assert [int(found.model.assign(after).segment[place]) for place in (0, 60, 120)] == [0, 1, 2]
    assert (found.matching.moved_share, found.matching.agreement) == (0.0, 1.0)
    assert found.model.segment_names == tuple(new.segment_names[place] for place in (1, 0, 2))
    assert SegmentModel.from_json(found.model.to_json()).to_json() == found.model.to_json()


def test_a_number_that_was_given_up_is_not_given_again() -> None:
    three, two = book([(9, 0), (5, 9), (0, 4)]), book([(9, 0), (5, 9), (5, 9)])
    first = fitted(three, 3)
    second = matched_to(first, fitted(two, 2), before=three, now=two)
    assert second.model.numbers == (0, 1)
    assert second.matching.given_up == (2,)
    third = matched_to(second.model, fitted(three, 3), before=two, now=three)
    assert third.model.numbers == (0, 1, 3)
    assert third.model.segment_names[2] == ""
    assert set(third.model.assign(three).segment) == {0, 1, 3}


def test_overlaps_by_hand() -> None:
    old = np.array([0] * 6 + [1] * 4)
    new = np.array([1] * 5 + [0] * 5)
    found = match(new, old, numbers=(0, 1), old_numbers=(0, 1), first_free=2)
    assert found.renamed == {1: 0, 0: 1}
    assert found.overlaps == {0: pytest.approx(5 / 6), 1: pytest.approx(4 / 5)}
    assert (found.moved_share, found.clients, found.given_up) == (pytest.approx(0.1), 10, ())


def test_segments_without_common_clients_are_not_matched() -> None:
    old, new = np.array([0, 0, 0, 0, 1, 2, 3]), np.array([0, 1, 2, 3, 0, 1, 2])
    found = match(new, old, numbers=(0, 1, 2, 3), old_numbers=(0, 1, 2, 3), first_free=9)
    assert max(found.overlaps.values(), default=1 / 3) >= 1 / 3
    assert {number for number in found.renamed.values() if number >= 9} == set(range(9, 9 + 4 - len(found.overlaps)))
    assert found.moved_share > 0.5
