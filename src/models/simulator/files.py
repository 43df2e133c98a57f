"""The lender's client files, late and noisy: master data, ratings, financials and surveys."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa

from models.simulator.arrow import (
    by_day_and_client,
    contract_table,
    days,
    identifiers,
    number,
    rounded,
    text,
)
from models.simulator.columns import AnyArray
from models.simulator.economics import TRANSACTIONAL, Economics
from models.simulator.journal import Journal
from models.simulator.ledgers import BlockRecorder
from models.simulator.naming import naming
from models.simulator.population import INDUSTRIES
from models.simulator.state import ClientColumns
from models.simulator.world import COUNTRIES
from models.vocab import BoolArray, FloatArray, IntArray

OWNERSHIP = ("state", "private", "foreign")
APPETITE = ("conservative", "balanced", "aggressive")
POSITIONS = ("niche", "challenger", "established", "leader")
ESG = ("E", "D", "C", "B", "A")
ACQUISITION = ("referral", "relationship manager", "broker", "digital", "event")
ACQUISITION_COST = np.array([0.4, 1.0, 1.3, 0.25, 0.8])
GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "D")
GRADE_BOUNDS = np.array([2.4, 1.7, 1.0, 0.3, -0.5, -1.4])
GRADE_PD = np.array([0.0003, 0.0010, 0.0030, 0.0070, 0.0180, 0.0450, 0.1400, 1.0])
DEFAULT_GRADE = len(GRADES) - 1
RATING_LAG = 0.15
WAVE_MONTHS = 6
CONSENT_SHARE, NPS_SHARE = 0.93, 0.9
TROUBLE, DEEP_TROUBLE = -1.0, -2.0
LATE_DAYS = 20
FIRST_WORDS = (
    "Northern", "Harbour", "Summit", "Delta", "Evergreen", "Crescent", "Meridian", "Silver",
    "Granite", "Orion", "Baltic", "Savannah", "Pacific", "Amber", "Redwood",
    "Horizon", "Atlas", "Lotus", "Pioneer", "Falcon",
)  # fmt: skip
FORMS = ("Ltd", "Holding", "Group", "Partners", "SA", "Corporation")


def client_table(clients: ClientColumns, desk: BlockRecorder) -> pa.Table:
    """Master data of the block, one row per client, in the order of ids."""
    profile, size = desk.profile, len(clients)
    kind, extra = clients.own_type, profile.noise
    capital = rounded(np.exp(clients.log_limit + 0.9 + 0.5 * extra[:, 0]), 3)
    staff = np.rint(np.exp(0.75 * (clients.log_limit - np.log(1e6)) + 4.0 + 0.5 * extra[:, 1])).clip(1, 4e5)
    known_esg = extra[:, 3] < np.where(kind == TRANSACTIONAL, -0.3, 1.0)
    esg = np.digitize(0.5 * clients.credit_mean + extra[:, 5], (-1.5, -0.6, 0.4, 1.3))
    cost = 0.002 * np.exp(clients.log_limit) * ACQUISITION_COST[profile.channel] * np.exp(0.4 * extra[:, 4])
    called = naming(_names(desk), desk)
    return contract_table(
        "clients",
        {
            "client_id": desk.client_ids,
            "group_id": text(profile.group, identifiers("G", _group_numbers(desk), 8)),
            "name": called.name,
            "aliases": called.aliases,
            "country": text(profile.country, [each.name for each in COUNTRIES]),
            "region": text(profile.country, [each.market for each in COUNTRIES]),
            "industry": text(profile.industry, INDUSTRIES),
            "ownership": text(profile.ownership, OWNERSHIP),
            "registered_capital": number(capital),
            "employees": number(staff),
            "relationship_start": days(desk.calendar.day(clients.arrival, np.ones(size, dtype=np.int64))),
            "risk_appetite": text(profile.risk_appetite, APPETITE),
            "market_position": text(np.digitize(profile.size + 0.6 * extra[:, 2], (-0.6, 0.5, 1.5)), POSITIONS),
            "esg_grade": text(np.where(known_esg, esg, -1), ESG),
            "acquisition_channel": text(profile.channel, ACQUISITION),
            "acquisition_cost": number(rounded(cost + 500, 3)),
            "manager": called.manager,
            "branch": called.branch,
            "consent": pa.array(desk.noise.random(size) < CONSENT_SHARE),
        },
    )


def _group_numbers(desk: BlockRecorder) -> IntArray:
    return desk.first_client + np.arange(int(desk.profile.group.max()) + 1)


def _names(desk: BlockRecorder) -> pa.Array:
    words = [f"{first} {line.title()} {form}" for first, line, form in product(FIRST_WORDS, INDUSTRIES, FORMS)]
    size = len(desk.profile)
    first, form = desk.noise.integers(0, len(FIRST_WORDS), size), desk.noise.integers(0, len(FORMS), size)
    return pa.array(words).take(pa.array((first * len(INDUSTRIES) + desk.profile.industry) * len(FORMS) + form))


def rating_table(clients: ClientColumns, journal: Journal, desk: BlockRecorder) -> pa.Table:
    """Ratings at the yearly review, after clear changes and at default; they lag the truth by half a year."""
    months, size = journal.history.credit.shape
    seen = journal.history.credit[0] + 0.35 * desk.noise.standard_normal(size)
    last = np.full(size, -1)
    found: list[tuple[IntArray, IntArray, IntArray]] = []
    for month in range(months):
        seen = seen + RATING_LAG * (journal.history.credit[month] - seen) + 0.05 * desk.noise.standard_normal(size)
        grade = np.where(journal.history.defaulted[month], DEFAULT_GRADE, np.digitize(-seen, -GRADE_BOUNDS))
        who = np.flatnonzero(_reviewed(clients, journal, month, grade, last))
        last[who] = grade[who]
        found.append((who, np.full(len(who), month), grade[who]))
    client, month_of, codes = _together(found)
    grades = codes.astype(np.int64)
    day = desk.calendar.day(month_of, desk.noise.integers(1, 29, len(client)))
    pd = GRADE_PD[grades] * np.exp(0.2 * desk.noise.standard_normal(len(client)))
    order = by_day_and_client(day, client)
    columns = {
        "client_id": text(client[order], desk.client_ids),
        "date": days(day[order]),
        "grade": text(grades[order], GRADES),
        "pd": number(np.round(np.where(grades == DEFAULT_GRADE, 1.0, np.minimum(pd, 0.5)), 5)[order]),
    }
    return contract_table("ratings", columns)


def _reviewed(clients: ClientColumns, journal: Journal, month: int, grade: IntArray, last: IntArray) -> BoolArray:
    served = journal.history.open_facilities[month] | (clients.arrival == month)
    yearly = served & ((month - clients.arrival) % 12 == 0) & (last != DEFAULT_GRADE)
    changed = served & (last >= 0) & (np.abs(grade - last) > 1)
    failed = journal.history.defaulted[month] & (last != DEFAULT_GRADE)
    return np.asarray((clients.arrival <= month) & (yearly | changed | failed))


def survey_table(clients: ClientColumns, journal: Journal, desk: BlockRecorder, economics: Economics) -> pa.Table:
    """Answers to half-yearly surveys of clients with open business; the content answer more often."""
    found: list[tuple[IntArray, IntArray, FloatArray]] = []
    share = economics.types["answers_surveys"][clients.own_type]
    for month in range(2, desk.months, WAVE_MONTHS):
        mood = journal.history.satisfaction[month].astype(np.float64)
        chance = share * np.exp(0.15 * np.clip(mood, -2, 2))
        asked = journal.history.open_facilities[month] & (desk.noise.random(len(clients)) < chance)
        who = np.flatnonzero(asked)
        found.append((who, np.full(len(who), month), mood[who]))
    client, month_of, moods = _together(found)
    day = desk.calendar.day(month_of, desk.noise.integers(5, 29, len(client)))
    order = by_day_and_client(day, client)
    client, day, moods = client[order], day[order], moods[order]
    csat = np.rint(3.4 + 0.9 * moods + 0.5 * desk.noise.standard_normal(len(client))).clip(1, 5)
    nps = np.rint(6.8 + 2.0 * moods + 1.1 * desk.noise.standard_normal(len(client))).clip(0, 10)
    answered = desk.noise.random(len(client)) < NPS_SHARE
    columns = {
        "client_id": text(client, desk.client_ids),
        "date": days(day),
        "csat": number(csat),
        "nps": number(nps, answered),
    }
    return contract_table("surveys", columns)


def _together(found: list[tuple[AnyArray, AnyArray, AnyArray]]) -> tuple[AnyArray, AnyArray, AnyArray]:
    empty = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
    first, second, third = zip(empty, *found, strict=True)
    return np.concatenate(first), np.concatenate(second), np.concatenate(third)


def financial_table(clients: ClientColumns, journal: Journal, desk: BlockRecorder) -> pa.Table:
    """Yearly accounts, published three to six months after the year's end; not by all small clients."""
    size, noise = len(clients), desk.noise
    year_end = noise.choice((2, 5, 8, 11), size, p=(0.1, 0.15, 0.1, 0.65))
    publishes = noise.random(size) < np.where(clients.own_type == TRANSACTIONAL, 0.6, 0.93)
    delay = noise.integers(75, 185, size)
    scale = np.exp(clients.log_limit + 1.1 + 0.35 * noise.standard_normal(size))
    traits = _Reporting(scale=scale, delay=delay)
    parts: list[dict[str, AnyArray]] = []
    for year in range(-1, desk.months // 12 + 1):
        month = year * 12 + year_end
        reported = publishes & (month >= clients.arrival - 15) & (month < desk.months)
        rows = np.flatnonzero(reported)
        parts.append(_accounts(rows, month[rows], traits, journal, desk))
    merged = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    kept = merged["published"] < desk.end
    merged = {name: values[kept] for name, values in merged.items()}
    order = by_day_and_client(merged["published"], merged["client"])
    merged = {name: values[order] for name, values in merged.items()}
    columns = {name: number(rounded(merged[name], 4)) for name in ("revenue", "ebitda", "debt", "equity", "cash")}
    columns |= {
        "client_id": text(merged["client"], desk.client_ids),
        "period_end": days(merged["period_end"]),
        "published": days(merged["published"]),
    }
    return contract_table("financials", columns)


@dataclass(frozen=True, kw_only=True)
class _Reporting:
    """Usual revenue in currency and days until publication of each client. Shapes (n_clients,)."""

    scale: FloatArray
    delay: IntArray


def _accounts(
    rows: IntArray, month: IntArray, traits: _Reporting, journal: Journal, desk: BlockRecorder
) -> dict[str, AnyArray]:
    noise, size = desk.noise, len(rows)
    health = journal.history.credit[np.maximum(month, 0), rows].astype(np.float64)
    revenue = traits.scale[rows] * np.exp(0.004 * month + 0.10 * health + 0.08 * noise.standard_normal(size))
    margin = 0.14 + 0.045 * health + 0.03 * noise.standard_normal(size)
    leverage = np.exp(1.1 - 0.32 * health + 0.2 * noise.standard_normal(size))
    debt = revenue * 0.14 * leverage
    equity = debt * np.exp(0.1 + 0.30 * health + 0.2 * noise.standard_normal(size))
    end = desk.calendar.day(month + 1, np.zeros(size, dtype=np.int64))
    late = np.where(health < TROUBLE, LATE_DAYS, 0)
    return {
        "client": rows,
        "period_end": end,
        "published": end + traits.delay[rows] + late + noise.integers(-10, 11, size),
        "revenue": revenue,
        "ebitda": revenue * margin,
        "debt": debt,
        "equity": equity - 0.3 * debt * (health < DEEP_TROUBLE),
        "cash": revenue * 0.08 * np.exp(0.25 * health + 0.4 * noise.standard_normal(size)),
    }
