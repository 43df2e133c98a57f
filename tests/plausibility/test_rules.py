"""A column a thousand times larger, half gone or exchanged with another is seen; chance alone is not."""

from __future__ import annotations

import numpy as np
import pytest

from models.plausibility.counts import ColumnCounts, number_counts
from models.plausibility.rules import (
    exchange_gain,
    level_factor,
    median_size,
    recent_age,
    share_change,
    shift,
    sign_change,
    stability_index,
)


def numbers(seed: int, size: int = 400, scale: float = 1.0) -> ColumnCounts:
    dice = np.random.default_rng(seed)
    return number_counts(scale * dice.lognormal(9.0, 1.0, size))


def test_a_unit_of_thousands_is_a_factor_of_about_a_thousand() -> None:
    factor = level_factor(numbers(1).bins, numbers(2, scale=1_000.0).bins)
    assert 500 < factor < 1_500


def test_two_samples_of_one_distribution_are_alike() -> None:
    pairs = [(numbers(seed), numbers(seed + 1_000)) for seed in range(200)]
    assert sum(shift(before, now) > 0 for before, now in pairs) <= 2  # once in a thousand times
    assert all(level_factor(before.bins, now.bins) < 1.2 for before, now in pairs)


def test_the_stability_index_is_that_of_the_book() -> None:
    # Siddiqi: the sum of (q - p) ln(q / p); half a client more in each of the two cells
    p, q = (600.5 / 1001, 400.5 / 1001), (450.5 / 1001, 550.5 / 1001)
    by_hand = sum((b - a) * np.log(b / a) for a, b in zip(p, q, strict=True))
    assert stability_index({"KE": 600, "BR": 400}, {"KE": 450, "BR": 550}) == pytest.approx(by_hand)


def test_a_shift_is_counted_beyond_chance() -> None:
    before = ColumnCounts(words={"KE": 300, "BR": 300})
    assert shift(before, ColumnCounts(words={"KE": 320, "BR": 280})) == 0.0
    assert shift(before, ColumnCounts(words={"KE": 510, "BR": 90})) > 0.25


def test_of_few_clients_nothing_is_said() -> None:
    few = number_counts(np.full(20, 5.0))
    assert shift(few, number_counts(np.full(20, 5e6))) == 0.0
    assert level_factor(few.bins, number_counts(np.full(20, 5e6)).bins) == 1.0
    assert share_change(0.0, 1.0, (20, 20)) == 0.0


def test_a_change_of_a_share_is_counted_beyond_three_errors() -> None:
    # pooled 0.15: an error of sqrt(0.15 * 0.85 * (1/200 + 1/200)) = 0.0357
    assert share_change(0.1, 0.2, (200, 200)) == 0.0
    assert share_change(0.1, 0.5, (200, 200)) == pytest.approx(0.4 - 3 * np.sqrt(0.3 * 0.7 / 100))


def test_a_sign_that_turned_is_seen() -> None:
    gains = np.random.default_rng(3).lognormal(2.0, 1.0, 300)
    assert sign_change(number_counts(gains).bins, number_counts(-gains).bins) > 0.7


def test_exchanged_columns_fit_each_other_better_than_themselves() -> None:
    small, large = numbers(1), numbers(2, scale=50.0)
    kept = exchange_gain((small, numbers(3)), (large, numbers(4, scale=50.0)))
    assert kept < 0
    assert exchange_gain((small, numbers(4, scale=50.0)), (large, numbers(3))) > 0.8


def test_the_most_recent_twentieth_tells_when_the_feed_came_last() -> None:
    days = number_counts(np.concatenate([np.full(30, 2.0), np.full(370, 40.0)]))
    assert recent_age(days.bins) == pytest.approx(2.0, rel=0.12)
    assert recent_age(number_counts(np.full(400, 62.0)).bins) == pytest.approx(62.0, rel=0.12)


def test_a_median_size_leaves_out_what_is_zero() -> None:
    assert median_size(number_counts(np.array([0.0, 0.0, 0.0, 1_000.0])).bins) == pytest.approx(1_000.0, rel=0.12)
    assert median_size({}) == 0.0
