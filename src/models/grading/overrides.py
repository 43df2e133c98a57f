"""Tiers that people ask for: what is asked, whether it counts at a date, and what becomes of it. No cap is lifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from models.config.policy.tiers import UNRANKED, TierScale
from models.errors import UserError
from models.vocab import BoolArray, IntArray, TextArray


class OverrideState(StrEnum):
    """What became of an override."""

    NONE = ""
    APPLIED = "applied"
    AGREES = "agrees with the rules"
    CAPPED = "held down by a cap"
    EXPIRED = "expired"
    NOT_YET = "not yet decided"


@dataclass(frozen=True, kw_only=True)
class Override:
    """A tier that a person asks for: it counts at dates after ``on`` and before ``until``. It lifts no cap.

    Raises ``UserError`` without a reason or a name.
    """

    tier: str
    reason: str
    by: str
    on: date
    until: date

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.by.strip():
            raise UserError(
                rule="an override must say who asks for it and why",
                got=f"by {self.by!r}, reason {self.reason!r}",
                remedy="fill in both",
            )

    def counts_at(self, as_of: date) -> bool:
        """Whether it had been decided before ``as_of`` and had not run out by then."""
        return self.on < as_of < self.until


def latest_known(decisions: Sequence[tuple[str, Override]], as_of: date) -> dict[str, Override]:
    """Client -> its latest decision before ``as_of``, also one that has run out; else the first of those to come.

    A later decision takes the place of earlier ones for good, so that a new row ends an old one early.
    """
    ordered = sorted(decisions, key=lambda each: each[1].on)
    to_come = {client: asked for client, asked in reversed(ordered) if asked.on >= as_of}
    return to_come | {client: asked for client, asked in ordered if asked.on < as_of}


@dataclass(frozen=True)
class Asked:
    """The tier asked for each client, -1 where none is, and whether it counts. Shapes (n_clients,)."""

    rank: IntArray
    active: BoolArray
    to_come: BoolArray

    @classmethod
    def of(cls, client_id: TextArray, as_of: date, overrides: Mapping[str, Override], scale: TierScale) -> Asked:
        """What is asked for the clients of ``client_id`` (n_clients,); a tier that ``scale`` lacks is not asked for."""
        asked = pd.DataFrame(
            {
                "rank": scale.ranks([override.tier for override in overrides.values()], len(overrides)),
                "active": [override.counts_at(as_of) for override in overrides.values()],
                "to_come": [override.on >= as_of for override in overrides.values()],
            },
            index=pd.Index(list(overrides), dtype=object),
            dtype=np.int64,
        )
        found = asked.reindex(np.asarray(client_id).astype(object), fill_value=UNRANKED)
        rank, active, to_come = (found[name].to_numpy(dtype=np.int64) for name in asked.columns)
        return cls(rank=rank, active=np.asarray(active == 1), to_come=np.asarray(to_come == 1))

    def states(self, by_rule: IntArray, least: IntArray) -> TextArray:
        """What became of each, by the rank of the rules and the best that caps leave. Shapes (n_clients,)."""
        fates = [
            (self.rank == UNRANKED, OverrideState.NONE),
            (self.to_come, OverrideState.NOT_YET),
            (~self.active, OverrideState.EXPIRED),
            (self.rank < least, OverrideState.CAPPED),
            (self.rank == by_rule, OverrideState.AGREES),
        ]
        return np.select([holds for holds, _ in fates], [fate.value for _, fate in fates], OverrideState.APPLIED.value)
