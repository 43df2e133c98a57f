"""The headline of a backtest: per purpose what our grades, our work lists, the rule and chance would have brought.

A run makes it of the test origins that its models were judged at: nothing is fitted for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from models.backtest.claims import claims
from models.backtest.contents import BacktestHeadline, ByList, Claims, HeadlineClaim, HeadlineUnit
from models.backtest.day import GradedDay, PastLosses, Standing, replayed_day
from models.backtest.lists import LISTED, OURS, RANDOM, RULE
from models.backtest.outcomes import Simulated, losses_of
from models.book.door import Book
from models.book.periods import Horizon
from models.config.root import Config
from models.grading.caps import caps_holding
from models.grading.compute import facts_of
from models.grading.tier_rules import with_tier_rules
from models.lists.rules import Purpose
from models.panel.panel import Panel
from models.pipeline.predictions import Predictions

SHOWN = (OURS, LISTED, RULE, RANDOM)
HEADLINE_FILE = "backtest_headline.json"
FEWEST = 100
"""Grades, below which a headline says nothing."""


@dataclass
class JudgedDays:
    """The test origins of an evaluation as they were judged, gathered while it goes on: graded by the date alone."""

    config: Config
    days: list[GradedDay] = field(default_factory=list)

    def __call__(self, rows: Panel, said: Predictions, learned_until: int) -> None:
        """Keep an origin; its models learned from the origins until the number ``learned_until``."""
        facts = with_tier_rules(self.config.grading, facts_of(said, rows))
        capped = np.asarray(caps_holding(self.config.grading, facts).any(axis=0))
        standing = Standing.anew(said.grades.tier)
        self.days.append(GradedDay.of(rows, said, standing, self.config, capped=capped, learned_until=learned_until))


def run_headline(judged: JudgedDays, book: Book, *, bundle: str, truth: Path | None = None) -> BacktestHeadline:
    """The headline of a run from the origins that were judged in it; ``truth`` as in a backtest."""
    config, rows = judged.config, sum(len(day.rows) for day in judged.days)
    found: tuple[HeadlineClaim, ...] = ()
    if rows >= FEWEST:
        known = PastLosses(
            losses=losses_of(book, config.backtest.limits),
            simulated=None if truth is None else Simulated.of(truth, config),
        )
        found = headline_claims(claims([replayed_day(day, known) for day in judged.days], config))
    return BacktestHeadline(
        book=book.name,
        bundle=bundle,
        currency=book.currency,
        horizon=Horizon(periods=config.time.horizon_periods, period=config.time.period),
        dates=tuple(day.horizon[0] for day in judged.days),
        rows=rows,
        claims=found,
    )


def headline_claims(measured: Claims) -> tuple[HeadlineClaim, ...]:
    """The claims of a backtest in brief, as far as the book knows them."""
    half, retention, growth = measured.screening[0], measured.retention, measured.growth
    found = [
        _claim(Purpose.REVIEW_NEXT, HeadlineUnit.REVIEWS, half.share, half.reviewed, half.efficiency),
        _claim(Purpose.KEEP, HeadlineUnit.AMOUNT, retention.budget, retention.profit, retention.more_than_rule),
        _claim(Purpose.GROW, HeadlineUnit.SHARE, growth.budget, growth.found, growth.change),
    ]
    if measured.acting is not None:
        saved = measured.acting.expected or measured.acting.actual
        found.append(_claim(Purpose.ACT_EARLY, HeadlineUnit.SHARE, measured.acting.budget, saved.saved, saved.change))
    if measured.recovery is not None:
        cut = measured.recovery
        found.append(_claim(Purpose.CUT_OR_COVER, HeadlineUnit.SHARE, cut.cut, cut.saved, cut.change))
    known = {each.purpose: each for each in found if each.against[LISTED].estimate is not None}
    return tuple(known[purpose] for purpose in Purpose if purpose in known)


def _claim(purpose: Purpose, unit: HeadlineUnit, budget: float, brought: ByList, against: ByList) -> HeadlineClaim:
    return HeadlineClaim(
        purpose=purpose,
        unit=unit,
        budget=budget,
        brought={name: brought[name] for name in SHOWN},
        against={name: against[name] for name in (OURS, LISTED)},
    )
