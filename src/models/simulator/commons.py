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
QUARTER = 3


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


def _growth(world: World, quarter: IntArray, place: IntArray) -> FloatArray:
    trend = np.array([each.growth for each in COUNTRIES])
    swing = np.array([each.swing for each in COUNTRIES])
    cycle = world.cycle[: len(world.cycle) // QUARTER * QUARTER].reshape(-1, QUARTER, len(COUNTRIES)).mean(axis=1)
    return np.asarray((trend + swing * cycle)[quarter, place])


def _policy_rate(world: World, quarter: IntArray, place: IntArray) -> FloatArray:
    usual = np.array([each.rate for each in COUNTRIES])
    swing = world.base_rate[quarter * QUARTER + QUARTER - 1, place] - world.base_rate.mean()
    return np.asarray(np.maximum(usual[place] * (1 + 12 * swing), 0.001))
