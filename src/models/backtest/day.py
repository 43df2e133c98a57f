"""One past date as its own run saw it, and what came of it: the orders of every list beside the outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from models.backtest.acting import Acting
from models.backtest.lists import (
    ANEW,
    LISTED,
    WARNED,
    Scores,
    chosen_first,
    rule_grade,
    scores,
    tier_first,
    worst_first,
)
from models.backtest.outcomes import Simulated, exposure_of, loss_within, months_to_default
from models.config.backtest import BacktestConfig
from models.config.root import Config
from models.errors import InternalError
from models.lists.compute import RankedClients, list_inputs, ranked
from models.lists.rules import Purpose, Success, growth_foreseen
from models.panel.panel import Panel
from models.pipeline.past_behaviour import exposure_at_risk, past_behaviour
from models.pipeline.predictions import Predictions
from models.simulator.intervention import share_avoided
from models.vocab import BoolArray, FloatArray, IntArray, TextArray


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
        growth: what the client brought beyond its past pace, not below zero; ``growing``: by what is foreseen of it.
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
    growth: FloatArray
    growing: Scores
    lending: Lending | None
    acting: Acting | None

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The tier of each client and how it stands, see ``Replayed``. Shapes (n_clients,)."""

    tier: TextArray
    by_rule: TextArray
    held: TextArray
    override: TextArray
    overridden: TextArray

    @classmethod
    def anew(cls, tier: TextArray) -> Standing:
        """Graded by the date alone, without margin, limit on moves and overrides."""
        nothing = np.full(len(tier), "")
        return cls(tier=tier, by_rule=tier, held=nothing, override=nothing, overridden=tier)


@dataclass(frozen=True, kw_only=True)
class GradedDay:
    """One date as its own run saw it. Shapes (n_rows,).

    Attributes:
        rows: without features: what is needed of them is worked out.
        rule_tier: by the rule; ``rating``: the latest, NaN for a client without one, None in a book without.
        past: value in the longest window before; ``stake``: value had the client gone on as before.
        exposure: what is at risk, None where the book does not know.
        listed: the work lists of the date, an offer taken to work as often as it is judged by.
    """

    rows: Panel
    learned_until: date
    said: Predictions
    standing: Standing
    rule_tier: TextArray
    rating: FloatArray | None
    past: FloatArray
    stake: FloatArray
    exposure: FloatArray | None
    listed: Mapping[Purpose, RankedClients]
    config: Config

    @classmethod
    def of(
        cls,
        rows: Panel,
        said: Predictions,
        standing: Standing,
        config: Config,
        *,
        capped: BoolArray,
        learned_until: int,
    ) -> GradedDay:
        """What is needed of a date: ``capped`` (n_rows,) are clients that a cap of the policy holds."""
        settings, past, rating = config.backtest, past_behaviour(rows, config).total, rating_of(rows, config.backtest)
        success = settings.retention.success
        inputs = list_inputs(rows, said, config, capped=capped)
        return cls(
            rows=replace(rows, features=rows.features.iloc[:, :0]),
            learned_until=rows.grid.start_of(learned_until),
            said=said,
            standing=standing,
            rule_tier=rule_grade(past, rating, settings.rule, config.scale),
            rating=rating,
            past=past,
            stake=exposure_at_risk(rows, config),
            exposure=exposure_of(rows, settings.limits),
            listed=ranked(inputs, config, Success(share=success, low=success, high=success)),
            config=config,
        )

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

    def order(self, purpose: Purpose, otherwise: FloatArray) -> FloatArray:
        """By what a work list takes the clients, highest first; ``otherwise`` in a book for which it is not made."""
        return self.listed[purpose].order if purpose in self.listed else otherwise

    @property
    def horizon(self) -> tuple[date, date]:
        """The first day of the horizon, and the first one after it."""
        start = int(self.rows.origin[0])
        grid = self.rows.grid
        return grid.start_of(start), grid.start_of(start + self.config.time.horizon_periods)


@dataclass(frozen=True, kw_only=True)
class PastLosses:
    """The losses of a book and, of a simulated one, the truth; None where there are none."""

    losses: pd.DataFrame | None
    simulated: Simulated | None


def replayed_day(day: GradedDay, known: PastLosses, warned: Callable[[], BoolArray] | None = None) -> Replayed:
    """A date with what came beside it; ``warned`` tells who had turned worse, where that is asked."""
    rows, said, settings, scale = day.rows, day.said, day.config.backtest, day.config.scale
    if rows.value is None or rows.declined is None:
        raise InternalError("a date can only be replayed with its outcomes")
    standing, by_rule = day.standing, tier_first(day.rule_tier, day.past, scale)
    profit = profit_of_keeping(rows.declined.astype(np.float64), day.stake, settings)
    expected = profit_of_keeping(said.decline_probability, day.stake, settings)
    lending = _lending(day, known)
    screening = scores(tier_first(standing.tier, said.value, scale), said.value, by_rule, rows.value)
    retention = scores(tier_first(standing.tier, expected, scale), expected, by_rule, profit)
    growth = np.maximum(rows.value - day.stake, 0.0)
    more = growth_foreseen(said.value, 1.0 - said.decline_probability, day.stake)
    growing = scores(tier_first(standing.tier, more, scale), more, by_rule, growth)
    return Replayed(
        as_of=day.horizon[0],
        learned_until=day.learned_until,
        client_id=rows.client_id,
        group=rows.group,
        groups_known=rows.groups_known,
        value=rows.value,
        declined=rows.declined,
        stake=day.stake,
        profit=profit,
        tier=standing.tier,
        anew=said.grades.tier,
        rule_tier=day.rule_tier,
        by_rule=standing.by_rule,
        held=standing.held,
        override=standing.override,
        overridden=standing.overridden,
        screening={
            **screening,
            LISTED: day.order(Purpose.REVIEW_NEXT, said.value),
            ANEW: tier_first(said.grades.tier, said.value, scale),
        },
        retention={**retention, LISTED: day.order(Purpose.KEEP, expected)},
        growth=growth,
        growing={**growing, LISTED: day.order(Purpose.GROW, more)},
        lending=lending,
        acting=None if lending is None else _acting(day, known, lending, warned),
    )


def _lending(day: GradedDay, known: PastLosses) -> Lending | None:
    exposure = day.exposure
    if known.losses is None or exposure is None:
        return None
    loss = np.where(exposure > 0, loss_within(known.losses, day.rows, *day.horizon), 0.0)
    rate = np.divide(loss, exposure, out=np.zeros_like(loss), where=exposure > 0)
    scale = day.config.scale
    by_rule = tier_first(day.rule_tier, -day.rated, scale)
    safety = scores(tier_first(day.standing.tier, -day.risk, scale), -day.risk, by_rule, -rate)
    listed = -day.order(Purpose.CUT_OR_COVER, day.risk)
    return Lending(exposure=exposure, loss=loss, safety={**safety, LISTED: listed})


def _acting(
    day: GradedDay, known: PastLosses, lending: Lending, warned: Callable[[], BoolArray] | None
) -> Acting | None:
    """Who is acted on first: by grade the worst tier, else by what is expected to be lost."""
    if known.losses is None or known.simulated is None:
        return None
    foreseen, ruled = day.risk * lending.exposure, day.rated * lending.exposure
    start, end = day.horizon
    months = months_to_default(known.losses, day.rows, start, end)
    avoided = lending.loss * share_avoided(months, day.config.simulation.intervention)
    ours, by_rule = (
        worst_first(tier, loss, day.config.scale)
        for tier, loss in ((day.standing.tier, foreseen), (day.rule_tier, ruled))
    )
    urgency = {**scores(ours, foreseen, by_rule, avoided), LISTED: day.order(Purpose.ACT_EARLY, foreseen)}
    if warned is not None:
        urgency[WARNED] = chosen_first(warned(), foreseen)
    return Acting(
        loss=lending.loss, avoided=avoided, urgency=urgency, expected=known.simulated.expected(day.rows, start)
    )


def profit_of_keeping(declines: FloatArray, stake: FloatArray, settings: BacktestConfig) -> FloatArray:
    """What addressing each client earns: ``declines`` is the outcome, or its probability. Shapes (n_clients,).

    declines * success * (stake - incentive) - (1 - declines) * incentive - contact, in book currency; incentive and
    contact are shares of the mean stake. As in ``expected_maximum_profit``, at one success.
    """
    costs = settings.retention
    incentive, contact = costs.incentive * stake.mean(), costs.contact * stake.mean()
    return np.asarray(declines * costs.success * (stake - incentive) - (1 - declines) * incentive - contact)


def rating_of(rows: Panel, settings: BacktestConfig) -> FloatArray | None:
    """The latest rating of each row, NaN for a client without; None in a book without ratings. Shape (n_rows,)."""
    if settings.rule.rating not in rows.features:
        return None
    rating = rows.features[settings.rule.rating].to_numpy(dtype=np.float64)
    return None if np.isnan(rating).all() else rating
