"""The lender's own ledgers of a block: cashflows, facilities, the funnel and contacts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from models.book.contract import CASHFLOW_KINDS, INTERACTION_KINDS
from models.config.simulation import PRODUCTS
from models.simulator.arrow import (
    Calendar,
    by_day_and_client,
    contract_table,
    days,
    identifiers,
    money,
    number,
    rounded,
    text,
)
from models.simulator.economics import CAUSES, NO_CAUSE
from models.simulator.journal import (
    CashflowColumns,
    ClosedColumns,
    DatedContacts,
    FunnelColumns,
    Journal,
)
from models.simulator.notes import CHINESE, ENGLISH, HAPPY, NEUTRAL, UNHAPPY, all_notes, note_positions
from models.simulator.population import INDUSTRIES, Profile
from models.simulator.state import FacilityColumns
from models.simulator.world import COUNTRIES, LAST_START_DAY
from models.vocab import FloatArray, FunnelStage, IntArray

FACILITIES_PER_BLOCK = 10_000_000
OPPORTUNITIES_PER_BLOCK = 100_000_000
CLIENT_DIGITS, FACILITY_DIGITS, OPPORTUNITY_DIGITS, CAMPAIGN_DIGITS = 8, 12, 13, 4
ABROAD_SHARE, CHINESE_SHARE = 0.08, 0.8
SOUR, SWEET = -0.5, 0.8
PURPOSES = ("new plant", "extension", "working capital", "refinancing", "acquisition", "equipment")
CHANNELS = ("visit", "phone", "portal", "e-mail", "video")
NOTED = {"meeting": 0.8, "enquiry": 0.5, "complaint": 0.9, "campaign": 0.0, "response": 0.3, "event": 0.2}


@dataclass(frozen=True, kw_only=True)
class BlockRecorder:
    """What writing a block down needs: its clients, the calendar, and noise that changes no outcome.

    What clients are called and who looks after them has noise of its own, ``naming``.
    """

    block: int
    first_client: int
    client_ids: pa.Array
    profile: Profile
    calendar: Calendar
    months: int
    noise: Generator
    naming: Generator
    end: int
    """First day after the book, in days since 1970."""


def cashflow_table(journal: Journal, desk: BlockRecorder) -> pa.Table:
    """All cashflows of the block."""
    rows = CashflowColumns.stacked(journal.lists.cashflows)
    day = desk.calendar.day(rows.month, rows.day)
    order = by_day_and_client(day, rows.client)
    rows, day = rows.take(order), day[order]
    return contract_table(
        "cashflows",
        {
            "client_id": text(rows.client, desk.client_ids),
            "facility_id": text(rows.facility, facility_ids(journal, desk)),
            "date": days(day),
            "kind": text(rows.kind, CASHFLOW_KINDS),
            "amount": money(rows.cents),
        },
    )


def facility_ids(journal: Journal, desk: BlockRecorder) -> pa.Array:
    """Ids of the block's facilities, by their numbers."""
    count = sum(len(part) for part in journal.lists.signed)
    return identifiers("F", desk.block * FACILITIES_PER_BLOCK + np.arange(count), FACILITY_DIGITS)


def facility_table(journal: Journal, desk: BlockRecorder) -> pa.Table:
    """All facilities of the block, in the order of signing."""
    rows = FacilityColumns.stacked(journal.lists.signed)
    closed = ClosedColumns.stacked(journal.lists.closed)
    cause = np.full(len(rows), NO_CAUSE)
    cause[closed.number] = closed.cause
    closed_day = np.zeros(len(rows), dtype=np.int64)
    closed_day[closed.number] = desk.calendar.day(closed.month, closed.day)
    noise, line_of_business = desk.noise, desk.profile.industry[rows.client]
    abroad = noise.random(len(rows)) < ABROAD_SHARE
    country = np.where(abroad, noise.integers(0, len(COUNTRIES), len(rows)), desk.profile.country[rows.client])
    return contract_table(
        "facilities",
        {
            "facility_id": facility_ids(journal, desk),
            "client_id": text(rows.client, desk.client_ids),
            "product": text(rows.product, PRODUCTS),
            "sector": text(line_of_business, INDUSTRIES),
            "country": text(country, [each.name for each in COUNTRIES]),
            "purpose": text(noise.integers(0, len(PURPOSES), len(rows)), PURPOSES),
            "limit": money(rows.limit),
            "signed": days(desk.calendar.day(rows.signed, rows.sign_day)),
            "effective": days(desk.calendar.day(rows.signed + 1, np.ones(len(rows), dtype=np.int64))),
            "maturity": days(desk.calendar.day(rows.maturity, rows.pay_day)),
            "closed": days(closed_day, cause != NO_CAUSE),
            "exit_cause": text(cause, [str(each) for each in CAUSES]),
            "collateral_cover": number(rows.collateral),
            "spread_bp": number(np.rint(rows.spread * 10_000)),
            "lgd": number(rows.lgd),
        },
    )


def opportunity_table(journal: Journal, desk: BlockRecorder) -> pa.Table:
    """One row per stage entered; how and when the opportunity ended stands on each of its rows."""
    rows, ended = FunnelColumns.stacked(journal.lists.entered), FunnelColumns.stacked(journal.lists.ended)
    count = int(rows.number.max(initial=-1)) + 1
    outcome, closed = np.full(count, -1), np.zeros(count, dtype=np.int64)
    outcome[ended.number] = np.where(ended.won, 0, 1)
    closed[ended.number] = desk.calendar.day(ended.month, ended.day)
    day = desk.calendar.day(rows.month, rows.day)
    order = by_day_and_client(day, rows.client)
    rows, day = rows.take(order), day[order]
    ids = identifiers("O", desk.block * OPPORTUNITIES_PER_BLOCK + np.arange(count), OPPORTUNITY_DIGITS)
    return contract_table(
        "opportunities",
        {
            "opportunity_id": text(rows.number, ids),
            "client_id": text(rows.client, desk.client_ids),
            "stage": text(rows.stage, [str(stage) for stage in FunnelStage]),
            "entered": days(day),
            "amount": money(rows.amount),
            "outcome": text(outcome[rows.number], ("won", "lost")),
            "closed": days(closed[rows.number], outcome[rows.number] >= 0),
        },
    )


def interaction_table(journal: Journal, desk: BlockRecorder) -> pa.Table:
    """All contacts of the block, with notes on some of them."""
    rows = DatedContacts.stacked(journal.lists.contacts)
    of_month = desk.noise.integers(1, 29, len(rows))
    of_month = np.where(rows.campaign >= 0, np.maximum(of_month, LAST_START_DAY), of_month)
    day = desk.calendar.day(rows.month, of_month)
    order = by_day_and_client(day, rows.client)
    rows, day = rows.take(order), day[order]
    campaigns = max(int(rows.campaign.max(initial=0)) + 1, 1)
    return contract_table(
        "interactions",
        {
            "client_id": text(rows.client, desk.client_ids),
            "date": days(day),
            "channel": text(desk.noise.integers(0, len(CHANNELS), len(rows)), CHANNELS),
            "kind": text(rows.kind, INTERACTION_KINDS),
            "response_hours": number(rounded(rows.response, 2)),
            "resolution_hours": number(rounded(rows.resolution, 2)),
            "campaign_id": text(rows.campaign, campaign_ids(campaigns)),
            "text": text(_notes(rows, desk), all_notes()),
        },
    )


def campaign_ids(count: int) -> pa.Array:
    """Ids of the first ``count`` campaigns."""
    return identifiers("K", np.arange(count), CAMPAIGN_DIGITS)


def _notes(rows: DatedContacts, desk: BlockRecorder) -> IntArray:
    """The note of each contact, -1 for none. A complaint sounds worse than the mood behind it."""
    noise, size = desk.noise, len(rows)
    complaint = rows.kind == INTERACTION_KINDS.index("complaint")
    heard: FloatArray = rows.mood + 0.7 * noise.standard_normal(size) - 1.5 * complaint
    tone = np.select([heard < SOUR, heard > SWEET], [UNHAPPY, HAPPY], default=NEUTRAL)
    in_china = desk.profile.country[rows.client] == 0
    language = np.where(in_china & (noise.random(size) < CHINESE_SHARE), CHINESE, ENGLISH)
    share = np.array([NOTED[kind] for kind in INTERACTION_KINDS])[rows.kind]
    positions = note_positions(language, tone, noise.integers(0, 1 << 30, size))
    return np.where(noise.random(size) < share, positions, -1)
