"""Moves of clients between tiers from one published run to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

import numpy as np
import pandas as pd

from models.codec import NOT_WRITTEN
from models.config.policy.tiers import TierScale
from models.kpis.catalogue import CATALOGUE
from models.kpis.estimates import KpiEstimate, pooled_figure, unknown
from models.kpis.groups import PublishedGroups
from models.kpis.reasons import no_scores_until, one_date_only
from models.text import Text
from models.vocab import IntArray

ABSENT = "not scored"


@dataclass(frozen=True, kw_only=True)
class TierMoves:
    """Clients by tier before (rows) and now (columns), each in the order of ``names``, whose last is not scored.

    ``why``, in English ``missing``, says why nothing is known; ``counts`` is empty then.
    """

    before: date | None
    now: date | None
    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    upgraded: KpiEstimate
    downgraded: KpiEstimate
    missing: str = ""
    why: Annotated[Text | None, NOT_WRITTEN] = None


def tier_moves(published: PublishedGroups, as_of: date) -> TierMoves:
    """Moves between the newest scores up to ``as_of`` and the newest ones before those."""
    now = published.until(as_of)
    before = None if now is None else published.until(now.as_of - timedelta(days=1))
    if now is None or before is None:
        return _unknown(no_scores_until(as_of) if now is None else one_date_only())
    both = pd.DataFrame({"before": before.columns["tier"].astype(object), "now": now.columns["tier"].astype(object)})
    known = now.scale.with_others(before.scale.names)
    rows, columns = (tier_places(both[name], known) for name in ("before", "now"))
    size = len(known) + 1
    counts = np.bincount(rows * size + columns, minlength=size * size).reshape(size, size)
    ranked = len(now.scale)  # a tier that only the earlier policy had is neither better nor worse
    met = (rows < ranked) & (columns < ranked)
    moved = np.sign(rows[met] - columns[met])  # a lower number is a better tier
    ones = np.ones(len(moved))
    return TierMoves(
        before=before.as_of,
        now=now.as_of,
        names=(*known.names, ABSENT),
        counts=tuple(tuple(row) for row in counts.tolist()),
        upgraded=pooled_figure(CATALOGUE["upgraded"], (moved > 0).astype(np.float64), ones),
        downgraded=pooled_figure(CATALOGUE["downgraded"], (moved < 0).astype(np.float64), ones),
    )


def tier_places(tiers: pd.Series, scale: TierScale) -> IntArray:
    """The rank of each client's tier; one more than the last where it has none. (n_clients,)."""
    places = pd.Categorical(tiers, categories=list(scale.names)).codes.astype(np.int64)
    return np.where(places < 0, len(scale), places)


def _unknown(why: Text) -> TierMoves:
    figure = unknown(why)
    return TierMoves(
        before=None,
        now=None,
        names=(),
        counts=(),
        upgraded=figure,
        downgraded=figure,
        missing=figure.missing,
        why=figure.why,
    )
