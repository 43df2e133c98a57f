"""Intervals of value: nine in ten clients of each tier fall inside, and no wider than needed."""

from __future__ import annotations

import numpy as np
import pytest

from models.learners.intervals import Bands, ConformalBands, Expected

SHARE = {"AA": 0.1, "A": 0.3, "B": 0.6}
LEVEL_OF = {"AA": 14.0, "A": 12.0, "B": 10.0}
NOISE = {"AA": 0.5, "A": 1.0, "B": 1.5}
NOTHING = {"AA": 0.02, "A": 0.15, "B": 0.3}


def foreseen(amount: np.ndarray, tier: np.ndarray | None = None) -> Expected:
    """Margins of clients of whom no defaults are known, in one tier unless others are given."""
    unknown = np.full(len(amount), np.nan)
    tier = np.full(len(amount), "all") if tier is None else tier
    return Expected(amount=amount, size=amount, spread=unknown, risk=unknown, tier=tier)


def drawn(random: np.random.Generator, clients: int) -> tuple[Expected, np.ndarray]:
    """Expected and realised value and tier: lower tiers are harder to foresee, some bring nothing, a few losses."""
    tier = random.choice(list(SHARE), clients, p=list(SHARE.values()))
    level, noise, nothing = (np.array([known[name] for name in tier]) for known in (LEVEL_OF, NOISE, NOTHING))
    expected = np.exp(level + random.normal(0.0, 0.7, clients))
    amount = expected * random.lognormal(-(noise**2) / 2, noise) / (1 - nothing)
    realised = np.where(random.random(clients) < nothing, 0.0, amount)
    return foreseen(expected, tier), realised - 0.3 * expected * (random.random(clients) < 0.02)


def tiers_of(bands: ConformalBands) -> set[str]:
    """The tiers with residuals of their own."""
    return {name.partition("/")[2] for name in bands.cells if "/" in name}


def of_all(bands: ConformalBands) -> Bands:
    return bands.cells[""]


def inside(bands: ConformalBands, expected: Expected, realised: np.ndarray) -> np.ndarray:
    low, high = bands.around(expected)
    return (low <= realised) & (realised <= high)


def test_nine_in_ten_of_the_book_and_of_each_tier_fall_inside() -> None:
    random = np.random.default_rng(1)
    bands = ConformalBands.fit(*drawn(random, 6_000), level=0.9)
    expected, realised = drawn(random, 60_000)
    held = inside(bands, expected, realised)
    assert 0.88 <= held.mean() <= 0.92
    assert tiers_of(bands) == set(SHARE)
    for name in SHARE:
        assert 0.85 <= held[expected.tier == name].mean() <= 0.95


def test_one_band_for_all_is_wider_and_holds_nearly_all_of_the_best() -> None:
    random = np.random.default_rng(2)
    past, (expected, realised) = drawn(random, 6_000), drawn(random, 60_000)
    low, high = ConformalBands.fit(*past, level=0.9).around(expected)
    ratio = past[1] / past[0].amount
    least, most = np.quantile(ratio, [0.05, 0.95])
    assert (high - low).sum() < 0.7 * (expected.amount * (most - least)).sum()
    kept = (expected.amount * least <= realised) & (realised <= expected.amount * most)
    assert kept[expected.tier == "AA"].mean() > 0.98


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("clients", [50, 79, 400])
def test_the_promised_share_falls_inside_however_few_calibrated(level: float, clients: int) -> None:
    random = np.random.default_rng(clients)
    shares = []
    for _ in range(400):
        expected, amount = random.lognormal(10.0, 1.0, clients + 200), random.lognormal(0.0, 0.7, clients + 200)
        learned, reported = slice(clients), slice(clients, None)
        bands = ConformalBands.fit(foreseen(expected[learned]), (expected * amount)[learned], level=level)
        shares.append(inside(bands, foreseen(expected[reported]), (expected * amount)[reported]).mean())
    error = np.std(shares) / np.sqrt(len(shares))
    per_bin = clients / len(of_all(bands).edges)
    assert level - 4 * error <= np.mean(shares) <= level + 3 / per_bin + 4 * error


def test_what_cannot_fall_below_is_given_to_the_upper_tail() -> None:
    random = np.random.default_rng(3)
    expected = np.ones(40_000)
    realised = np.where(random.random(40_000) < 0.3, 0.0, random.uniform(0, 10, 40_000))
    low, high = ConformalBands.fit(foreseen(expected), realised, level=0.9).around(foreseen(np.ones(1)))
    assert low[0] == 0
    # P(value <= high) = 0.3 + 0.7 high / 10 = 0.9, where equal tails would go to 0.95
    assert high[0] == pytest.approx(6 / 0.7, rel=0.02)


def brute_force(ratio: np.ndarray, weight: np.ndarray, level: float) -> tuple[float, float]:
    """The interval from its definition: the new client, of weight 1, lies as far out as can be, on either side."""
    whole = weight.sum() + 1

    def below(limit: float) -> float:
        return float((weight[ratio < limit].sum() + 1) / whole)

    low = max((each for each in ratio if below(each) <= (1 - level) / 2 + 1e-9), default=min(ratio))
    spent = below(low)
    enough = [each for each in ratio if weight[ratio <= each].sum() / whole >= level + spent - 1e-9]
    return low, min(enough, default=max(ratio))


@pytest.mark.parametrize("seed", range(20))
def test_quantiles_are_those_of_the_definition(seed: int) -> None:
    random = np.random.default_rng(seed)
    ratio = np.round(random.lognormal(0.0, 1.0, 90), seed % 4) * (random.random(90) < 0.8)
    weight = random.choice([1.0, 0.5, 0.25], 90)
    bands = of_all(ConformalBands.fit(foreseen(np.ones(90)), ratio, level=0.8, weight=weight))
    assert (bands.low[0], bands.high[0]) == brute_force(ratio - 1.0, weight, 0.8)


def test_older_origins_count_less() -> None:
    random = np.random.default_rng(5)
    old, new = random.lognormal(0.0, 0.5, 4_000), random.lognormal(0.0, 1.5, 2_000)  # outcomes grew wilder
    realised, expected = np.concatenate([old, new]), foreseen(np.ones(6_000))
    later = random.lognormal(0.0, 1.5, 20_000)
    shares = []
    for weight in (np.ones(6_000), np.repeat([0.01, 1.0], [4_000, 2_000])):
        bands = ConformalBands.fit(expected, realised, level=0.9, weight=weight)
        shares.append(inside(bands, foreseen(np.ones(20_000)), later).mean())
    assert shares[0] < 0.8
    assert shares[1] == pytest.approx(0.9, abs=0.015)


def test_bands_by_hand() -> None:
    # 39 ratios 1 .. 39: of 40 places the one at 0.05 x 40 = 2 and the one at 0.95 x 40 = 38
    bands = ConformalBands.fit(foreseen(np.full(39, 10.0), np.full(39, "A")), np.arange(1.0, 40.0) * 10.0, level=0.9)
    assert tiers_of(bands) == set()  # 39 are too few for a band of their own
    low, high = bands.around(foreseen(np.array([10.0, 100.0, 1.0]), np.array(["A", "A", "new"])))
    assert low.tolist() == [10.0, 100.0, 1.0]  # twice the expected value, but an interval holds that
    assert high.tolist() == [380.0, 3800.0, 38.0]


def test_a_tier_never_seen_has_the_bands_of_all() -> None:
    random = np.random.default_rng(6)
    expected, realised = drawn(random, 3_000)
    bands = ConformalBands.fit(expected, realised, level=0.9)
    unseen = bands.around(foreseen(expected.amount, np.full(3_000, "C")))
    alike = foreseen(expected.amount)
    same = ConformalBands.fit(alike, realised, level=0.9).around(alike)
    np.testing.assert_array_equal(unseen, same)
    assert (unseen[1] != bands.around(expected)[1]).any()


def test_next_to_nothing_expected_and_losses_stay_in_scale() -> None:
    random = np.random.default_rng(7)
    expected = np.concatenate([random.lognormal(10, 0.3, 900), random.uniform(0, 1e-6, 100)])
    realised = np.concatenate([expected[:900] * random.lognormal(0, 0.3, 900), random.normal(0, 100, 100)])
    bands = ConformalBands.fit(foreseen(expected), realised, level=0.9)
    low, high = bands.around(foreseen(np.array([1e-9, 1e-6])))
    assert low[0] == pytest.approx(-164.5, rel=0.3)  # the normal's, whatever little was expected
    assert high[0] == pytest.approx(164.5, rel=0.3)
    assert low[1] == pytest.approx(low[0])


def test_an_interval_holds_the_expected_value() -> None:
    bands = ConformalBands.fit(foreseen(np.ones(200)), np.zeros(200), level=0.9)
    low, high = bands.around(foreseen(np.array([5.0])))
    assert (low[0], high[0]) == (0.0, 5.0)


def test_clients_of_equal_expectation_share_a_band() -> None:
    expected = np.repeat([1.0, 2.0], [100, 300])  # equal parts would cut through those of 2
    realised = expected * np.repeat([3.0, 0.5], [100, 300])
    bands = ConformalBands.fit(foreseen(expected), realised, level=0.5)
    low, high = of_all(bands).at(np.array([1.0, 2.0]))
    assert (low.tolist(), high.tolist()) == ([2.0, -0.5], [2.0, -0.5])  # three times and half of what was expected


def test_row_order_does_not_matter() -> None:
    random = np.random.default_rng(4)
    expected, realised = drawn(random, 2_000)
    weight = random.choice([1.0, 0.5], 2_000)
    order = random.permutation(2_000)
    shuffled = foreseen(expected.amount[order], expected.tier[order])
    assert ConformalBands.fit(expected, realised, level=0.9, weight=weight) == ConformalBands.fit(
        shuffled, realised[order], level=0.9, weight=weight[order]
    )


def test_the_text_reads_back_as_the_same_bands() -> None:
    bands = ConformalBands.fit(*drawn(np.random.default_rng(1), 2_000), level=0.9)
    assert ConformalBands.from_json(bands.to_json()) == bands


@pytest.mark.parametrize(("clients", "known"), [(39, set()), (40, {"A"})])
def test_forty_clients_are_enough_for_bands_of_their_own(clients: int, known: set[str]) -> None:
    tier = np.array(["A"] * clients + ["B"] * 10)
    bands = ConformalBands.fit(foreseen(np.ones(len(tier)), tier), np.arange(1.0, len(tier) + 1.0), level=0.9)
    assert tiers_of(bands) == known
