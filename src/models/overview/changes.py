"""Movers against the run before, overrides, and clients who warn, of one published run."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.config.policy.tiers import TierScale
from models.grading.known_overrides import COUNTING
from models.kpis.tier_moves import tier_places
from models.movers.report import MOVERS as MOVERS_FILE
from models.overview.report import (
    ABSENT,
    AlarmSummary,
    MovedClient,
    Movers,
    Overridden,
    OverriddenClient,
    WarnedClient,
)
from models.publications.past import scores_of_key
from models.store.entries import Facts
from models.text import languages
from models.warnings.report import STAKE_WEIGHT, WARNINGS, AlarmState
from models.warnings.text import rank_formula, warning_terms

MOVERS, ALARMS = 8, 25
"""So many of each are listed, of alarms all that are shown whatever the budget; how many there are stands beside."""
OF_OVERRIDES: Final = ("state", "tier", "instead_of", "by", "on", "until", "reason")
"""Parts of an override that are reported."""
_CAUSES = ("moved_by", "dimension", "criterion", "cap")


def movers_of(scores: pd.DataFrame, published: Path, manifest: Facts, scale: TierScale) -> Movers:
    """Who moved against the run before, as the run names it; without rows where there was none."""
    earlier = scores_of_key(published, manifest["previous"], ("tier",))
    if earlier is None:
        return Movers(names=(*scale.names, ABSENT))
    both = pd.DataFrame({"before": earlier.columns["tier"].astype(object), "now": scores["tier"].astype(object)})
    known = scale.with_others(earlier.scale.names)
    size = len(known) + 1
    before, now = (tier_places(both[name], known) for name in ("before", "now"))
    met = (before < len(scale)) & (now < len(scale))
    counts = np.bincount(before * size + now, minlength=size * size).reshape(size, size)
    moved = both[(before < len(known)) & (now < len(known)) & (before != now)]
    return Movers(
        before=earlier.as_of,
        names=(*known.names, ABSENT),
        counts=tuple(tuple(row) for row in counts.tolist()),
        upgraded=int((met & (now < before)).sum()),  # a lower number is a better tier
        downgraded=int((met & (now > before)).sum()),
        largest=tuple(_largest(scores.loc[moved.index].assign(before=moved["before"]))),
    )


def with_causes(scores: pd.DataFrame, folder: Path, manifest: Facts) -> pd.DataFrame:
    """The scores with what moved each client, where the run tells it; null for who did not move."""
    if MOVERS_FILE not in manifest["files"]:
        return scores.assign(**dict.fromkeys(_CAUSES))
    reported = [name for name in _CAUSES if name in pq.read_schema(folder / MOVERS_FILE).names]
    moved = pq.read_table(folder / MOVERS_FILE, columns=["client_id", *reported]).to_pandas().set_index("client_id")
    whole = moved.reindex(columns=list(_CAUSES)).astype(object)
    return scores.join(whole.where(whole.notna(), None))


def overridden(scores: pd.DataFrame, manifest: Facts, scale: TierScale) -> Overridden:
    """Runs from before there were overrides tell of none."""
    if "override_state" not in scores:
        return Overridden(clients=0, share=0.0, up=0, down=0, fates={}, largest=())
    counting = scores[scores["override_state"].isin(COUNTING)]
    now, unasked = (tier_places(counting[name], scale) for name in ("tier", "override_instead_of"))
    ranked = counting.sort_values("value", ascending=False, kind="stable").head(MOVERS)
    parts = [f"override_{name}" for name in OF_OVERRIDES]
    rows = ranked[["client_id", "tier", "value", "decline_probability", *parts]]
    return Overridden(
        clients=len(counting),
        share=len(counting) / len(scores),
        up=int((now < unasked).sum()),  # a lower number is a better tier
        down=int((now > unasked).sum()),
        fates=dict(manifest["overrides"]),
        largest=tuple(OverriddenClient(**row) for row in records(rows)),
    )


def _largest(moved: pd.DataFrame) -> list[MovedClient]:
    ranked = moved.sort_values("value", ascending=False, kind="stable").head(MOVERS)
    columns = ["client_id", "before", "tier", "value", "decline_probability", *_CAUSES, "tier_reason"]
    return [MovedClient(**row) for row in records(ranked[columns])]


def records(rows: pd.DataFrame) -> list[Facts]:
    """The rows as plain values by column, with None for what is missing."""
    plain = rows.astype(object).where(rows.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def alarms_of(folder: Path, manifest: Facts, scores: pd.DataFrame, scale: TierScale) -> AlarmSummary:
    """Runs from before business at risk and credit loss stood apart tell how many warn, and of no one in particular."""
    if WARNINGS not in manifest["files"]:
        return AlarmSummary(counts={}, first=())
    if STAKE_WEIGHT not in manifest:
        return AlarmSummary(counts=dict(manifest["alarms"]), first=())
    names = [each.name for each in fields(WarnedClient) if each.name != "tier"]
    table = pq.read_table(folder / WARNINGS, columns=["state", *names])
    shown = table.filter(pc.equal(table["state"], AlarmState.SHOWN)).drop_columns("state").sort_by("rank")
    rows = shown.slice(0, max(ALARMS, manifest["alarms"]["always_shown"])).to_pylist()
    tiers = scores["tier"].reindex([row["client_id"] for row in rows]).tolist()
    return AlarmSummary(
        counts=dict(manifest["alarms"]),
        first=tuple(
            WarnedClient(**{**row, "dimensions": tuple(row["dimensions"])}, tier=tier)
            for row, tier in zip(rows, tiers, strict=True)
        ),
        ranked={each: rank_formula(manifest[STAKE_WEIGHT], scale.top, each) for each in languages()},
        terms={each: warning_terms(each) for each in languages()},
    )
