"""Outcomes since a publication beside what it said: declines by tier, value, warnings and overrides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.monitor import MonitorConfig
from models.config.root import Config
from models.decisions.worked import RIGHT_OUTCOMES, WarningCase
from models.errors import TooLittleDataError
from models.metrics.bootstrap import Interval, Metric, bootstrap_interval
from models.metrics.coverage import interval_coverage
from models.metrics.probability import calibration_slope
from models.metrics.value import total_ratio
from models.monitoring.elapsed import PastDates, past_dates, since_then
from models.monitoring.official_runs import Foreseen, MonitoredRun
from models.monitoring.report import (
    ALL,
    OverriddenOutcome,
    OverriddenSince,
    PeoplesPrecision,
    PublicationOutcomes,
    TierEvents,
    ValueOutcome,
    WarningPrecision,
)
from models.monitoring.rules import (
    NEVER_SEEN,
    STANDS,
    Settled,
    count_interval,
    doubt,
    events_so_far,
    group_numbers,
    share_interval,
)
from models.panel.ledger_cache import kept_book
from models.panel.notes import NoteModel
from models.vocab import BoolArray, FloatArray, IntArray

RETURN = "return"
UP, DOWN = "raised", "lowered"


@dataclass(frozen=True, kw_only=True)
class OutcomeJudge:
    """Judges publications by what a book knows before period ``known`` of its grid, with the config of their models.

    ``worked`` are warnings as people worked on them, by client and the day on which they were first seen.
    """

    book: Book
    config: Config
    notes: NoteModel | None
    limits: MonitorConfig
    worked: Mapping[tuple[str, date], WarningCase] = field(default_factory=dict)

    def outcomes(self, run: MonitoredRun, known: PeriodGrid) -> PublicationOutcomes | None:
        """What came since a run until the day ``known.anchor``; None where it is too early to say."""
        grid = PeriodGrid(self.config.time.period, run.as_of)
        horizon = self.config.time.horizon_periods
        elapsed = min(grid.index_of(known.anchor), horizon)
        foreseen = run.foreseen_after(elapsed)
        if foreseen is None or foreseen.periods < min(self.limits.first_outcome_periods, horizon):
            return None
        prepared = kept_book(self.book, self.config, run.as_of, self.notes)
        then = since_then(prepared, self.config, 0, foreseen.periods)
        past = None
        if foreseen.periods < horizon:
            past = past_dates(prepared, self.config, 0, foreseen.periods, known=grid.index_of(known.anchor))
        return self._judged(_Rows.of(run, foreseen, then.clients, past), run, past)

    def _judged(self, rows: _Rows, run: MonitoredRun, past: PastDates | None) -> PublicationOutcomes | None:
        horizon = self.config.time.horizon_periods
        if not len(rows.frame) or not rows.is_told(past, horizon):
            return None
        return PublicationOutcomes(
            as_of=run.as_of,
            event=rows.foreseen.event,
            elapsed=rows.foreseen.periods,
            horizon=horizon,
            settled_from=0 if past is None or rows.foreseen.event == RETURN else past.dates,
            tiers=tuple(self._tiers(rows, run)),
            value=self._value(rows, past),
            calibration=self._once_over(rows, calibration_slope, "declined", "decline_probability"),
            warnings=self._warnings(rows, run),
            overrides=tuple(self._overrides(rows, run)),
            overridden=tuple(_overridden(rows, run)) if rows.foreseen.periods >= horizon else (),
            gone=run.counts.clients - len(rows.frame),
            in_sample=run.in_sample,
        )

    def _tiers(self, rows: _Rows, run: MonitoredRun) -> Iterator[TierEvents]:
        tier = rows.frame["tier"].to_numpy(dtype=np.str_)
        for name in (ALL, *run.scale.names):
            chosen = np.ones(len(tier), dtype=np.bool_) if name == ALL else tier == name
            if chosen.any():
                yield TierEvents(
                    tier=name,
                    clients=int(chosen.sum()),
                    foreseen=float(rows.chance[chosen].sum()),
                    came=rows.counted(chosen, self.limits.level_of_intervals),
                )

    def _value(self, rows: _Rows, past: PastDates | None) -> ValueOutcome:
        foreseen, came = (float(rows.frame[name].sum()) for name in ("value_said", "value"))
        share = None if past is None else past.value_share
        return ValueOutcome(
            foreseen=foreseen,
            came=came,
            heading=came / share if share else None,
            ratio=self._once_over(rows, total_ratio, "value_said", "value"),
            coverage=self._once_over(rows, interval_coverage, "value", "value_low", "value_high"),
            level=self.config.learners.interval_level,
        )

    def _once_over(self, rows: _Rows, metric: Metric, *columns: str) -> Interval | None:
        """A metric of whole horizons, with its interval; None before they are over, and where it is not defined."""
        frame = rows.frame
        if rows.foreseen.periods < self.config.time.horizon_periods or not set(columns) <= set(frame.columns):
            return None
        arrays = [frame[column].to_numpy(dtype=np.float64) for column in columns]
        if any(np.isnan(each).any() for each in arrays):
            return None
        with suppress(TooLittleDataError):
            return bootstrap_interval(
                metric,
                arrays,
                rows.group,
                resamples=self.config.run.bootstrap_resamples,
                level=self.limits.level_of_intervals,
                seed=self.config.run.seed,
            )
        return None

    def _warnings(self, rows: _Rows, run: MonitoredRun) -> WarningPrecision | None:
        shown = rows.frame.index.isin(list(run.shown))
        if not shown.any():
            return None
        return WarningPrecision(
            shown=int(shown.sum()),
            precision=rows.bad_share(shown, self.limits.level_of_intervals),
            base_rate=float(rows.bad.mean()),
            people=self._peoples(run),
        )

    def _peoples(self, run: MonitoredRun) -> PeoplesPrecision | None:
        """What people found of the warnings that a run showed, by the day on which each was first seen."""
        cases = (self.worked.get((client, first)) for client, first in run.first_seen.items())
        found = [case.outcome for case in cases if case is not None and case.outcome is not None]
        if not found:
            return None
        right = np.array([each in RIGHT_OUTCOMES for each in found], dtype=np.float64)
        mean = np.full(len(right), (right.sum() + 1.0) / (len(right) + 2.0))
        level, groups = self.limits.level_of_intervals, np.arange(len(right))
        return PeoplesPrecision(
            closed=len(found),
            right=share_interval(count_interval(mean, right, groups, level=level), len(right)),
            outcomes=dict(sorted(Counter(each.value for each in found).items())),
        )

    def _overrides(self, rows: _Rows, run: MonitoredRun) -> Iterator[OverriddenOutcome]:
        asked = run.overridden.loc[run.overridden.index.isin(rows.frame.index)]
        if not len(asked):
            return
        free = ~rows.frame.index.isin(asked.index)
        ranks = {name: place for place, name in enumerate(run.scale.names)}
        better = asked["instead_of"].map(ranks) - asked["tier"].map(ranks)
        for way, mine in ((UP, asked[better > 0]), (DOWN, asked[better < 0])):
            if len(mine):
                yield OverriddenOutcome(
                    way=way,
                    clients=len(mine),
                    declined=rows.bad_share(rows.frame.index.isin(mine.index), self.limits.level_of_intervals),
                    by_rule=_alike(rows, free, mine["instead_of"]),
                    as_asked=_alike(rows, free, mine["tier"]),
                )


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """The scored clients that the book still holds, with what was foreseen and what came; all arrays (n,)."""

    frame: pd.DataFrame
    foreseen: Foreseen
    chance: FloatArray
    came: FloatArray
    settled: dict[int, Settled]
    group: IntArray

    @classmethod
    def of(cls, run: MonitoredRun, foreseen: Foreseen, since: pd.DataFrame, past: PastDates | None) -> _Rows:
        """The rows of a run: its scores and curves beside what came ``since``."""
        said = run.scores().rename(columns={"value": "value_said"})
        frame = said.join(since, how="inner")
        frame = frame[frame.index.isin(foreseen.chance.index)]
        settled = dict.fromkeys(STANDS, NEVER_SEEN) if past is None else past.settled
        behind = frame["declined"].to_numpy(dtype=np.float64)
        stand = frame["stand"].to_numpy(dtype=np.int64)
        return cls(
            frame=frame,
            foreseen=foreseen,
            chance=foreseen.chance.reindex(frame.index).to_numpy(dtype=np.float64),
            came=1.0 - behind if foreseen.event == RETURN else events_so_far(stand, settled),
            settled=settled if past is not None and foreseen.event != RETURN else {},
            group=group_numbers(frame["group"].to_numpy(dtype=np.int64)),
        )

    def is_told(self, past: PastDates | None, horizon: int) -> bool:
        """Whether it can be said what came: of declines before the horizon is over only by what past dates tell."""
        return self.foreseen.event == RETURN or self.foreseen.periods >= horizon or past is not None

    @property
    def bad(self) -> FloatArray:
        """Of each client the chance that it declined or defaulted since; under rule lapse that it is still silent."""
        declined = 1.0 - self.came if self.foreseen.event == RETURN else self.came
        return np.asarray(np.maximum(declined, self.frame["defaulted"].to_numpy(dtype=np.float64)))

    def counted(self, chosen: BoolArray, level: float) -> Interval:
        """Events that came to the chosen clients."""
        stand = self.frame["stand"].to_numpy(dtype=np.int64)[chosen]
        unknown = doubt(stand, self.settled) if self.settled else 0.0
        return count_interval(self.chance[chosen], self.came[chosen], self.group[chosen], level=level, variance=unknown)

    def bad_share(self, chosen: BoolArray, level: float) -> Interval:
        """Share of the chosen clients that declined or defaulted since, around their own mean."""
        bad = self.bad[chosen]
        mean = np.full(len(bad), (bad.sum() + 1.0) / (len(bad) + 2.0))
        return share_interval(count_interval(mean, bad, self.group[chosen], level=level), len(bad))


def _overridden(rows: _Rows, run: MonitoredRun) -> Iterator[OverriddenSince]:
    """Clients with an override, each beside those of the tier that the rules gave it."""
    asked = run.overridden.loc[run.overridden.index.isin(rows.frame.index)].sort_index()
    free, bad = ~rows.frame.index.isin(asked.index), pd.Series(rows.bad, index=rows.frame.index)
    by_tier = bad[free].groupby(rows.frame["tier"][free]).mean().to_dict()
    for client, tier, came in zip(asked.index, asked["instead_of"], bad.loc[asked.index], strict=True):
        yield OverriddenSince(client_id=str(client), bad=bool(came > 1 / 2), by_rule=by_tier.get(tier))


def _alike(rows: _Rows, free: BoolArray, wanted: pd.Series) -> float | None:
    """The share that declined or defaulted of clients without an override, in the mix of tiers that is ``wanted``."""
    tier, bad = rows.frame["tier"].to_numpy(dtype=np.str_), rows.bad
    total = weight = 0.0
    for name, clients in wanted.value_counts().items():
        there = free & (tier == name)
        if there.any():
            total, weight = total + clients * float(bad[there].mean()), weight + clients
    return total / weight if weight else None
