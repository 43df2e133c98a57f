"""Clients of one sponsor share a fate: an interval must know that, and must be as wide as theory says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from models.errors import InternalError, TooLittleDataError
from models.metrics.bootstrap import Draws, bootstrap_difference, bootstrap_interval
from models.metrics.ranking import auc, normalized_gini
from models.metrics.value import mae


def test_copies_of_a_client_in_its_group_add_no_certainty() -> None:
    error = np.random.default_rng(1).lognormal(size=200)
    client = np.arange(200)
    once = bootstrap_interval(mae, (np.zeros(200), error), client, resamples=500, seed=3)
    fourfold = bootstrap_interval(
        mae, (np.zeros(800), np.repeat(error, 4)), np.repeat(client, 4), resamples=500, seed=3
    )
    apart = bootstrap_interval(mae, (np.zeros(800), np.repeat(error, 4)), np.arange(800), resamples=500, seed=3)
    assert (fourfold.low, fourfold.high) == pytest.approx((once.low, once.high), rel=1e-12)
    assert apart.high - apart.low == pytest.approx((once.high - once.low) / 2, rel=0.15)


def test_interval_of_a_mean_is_that_of_theory() -> None:
    error = np.abs(np.random.default_rng(2).normal(size=2_000))
    interval = bootstrap_interval(mae, (np.zeros(2_000), error), np.arange(2_000), level=0.9, seed=1)
    half = stats.norm.ppf(0.95) * error.std() / np.sqrt(2_000)
    assert interval.estimate == pytest.approx(error.mean())
    assert (interval.low, interval.high) == pytest.approx((error.mean() - half, error.mean() + half), abs=half / 8)
    assert interval.undefined == 0


def test_interval_of_auc_is_as_wide_as_hanley_and_mcneil_say() -> None:
    # Hanley and McNeil (1982): the CT ratings, area .893 with standard error .032.
    actual = np.repeat([0, 1], [58, 51])
    rating = np.concatenate([np.repeat(range(1, 6), n) for n in ([33, 6, 6, 11, 2], [3, 2, 2, 11, 33])])
    interval = bootstrap_interval(auc, (actual, rating), np.arange(109), level=0.6827, seed=5)
    assert (interval.high - interval.low) / 2 == pytest.approx(0.032, abs=0.004)


def test_row_order_and_names_of_groups_leave_the_interval_alone() -> None:
    generator = np.random.default_rng(7)
    score = generator.integers(0, 30, size=300)
    value = generator.lognormal(sigma=2, size=300)
    group = generator.integers(0, 90, size=300)
    plain = bootstrap_interval(normalized_gini, (value, score), group, resamples=200, seed=9)
    order = generator.permutation(300)
    shuffled = bootstrap_interval(normalized_gini, (value[order], score[order]), group[order], resamples=200, seed=9)
    named = np.array([f"g{number:03}" for number in group])
    assert shuffled == plain
    assert bootstrap_interval(normalized_gini, (value, score), named, resamples=200, seed=9) == plain
    assert bootstrap_interval(normalized_gini, (value, score), group, resamples=200, seed=10) != plain


def test_the_way_is_measured_on_the_same_clients_in_every_resample() -> None:
    """Half way in every draw, however much the draws differ; where start and end are one there is no way."""
    start, end = Draws(0.5, np.array([0.4, 0.5, 0.6])), Draws(0.9, np.array([0.6, 0.9, 1.0]))
    half = Draws(0.7, (start.values + end.values) / 2)
    way = half.share_of_way(start, end)
    assert way.estimate == pytest.approx(0.5)
    assert way.values == pytest.approx([0.5, 0.5, 0.5])
    assert np.isnan(half.share_of_way(start, start).estimate)
    assert np.isnan(half.share_of_way(start, start).values).all()


def test_a_model_does_not_differ_from_itself() -> None:
    generator = np.random.default_rng(3)
    actual, score = generator.integers(0, 2, size=100), generator.random(100)
    difference = bootstrap_difference(
        auc, (actual, score), (actual, 10 * score - 3), np.arange(100), resamples=100, seed=1
    )
    assert (difference.estimate, difference.low, difference.high) == (0.0, 0.0, 0.0)


def test_a_paired_difference_is_surer_than_two_intervals() -> None:
    generator = np.random.default_rng(4)
    margin = generator.normal(size=600)
    actual = (generator.random(600) < 1 / (1 + np.exp(-2 * margin))).astype(int)
    near, nearer = (
        margin + generator.normal(scale=0.6, size=600),
        margin + generator.normal(scale=0.1, size=600),
    )
    client = np.arange(600)
    difference = bootstrap_difference(auc, (actual, nearer), (actual, near), client, seed=1)
    alone = [bootstrap_interval(auc, (actual, score), client, seed=1) for score in (nearer, near)]
    assert difference.estimate == pytest.approx(alone[0].estimate - alone[1].estimate)
    assert 0 < difference.low < difference.estimate < difference.high
    assert difference.high - difference.low < sum(interval.high - interval.low for interval in alone)


def test_resamples_without_an_outcome_are_left_out_and_counted() -> None:
    actual = np.zeros(60)
    actual[:3] = 1
    interval = bootstrap_interval(auc, (actual, np.arange(60.0)), np.arange(60), seed=2)
    expected = 1_000 * (1 - 3 / 60) ** 60
    assert interval.undefined == pytest.approx(expected, rel=0.4)
    actual[1:3] = 0
    with pytest.raises(TooLittleDataError, match="defined in 90% of the resamples"):
        bootstrap_interval(auc, (actual, np.arange(60.0)), np.arange(60), seed=2)


def test_what_cannot_be_resampled_is_refused() -> None:
    with pytest.raises(TooLittleDataError, match="two groups of clients, got 1"):
        bootstrap_interval(mae, ([1, 2], [1, 2]), ["a", "a"], seed=1)
    with pytest.raises(InternalError, match="a group for every client"):
        bootstrap_interval(mae, ([1, 2], [1, 2]), np.array(["a", None], dtype=object), seed=1)
    with pytest.raises(InternalError, match="like the groups"):
        bootstrap_interval(mae, ([1, 2], [1, 2]), [1, 2, 3], seed=1)
    with pytest.raises(TooLittleDataError, match="with and without"):
        bootstrap_interval(auc, ([1, 1], [1, 2]), [1, 2], seed=1)
