"""Summary of why clients stand in their tiers: what lacks for the next one, caps, stability, and caps not in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.config.policy.tiers import TierScale
from models.grading.report import IdleCap

COLUMNS = (
    "next_tier",
    "tier_lacking",
    "tier_lacking_criterion",
    "tier_caps",
    "tier_kept_by",
    "tier_ruled",
    "tier_by_rule",
)
"""The columns of scores that it rests on; runs from before there were these have no summary."""


@dataclass(frozen=True, kw_only=True)
class LackingCount:
    """How many clients of a tier lack most in one dimension, and the criterion that costs it most points.

    ``next_tier`` is the one that they lack it for; ``criterion`` is None of a forecast.
    """

    tier: str
    next_tier: str
    dimension: str
    criterion: str | None
    clients: int


@dataclass(frozen=True, kw_only=True)
class CapCount:
    """Of how many clients a cap holds, and how many of them the decision table puts higher and no cap holds lower."""

    cap: str
    clients: int
    lowered: int


@dataclass(frozen=True, kw_only=True)
class GradeSummary:
    """Why clients stand where they do.

    Attributes:
        lacking: by tier from the best, most clients first.
        caps: those that hold of anybody, most clients first.
        kept_by: margin or limit -> clients whose tier by rule it keeps from what the decision table gives.
        not_in_force: caps whose feature the book lacks.
    """

    lacking: tuple[LackingCount, ...]
    caps: tuple[CapCount, ...]
    kept_by: Mapping[str, int]
    not_in_force: tuple[IdleCap, ...]


def grade_summary(scores: pd.DataFrame, scale: TierScale, not_in_force: Sequence[IdleCap] = ()) -> GradeSummary | None:
    """The summary of published scores, by client; None where the run does not publish what it rests on."""
    if not {*COLUMNS} <= {*scores.columns}:
        return None
    return GradeSummary(
        lacking=tuple(_lacking(scores, scale)),
        caps=tuple(_caps(scores, scale)),
        kept_by=dict(sorted(Counter(scores["tier_kept_by"].dropna().tolist()).items())),
        not_in_force=tuple(not_in_force),
    )


def _lacking(scores: pd.DataFrame, scale: TierScale) -> list[LackingCount]:
    names = ["tier", "next_tier", "tier_lacking", "tier_lacking_criterion"]
    by_rule = scores["tier"].astype(str) == scores["tier_by_rule"].astype(str)  # not those whom a cap or a person moves
    lacking = scores.loc[by_rule & scores["tier_lacking"].notna(), names].fillna({"tier_lacking_criterion": ""})
    counts: dict[Any, int] = lacking.groupby(names, sort=True).size().to_dict()
    found = [
        LackingCount(tier=tier, next_tier=following, dimension=dimension, criterion=criterion or None, clients=clients)
        for (tier, following, dimension, criterion), clients in counts.items()
    ]
    return sorted(found, key=lambda each: (scale.rank(each.tier), -each.clients))


def _caps(scores: pd.DataFrame, scale: TierScale) -> list[CapCount]:
    holding: dict[Any, int] = scores["tier_caps"].explode().value_counts().to_dict()
    hardest = scores["tier_caps"].str[0].astype(object).fillna("").to_numpy(dtype=np.str_)
    tier, ruled = (scale.ranks(scores[name].to_numpy(dtype=np.str_), len(scores)) for name in ("tier", "tier_ruled"))
    lowered = Counter(hardest[ruled < tier].tolist())
    found = [CapCount(cap=name, clients=count, lowered=lowered[name]) for name, count in sorted(holding.items())]
    return sorted(found, key=lambda each: -each.clients)
