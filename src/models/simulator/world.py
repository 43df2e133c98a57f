"""The world shared by all clients: countries, the macro cycle, competitors' offers, campaigns.

The draws depend on the seed and the months alone, so a larger book stands in the same world.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng
from numpy.typing import NDArray

from models.config.simulation import CampaignEconomics, CycleEconomics, SimulationConfig
from models.vocab import BoolArray, FloatArray, IntArray

LAST_START_DAY = 5
"""Campaigns start within the first days of a month, and reach nobody before."""
WORLD_STREAM = 0
LOCAL_MEMORY = 0.96


@dataclass(frozen=True)
class Country:
    """A country: its place, growth and weight in the book. Growth, swing and rate are annual shares."""

    name: str
    region: str
    emerging: bool
    growth: float
    swing: float
    rate: float
    weight: float

    @property
    def market(self) -> str:
        """The region, by how settled its markets are."""
        return f"{'emerging' if self.emerging else 'core'} {self.region}"


COUNTRIES = tuple(
    Country(*row)
    for row in (
        ("China", "Asia", False, 0.055, 0.012, 0.035, 20),
        ("Singapore", "Asia", False, 0.030, 0.022, 0.025, 7),
        ("Vietnam", "Asia", True, 0.062, 0.018, 0.050, 8),
        ("Indonesia", "Asia", True, 0.050, 0.020, 0.055, 8),
        ("India", "Asia", True, 0.064, 0.022, 0.060, 8),
        ("Germany", "Europe", False, 0.012, 0.018, 0.018, 8),
        ("Spain", "Europe", False, 0.018, 0.024, 0.018, 5),
        ("Poland", "Europe", True, 0.035, 0.020, 0.040, 5),
        ("Türkiye", "Europe", True, 0.040, 0.038, 0.140, 4),
        ("United States", "Americas", False, 0.022, 0.018, 0.025, 8),
        ("Mexico", "Americas", True, 0.020, 0.025, 0.075, 4),
        ("Brazil", "Americas", True, 0.018, 0.030, 0.100, 5),
        ("Kenya", "Africa", True, 0.050, 0.020, 0.095, 4),
        ("South Africa", "Africa", True, 0.012, 0.025, 0.070, 4),
        ("Egypt", "Africa", True, 0.045, 0.020, 0.130, 2),
    )
)


@dataclass(frozen=True, kw_only=True)
class Campaigns:
    """Which campaign starts in a month, -1: none, shape (months,); the others have shape (n_campaigns,)."""

    starting: IntArray
    month: IntArray
    day: IntArray
    channel: IntArray
    cost_cents: IntArray
    randomised: BoolArray


@dataclass(frozen=True, kw_only=True)
class World:
    """The surroundings month by month. Shape (months, rows); a row is a country, or a country on one path.

    ``cycle`` is in standard deviations above trend, ``competition`` likewise, ``base_rate`` an annual share.
    ``common`` and ``local`` are what the cycle is made of; they are kept so that it can be carried on.
    """

    cycle: FloatArray
    competition: FloatArray
    base_rate: FloatArray
    common: FloatArray
    local: FloatArray
    campaigns: Campaigns

    @property
    def months(self) -> int:
        """How far the world is known."""
        return len(self.cycle)

    def paths(self, chosen: slice) -> World:
        """The world on some of the paths only; every path has one row per country."""
        rows = slice(chosen.start * len(COUNTRIES), chosen.stop * len(COUNTRIES))
        return replace(
            self,
            cycle=self.cycle[:, rows],
            competition=self.competition[:, rows],
            base_rate=self.base_rate[:, rows],
        )


def create_world(config: SimulationConfig, *, months: int, seed: int) -> World:
    """The world of a seed, from the first month on, with room for one horizon after the last."""
    noise = default_rng(SeedSequence(seed, spawn_key=(WORLD_STREAM,)))
    length = months + config.truth.horizon_periods
    campaigns = _campaigns(config.campaigns, length, default_rng(SeedSequence(seed, spawn_key=(WORLD_STREAM, 1))))
    start = _Past(common=np.zeros((0, 1)), local=np.zeros((0, len(COUNTRIES))), competition=np.zeros((0, 1)))
    return _carried_on(config.cycle, start, campaigns, paths=1, months=length, noise=noise)


def future_world(config: SimulationConfig, world: World, *, as_of: int, paths: int, seed: SeedSequence) -> World:
    """The same past and ``paths`` other futures from month ``as_of`` on. Rows: path x countries + country."""
    past = _Past(common=world.common[:as_of], local=world.local[:as_of], competition=world.competition[:as_of, :1])
    length = as_of + config.truth.horizon_periods
    return _carried_on(config.cycle, past, world.campaigns, paths=paths, months=length, noise=default_rng(seed))


@dataclass(frozen=True, kw_only=True)
class _Past:
    """The months so far. Shapes (months, 1), (months, countries) and (months, 1)."""

    common: FloatArray
    local: FloatArray
    competition: FloatArray


def _carried_on(
    cycle: CycleEconomics, past: _Past, campaigns: Campaigns, *, paths: int, months: int, noise: Generator
) -> World:
    ahead = months - len(past.common)
    common = _common_cycle(cycle, past.common, noise.standard_normal((ahead, paths)))
    local = _remembered(LOCAL_MEMORY, past.local, noise.standard_normal((ahead, paths * len(COUNTRIES))))
    offers = _remembered(cycle.competition_memory, past.competition, noise.standard_normal((ahead, paths)))
    own = cycle.local_share
    wide = np.repeat(common, len(COUNTRIES), axis=1)
    return World(
        cycle=np.sqrt(1 - own) * wide + np.sqrt(own) * local,
        competition=np.repeat(offers, len(COUNTRIES), axis=1),
        base_rate=np.repeat(_base_rate(cycle, common), len(COUNTRIES), axis=1),
        common=common,
        local=local,
        campaigns=campaigns,
    )


def _common_cycle(cycle: CycleEconomics, past: FloatArray, shocks: FloatArray) -> FloatArray:
    """Autoregression of order two with complex roots and unit variance; the book was opened at its height."""
    turn, damping = 2 * np.pi / cycle.period_months, cycle.damping
    first, second = 2 * damping * np.cos(turn), -(damping**2)
    scale = np.sqrt((1 + second) * ((1 - second) ** 2 - first**2) / (1 - second))
    values = _room(past, shocks)
    for month in range(len(past), len(values)):
        if month < 2:  # noqa: PLR2004 - two months of past are needed to go on
            values[month] = 1.0
            continue
        values[month] = first * values[month - 1] + second * values[month - 2] + scale * shocks[month - len(past)]
    return values


def _remembered(memory: float, past: FloatArray, shocks: FloatArray) -> FloatArray:
    values = _room(past, shocks)
    scale = np.sqrt(1 - memory**2)
    for month in range(len(past), len(values)):
        shock = shocks[month - len(past)]
        values[month] = shock if month == 0 else memory * values[month - 1] + scale * shock
    return values


def _room(past: FloatArray, shocks: FloatArray) -> FloatArray:
    values = np.empty((len(past) + len(shocks), shocks.shape[1]))
    values[: len(past)] = past if past.shape[1] == shocks.shape[1] else np.tile(past, shocks.shape[1] // past.shape[1])
    return values


def _base_rate(cycle: CycleEconomics, common: FloatArray) -> FloatArray:
    lagged = np.concatenate([np.repeat(common[:1], 12, axis=0), common])[: len(common)]
    return np.asarray(np.maximum(cycle.base_rate + cycle.base_rate_swing * lagged, 0.001))


def _campaigns(settings: CampaignEconomics, months: int, noise: Generator) -> Campaigns:
    spacing = 12 / settings.per_year if settings.per_year else np.inf
    month = np.arange(3, months, spacing).astype(np.int64) if settings.per_year else np.zeros(0, dtype=np.int64)
    count = len(month)
    starting = np.full(months, -1, dtype=np.int64)
    starting[month] = np.arange(count)
    return Campaigns(
        starting=starting,
        month=month,
        day=noise.integers(1, LAST_START_DAY + 1, count),
        channel=noise.integers(0, 4, count),
        cost_cents=np.rint(settings.cost * 100 * np.exp(0.4 * noise.standard_normal(count))).astype(np.int64),
        randomised=_alternating(settings.randomised_share, count),
    )


def _alternating(share: float, count: int) -> BoolArray:
    steps: NDArray[np.float64] = np.floor(share * np.arange(1, count + 1)) - np.floor(share * np.arange(count))
    return np.asarray(steps > 0)
