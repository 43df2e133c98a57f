"""The section ``backtest``: dates, benchmark rule, and costs and savings of acting on a grade."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field, model_validator

from models.config.base import OpenShare, PositiveFloat, Section, Share
from models.config.policy.tiers import TierName, TierScale, by_tier, rising_problems
from models.config.tiers import by_older_keys
from models.errors import UserError

RULE_SHARES = (0.10, 0.40)
MAX_RATINGS = (0.01, 0.05)
"""The numbers of the best tier and of the last but one, where a config gives none."""


class SpreadsheetRuleConfig(Section):
    """The grade that a lender would give without models: by past business, held down by the credit rating.

    A client gets the best tier of which it reaches the top ``share`` by past value and has a rating of at most
    ``max_rating``; the last takes all others. A client without a rating is in no top tier; a book without ratings is
    graded by past value alone.
    """

    share: dict[TierName, OpenShare] = Field(
        default_factory=dict, description="Tier, any but the last -> top share of the book by past value."
    )
    rating: str = Field(default="pd_last", description="Feature with the latest rating; more is worse.")
    max_rating: dict[TierName, PositiveFloat] = Field(
        default_factory=dict, description="Tier, any but the last -> worst rating."
    )

    @model_validator(mode="before")
    @classmethod
    def _older(cls, given: Any) -> Any:
        return by_older_keys(given, ("share", "max_rating"))

    def shares(self, scale: TierScale) -> dict[str, float]:
        """Upper tier -> share of the book, best first."""
        return by_tier(self.share, scale, RULE_SHARES)

    def max_ratings(self, scale: TierScale) -> dict[str, float]:
        """Upper tier -> worst rating, best first."""
        return by_tier(self.max_rating, scale, MAX_RATINGS)

    def whole(self, scale: TierScale) -> SpreadsheetRuleConfig:
        """The same with a number for every upper tier."""
        return SpreadsheetRuleConfig(share=self.shares(scale), rating=self.rating, max_rating=self.max_ratings(scale))

    def problems(self, scale: TierScale) -> list[UserError]:
        """Everything that is wrong with it beside the tiers of a policy."""
        return [
            *rising_problems("backtest.rule.share", self.share, scale, RULE_SHARES, strictly=True),
            *rising_problems("backtest.rule.max_rating", self.max_rating, scale, MAX_RATINGS, strictly=False),
        ]


class RetentionConfig(Section):
    """What keeping a client costs and how often it works; costs as a share of the mean amount at stake.

    Defaults are those of Verbraken, Verbeke and Baesens (2013), with the mean of their Beta(6, 14) for success.
    """

    budget: OpenShare = Field(default=0.10, description="Share of the clients that the budget can address.")
    success: OpenShare = Field(default=0.30, description="Share of clients about to decline that an offer keeps.")
    incentive: Annotated[float, Field(ge=0)] = 0.05
    contact: Annotated[float, Field(ge=0)] = 0.005


class LimitsConfig(Section):
    """How limits are moved by grade, and what a loss is."""

    exposure: str = Field(default="facility_open_limit", description="Feature with what is at risk.")
    losses: dict[str, float] = Field(
        default_factory=lambda: {"write_off": 1.0, "recovery": -1.0}, description="Cashflow kind -> weight."
    )
    volume: OpenShare = Field(default=0.80, description="Portfolios are compared at this share of all exposure.")
    cut: OpenShare = Field(default=0.10, description="Share of all exposure whose limits are cut.")
    depth: Annotated[float, Field(gt=0, le=1)] = Field(default=0.50, description="How far a cut limit is cut.")


class ActingConfig(Section):
    """Acting on clients before they default, on a simulated book; what it brings is ``simulation.intervention``."""

    budget: OpenShare = Field(default=0.10, description="Share of the clients that can be acted on at a date.")
    aim: Share = Field(default=0.25, description="How much more than by the rule is hoped to be saved.")


class GrowthConfig(Section):
    """Clients that new business is sought with first."""

    budget: OpenShare = Field(default=0.10, description="Share of the clients that can be addressed at a date.")


class BacktestConfig(Section):
    """Where and against what the grading policy is replayed. It changes no number of a model."""

    at: tuple[date, ...] = Field(default=(), description="As-of dates to replay; empty: those of origins.test.")
    shares: Annotated[tuple[OpenShare, ...], Field(min_length=1)] = Field(
        default=(0.5, 0.8), description="Shares of future value that screening has to find."
    )
    aim: Share = Field(default=0.40, description="Screening efficiency that is hoped for.")
    rule: SpreadsheetRuleConfig = SpreadsheetRuleConfig()
    retention: RetentionConfig = RetentionConfig()
    growth: GrowthConfig = GrowthConfig()
    limits: LimitsConfig = LimitsConfig()
    acting: ActingConfig = ActingConfig()
