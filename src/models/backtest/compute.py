"""The replay of past dates: the models of that day grade the clients of that day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from models.backtest.day import GradedDay, PastLosses, Replayed, Standing, replayed_day
from models.backtest.outcomes import Simulated, losses_of
from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.root import Config
from models.errors import AsOfOutsideBookError
from models.grading.caps import NO_CAP
from models.grading.compute import facts_of
from models.grading.decision import Basis, TierDecisions, grade_book
from models.grading.facts import Facts
from models.grading.known_overrides import overrides_at
from models.grading.scores import looked_at
from models.grading.tier_rules import features_for, with_tier_rules
from models.learners.segments.model import SegmentModel
from models.panel.blocks import PreparedBook
from models.panel.build import PanelContext, rows_of_clients
from models.panel.ledger_cache import kept_book
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins, learning_origins
from models.pipeline.origins import learning_panel, require_events
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.pipeline import FittedModels, fit_models, fit_segments, score_panel, with_peers
from models.pipeline.predictions import Predictions
from models.pipeline.selection import learn_calibration
from models.vocab import BoolArray, FloatArray, Progress, TextArray
from models.warnings.compute import Served, origins_to_read, read_deteriorations

HELD = (Basis.MARGIN.value, Basis.LIMIT.value)


@dataclass(frozen=True, kw_only=True, eq=False)
class SeenDay:
    """A replayed date with what other policies look at: facts, the risk and the rating by which losses are met."""

    came: Replayed
    facts: Facts
    risk: FloatArray
    rated: FloatArray


Watcher = Callable[[SeenDay], None]


def replay(
    book: Book,
    config: Config,
    days: Sequence[date],
    progress: Progress,
    truth: Path | None = None,
    *,
    seen: Watcher = lambda _: None,
) -> list[Replayed]:
    """Each of ``days``, in rising order, with models that learned from what was complete by then.

    A tier is held by the policy's margin and limit on moves from the date before, as in one run after the other.
    ``truth`` is the file that the simulator left of a simulated book, of which alone is known what acting would change.
    ``seen`` is shown each date. Raises ``AsOfOutsideBookError`` for a day whose outcomes the book does not hold yet,
    ``TooLittleDataError`` for one before which there is too little to learn from.
    """
    grid = PeriodGrid.through(config.time.period, days)
    fits = {grid.number_of(day): _origins(book, config, grid, day) for day in sorted(set(days))}
    numbers = {*fits, *(origin for fit in fits.values() for origin in fit.taught_by)}
    if truth is not None:  # then clients that warn are acted on too
        first = grid.index_of(book.first_date)
        numbers |= {origin for number in fits for origin in origins_to_read(config, number, first=first)}
    require_events(book, config, grid, list(fits))
    learned = learning_panel(book, config, grid, sorted(numbers), progress)
    forecasts = OutOfTimeForecasts(learned.panel, config)
    # no grade looks at segments: those of the earliest fit stand in for all, which saves most of the time
    segments = fit_segments(forecasts.panel.at([next(iter(fits.values())).latest]), config)
    past = _Past(
        forecasts=forecasts,
        segments=segments,
        known=PastLosses(
            losses=losses_of(book, config.backtest.limits),
            simulated=None if truth is None else Simulated.of(truth, config),
        ),
        prepared=kept_book(book, config, grid.anchor, learned.notes),
        book=book,
        config=config,
        seen=seen,
    )
    replayed: list[Replayed] = []
    for number, fit in progress.track(fits.items(), total=len(fits), title="Replaying past dates"):
        replayed.append(past.replayed(number, fit, replayed[-1] if replayed else None))
    return replayed


def _origins(book: Book, config: Config, grid: PeriodGrid, day: date) -> LearningOrigins:
    number, horizon, latest = grid.number_of(day), config.time.horizon_periods, grid.index_of(book.known_until)
    if number + horizon > latest or day <= book.first_date:
        raise AsOfOutsideBookError(
            rule=f"a replayed date must lie after {book.first_date} and its {horizon} {config.time.period}s of "
            f"outcomes must end by {book.known_until}",
            got=day.isoformat(),
            remedy=f"choose {grid.start_of(latest - horizon)} or earlier, with --at or backtest.at",
        )
    return learning_origins(config, grid, book.first_date, outcomes_before=number)


@dataclass(frozen=True, kw_only=True)
class _Past:
    """All that a date is replayed from."""

    forecasts: OutOfTimeForecasts
    segments: SegmentModel
    known: PastLosses
    prepared: PreparedBook
    book: Book
    config: Config
    seen: Watcher

    def replayed(self, number: int, origins: LearningOrigins, before: Replayed | None) -> Replayed:
        """One date: fit, grade by all, and lay what came beside it."""
        rows, learn = self.forecasts.panel.at([number]), self.forecasts.panel.at(origins.taught_by)
        calibration = learn_calibration(self.forecasts.of(origins), self.config)
        models = fit_models(learn, origins, calibration, self.config, segments=self.segments)
        said = score_panel(models, rows)
        decided = self._decided(rows, models, said, before)
        day = GradedDay.of(
            rows,
            said,
            _standing(decided),
            self.config,
            capped=decided.assessment.cap != NO_CAP,
            learned_until=origins.latest,
        )
        came = replayed_day(day, self.known, lambda: self._warned(rows, said, models, origins.latest))
        policy = self.config.grading
        facts = with_tier_rules(policy, facts_of(said, rows)).with_features(features_for(policy, looked_at(policy)))
        self.seen(SeenDay(came=came, facts=facts, risk=day.risk, rated=day.rated))
        return came

    def _decided(self, rows: Panel, models: FittedModels, said: Predictions, before: Replayed | None) -> TierDecisions:
        """The grades of a run that builds on the one of the date before, with what people had asked by then."""
        overrides = overrides_at(self.book, rows.grid.start_of(int(rows.origin[0])))
        return grade_book(models.policy, facts_of(said, rows, _tiers_before(rows, before), overrides))

    def _warned(self, rows: Panel, said: Predictions, models: FittedModels, learned_until: int) -> BoolArray:
        """Who turned worse until this day, as a run of that day would have warned, whatever the budget of alarms."""
        panel, origin = self.forecasts.panel, int(rows.origin[0])
        models = with_peers(models, panel, learned_until)
        served = Served(rows, models.contract.encode(rows.features), said, models.policy.scale)
        around = PanelContext.of(self.prepared, self.config, origin)
        earlier = partial(rows_of_clients, self.prepared, self.config, around)
        turned = read_deteriorations(models, panel, self.config, origin=origin, served=served, earlier=earlier)
        return np.asarray(turned.turn.severity > 0)


def _standing(decided: TierDecisions) -> Standing:
    """Our policy's tiers with its margin and limit on moves; overrides are only noted."""
    return Standing(
        tier=decided.unasked,
        by_rule=decided.by_rule,
        held=np.where(np.isin(decided.basis, HELD), decided.basis, ""),
        override=decided.override,
        overridden=decided.tier,
    )


def _tiers_before(rows: Panel, before: Replayed | None) -> TextArray | None:
    """The tier by rule of each row at the date before, "" where it had none."""
    if before is None:
        return None
    reported = pd.Series(before.by_rule.astype(object), index=pd.Index(before.client_id))
    return np.asarray(reported.reindex(rows.client_id).fillna("").to_numpy(dtype=np.str_))
