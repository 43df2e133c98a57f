"""Replays past dates: the models of that day grade the clients of that day; how well they did is judged elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from models.config import BacktestConfig, Config
from models.decisions.ranks import tier_ranks
from models.decisions.rule_grade import rule_grade
from models.errors import AsOfOutsideBookError, InternalError
from models.learners.segments import SegmentModel
from models.tables.book import Book
from models.tables.panel import Panel
from models.tables.periods import PeriodGrid
from models.tables.splits import LearningOrigins, learning_origins
from models.vocab import BoolArray, DeclineCause, FloatArray, IntArray, Progress, TextArray
from models.workflows.backtest.outcomes import exposure_of, loss_within, losses_of
from models.workflows.contenders import past_behaviour
from models.workflows.corrections import learn_corrections
from models.workflows.hindcast import Hindcasts
from models.workflows.learning import learning_panel
from models.workflows.recipe import Predictions, fit_models, fit_segments, score_panel
from models.workflows.stakes import at_stake

OURS, FORECAST, RULE, RANDOM, PERFECT = "ours", "forecast", "rule", "random", "perfect"
LISTS = (OURS, FORECAST, RULE, RANDOM, PERFECT)
"""Who orders the clients: our grades, our forecast alone, the rule, chance, and perfect foresight."""
Scores = Mapping[str, FloatArray]
"""Who orders -> score of each client, highest first. Shapes (n_clients,)."""


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
        tier: by our policy; ``rule_tier``: by the rule.
        screening: by expected value; ``retention``: by expected profit of addressing.
        lending: None where the book knows no exposure or no losses.
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
    rule_tier: TextArray
    screening: Scores
    retention: Scores
    lending: Lending | None

    def __len__(self) -> int:
        return len(self.value)


def replay(book: Book, config: Config, days: Sequence[date], progress: Progress) -> list[Replayed]:
    """Each of ``days``, in rising order, with models that learned from what was complete by then.

    Raises ``AsOfOutsideBookError`` for a day whose outcomes the book does not hold yet, ``TooLittleDataError`` for one
    before which there is too little to learn from.
    """
    grid = PeriodGrid(config.time.period, max(days))
    fits = {grid.number_of(day): _origins(book, config, grid, day) for day in sorted(set(days))}
    numbers = sorted({*fits, *(origin for fit in fits.values() for origin in fit.learn)})
    hindcasts = Hindcasts(learning_panel(book, config, grid, numbers, progress).panel, config)
    # no grade looks at segments: those of the earliest fit stand in for all, which saves most of the time
    segments = fit_segments(hindcasts.panel.at([next(iter(fits.values())).latest]), config)
    past = _Past(hindcasts=hindcasts, segments=segments, losses=losses_of(book, config.backtest.limits), config=config)
    told = progress.track(fits.items(), total=len(fits), title="Replaying past dates")
    return [past.replayed(number, fit) for number, fit in told]


def tier_first(tier: TextArray, score: FloatArray) -> FloatArray:
    """Orders clients by tier and, within a tier, by a score; equal scores stay equal. Shapes (n_clients,).

    >>> tier_first(np.array(["B", "AA", "B"]), np.array([9.0, 1.0, 5.0])).argsort()[::-1].tolist()
    [1, 0, 2]
    """
    place = pd.Series(score).rank(method="average").to_numpy(dtype=np.float64)
    return np.asarray(tier_ranks(tier) + place / (len(score) + 1))


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
    config: Config

    def replayed(self, number: int, origins: LearningOrigins) -> Replayed:
        """One date: fit, grade by both, and lay what came beside it."""
        config, settings, panel = self.config, self.config.backtest, self.hindcasts.panel
        rows = panel.at([number])
        if rows.value is None or rows.declined is None:
            raise InternalError("a date can only be replayed with its outcomes")
        said = self._said(rows, origins)
        past, rating, stake = past_behaviour(rows, config).total, _rating(rows, settings), at_stake(rows, config)
        tier, rule_tier = said.grades.tier, rule_grade(past, rating, settings.rule)
        by_rule = tier_first(rule_tier, past)
        profit = profit_of_keeping(rows.declined.astype(np.float64), stake, settings)
        expected = profit_of_keeping(said.decline_probability, stake, settings)
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
            rule_tier=rule_tier,
            screening=_scores(tier_first(tier, said.value), said.value, by_rule, rows.value),
            retention=_scores(tier_first(tier, expected), expected, by_rule, profit),
            lending=self._lending(rows, said, rule_tier, rating),
        )

    def _said(self, rows: Panel, origins: LearningOrigins) -> Predictions:
        learn = self.hindcasts.panel.at(origins.learn)
        corrections = learn_corrections(self.hindcasts.of(origins), self.config)
        return score_panel(fit_models(learn, origins, corrections, self.config, segments=self.segments), rows)

    def _lending(
        self, rows: Panel, said: Predictions, rule_tier: TextArray, rating: FloatArray | None
    ) -> Lending | None:
        exposure, grid, origin = exposure_of(rows, self.config.backtest.limits), rows.grid, int(rows.origin[0])
        if self.losses is None or exposure is None:
            return None
        end = grid.start_of(origin + self.config.time.horizon_periods)
        loss = np.where(exposure > 0, loss_within(self.losses, rows, grid.start_of(origin), end), 0.0)
        safety, rated = -_risk(said), np.zeros(len(loss)) if rating is None else -_middle_if_unknown(rating)
        rate = np.divide(loss, exposure, out=np.zeros_like(loss), where=exposure > 0)
        return Lending(
            exposure=exposure,
            loss=loss,
            safety=_scores(tier_first(said.grades.tier, safety), safety, tier_first(rule_tier, rated), -rate),
        )


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


def _scores(ours: FloatArray, forecast: FloatArray, rule: FloatArray, perfect: FloatArray) -> Scores:
    return {OURS: ours, FORECAST: forecast, RULE: rule, RANDOM: np.zeros(len(ours)), PERFECT: perfect}
