"""The tier, segment, type and region in which a client is counted, as published or known by a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from models.config.policy.tiers import DEFAULT_SCALE, TierScale
from models.grading.known_overrides import COUNTING
from models.kpis.catalogue import CATALOGUE
from models.kpis.estimates import KpiEstimate, unknown
from models.kpis.reasons import no_groups, no_scores_until
from models.publications.past import newest_official
from models.publications.previous import COLD_START, PreviousScores, called_of, previous_scores
from models.relations.reading import Reader
from models.store.sealed import read_manifest
from models.text import Spoken, Text
from models.vocab import BoolArray, IntArray

SCORED = {"tier": "tier", "segment": "segment_name", "type": "relationship_type"}
"""Dimension -> column of published scores."""
NOT_SCORED, NOT_REPORTED = "not scored", "not told"
IN_NO_GROUP: Final = {
    NOT_SCORED: Text("not scored", "group of clients"),
    NOT_REPORTED: Text("not told", "group of clients"),
}
"""What those are called who are in no group of a dimension."""
_COLUMNS = ("value", "override", COLD_START, *SCORED.values())


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Clients by dimension: the newest scores published up to a date, and the regions of clients.

    ``scored_on`` is their as-of date, None where no run was published by then.
    """

    until: date
    scores: PreviousScores | None
    regions: pd.Series

    @property
    def scored_on(self) -> date | None:
        """The as-of date of the scores."""
        return None if self.scores is None else self.scores.as_of

    @property
    def active(self) -> BoolArray:
        """Which of the clients that the scores hold were active; the others started cold. Shape (n_scored,)."""
        if self.scores is None or COLD_START not in self.scores.columns:
            return np.ones(0 if self.scores is None else len(self.scores.columns), dtype=np.bool_)
        return ~self.scores.columns[COLD_START].to_numpy(dtype=np.bool_)

    @property
    def segment_names(self) -> dict[str, Spoken]:
        """Segment -> what it is called, as the run of the scores says."""
        return {} if self.scores is None else called_of(read_manifest(self.scores.folder), "segments")

    @property
    def scale(self) -> TierScale:
        """The tiers of the policy that graded."""
        return DEFAULT_SCALE if self.scores is None else self.scores.scale

    def missing(self, dimension: str) -> Text | None:
        """Why nothing is known of a dimension; None if something is."""
        if dimension == "region":
            return None if self.regions.notna().any() else no_groups(dimension)
        if self.scores is None:
            return no_scores_until(self.until)
        return None if SCORED[dimension] in self.scores.columns else no_groups(dimension)

    def places(self, dimension: str, clients: pd.Series) -> tuple[IntArray, tuple[str, ...]]:
        """The number of each client's group, (n_clients,), and the names of groups in their order."""
        if dimension == "region" or self.scores is None:
            reported, absent = self.regions, NOT_REPORTED
        else:
            reported, absent = self.scores.columns[SCORED[dimension]], NOT_SCORED
        of_clients = reported.reindex(pd.Index(clients)).astype(object)
        codes, names = pd.factorize(of_clients.where(of_clients.notna(), absent), sort=False)
        order = sorted(range(len(names)), key=lambda code: group_order(str(names[code]), self.scale))
        return np.argsort(order)[codes].astype(np.int64), tuple(str(names[code]) for code in order)


class PublishedGroups:
    """The scores below a folder; each published run is read and proved once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, PreviousScores] = {}

    def until(self, day: date) -> PreviousScores | None:
        """The newest scores with an as-of date up to ``day``, None where there are none."""
        found = newest_official(self._folder, day + timedelta(days=1))
        if found is None:
            return None
        if found.folder not in self._read:
            self._read[found.folder] = previous_scores(found.folder, _COLUMNS)
        return self._read[found.folder]


def regions_of(reader: Reader) -> pd.Series:
    """Client -> region."""
    clients = reader.frame(reader.table("clients").select("client_id", "region"))
    return pd.Series(clients["region"].to_numpy(dtype=object), index=pd.Index(clients["client_id"]))


def group_order(name: str, scale: TierScale) -> tuple[bool, int, str]:
    """Tiers best first, all else by name, who is in no group last.

    >>> sorted(["not scored", "B", "AA"], key=lambda name: group_order(name, DEFAULT_SCALE))
    ['AA', 'B', 'not scored']
    """
    tiers = scale.names
    return name in {NOT_SCORED, NOT_REPORTED}, tiers.index(name) if name in tiers else len(tiers), name


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
