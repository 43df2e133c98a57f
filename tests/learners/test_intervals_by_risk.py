"""Intervals where money is lost: nine in ten of each band of risk fall inside, and few clients have wider ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.learners.intervals import RISK_EDGES, ConformalBands, Expected

BANDS = len(RISK_EDGES) + 1
LOSS = 6.0
"""A default costs so many margins."""


def drawn(
    random: np.random.Generator, clients: int, shares: tuple[float, ...] = (0.6, 0.25, 0.1, 0.05)
) -> tuple[Expected, np.ndarray]:
    """Clients of each band of risk in given shares; value is the margin less what the few that default lose."""
    edges = np.array([0.0, *RISK_EDGES, 0.9])
    band = random.choice(BANDS, clients, p=shares)
    risk = random.uniform(edges[band], edges[band + 1])
    margin = random.lognormal(10.0, 1.0, clients)
    spread = LOSS * margin
    defaulted = random.random(clients) < risk
    realised = margin * random.lognormal(-0.08, 0.4, clients) - defaulted * spread * random.uniform(0.6, 1.4, clients)
    tier = np.where(random.random(clients) < 0.1, "AA", "B")
    return Expected(amount=margin - risk * spread, size=margin, spread=spread, risk=risk, tier=tier), realised


def inside(bands: ConformalBands, expected: Expected, realised: np.ndarray) -> np.ndarray:
    low, high = bands.around(expected)
    return (low <= realised) & (realised <= high)


def test_nine_in_ten_of_each_band_of_risk_and_tier_fall_inside() -> None:
    random = np.random.default_rng(1)
    bands = ConformalBands.fit(*drawn(random, 40_000), level=0.9)
    expected, realised = drawn(random, 60_000)
    held, band = inside(bands, expected, realised), expected.band()
    assert held.mean() == pytest.approx(0.9, abs=0.02)
    for risk in range(BANDS):
        assert 0.86 <= held[band == risk].mean() <= 0.95, risk
        for tier in ("AA", "B"):
            assert 0.84 <= held[(band == risk) & (expected.tier == tier)].mean() <= 0.96, (risk, tier)
    best = expected.amount >= np.quantile(expected.amount, 0.9)
    assert 0.85 <= held[best].mean() <= 0.95


def test_one_interval_for_all_would_miss_where_defaults_are_likely() -> None:
    random = np.random.default_rng(2)
    past, (expected, realised) = drawn(random, 12_000), drawn(random, 60_000)
    unknown = np.full(len(past[1]), np.nan)
    blind = ConformalBands.fit(replace(past[0], risk=unknown, spread=unknown), past[1], level=0.9)
    nothing = np.full(len(realised), np.nan)
    held = inside(blind, replace(expected, risk=nothing, spread=nothing), realised)
    assert held[expected.band() == 0].mean() > 0.91
    assert held[expected.band() == 2].mean() < 0.85


def test_a_likely_default_lies_inside_and_the_upper_side_is_not_stretched_by_it() -> None:
    random = np.random.default_rng(3)
    bands = ConformalBands.fit(*drawn(random, 12_000), level=0.9)
    expected, _ = drawn(random, 5_000)
    low, high = bands.around(expected)
    likely, unlikely = expected.band() == 3, expected.band() == 0
    assert (low[likely] < expected.size[likely] - 0.8 * expected.spread[likely]).mean() > 0.9
    assert (low[unlikely] > -expected.size[unlikely]).all()
    below, above = (expected.amount - low)[likely], (high - expected.amount)[likely]
    assert np.median(below / above) != pytest.approx(1.0, abs=0.1)  # not drawn symmetrically


def test_a_band_with_few_clients_has_an_interval_that_holds() -> None:
    """Some ten risky clients are too few: they have the interval of more, and no narrower than what they showed."""
    random = np.random.default_rng(4)
    few, shares = (0.65, 0.3, 0.047, 0.003), []
    for _ in range(20):
        bands = ConformalBands.fit(*drawn(random, 3_000, few), level=0.9)
        expected, realised = drawn(random, 4_000)
        risky = expected.band() == 3
        shares.append(inside(bands, expected, realised)[risky].mean())
    assert np.mean(shares) > 0.85


def test_fewer_clients_of_a_tier_have_wider_intervals() -> None:
    """Forty of the best are just enough for an interval of their own: the second worst and best of them bound it."""
    random = np.random.default_rng(5)
    widths = {}
    for clients in (40, 400):
        found = []
        for _ in range(60):
            amount = np.ones(clients + 500)
            tier = np.repeat(["AA", "B"], [clients, 500])
            unknown = np.full(len(amount), np.nan)
            known = Expected(amount=amount, size=amount, spread=unknown, risk=unknown, tier=tier)
            realised = random.lognormal(0.0, np.where(tier == "AA", 0.3, 1.0))
            low, high = ConformalBands.fit(known, realised, level=0.9).around(known)
            found.append(high[0] - low[0])
        widths[clients] = np.mean(found)
    assert widths[40] > 1.03 * widths[400]


@pytest.mark.parametrize("missing", [0, 1, 2, 3])
def test_a_band_never_seen_still_has_an_interval(missing: int) -> None:
    random = np.random.default_rng(6)
    shares = np.array([0.4, 0.3, 0.2, 0.1]) * (np.arange(BANDS) != missing)
    bands = ConformalBands.fit(*drawn(random, 2_000, tuple(shares / shares.sum())), level=0.9)
    expected, _ = drawn(random, 1_000)
    low, high = bands.around(expected)
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()
    assert (low <= expected.amount).all()
    assert (expected.amount <= high).all()
    assert ConformalBands.from_json(bands.to_json()) == bands


def test_risk_that_is_not_known_counts_as_the_lowest() -> None:
    unknown = np.array([np.nan, 0.0, 0.02, 0.1, 0.5, 1.0])
    ones = np.ones(6)
    expected = Expected(amount=ones, size=ones, spread=ones, risk=unknown, tier=np.full(6, "A"))
    assert expected.band().tolist() == [0, 0, 1, 2, 3, 3]
    assert expected.scale(0.1)[[0, 1, 2, 5]].tolist() == [1.0, 1.0, 1.0, 1.0]
    assert expected.scale(0.1)[3] == pytest.approx(1.0 + 0.3)  # the deviation of a loss of 1 at 10%
