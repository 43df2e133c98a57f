"""The opportunities of a book side by side: when each entered which stage, as far as was known on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import numpy as np
from numpy.typing import NDArray

from models.panel.facilities import FOREVER
from models.panel.opportunities import STAGES
from models.relations.reading import Reader
from models.vocab import BoolArray, FloatArray, IntArray, TextArray

Days = NDArray[np.int64]
_MANY_DAYS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Opportunity:
    """All opportunities as arrays in order of their id. Days since 1970; ``FOREVER`` where nothing is known.

    Attributes:
        entered: (n, 5) day on which each stage was entered; a stage that was passed over counts as entered with the
            next one, so that days never fall along a row. What was won is signed.
        closed, won: (n,) the end as known.
        amount: (n,) expected amount in currency, NaN where none is known.
        pd: (n,) the client's last known probability of default, NaN where none is known.
        recorded: (5,) whether the book tells of any opportunity when it entered the stage.
    """

    opportunity_id: TextArray
    client_id: TextArray
    entered: Days
    closed: Days
    won: BoolArray
    amount: FloatArray
    pd: FloatArray
    recorded: BoolArray

    def __len__(self) -> int:
        return len(self.opportunity_id)

    @property
    def stage(self) -> IntArray:
        """The deepest stage entered, from 0. Shape (n,)."""
        return np.asarray((self.entered < FOREVER).sum(axis=1) - 1)

    @property
    def is_open(self) -> BoolArray:
        """Whether no end is known and it is not signed. Shape (n,)."""
        return np.asarray((self.closed == FOREVER) & (self.entered[:, -1] == FOREVER))


def opportunities_known(reader: Reader, as_of: date) -> Opportunity:
    """Every opportunity that had entered some stage before ``as_of``, with the ratings of clients known by then."""
    rows = reader.table("opportunities")
    day = ibis.date(as_of.isoformat())
    known = rows.filter(rows.entered < day, rows.stage.isin(STAGES))
    ended = known.closed < day
    days = {f"day{number}": known.entered.min(where=known.stage == stage) for number, stage in enumerate(STAGES)}
    grouped = known.group_by("opportunity_id").agg(
        client_id=known.client_id.min(),
        amount=known.amount.argmax(_recency(known)),
        closed=known.closed.min(where=ended),
        won=(known.outcome == "won").max(where=ended),
        **days,
    )
    joined = _with_ratings(reader, grouped, as_of)
    frame = joined.order_by("opportunity_id").to_pyarrow().to_pandas()
    entered = np.column_stack([_days(frame[name]) for name in days])
    closed, won = _days(frame["closed"]), np.asarray(frame["won"].fillna(value=False), dtype=np.bool_)
    recorded = np.asarray((entered < FOREVER).any(axis=0))
    entered[:, -1] = np.where(won, np.minimum(entered[:, -1], closed), entered[:, -1])
    return Opportunity(
        opportunity_id=frame["opportunity_id"].to_numpy(dtype=np.str_),
        client_id=frame["client_id"].to_numpy(dtype=np.str_),
        entered=_filled_back(entered),
        closed=closed,
        won=won,
        amount=frame["amount"].to_numpy(dtype=np.float64),
        pd=frame["pd"].to_numpy(dtype=np.float64),
        recorded=recorded,
    )


def _with_ratings(reader: Reader, grouped: ibis.Table, as_of: date) -> ibis.Table:
    """The last rating of each client before the day; of several on one day the most careful."""
    if not reader.has("ratings"):
        return grouped.mutate(pd=ibis.null("float64"))
    ratings = reader.table("ratings").drop_null("pd")
    known = ratings.filter(ratings.date < ibis.date(as_of.isoformat()))
    latest = ibis.row_number().over(group_by="client_id", order_by=[ibis.desc("date"), ibis.desc("pd")])
    last = known.mutate(place=latest).filter(lambda rows: rows.place == 0).select("client_id", "pd")
    return grouped.left_join(last, "client_id").select(*grouped.columns, "pd")


def _recency(rows: ibis.Table) -> ibis.Value:
    """Orders the rows of an opportunity by stage, then by day."""
    depth = ibis.cases(*((rows.stage == stage, number) for number, stage in enumerate(STAGES)))
    return depth * _MANY_DAYS + rows.entered.delta(ibis.date("1970-01-01"), unit="day")


def _days(column: object) -> Days:
    days = np.asarray(column, dtype="datetime64[D]")
    return np.where(np.isnat(days), FOREVER, days.astype(np.int64))


def _filled_back(entered: Days) -> Days:
    return np.minimum.accumulate(entered[:, ::-1], axis=1)[:, ::-1]
