"""What ``backtest`` replays: the dates, the rule it is held against, and what acting on a grade costs and saves."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from models.config.base import OpenShare, PositiveFloat, Section, Share


class SpreadsheetRuleConfig(Section):
    """The grade that a lender would give without models: by past business, held down by the credit rating.

    AA: past value within the top ``aa_share`` and a rating of at most ``aa_max_rating``; A: within the top ``a_share``
    and at most ``a_max_rating``; B: all others. A client without a rating is at most A; a book without ratings is
    graded by past value alone.
    """

    aa_share: OpenShare = 0.10
    a_share: OpenShare = 0.40
    rating: str = Field(default="pd_last", description="Feature with the latest rating; more is worse.")
    aa_max_rating: PositiveFloat = 0.01
    a_max_rating: PositiveFloat = 0.05

    @model_validator(mode="after")
    def _ordered(self) -> SpreadsheetRuleConfig:
        if self.aa_share >= self.a_share:
            raise ValueError(f"aa_share must be below a_share, got {self.aa_share} and {self.a_share}")
        if self.aa_max_rating > self.a_max_rating:
            raise ValueError(
                f"aa_max_rating must not exceed a_max_rating, got {self.aa_max_rating} and {self.a_max_rating}"
            )
        return self


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


class BacktestConfig(Section):
    """Where and against what the grading policy is replayed. It changes no number of a model."""

    at: tuple[date, ...] = Field(default=(), description="As-of dates to replay; empty: those of origins.test.")
    shares: Annotated[tuple[OpenShare, ...], Field(min_length=1)] = Field(
        default=(0.5, 0.8), description="Shares of future value that screening has to find."
    )
    aim: Share = Field(default=0.40, description="Screening efficiency that is hoped for.")
    rule: SpreadsheetRuleConfig = SpreadsheetRuleConfig()
    retention: RetentionConfig = RetentionConfig()
    limits: LimitsConfig = LimitsConfig()
    acting: ActingConfig = ActingConfig()
