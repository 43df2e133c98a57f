"""The replay of past dates: the models of that day grade the clients of that day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from models.backtest.acting import Acting
from models.backtest.lists import ANEW, WARNED, Scores, chosen_first, rule_grade, scores, tier_first, worst_first
from models.backtest.outcomes import Simulated, exposure_of, loss_within, losses_of, months_to_default
from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.backtest import BacktestConfig
from models.config.root import Config
from models.errors import AsOfOutsideBookError, InternalError
from models.grading.compute import facts_of
from models.grading.decision import Basis, TierDecisions, grade_book
from models.grading.known_overrides import overrides_at
from models.learners.segments.model import SegmentModel
from models.panel.blocks import PreparedBook
from models.panel.build import PanelContext, rows_of_clients
from models.panel.ledger_cache import kept_book
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins, learning_origins
from models.pipeline.origins import learning_panel, require_events
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.past_behaviour import exposure_at_risk, past_behaviour
from models.pipeline.pipeline import FittedModels, fit_models, fit_segments, score_panel, with_peers
from models.pipeline.predictions import Predictions
from models.pipeline.selection import learn_calibration
from models.simulator.intervention import share_avoided
from models.vocab import BoolArray, FloatArray, IntArray, Progress, TextArray
from models.warnings.compute import Served, origins_to_read, read_deteriorations

HELD = (Basis.MARGIN.value, Basis.LIMIT.value)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lending:
    """What was at risk and what was lost. Shapes (n_clients,), in book currency."""

    exposure: FloatArray
    loss: FloatArray
    safety: Scores


@dataclass(frozen=True, kw_only=True, eq=False)
class Replayed:
    """The clients of one as-of date: what was said of them then, and what came within the horizon. Shapes (n_clients,).

    Attributes:
        group: the sponsor group, the same at all dates.
        value: what the client brought; ``stake``: what it would have brought had it gone on; both in book currency.
        profit: what addressing the client to keep it earned, on average over success, in book currency.
        tier: by our policy with its margin and its limit on moves from the date before; ``anew``: by the date alone;
            ``rule_tier``: by the rule. Overrides count in none of them.
        by_rule: before caps, what the next date holds on to; ``held``: "margin" or "limit" where that kept a tier.
        override: what became of an override that the book knew then, ``overridden`` the tier that it led to.
        screening: by expected value; ``retention``: by expected profit of addressing.
        lending: None where the book knows no exposure or no losses.
        acting: None but for a simulated book with losses.
    """

    as_of: date
    learned_until: date
    client_id: pd.Series
    group: IntArray
    groups_known: bool
    value: FloatArray
    declined: BoolArray
    stake: FloatArray
    profit: FloatArray
    tier: TextArray
    anew: TextArray
    rule_tier: TextArray
    by_rule: TextArray
    held: TextArray
    override: TextArray
    overridden: TextArray
    screening: Scores
    retention: Scores
    lending: Lending | None
    acting: Acting | None

    def __len__(self) -> int:
        return len(self.value)


def replay(
    book: Book, config: Config, days: Sequence[date], progress: Progress, truth: Path | None = None
) -> list[Replayed]:
    """Each of ``days``, in rising order, with models that learned from what was complete by then.

    A tier is held by the policy's margin and limit on moves from the date before, as in one run after the other.
    ``truth`` is the file that the simulator left of a simulated book, of which alone is known what acting would change.
    Raises ``AsOfOutsideBookError`` for a day whose outcomes the book does not hold yet, ``TooLittleDataError`` for one
    before which there is too little to learn from.
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
        losses=losses_of(book, config.backtest.limits),
        simulated=None if truth is None else Simulated.of(truth, config),
        prepared=kept_book(book, config, grid.anchor, learned.notes),
        book=book,
        config=config,
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
class _Day:
    """One date as its own run saw it. Shapes (n_rows,); ``rating`` is None in a book without ratings."""

    rows: Panel
    models: FittedModels
    learned_until: int
    said: Predictions
    decided: TierDecisions
    rating: FloatArray | None
    rule_tier: TextArray

    @property
    def tier(self) -> TextArray:
        """By our policy, whatever people asked."""
        return self.decided.unasked

    @property
    def risk(self) -> FloatArray:
        """The probability of default where it is known, else of decline."""
        default = self.said.default_probability
        return self.said.decline_probability if np.isnan(default).any() else default

    @property
    def rated(self) -> FloatArray:
        """The rating as it is; a client without one counts as the middle one, and in a book without all are alike."""
        if self.rating is None:
            return np.zeros(len(self.rows))
        return np.where(np.isnan(self.rating), np.nanmedian(self.rating), self.rating)


@dataclass(frozen=True, kw_only=True)
class _Past:
    """All that a date is replayed from."""

    forecasts: OutOfTimeForecasts
    segments: SegmentModel
    losses: pd.DataFrame | None
    simulated: Simulated | None
    prepared: PreparedBook
    book: Book
    config: Config

    def replayed(self, number: int, origins: LearningOrigins, before: Replayed | None) -> Replayed:
        """One date: fit, grade by both, and lay what came beside it."""
        settings, rows = self.config.backtest, self.forecasts.panel.at([number])
        if rows.value is None or rows.declined is None:
            raise InternalError("a date can only be replayed with its outcomes")
        past, stake = past_behaviour(rows, self.config).total, exposure_at_risk(rows, self.config)
        day = self._day(rows, origins, before, past)
        said, tier, scale = day.said, day.tier, day.models.policy.scale
        by_rule = tier_first(day.rule_tier, past, scale)
        profit = profit_of_keeping(rows.declined.astype(np.float64), stake, settings)
        expected = profit_of_keeping(said.decline_probability, stake, settings)
        lending = self._lending(day)
        return Replayed(
            as_of=rows.grid.start_of(number),
            learned_until=rows.grid.start_of(origins.latest),
            client_id=rows.client_id,
            group=rows.group,
            groups_known=rows.groups_known,
            value=rows.value,
            declined=rows.declined,
            stake=stake,
            profit=profit,
            tier=tier,
            anew=said.grades.tier,
            rule_tier=day.rule_tier,
            by_rule=day.decided.by_rule,
            held=np.where(np.isin(day.decided.basis, HELD), day.decided.basis, ""),
            override=day.decided.override,
            overridden=day.decided.tier,
            screening={
                **scores(tier_first(tier, said.value, scale), said.value, by_rule, rows.value),
                ANEW: tier_first(said.grades.tier, said.value, scale),
            },
            retention=scores(tier_first(tier, expected, scale), expected, by_rule, profit),
            lending=lending,
            acting=None if lending is None else self._acting(day, lending),
        )

    def _day(self, rows: Panel, origins: LearningOrigins, before: Replayed | None, past: FloatArray) -> _Day:
        """The grades of a run that builds on the one of the date before, with what people had asked by then."""
        learn = self.forecasts.panel.at(origins.taught_by)
        calibration = learn_calibration(self.forecasts.of(origins), self.config)
        models = fit_models(learn, origins, calibration, self.config, segments=self.segments)
        said = score_panel(models, rows)
        overrides = overrides_at(self.book, self._horizon(rows)[0])
        rating = _rating(rows, self.config.backtest)
        return _Day(
            rows=rows,
            models=models,
            learned_until=origins.latest,
            said=said,
            decided=grade_book(models.policy, facts_of(said, rows, _tiers_before(rows, before), overrides)),
            rating=rating,
            rule_tier=rule_grade(past, rating, self.config.backtest.rule, models.policy.scale),
        )

    def _horizon(self, rows: Panel) -> tuple[date, date]:
        origin = int(rows.origin[0])
        return rows.grid.start_of(origin), rows.grid.start_of(origin + self.config.time.horizon_periods)

    def _lending(self, day: _Day) -> Lending | None:
        exposure = exposure_of(day.rows, self.config.backtest.limits)
        if self.losses is None or exposure is None:
            return None
        loss = np.where(exposure > 0, loss_within(self.losses, day.rows, *self._horizon(day.rows)), 0.0)
        rate = np.divide(loss, exposure, out=np.zeros_like(loss), where=exposure > 0)
        scale = day.models.policy.scale
        by_rule = tier_first(day.rule_tier, -day.rated, scale)
        safety = scores(tier_first(day.tier, -day.risk, scale), -day.risk, by_rule, -rate)
        return Lending(exposure=exposure, loss=loss, safety=safety)

    def _acting(self, day: _Day, lending: Lending) -> Acting | None:
        """Who is acted on first: by grade the worst tier, else by expected credit loss."""
        if self.losses is None or self.simulated is None:
            return None
        foreseen, ruled = day.risk * lending.exposure, day.rated * lending.exposure
        start, end = self._horizon(day.rows)
        months = months_to_default(self.losses, day.rows, start, end)
        avoided = lending.loss * share_avoided(months, self.config.simulation.intervention)
        ours, by_rule = (
            worst_first(tier, loss, day.models.policy.scale)
            for tier, loss in ((day.tier, foreseen), (day.rule_tier, ruled))
        )
        urgency = scores(ours, foreseen, by_rule, avoided)
        warned = chosen_first(self._warned(day), foreseen)
        return Acting(
            loss=lending.loss,
            avoided=avoided,
            urgency={**urgency, WARNED: warned},
            expected=self.simulated.expected(day.rows, start),
        )

    def _warned(self, day: _Day) -> BoolArray:
        """Who turned worse until this day, as a run of that day would have warned, whatever the budget of alarms."""
        panel = self.forecasts.panel
        models = with_peers(day.models, panel, day.learned_until)
        served = Served(day.rows, models.contract.encode(day.rows.features), day.said, models.policy.scale)
        origin = int(day.rows.origin[0])
        around = PanelContext.of(self.prepared, self.config, origin)
        earlier = partial(rows_of_clients, self.prepared, self.config, around)
        turned = read_deteriorations(models, panel, self.config, origin=origin, served=served, earlier=earlier)
        return np.asarray(turned.turn.severity > 0)


def _tiers_before(rows: Panel, before: Replayed | None) -> TextArray | None:
    """The tier by rule of each row at the date before, "" where it had none."""
    if before is None:
        return None
    reported = pd.Series(before.by_rule.astype(object), index=pd.Index(before.client_id))
    return np.asarray(reported.reindex(rows.client_id).fillna("").to_numpy(dtype=np.str_))


def profit_of_keeping(declines: FloatArray, stake: FloatArray, settings: BacktestConfig) -> FloatArray:
    """What addressing each client earns: ``declines`` is the outcome, or its probability. Shapes (n_clients,).

    declines * success * (stake - incentive) - (1 - declines) * incentive - contact, in book currency; incentive and
    contact are shares of the mean stake. As in ``expected_maximum_profit``, at one success.
    """
    costs = settings.retention
    incentive, contact = costs.incentive * stake.mean(), costs.contact * stake.mean()
    return np.asarray(declines * costs.success * (stake - incentive) - (1 - declines) * incentive - contact)


def _rating(rows: Panel, settings: BacktestConfig) -> FloatArray | None:
    if settings.rule.rating not in rows.features:
        return None
    rating = rows.features[settings.rule.rating].to_numpy(dtype=np.float64)
    return None if np.isnan(rating).all() else rating
