"""How many clients of published scores stand in a tier that a person decided."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from models.decisions.kpis import CATALOGUE, Figure, unknown
from models.decisions.tiers import ranks_of
from models.workflows.overrides import COUNTING
from models.workflows.previous import PreviousScores

_OVERRIDE = "override"


@dataclass(frozen=True, kw_only=True)
class Overridden:
    """Shares of the clients scored: those of whom an override counts, and those that it moved up and down."""

    share: Figure
    up: Figure
    down: Figure


def overridden(scores: PreviousScores | None) -> Overridden:
    """Counted from the scores as published; not known where they tell of no overrides."""
    if scores is None or _OVERRIDE not in scores.columns:
        nothing = unknown(CATALOGUE["overridden"].nothing)
        return Overridden(share=nothing, up=nothing, down=nothing)
    told = scores.columns[_OVERRIDE].dropna()
    parts = pd.DataFrame(told.tolist(), columns=["state", "instead_of"])
    counting = (parts["state"].isin(COUNTING)).to_numpy()
    tier = scores.columns["tier"].astype("str").loc[told.index].to_numpy(dtype=str)[counting]
    unasked = parts["instead_of"].to_numpy(dtype=str)[counting]
    now, ruled = (ranks_of(tiers, len(tiers)) for tiers in (tier, unasked))
    clients = len(scores.columns)
    # a lower rank is a better tier
    shares = [len(tier) / clients, (now < ruled).sum() / clients, (now > ruled).sum() / clients]
    figures = [Figure(estimate=float(share), clients=clients, count=clients) for share in shares]
    return Overridden(share=figures[0], up=figures[1], down=figures[2])
