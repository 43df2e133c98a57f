"""Clients in reach of a date: those that were active, and those that start cold, known before it without activity.

A client whose relationship the book does not date is known by what happened with it: whether it was there earlier
nobody can tell. A client who refused the processing of its data is in reach at no date, however long ago: that it
refused is a fact of today, and a duty rather than something that was known or not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.book.measures import ACTIVITY
from models.book.side_tables import MERGED_ON
from models.config.privacy import PrivacyConfig
from models.panel.block import Block
from models.panel.cutoff import Past
from models.panel.facilities import FOREVER, days_or
from models.panel.ledger_plan import BEGAN, CONSENT, WON_FOR
from models.panel.panel import Panel
from models.vocab import BoolArray, IntArray


@dataclass(frozen=True, kw_only=True)
class InReach:
    """The clients of some dates: those that were active, and those that start cold, see ``starts_cold``.

    ``cold`` has the features of ``beginning_features`` beside all others. ``known`` are all whom anybody knew, those
    included that are out of reach; None where nobody asked for them. ``refused`` are ids of clients who refused the
    processing of their data, where it is honoured.
    """

    active: Panel
    cold: Panel
    known: Panel | None = None
    refused: tuple[str, ...] = ()


def active_before(past: Past, activity_periods: int) -> BoolArray:
    """Who was active in the latest periods before the as-of date. Shape (n_clients,)."""
    return np.asarray(past.count(ACTIVITY, activity_periods) > 0)


def known_before(past: Past, block: Block) -> BoolArray:
    """Whose relationship began before the as-of date, or with whom anything happened before it. Shape (n_clients,).

    States do not count: accounts are published of companies that nobody has met yet.
    """
    known = (began_on(block) < past.day) | (past.events[-1] > 0).any(axis=0)
    for table in (past.facilities, past.opportunities):
        if table is not None:
            known[table.client] = True
    return np.asarray(known)


def starts_cold(past: Past, block: Block, activity_periods: int) -> BoolArray:
    """Who was known and not active, and never was or is still in reach. Shape (n_clients,).

    In reach is a quiet client that asked for something, or was won at a cost; the others left long ago.
    """
    waiting = past.count(ACTIVITY) == 0
    if WON_FOR in block.attributes:
        waiting |= block.attributes[WON_FOR].notna().to_numpy()
    if past.opportunities is not None:
        waiting[past.opportunities.client] = True
    return np.asarray(known_before(past, block) & ~active_before(past, activity_periods) & waiting)


def was_one(past: Past, block: Block) -> BoolArray:
    """Who was known as one client at the as-of date: not whose several ids were merged since. Shape (n_clients,)."""
    if MERGED_ON not in block.attributes:
        return np.ones(len(block.client_id), dtype=np.bool_)
    merged = block.attributes[MERGED_ON].to_numpy(dtype="datetime64[D]")
    return np.asarray(days_or(merged, -FOREVER) < past.day)


def may_be_processed(block: Block, privacy: PrivacyConfig) -> BoolArray:
    """Who did not refuse the processing of its data, or all where the config says so. Shape (n_clients,)."""
    if CONSENT not in block.attributes or not privacy.leaves_out:
        return np.ones(len(block.client_id), dtype=np.bool_)
    return ~np.asarray(block.attributes[CONSENT].eq(False), dtype=np.bool_)


def began_on(block: Block) -> IntArray:
    """The day on which each relationship began, in days since 1970; ``FOREVER`` where it is not known. (n_clients,)."""
    if BEGAN not in block.attributes:
        return np.full(len(block.client_id), FOREVER, dtype=np.int64)
    days = block.attributes[BEGAN].to_numpy(dtype="datetime64[D]")
    return np.asarray(days_or(days, FOREVER), dtype=np.int64)
