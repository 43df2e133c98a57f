"""Samples the clients of a block: groups, place, size, type and need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from models.simulator.columns import Columns
from models.simulator.economics import (
    NEEDS,
    PARTNERSHIP,
    PROBLEM_SOLVING,
    STRATEGIC,
    TRANSACTIONAL,
    TYPES,
    Economics,
)
from models.simulator.state import BookState, ClientColumns, no_facilities, no_opportunities, untouched
from models.simulator.world import COUNTRIES
from models.vocab import FloatArray, IntArray

LARGEST_GROUP = 8
SIZE_IS_STRENGTH = 0.2
SINGLE_SHARE = 0.62
SAME_TYPE_SHARE, SAME_COUNTRY_SHARE = 0.5, 0.8
NEED_BY_TYPE = np.array([[0.40, 0.40, 0.20], [0.75, 0.08, 0.17], [0.45, 0.35, 0.20], [0.55, 0.05, 0.40]])
OPENING_MONTHS = 6

INDUSTRIES = (
    "power", "renewables", "transport", "water", "telecom", "mining", "oil and gas", "real estate",
    "manufacturing", "agribusiness", "health", "education",
)  # fmt: skip
INDUSTRY_BY_TYPE = np.array(
    [
        [5, 4, 4, 3, 3, 3, 3, 2, 2, 1, 1, 0.5],
        [0.5, 1.5, 2, 0.5, 0.7, 0.5, 0.3, 2.5, 5, 4, 1.5, 1],
        [2, 3, 2.5, 1.5, 1, 1, 1, 3, 4, 3, 2, 1.5],
        [1.5, 1, 2, 1, 1, 2, 2, 4, 3, 2, 1, 0.5],
    ]
)


@dataclass(kw_only=True)
class Profile(Columns):
    """What neither changes nor drives the process. Codes index the names; ``group`` counts in the block."""

    group: IntArray
    country: IntArray
    industry: IntArray
    ownership: IntArray
    risk_appetite: IntArray
    channel: IntArray
    size: FloatArray
    """Log of the typical limit against its type's median, in standard deviations."""
    noise: FloatArray
    """Shape (n, 6): for what is drawn once and only written down."""


@dataclass(frozen=True, kw_only=True)
class Population:
    """A block before its first month."""

    state: BookState
    profile: Profile


def create_population(economics: Economics, *, clients: int, months: int, noise: Generator) -> Population:
    """Draw the clients of a block; whole sponsor groups, none of which reaches into another block."""
    group = _groups(clients, noise)
    kind, need = _types(economics, group, noise)
    size = 0.35 * noise.standard_normal(group.max() + 1)[group] + 0.94 * noise.standard_normal(clients)
    credit = _credit(economics, group, kind, noise) + SIZE_IS_STRENGTH * size
    country = _countries(group, noise)
    service = 0.35 * noise.standard_normal(clients)
    liking = 0.25 + 0.45 * noise.standard_normal(clients) - 0.3 * service
    columns = ClientColumns(
        row=country.copy(),
        own_type=kind,
        need=need,
        log_limit=np.log(economics.types["limit_median"][kind]) + economics.types["limit_spread"][kind] * size,
        credit_mean=credit,
        satisfaction_mean=liking,
        price_sensitivity=_price_sensitivity(kind, noise),
        arrival=_arrivals(economics, clients, months, noise),
        satisfaction=liking + 0.3 * noise.standard_normal(clients),
        service=service,
        credit=credit + 0.4 * noise.standard_normal(clients),
        **untouched(clients),
    )
    profile = _profile(columns, group, size, noise)
    state = BookState(clients=columns, facilities=no_facilities(), opportunities=no_opportunities())
    return Population(state=state, profile=profile)


def _groups(clients: int, noise: Generator) -> IntArray:
    """Most sponsors bring one client; the others a few."""
    several = np.minimum(1 + noise.geometric(0.45, clients), LARGEST_GROUP)
    sizes = np.where(noise.random(clients) < SINGLE_SHARE, 1, several)
    return np.repeat(np.arange(clients), sizes)[:clients]


def _types(economics: Economics, group: IntArray, noise: Generator) -> tuple[IntArray, IntArray]:
    shares = np.cumsum(economics.types["share"] / economics.types["share"].sum())
    own, common = noise.random(len(group)), noise.random(group.max() + 1)[group]
    chance = np.where(noise.random(len(group)) < SAME_TYPE_SHARE, common, own)
    kind = np.minimum(np.searchsorted(shares, chance, side="right"), len(TYPES) - 1)
    bounds = np.cumsum(NEED_BY_TYPE, axis=1)[kind]
    need = (noise.random(len(group))[:, None] > bounds).sum(axis=1)
    return kind, np.minimum(need, len(NEEDS) - 1)


def _credit(economics: Economics, group: IntArray, kind: IntArray, noise: Generator) -> FloatArray:
    settings = economics.config.credit
    common = settings.between_groups * noise.standard_normal(group.max() + 1)[group]
    own = settings.between_clients * noise.standard_normal(len(group))
    return np.asarray(economics.types["credit_mean"][kind] + common + own)


def _countries(group: IntArray, noise: Generator) -> IntArray:
    """Four fifths of a group's clients sit where the group does."""
    weights = np.array([country.weight for country in COUNTRIES])
    chances = weights / weights.sum()
    common = noise.choice(len(COUNTRIES), group.max() + 1, p=chances)[group]
    own = noise.choice(len(COUNTRIES), len(group), p=chances)
    return np.where(noise.random(len(group)) < SAME_COUNTRY_SHARE, common, own)


def _price_sensitivity(kind: IntArray, noise: Generator) -> FloatArray:
    typical = np.zeros(len(TYPES))
    typical[[STRATEGIC, TRANSACTIONAL, PARTNERSHIP, PROBLEM_SOLVING]] = 0.8, 1.3, 0.6, 0.7
    return np.asarray(typical[kind] * np.exp(0.3 * noise.standard_normal(len(kind))))


def _arrivals(economics: Economics, clients: int, months: int, noise: Generator) -> IntArray:
    share = economics.config.lifecycle.opening_share
    opening = noise.integers(0, OPENING_MONTHS, clients)
    later = noise.integers(min(OPENING_MONTHS, months - 1), months, clients)
    return np.where(noise.random(clients) < share, np.minimum(opening, months - 1), later)


def _profile(columns: ClientColumns, group: IntArray, size: FloatArray, noise: Generator) -> Profile:
    clients, kind = len(group), columns.own_type
    weights = INDUSTRY_BY_TYPE[kind]
    bounds = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    industry = np.minimum((noise.random(clients)[:, None] > bounds).sum(axis=1), len(INDUSTRIES) - 1)
    state_owned = np.where(kind == STRATEGIC, 0.35, 0.05)
    chance = noise.random(clients)
    ownership = np.select([chance < state_owned, chance < state_owned + 0.2], [0, 2], default=1)
    boldness = 0.8 * noise.standard_normal(clients) - 0.4 * columns.credit_mean - 0.5 * (columns.need == len(NEEDS) - 1)
    return Profile(
        group=group,
        country=columns.row.copy(),
        industry=industry,
        ownership=ownership,
        risk_appetite=np.digitize(boldness, (-0.7, 0.6)),
        channel=noise.choice(5, clients, p=(0.3, 0.2, 0.2, 0.2, 0.1)),
        size=size,
        noise=noise.standard_normal((clients, 6)),
    )
