"""Share of clients that an offer keeps, as campaigns whose targets were drawn at random show it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from models.book.door import Book
from models.book.periods import WHOLE_PERIODS_PER_QUARTER, PeriodGrid
from models.config.root import Config
from models.lists.rules import Success, pooled_success, stated_success
from models.metrics.uplift import Estimate, adjusted, difference
from models.relations.reading import Reader, reading
from models.relations.service import addressed_clients, campaigns_of

FEWEST = 20
"""Clients in each arm, below which a campaign tells nothing."""
MOST = 6
"""So many campaigns are read, the latest: each takes a look at the whole ledger."""
_AFTER_QUARTERS, _WIDTH = 2, 2 * 1.96


def offer_success(book: Book, config: Config, as_of: date) -> Success:
    """The share of clients about to decline that an offer keeps, from what is stated and what campaigns showed.

    A campaign tells by the net margin of half a year that it brought per addressed client, over what went with those
    that it left out: how far each fell below its own pace of the quarter before, on average. Its half year must be
    complete at ``as_of``.
    """
    stated = stated_success(config.lists.keep)
    if not {"campaigns", "interactions"} <= set(book.tables):
        return stated
    with reading(book, config) as reader:
        shown = [each for each in _shares_kept(reader, as_of) if each is not None]
    if not shown:
        return stated
    precision = np.array([(_WIDTH / (each.high - each.low)) ** 2 for each in shown])
    measured = float(precision @ np.array([each.estimate for each in shown]) / precision.sum())
    return pooled_success(config.lists.keep, measured, float(precision.sum() ** -0.5), len(shown))


def _shares_kept(reader: Reader, as_of: date) -> list[Estimate | None]:
    quarter = WHOLE_PERIODS_PER_QUARTER[reader.config.time.period]
    grid = PeriodGrid(reader.config.time.period, as_of)
    latest = grid.start_of(-_AFTER_QUARTERS * quarter)
    campaigns = campaigns_of(reader, reader.book.first_date, latest)
    drawn = campaigns[campaigns["randomised"].fillna(value=False).astype(bool)].tail(MOST)
    starts = zip(drawn["campaign_id"], pd.to_datetime(drawn["start"]).dt.date, strict=True)
    return [_share_kept(reader, campaign, start) for campaign, start in starts]


def _share_kept(reader: Reader, campaign: str, start: date) -> Estimate | None:
    quarter = WHOLE_PERIODS_PER_QUARTER[reader.config.time.period]
    grid = PeriodGrid(reader.config.time.period, start)
    since, end = grid.start_of(-quarter), grid.start_of(_AFTER_QUARTERS * quarter)
    frame = addressed_clients(reader, campaign, since=since, start=start, end=end)
    active = frame[frame["is_active"] > 0]
    arm = active["is_addressed"].to_numpy(dtype=np.float64) > 0
    if min(arm.sum(), (~arm).sum()) < FEWEST:
        return None
    before, after = (active[name].to_numpy(dtype=np.float64) for name in ("before", "after"))
    clean = adjusted(after, before, arm)
    uplift = difference(clean[arm], clean[~arm])
    lost = float(np.maximum(_AFTER_QUARTERS * before[~arm] - after[~arm], 0.0).mean())
    if not lost > 0 or not uplift.high > uplift.low:
        return None
    return Estimate(estimate=uplift.estimate / lost, low=uplift.low / lost, high=uplift.high / lost)
