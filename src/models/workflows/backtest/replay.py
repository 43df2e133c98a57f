"""Replays past dates: the models of that day grade the clients of that day; how well they did is judged elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from models.config import BacktestConfig, Config
from models.decisions.rule_grade import rule_grade
from models.decisions.tiers import Basis, Decided, GradingPolicy, grade_book
from models.errors import AsOfOutsideBookError, InternalError
from models.learners.segments import SegmentModel
from models.tables.book import Book
from models.tables.panel import Panel
from models.tables.periods import PeriodGrid
from models.tables.simulator.intervention import share_avoided
from models.tables.splits import LearningOrigins, learning_origins
from models.vocab import BoolArray, DeclineCause, FloatArray, IntArray, Progress, TextArray
from models.workflows.backtest.acting import Acting
from models.workflows.backtest.lists import ANEW, Scores, scores, tier_first, worst_first
from models.workflows.backtest.outcomes import exposure_of, loss_within, losses_of, months_to_default
from models.workflows.backtest.simulated import Simulated
from models.workflows.contenders import past_behaviour
from models.workflows.corrections import learn_corrections
from models.workflows.grading import facts_of
from models.workflows.hindcast import Hindcasts
from models.workflows.learning import learning_panel
from models.workflows.overrides import overrides_at
from models.workflows.recipe import FittedModels, Predictions, fit_models, fit_segments, score_panel
from models.workflows.stakes import at_stake

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
    grid = PeriodGrid(config.time.period, max(days))
    fits = {grid.number_of(day): _origins(book, config, grid, day) for day in sorted(set(days))}
    numbers = sorted({*fits, *(origin for fit in fits.values() for origin in fit.learn)})
    hindcasts = Hindcasts(learning_panel(book, config, grid, numbers, progress).panel, config)
    # no grade looks at segments: those of the earliest fit stand in for all, which saves most of the time
    segments = fit_segments(hindcasts.panel.at([next(iter(fits.values())).latest]), config)
    past = _Past(
        hindcasts=hindcasts,
        segments=segments,
        losses=losses_of(book, config.backtest.limits),
        simulated=None if truth is None else Simulated.of(truth, config),
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
            remedy=f"set backtest.at to {grid.start_of(latest - horizon)} or earlier",
        )
    return learning_origins(config, grid, book.first_date, outcomes_before=number)


@dataclass(frozen=True, kw_only=True)
class _Past:
    """All that a date is replayed from."""

    hindcasts: Hindcasts
    segments: SegmentModel
    losses: pd.DataFrame | None
    simulated: Simulated | None
    book: Book
    config: Config

    def replayed(self, number: int, origins: LearningOrigins, before: Replayed | None) -> Replayed:
        """One date: fit, grade by both, and lay what came beside it."""
        config, settings, panel = self.config, self.config.backtest, self.hindcasts.panel
        rows = panel.at([number])
        if rows.value is None or rows.declined is None:
            raise InternalError("a date can only be replayed with its outcomes")
        models = self._models(origins)
        said = score_panel(models, rows)
        decided = self._decided(models.policy, said, rows, before)
        past, rating, stake = past_behaviour(rows, config).total, _rating(rows, settings), at_stake(rows, config)
        tier, rule_tier = decided.unasked, rule_grade(past, rating, settings.rule)
        by_rule = tier_first(rule_tier, past)
        profit = profit_of_keeping(rows.declined.astype(np.float64), stake, settings)
        expected = profit_of_keeping(said.decline_probability, stake, settings)
        lending = self._lending(rows, said, tier, rule_tier=rule_tier, rating=rating)
        return Replayed(
            as_of=panel.grid.start_of(number),
            learned_until=panel.grid.start_of(origins.latest),
            client_id=rows.client_id,
            group=rows.group,
            groups_known=rows.groups_known,
            value=rows.value,
            declined=rows.declined,
            stake=stake,
            profit=profit,
            tier=tier,
            anew=said.grades.tier,
            rule_tier=rule_tier,
            by_rule=decided.by_rule,
            held=np.where(np.isin(decided.basis, HELD), decided.basis, ""),
            override=decided.override,
            overridden=decided.tier,
            screening={
                **scores(tier_first(tier, said.value), said.value, by_rule, rows.value),
                ANEW: tier_first(said.grades.tier, said.value),
            },
            retention=scores(tier_first(tier, expected), expected, by_rule, profit),
            lending=lending,
            acting=self._acting(rows, said, tier, rule_tier=rule_tier, rating=rating, lending=lending),
        )

    def _models(self, origins: LearningOrigins) -> FittedModels:
        learn = self.hindcasts.panel.at(origins.learn)
        corrections = learn_corrections(self.hindcasts.of(origins), self.config)
        return fit_models(learn, origins, corrections, self.config, segments=self.segments)

    def _decided(self, policy: GradingPolicy, said: Predictions, rows: Panel, before: Replayed | None) -> Decided:
        """The grades of a run at this date that builds on the one before, with what people had asked by then."""
        overrides = overrides_at(self.book, self._horizon(rows)[0])
        return grade_book(policy, facts_of(said, rows, _tiers_before(rows, before), overrides))

    def _acting(
        self,
        rows: Panel,
        said: Predictions,
        tier: TextArray,
        *,
        rule_tier: TextArray,
        rating: FloatArray | None,
        lending: Lending | None,
    ) -> Acting | None:
        if self.simulated is None or self.losses is None or lending is None:
            return None
        rated = np.zeros(len(rows)) if rating is None else _middle_if_unknown(rating)
        foreseen, ruled = _risk(said) * lending.exposure, rated * lending.exposure
        start, end = self._horizon(rows)
        months = months_to_default(self.losses, rows, start, end)
        avoided = lending.loss * share_avoided(months, self.config.simulation.intervention)
        return Acting(
            loss=lending.loss,
            avoided=avoided,
            urgency=scores(worst_first(tier, foreseen), foreseen, worst_first(rule_tier, ruled), avoided),
            expected=self.simulated.expected(rows, start),
        )

    def _horizon(self, rows: Panel) -> tuple[date, date]:
        origin = int(rows.origin[0])
        return rows.grid.start_of(origin), rows.grid.start_of(origin + self.config.time.horizon_periods)

    def _lending(
        self, rows: Panel, said: Predictions, tier: TextArray, *, rule_tier: TextArray, rating: FloatArray | None
    ) -> Lending | None:
        exposure = exposure_of(rows, self.config.backtest.limits)
        if self.losses is None or exposure is None:
            return None
        loss = np.where(exposure > 0, loss_within(self.losses, rows, *self._horizon(rows)), 0.0)
        safety, rated = -_risk(said), np.zeros(len(loss)) if rating is None else -_middle_if_unknown(rating)
        rate = np.divide(loss, exposure, out=np.zeros_like(loss), where=exposure > 0)
        return Lending(
            exposure=exposure,
            loss=loss,
            safety=scores(tier_first(tier, safety), safety, tier_first(rule_tier, rated), -rate),
        )


def _tiers_before(rows: Panel, before: Replayed | None) -> TextArray | None:
    """The tier by rule of each row at the date before, "" where it had none."""
    if before is None:
        return None
    told = pd.Series(before.by_rule.astype(object), index=pd.Index(before.client_id))
    return np.asarray(told.reindex(rows.client_id).fillna("").to_numpy(dtype=np.str_))


def profit_of_keeping(declines: FloatArray, stake: FloatArray, settings: BacktestConfig) -> FloatArray:
    """What addressing each client earns: ``declines`` is the outcome, or its probability. Shapes (n_clients,).

    declines * success * (stake - incentive) - (1 - declines) * incentive - contact, in book currency; incentive and
    contact are shares of the mean stake. As in ``expected_maximum_profit``, at one success.
    """
    costs = settings.retention
    incentive, contact = costs.incentive * stake.mean(), costs.contact * stake.mean()
    return np.asarray(declines * costs.success * (stake - incentive) - (1 - declines) * incentive - contact)


def _risk(said: Predictions) -> FloatArray:
    """The probability of default where causes are known, else of decline. Shape (n_clients,)."""
    incidence = said.curves.incidence.get(DeclineCause.DEFAULT)
    return said.decline_probability if incidence is None else np.asarray(incidence[:, -1])


def _rating(rows: Panel, settings: BacktestConfig) -> FloatArray | None:
    if settings.rule.rating not in rows.features:
        return None
    rating = rows.features[settings.rule.rating].to_numpy(dtype=np.float64)
    return None if np.isnan(rating).all() else rating


def _middle_if_unknown(rating: FloatArray) -> FloatArray:
    """A client without a rating counts as the middle one. Shapes (n_clients,)."""
    return np.where(np.isnan(rating), np.nanmedian(rating), rating)
