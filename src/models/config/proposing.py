"""The section ``propose``: what a better policy is searched for, where, and within which bounds."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from models.config.base import Count, OpenShare, PositiveFloat, Section


class ProposeConfig(Section):
    """How ``tiers --propose`` searches another policy. It changes no number of a model and no grade."""

    at: tuple[date, ...] = Field(
        default=(),
        description="Past as-of dates to search on. Empty: the latest ones whose outcomes were complete before any "
        "of origins.test, origins.spacing_periods apart.",
    )
    origin_count: Count = Field(default=4, description="At most so many past dates, where none are named.")
    trials: Count = Field(default=600, description="Policies that are tried, from four beginnings.")
    minutes: PositiveFloat = Field(
        default=10.0, description="No trial begins once the search has taken so long; then it says that it was cut."
    )
    tier_factor: Annotated[float, Field(ge=1)] = Field(
        default=5.0, description="A tier holds at most so many times its share of today's clients, and at least 1/."
    )
    weights: bool = Field(
        default=False,
        description="Also weights of criteria, for half of the trials; taken if they help beyond chance. They are many "
        "beside a few past dates: what they gain there may not hold elsewhere.",
    )
    review_share: OpenShare = Field(default=0.5, description="Share of future value that screening has to find.")
