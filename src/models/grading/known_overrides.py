"""The overrides of a book as known at an as-of date, and how many of them met which fate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.book.contract import OVERRIDES
from models.book.door import Book
from models.config.policy.tiers import TierScale
from models.grading.decision import TierDecisions
from models.grading.overrides import Override, OverrideState, latest_known
from models.notices import Notice, Severity
from models.text import Text

COUNTING = tuple(state.value for state in (OverrideState.APPLIED, OverrideState.AGREES, OverrideState.CAPPED))
"""The fates of an override that holds at the as-of date."""
_UNKNOWN_TIERS = Text("{overrides:,} overrides ask for {tiers}, which the policy of the models lacks")
_ASK_FOR = Text("ask for one of {tiers}, or train again with a policy that has it")
UP, DOWN, UNUSED, SUPERSEDED = "up", "down", "of clients not scored", "replaced by a later one"


def overrides_at(book: Book, as_of: date) -> dict[str, Override]:
    """Client -> what a person asks for it, see ``latest_known``; empty where the book has no overrides.

    One entry per row that a person wrote: a table of decisions, not of clients.
    """
    if OVERRIDES.name not in book.tables:
        return {}
    rows = pq.read_table(book.tables[OVERRIDES.name]).to_pylist()
    return latest_known([(row["client_id"], _override(row)) for row in rows], as_of)


def overrides_written(book: Book) -> int:
    """How many rows the table of overrides has, also of decisions that were replaced."""
    return pq.read_metadata(book.tables[OVERRIDES.name]).num_rows if OVERRIDES.name in book.tables else 0


def override_notices(overrides: Mapping[str, Override], scale: TierScale) -> list[Notice]:
    """A warning of decisions that ask for a tier that the policy does not have, and therefore count nowhere."""
    others = [asked.tier for asked in overrides.values() if asked.tier not in scale.names]
    if not others:
        return []
    return [
        Notice.of(
            "override_of_unknown_tier",
            Severity.WARNING,
            "overrides",
            found=_UNKNOWN_TIERS.filled(overrides=len(others), tiers=", ".join(sorted({*others}))),
            remedy=_ASK_FOR.filled(tiers=", ".join(scale.names)),
            count=len(others),
        )
    ]


def override_facts(decided: Sequence[TierDecisions], overrides: Mapping[str, Override], written: int) -> dict[str, int]:
    """How many of the overrides ``written`` met which fate, and how many moved a tier up and down.

    Fates but those two add up to ``written``.
    """
    counts = dict.fromkeys([state.value for state in OverrideState if state] + [UP, DOWN], 0)
    for part in decided:
        for state, clients in part.count_overrides().items():
            counts[state] += clients
        tier, unasked = (part.scale.ranks(tiers, len(tiers)) for tiers in (part.tier, part.unasked))
        counts[UP] += int((tier < unasked).sum())  # a lower rank is a better tier
        counts[DOWN] += int((tier > unasked).sum())
    met = sum(counts[state.value] for state in OverrideState if state)
    return counts | {UNUSED: len(overrides) - met, SUPERSEDED: written - len(overrides)}


def override_column(decided: TierDecisions) -> pa.Array:
    """Of each client what was asked and what became of it; null where nothing was."""
    facts, rows = decided.assessment.facts, np.flatnonzero(decided.override != OverrideState.NONE.value)
    clients = np.asarray(facts.client_id)[rows].tolist()
    fates = zip(clients, decided.override[rows].tolist(), decided.unasked[rows].tolist(), strict=True)
    reported = [_told(facts.overrides[client], state, unasked) for client, state, unasked in fates]
    places = np.full(len(facts), -1)
    places[rows] = np.arange(len(rows))
    given = pa.array(reported, type=OVERRIDE_TYPE)
    return pc.take(given, pa.array(places, mask=places < 0))


OVERRIDE_TYPE = pa.struct(
    [
        ("state", pa.string()),
        ("tier", pa.string()),
        ("instead_of", pa.string()),
        ("by", pa.string()),
        ("on", pa.date32()),
        ("until", pa.date32()),
        ("reason", pa.string()),
    ]
)
"""What scores tell of an override: its fate, the decision as it was written, and the tier had nobody asked."""


@dataclass(frozen=True, kw_only=True)
class PublishedOverride:
    """A row of ``OVERRIDE_TYPE``."""

    state: str
    tier: str
    instead_of: str
    by: str
    on: date
    until: date
    reason: str

    @property
    def decision(self) -> Override:
        """The decision as it was written."""
        return Override(tier=self.tier, reason=self.reason, by=self.by, on=self.on, until=self.until)


def _override(row: Mapping[str, Any]) -> Override:
    return Override(
        tier=row["tier"],
        reason=row["reason"],
        by=row["decided_by"],
        on=row["decided_on"],
        until=row["valid_until"],
    )


def _told(override: Override, state: str, unasked: str) -> dict[str, Any]:
    return {
        "state": state,
        "tier": override.tier,
        "instead_of": unasked,
        "by": override.by,
        "on": override.on,
        "until": override.until,
        "reason": override.reason,
    }
