"""The campaigns of a window: whom they addressed, when their outcomes are complete, and what they brought."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from models.book.periods import WHOLE_PERIODS_PER_YEAR, PeriodGrid
from models.config.root import Config
from models.kpis.campaign_effect import CampaignClients, CampaignResult, campaign_result
from models.relations.reading import Reader, Window
from models.relations.service import addressed_clients, campaigns_of

_HALF, _QUARTER = 2, 4


def campaigns_within(reader: Reader, window: Window) -> tuple[CampaignResult, ...]:
    """Campaigns that began within the window, or whose outcomes became complete in it, in order of their first day."""
    if not reader.has("campaigns") or not reader.has("interactions"):
        return ()
    grid = PeriodGrid(reader.config.time.period, window.start)
    campaigns = campaigns_of(reader, grid.start_of(-_periods(reader.config)[0]), window.end)
    results = (_result(reader, campaign, window.end) for campaign in campaigns.to_dict("records"))
    return tuple(results)


def _periods(config: Config) -> tuple[int, int]:
    """For how many periods outcomes are counted, and how long before it clients must have been active."""
    year = WHOLE_PERIODS_PER_YEAR[config.time.period]
    return config.kpis.campaign_periods or year // _HALF, config.kpis.campaign_active_periods or year // _QUARTER


def _result(reader: Reader, campaign: dict[Any, Any], as_of: date) -> CampaignResult:
    config, start = reader.config, pd.Timestamp(campaign["start"]).date()
    after, before = _periods(config)
    grid = PeriodGrid(config.time.period, start)
    complete_on, since = grid.start_of(after), grid.start_of(-before)
    frame = addressed_clients(reader, campaign["campaign_id"], since=since, start=start, end=min(complete_on, as_of))
    cost, channel = campaign["cost"], campaign["channel"]
    return campaign_result(
        campaign_id=campaign["campaign_id"],
        start=start,
        complete_on=complete_on,
        as_of=as_of,
        channel="" if pd.isna(channel) else channel,
        cost=None if pd.isna(cost) else float(cost),
        randomised=campaign["randomised"] is True or campaign["randomised"] == np.True_,
        clients=_clients(frame),
    )


def _clients(frame: pd.DataFrame) -> CampaignClients:
    columns = {name: frame[name].to_numpy(dtype=np.float64) for name in frame.columns if name != "client_id"}
    return CampaignClients(
        is_active=columns["is_active"] > 0,
        is_addressed=columns["is_addressed"] > 0,
        has_answered=columns["has_answered"] > 0,
        before=columns["before"],
        after=columns["after"],
    )
