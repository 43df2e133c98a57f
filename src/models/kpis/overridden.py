"""The share of clients in published scores whose tier a person decided."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from models.grading.known_overrides import COUNTING
from models.kpis.catalogue import CATALOGUE
from models.kpis.estimates import KpiEstimate, unknown
from models.publications.previous import PreviousScores

_OVERRIDE = "override"


@dataclass(frozen=True, kw_only=True)
class OverriddenShare:
    """Shares of the clients scored: those of whom an override counts, and those that it moved up and down."""

    share: KpiEstimate
    up: KpiEstimate
    down: KpiEstimate


def overridden(scores: PreviousScores | None) -> OverriddenShare:
    """Counted from the scores as published; not known where they tell of no overrides."""
    if scores is None or _OVERRIDE not in scores.columns:
        nothing = unknown(CATALOGUE["overridden"].nothing)
        return OverriddenShare(share=nothing, up=nothing, down=nothing)
    reported = scores.columns[_OVERRIDE].dropna()
    parts = pd.DataFrame(reported.tolist(), columns=["state", "instead_of"])
    counting = (parts["state"].isin(COUNTING)).to_numpy()
    tier = scores.columns["tier"].astype("str").loc[reported.index].to_numpy(dtype=str)[counting]
    unasked = parts["instead_of"].to_numpy(dtype=str)[counting]
    now, ruled = (scores.scale.ranks(tiers, len(tiers)) for tiers in (tier, unasked))
    clients = len(scores.columns)
    # a lower rank is a better tier
    shares = [len(tier) / clients, (now < ruled).sum() / clients, (now > ruled).sum() / clients]
    figures = [KpiEstimate(estimate=float(share), clients=clients, count=clients) for share in shares]
    return OverriddenShare(share=figures[0], up=figures[1], down=figures[2])
