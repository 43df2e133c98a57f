"""A reviewer who reads a list from the top: how many clients until half of what will come is found."""

from __future__ import annotations

import numpy as np
import pytest

from models.errors import InternalError
from models.metrics.screening import ReviewList, screening_efficiency

ONE = np.ones((1, 5))
VALUE = np.array([0.0, 100.0, 0.0, 60.0, 40.0])


def test_a_better_list_saves_two_fifths_of_the_reviews() -> None:
    ours, rule = np.array([1.0, 5.0, 2.0, 4.0, 3.0]), np.array([5.0, 1.0, 4.0, 3.0, 2.0])
    ours_read = ReviewList.of(VALUE, ours).reviewed(0.8, ONE)  # 100 and 60 of 200: two clients
    rule_read = ReviewList.of(VALUE, rule).reviewed(0.8, ONE)  # 0, 0, 60, 40 and 60 of the 100: 4.6 clients
    assert ours_read[0] == pytest.approx(2.0)
    assert rule_read[0] == pytest.approx(4.6)
    assert screening_efficiency(ours_read, rule_read)[0] == pytest.approx(1 - 2 / 4.6)


def test_a_random_choice_reviews_as_large_a_share_as_it_finds() -> None:
    chance = ReviewList.of(VALUE, np.zeros(5))
    assert chance.reviewed(0.5, ONE)[0] == pytest.approx(2.5)
    assert chance.found(0.4, ONE)[0] == pytest.approx(80.0)


def test_a_client_of_weight_two_is_two_clients() -> None:
    random = np.random.default_rng(3)
    value, score = random.lognormal(size=40), random.integers(0, 12, 40).astype(float)
    weight = random.integers(0, 4, 40)
    repeated = ReviewList.of(np.repeat(value, weight), np.repeat(score, weight))
    once, each = np.ones((1, weight.sum())), weight[None].astype(float)
    for share in (0.2, 0.5, 0.8):
        assert ReviewList.of(value, score).reviewed(share, each) == pytest.approx(repeated.reviewed(share, once))
        assert ReviewList.of(value, score).found(share, each) == pytest.approx(repeated.found(share, once))


def test_nobody_is_quicker_than_perfect_foresight() -> None:
    random = np.random.default_rng(4)
    value, weights = random.lognormal(size=30), random.integers(0, 3, (50, 30)).astype(float)
    best = ReviewList.of(value, value).reviewed(0.5, weights)
    others = ReviewList.of(value, random.random(30)).reviewed(0.5, weights)
    assert (best <= others + 1e-9).all()


def test_what_a_client_costs_is_not_found_by_a_review() -> None:
    assert ReviewList.of([-50.0, 10.0, 10.0], [3, 2, 1]).reviewed(0.5, np.ones((1, 3)))[0] == pytest.approx(2.0)


def test_where_nothing_came_there_is_nothing_to_find() -> None:
    assert np.isnan(ReviewList.of(np.zeros(5), np.arange(5.0)).reviewed(0.5, ONE)).all()


def test_a_client_without_a_score_is_refused() -> None:
    with pytest.raises(InternalError, match="finite score"):
        ReviewList.of([1.0, 2.0], [1.0, np.nan])
