"""Intervals of value: nine in ten clients like those of the calibration fall inside, however few calibrated."""

from __future__ import annotations

import numpy as np
import pytest

from models.learners.intervals import RatioBands


def drawn(random: np.random.Generator, clients: int) -> tuple[np.ndarray, np.ndarray]:
    """Expected and realised value; small clients are harder to foresee, and a third bring nothing."""
    expected = random.lognormal(10.0, 1.5, clients)
    spread = 0.3 + 2.0 / np.log(expected)
    realised = expected * random.lognormal(0.0, spread) * (random.random(clients) < 0.67)
    return expected, realised + random.uniform(0, 1e-9, clients)


def inside(bands: RatioBands, expected: np.ndarray, realised: np.ndarray) -> np.ndarray:
    low, high = bands.around(expected)
    return (low <= realised) & (realised <= high)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("clients", [50, 79, 400])
def test_the_promised_share_falls_inside(level: float, clients: int) -> None:
    random = np.random.default_rng(clients)
    shares = []
    for _ in range(400):
        bands = RatioBands.fit(*drawn(random, clients), level=level)
        shares.append(inside(bands, *drawn(random, 200)).mean())
    error = np.std(shares) / np.sqrt(len(shares))
    per_bin = clients / len(bands.edges)
    assert level - 4 * error <= np.mean(shares) <= level + 3 / per_bin + 4 * error


def test_a_high_level_is_kept_by_wider_bins() -> None:
    random = np.random.default_rng(5)
    shares = []
    for _ in range(200):
        bands = RatioBands.fit(*drawn(random, 450), level=0.99)
        shares.append(inside(bands, *drawn(random, 300)).mean())
    assert np.mean(shares) >= 0.99 - 4 * np.std(shares) / np.sqrt(len(shares))


def test_every_part_of_the_book_is_held_alike() -> None:
    random = np.random.default_rng(2)
    bands = RatioBands.fit(*drawn(random, 4000), level=0.9)
    expected, realised = drawn(random, 40_000)
    held = inside(bands, expected, realised)
    thirds = np.array_split(np.argsort(expected), 3)
    assert [held[third].mean() for third in thirds] == pytest.approx([0.9] * 3, abs=0.025)


def test_bands_by_hand() -> None:
    # 39 ratios 1 .. 39: of 40 places the one at 0.05 x 40 = 2 and the one at 0.95 x 40 = 38
    bands = RatioBands.fit(np.full(39, 10.0), np.arange(1.0, 40.0) * 10.0, level=0.9)
    low, high = bands.around(np.array([10.0, 100.0, 1.0]))
    assert low.tolist() == [20.0, 200.0, 2.0]
    assert high.tolist() == [380.0, 3800.0, 38.0]


def test_clients_of_equal_expectation_share_a_band() -> None:
    expected = np.repeat([1.0, 2.0], [30, 70])  # equal halves would cut through those of 2
    realised = expected * np.repeat([3.0, 0.5], [30, 70])
    bands = RatioBands.fit(expected, realised, level=0.5)
    low, high = bands.around(np.array([1.0, 2.0]))
    assert (low.tolist(), high.tolist()) == ([3.0, 1.0], [3.0, 1.0])


def test_row_order_does_not_matter() -> None:
    random = np.random.default_rng(4)
    expected, realised = drawn(random, 300)
    order = random.permutation(300)
    assert RatioBands.fit(expected, realised, level=0.9) == RatioBands.fit(expected[order], realised[order], level=0.9)


def test_the_text_reads_back_as_the_same_bands() -> None:
    bands = RatioBands.fit(*drawn(np.random.default_rng(1), 500), level=0.9)
    assert RatioBands.from_json(bands.to_json()) == bands
