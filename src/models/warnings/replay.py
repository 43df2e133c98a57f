"""Backtest of warnings as alarms: precision and lead time over past dates.

Beside them ring rivals that need no warnings, as many at each date: rules of a spreadsheet, and the model alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.root import Config
from models.errors import InternalError, TooLittleDataError
from models.metrics.bootstrap import Interval, bootstrap_difference, bootstrap_interval
from models.panel.panel import Panel
from models.panel.targets import DECLINE_CAUSES
from models.pipeline.past_behaviour import exposure_at_risk
from models.pipeline.pipeline import FittedModels
from models.vocab import BoolArray, DeclineCause, FloatArray
from models.warnings.alarms import AlarmMemory, ring
from models.warnings.compute import DeteriorationReading, read_deteriorations
from models.warnings.publishing import deteriorations_of, limits_of

Defaults = Mapping[str, np.datetime64]
"""Client -> the first day on which something of it defaulted or was written off."""


@dataclass(frozen=True, kw_only=True)
class AlarmOutcomes:
    """What came after each row of a panel. Shapes (n_rows,).

    Attributes:
        followed: within the horizon the client declined, or defaulted for the first time.
        lead: in how many periods from the as-of date, the first of the horizon counting 1: the earlier of both; NaN
            where neither came or it has no date.
        default_lead: the same of the first default alone.
        lost: what was at stake, in book currency, where ``followed``, else 0.
    """

    followed: BoolArray
    lead: FloatArray
    default_lead: FloatArray
    lost: FloatArray


@dataclass(frozen=True, kw_only=True)
class RaisedByWeek:
    """Which rows of a panel were shown, and which of them had been shown before. Shapes (n_rows,)."""

    shown: BoolArray
    repeat: BoolArray


@dataclass(frozen=True, kw_only=True)
class AlarmFigures:
    """How good alarms were; intervals (95%) by resampling clients.

    Attributes:
        alarms: how many rang.
        precision: the share that the outcome followed.
        recall: of the clients that an outcome lay before at some date, those for which one of these alarms rang.
        money: the same, each client counting with what was at stake when its outcome first came within the horizon.
        lead: the median lead of alarms that were right, in periods.
        early: the share of right alarms whose outcome did not come in the very first period.
        default_lead: the median lead of alarms before a first default; NaN where there was none.
        defaults: how many alarms a first default followed.
        repeats: share of alarms on clients shown before.
    """

    alarms: int
    precision: Interval
    recall: Interval
    money: Interval
    lead: float
    early: float
    default_lead: float
    defaults: int
    repeats: float


def first_defaults(book: Book) -> Defaults:
    """When each client defaulted first: a facility that ended in default, or a write-off."""
    written = book.brought("cashflows", ["client_id", "date"], column="kind", among=["write_off"])
    found = [written.rename_columns(["client_id", "day"])]
    if "facilities" in book.tables:
        lost = pc.field("exit_cause") == DeclineCause.DEFAULT.value
        ended = pq.read_table(book.tables["facilities"], columns=["client_id", "closed"], filters=lost)
        found.append(ended.rename_columns(["client_id", "day"]))
    days = pd.concat([table.to_pandas() for table in found], ignore_index=True).dropna()
    first = days.assign(day=days["day"].astype("datetime64[s]")).groupby("client_id")["day"].min()
    return {str(client): np.datetime64(day, "D") for client, day in first.items()}


def outcomes_of(rows: Panel, defaults: Defaults, config: Config) -> AlarmOutcomes:
    """What followed each row of a panel that has its targets."""
    if rows.declined is None or rows.event_period is None:
        raise InternalError("alarms can only be judged on a panel with targets")
    horizon = config.time.horizon_periods
    day = rows.client_id.map(defaults).to_numpy(dtype="datetime64[D]")
    until = _period_of(day, rows.grid) - rows.origin + 1.0
    default_lead = np.where((until >= 1) & (until <= horizon), until, np.nan)
    dated = rows.declined & (rows.event_period > 0) & (config.decline.rule != "lapse")
    decline_lead = np.where(dated, rows.event_period.astype(np.float64), np.nan)
    followed = rows.declined | ~np.isnan(default_lead)
    return AlarmOutcomes(
        followed=np.asarray(followed),
        lead=np.fmin(decline_lead, default_lead),
        default_lead=default_lead,
        lost=np.where(followed, exposure_at_risk(rows, config), 0.0),
    )


def readings_at(
    models: FittedModels, panel: Panel, origins: Iterable[int], config: Config
) -> dict[int, DeteriorationReading]:
    """How the clients of ``panel`` had turned at each of ``origins``, of those that warned; nothing is chosen yet.

    ``panel`` holds the same clients at these origins and at all before at which they may have done business last.
    ``models`` must have learned from outcomes that were complete before the first of them.
    """
    return {origin: read_deteriorations(models, panel, config, origin=origin).warned() for origin in sorted(origins)}


def replayed(readings: Mapping[int, DeteriorationReading], rows: Panel, config: Config) -> RaisedByWeek:
    """The alarms raised at the origins of ``rows``, had runs been made there, each building on the one before."""
    shown, repeat = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.bool_)
    memory = AlarmMemory.nothing(len(config.warnings.dimensions))
    for origin, reading in sorted(readings.items()):
        at = np.flatnonzero(rows.origin == origin)
        as_of = rows.grid.start_of(origin)
        alarms = ring(deteriorations_of([reading], config), memory, as_of, limits_of(config, len(at), as_of, memory))
        memory = alarms.memory
        clients = pd.Index(rows.client_id.iloc[at])
        places = at[clients.get_indexer(pd.Index(reading.client_id))[alarms.place]]
        shown[places], repeat[places] = True, alarms.repeat
    return RaisedByWeek(shown=shown, repeat=repeat)


def rival(rows: Panel, score: FloatArray, counts: Mapping[int, int], *, mute_periods: int) -> RaisedByWeek:
    """As many alarms at each origin as ``counts`` says, by ``score`` (n_rows,), highest first, equals by client id.

    Who was shown is not shown again for ``mute_periods``; a NaN never rings.
    """
    shown, repeat = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.bool_)
    client = pd.factorize(rows.client_id, sort=True)[0].astype(np.int64)
    last = np.full(int(client.max(initial=-1)) + 1, -np.inf)
    for origin in np.unique(rows.origin).tolist():
        at = np.flatnonzero((rows.origin == origin) & ~np.isnan(score))
        at = at[origin - last[client[at]] >= mute_periods]
        chosen = at[np.lexsort((client[at], -score[at]))][: counts[origin]]
        shown[chosen], repeat[chosen] = True, np.isfinite(last[client[chosen]])
        last[client[chosen]] = origin
    return RaisedByWeek(shown=shown, repeat=repeat)


def spreadsheet_scores(rows: Panel) -> dict[str, FloatArray]:
    """Rules of a spreadsheet: how long nothing came in, and how far limits are drawn, each as a rank at its origin."""
    frame = pd.DataFrame({"origin": rows.origin, "recency": rows.features["activity_recency_days"]})
    if "facility_utilisation" in rows.features:
        frame["utilisation"] = rows.features["facility_utilisation"]
    ranks = frame.groupby("origin").rank(pct=True).fillna(0.0)
    return {
        "recency or utilisation": ranks.max(axis=1).to_numpy(dtype=np.float64),
        "recency": ranks["recency"].to_numpy(dtype=np.float64),
    }


def alarm_figures(rows: Panel, rings: RaisedByWeek, outcomes: AlarmOutcomes, config: Config) -> AlarmFigures:
    """How good the alarms were. Raises ``TooLittleDataError`` if none rang or nothing was to be warned of."""
    if not rings.shown.any() or not outcomes.followed.any():
        raise TooLittleDataError(
            rule="alarms can be judged where some rang and some outcome came",
            got=f"{int(rings.shown.sum())} alarms and {int(outcomes.followed.sum())} outcomes",
            remedy="replay more dates, or raise warnings.weekly_budget",
        )
    right = rings.shown & outcomes.followed
    clients = _by_client(rows, right, outcomes)
    dated = right & ~np.isnan(outcomes.lead)
    before_default = rings.shown & ~np.isnan(outcomes.default_lead)
    ids, every = clients.index.to_numpy(), np.ones(int(rings.shown.sum()))
    caught, lost = clients["caught"].to_numpy(dtype=np.float64), clients["lost"].to_numpy(dtype=np.float64)
    return AlarmFigures(
        alarms=int(rings.shown.sum()),
        precision=_interval(
            _share, (outcomes.followed[rings.shown], every), rows.client_id.to_numpy()[rings.shown], config
        ),
        recall=_interval(_share, (caught, np.ones(len(ids))), ids, config),
        money=_interval(_share, (caught, lost), ids, config),
        lead=_median(outcomes.lead[dated]),
        early=float(np.mean(outcomes.lead[dated] > 1)) if dated.any() else float("nan"),
        default_lead=_median(outcomes.default_lead[before_default]),
        defaults=int(before_default.sum()),
        repeats=float(rings.repeat.sum() / rings.shown.sum()),
    )


def precision_difference(
    rows: Panel, ours: RaisedByWeek, theirs: RaisedByWeek, outcomes: AlarmOutcomes, config: Config
) -> Interval:
    """Our precision minus theirs, over the same clients in every resample."""
    either = ours.shown | theirs.shown
    followed = outcomes.followed[either].astype(np.float64)
    return bootstrap_difference(
        _share,
        (followed, ours.shown[either].astype(np.float64)),
        (followed, theirs.shown[either].astype(np.float64)),
        rows.client_id.to_numpy()[either],
        resamples=config.run.bootstrap_resamples,
        seed=config.run.seed,
    )


def causes_of(rows: Panel, rings: RaisedByWeek) -> dict[str, int]:
    """By what the clients declined of whom an alarm was right; empty where the book does not tell."""
    if rows.cause is None:
        return {}
    reported = rows.cause[rings.shown & (rows.cause >= 0)]
    return {cause.value: int(np.count_nonzero(reported == place)) for place, cause in enumerate(DECLINE_CAUSES)}


def _by_client(rows: Panel, right: BoolArray, outcomes: AlarmOutcomes) -> pd.DataFrame:
    """The clients that an outcome lay before: whether an alarm said so, and what was at stake when it first did."""
    frame = pd.DataFrame({"client": rows.client_id, "origin": rows.origin, "caught": right, "lost": outcomes.lost})
    before = frame[outcomes.followed].sort_values("origin", kind="stable").groupby("client")
    return pd.DataFrame({"caught": before["caught"].any(), "lost": before["lost"].first()})


def _share(part: FloatArray, whole: FloatArray, *, weight: FloatArray | None = None) -> float:
    """Sum of ``part`` where it counts by ``whole``, over the sum of ``whole``."""
    counted = whole if weight is None else whole * weight
    total = float(counted.sum())
    if total <= 0:
        raise TooLittleDataError(rule="a share needs something to share", got=0, remedy="take more clients")
    return float((part * counted).sum() / total)


def _interval(
    metric: Callable[..., float], arrays: Sequence[np.ndarray], groups: np.ndarray, config: Config
) -> Interval:
    numbers = [np.asarray(array, dtype=np.float64) for array in arrays]
    return bootstrap_interval(metric, numbers, groups, resamples=config.run.bootstrap_resamples, seed=config.run.seed)


def _median(values: FloatArray) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _period_of(day: np.ndarray, grid: PeriodGrid) -> FloatArray:
    """Numbers of the periods of days, NaN for none."""
    known = ~np.isnat(day)
    period = np.full(len(day), np.nan)
    period[known] = grid.indices_of(day[known])
    return period
