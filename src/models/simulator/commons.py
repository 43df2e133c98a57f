"""The tables that all clients share: campaigns and macro figures."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from models.simulator.arrow import Calendar, contract_table, days, identifiers, money, number, text
from models.simulator.ledgers import CAMPAIGN_DIGITS
from models.simulator.world import COUNTRIES, World
from models.vocab import FloatArray, IntArray

CAMPAIGN_CHANNELS = ("e-mail", "event", "call centre", "portal")
CAMPAIGN_DAYS = 30
PUBLISHED_AFTER_DAYS = 45
QUARTER, HALF = 3, 6
RISK_OF_CORE, RISK_OF_EMERGING, RISK_BY_RATE, RISK_BY_CYCLE = 15.0, 35.0, 250.0, 4.0
"""Political risk from 0 to 100: of settled and of emerging markets, by the policy rate, and by the cycle."""
SOVEREIGN = ("AAA", "AA", "A", "BBB+", "BBB-", "BB", "B+", "B-", "CCC", "D")
NOTCH_WIDTH = 10.1


def campaign_table(world: World, calendar: Calendar, end: int) -> pa.Table:
    """The campaigns that start within the book."""
    campaigns = world.campaigns
    start = calendar.day(campaigns.month, campaigns.day)
    kept = np.flatnonzero(start < end)
    return contract_table(
        "campaigns",
        {
            "campaign_id": identifiers("K", kept, CAMPAIGN_DIGITS),
            "start": days(start[kept]),
            "end": days(start[kept] + CAMPAIGN_DAYS),
            "channel": text(campaigns.channel[kept], CAMPAIGN_CHANNELS),
            "cost": money(campaigns.cost_cents[kept]),
            "randomised": pa.array(campaigns.randomised[kept]),
        },
    )


def macro_table(world: World, calendar: Calendar, end: int, noise: Generator) -> pa.Table:
    """Quarterly growth and policy rate of each country, published half a quarter later."""
    quarters = np.arange(world.months // QUARTER)
    place = np.tile(np.arange(len(COUNTRIES)), len(quarters))
    quarter = np.repeat(quarters, len(COUNTRIES))
    last_day = calendar.day(quarter * QUARTER + QUARTER, np.zeros(len(quarter), dtype=np.int64))
    growth = _growth(world, quarter, place) + 0.002 * noise.standard_normal(len(quarter))
    kept = last_day + PUBLISHED_AFTER_DAYS < end
    return contract_table(
        "macro",
        {
            "country": text(place[kept], [each.name for each in COUNTRIES]),
            "date": days(last_day[kept]),
            "published": days(last_day[kept] + PUBLISHED_AFTER_DAYS),
            "gdp_growth": number(np.round(growth, 4)[kept]),
            "policy_rate": number(np.round(_policy_rate(world, quarter, place), 4)[kept]),
        },
    )


def country_table(world: World, calendar: Calendar, end: int) -> pa.Table:
    """Half-yearly political risk and sovereign rating of each country: what its markets are, and where its cycle is."""
    halves = np.arange(world.months // HALF)
    place, half = np.tile(np.arange(len(COUNTRIES)), len(halves)), np.repeat(halves, len(COUNTRIES))
    last_day = calendar.day(half * HALF + HALF, np.zeros(len(half), dtype=np.int64))
    usual = np.array([RISK_OF_EMERGING if each.emerging else RISK_OF_CORE for each in COUNTRIES])
    dear = np.array([each.rate for each in COUNTRIES])
    swing = world.cycle[half * HALF + HALF - 1, place]
    risk = np.clip(usual[place] + RISK_BY_RATE * dear[place] - RISK_BY_CYCLE * swing, 0, 100).round(1)
    kept = last_day + PUBLISHED_AFTER_DAYS < end
    return contract_table(
        "countries",
        {
            "country": text(place[kept], [each.name for each in COUNTRIES]),
            "date": days(last_day[kept]),
            "published": days(last_day[kept] + PUBLISHED_AFTER_DAYS),
            "sovereign_rating": text((risk[kept] / NOTCH_WIDTH).astype(np.int64), SOVEREIGN),
            "political_risk": number(risk[kept]),
            "sanctions": pa.array(np.zeros(int(kept.sum()), dtype=np.bool_)),
        },
    )


def _growth(world: World, quarter: IntArray, place: IntArray) -> FloatArray:
    trend = np.array([each.growth for each in COUNTRIES])
    swing = np.array([each.swing for each in COUNTRIES])
    cycle = world.cycle[: len(world.cycle) // QUARTER * QUARTER].reshape(-1, QUARTER, len(COUNTRIES)).mean(axis=1)
    return np.asarray((trend + swing * cycle)[quarter, place])


def _policy_rate(world: World, quarter: IntArray, place: IntArray) -> FloatArray:
    usual = np.array([each.rate for each in COUNTRIES])
    swing = world.base_rate[quarter * QUARTER + QUARTER - 1, place] - world.base_rate.mean()
    return np.asarray(np.maximum(usual[place] * (1 + 12 * swing), 0.001))
