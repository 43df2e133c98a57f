"""Clients addressed by a campaign and those that could have been, with the margin of both afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pandas as pd

from models.relations.reading import Reader, within

CREDIT_LOSSES = ("write_off", "recovery")
"""No campaign moves them, and a few large ones would drown whatever it moves."""


def campaigns_of(reader: Reader, start: date, end: date) -> pd.DataFrame:
    """Campaigns that began from ``start`` until before ``end``, in order of their day."""
    campaigns = reader.table("campaigns")
    chosen = campaigns.filter(within(campaigns.start, start, end))
    found: pd.DataFrame = chosen.order_by(["start", "campaign_id"]).to_pyarrow().to_pandas()
    return found


def addressed_clients(reader: Reader, campaign: str, *, since: date, start: date, end: date) -> pd.DataFrame:
    """One row per client active from ``since`` until before ``start``, and per other client that was addressed.

    Columns: client_id, is_active, is_addressed, has_answered (0 or 1), before and after: net margin before credit
    losses, in currency, from ``since`` until before ``start``, and from there until before ``end``.
    """
    rows = reader.table("interactions")
    reported = rows.filter(rows.campaign_id == campaign, within(rows.date, start, end))
    addressed = reported.filter(reported.kind == "campaign").select("client_id").distinct()
    answered = reported.filter(reported.kind == "response").select("client_id").distinct()
    active = reader.active(since, start)
    everyone = active.union(addressed, distinct=True)
    for name, group in (("is_active", active), ("is_addressed", addressed), ("has_answered", answered)):
        everyone = _marked(everyone, group, name)
    for name, first, last in (("before", since, start), ("after", start, end)):
        everyone = _with(everyone, reader.margin(first, last, without=CREDIT_LOSSES).rename({name: "margin"}), name)
    return reader.frame(everyone)


def _marked(everyone: Any, group: Any, name: str) -> Any:
    return _with(everyone, group.mutate(**{name: ibis.literal(1.0)}), name)


def _with(everyone: Any, more: Any, name: str) -> Any:
    joined = everyone.left_join(more, "client_id")
    return joined.select(*everyone.columns, **{name: joined[name].fill_null(0.0)})
