"""Sections that say how the figures of client management and the funnel are counted; nothing is counted here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.config.base import Count, PositiveFloat, Section, Share

Dimension = Literal["tier", "segment", "type", "region"]
ScorePart = Literal["satisfaction", "loyalty", "answers", "complaints", "participation", "retention"]
WaitingStage = Literal["identified", "assessed"]
_ROUNDING = 1e-6


class KpisConfig(Section):
    """The window of each figure, its groups, targets of service, and the weights of the relationship score."""

    window_periods: Count | None = Field(default=None, description="Figures cover so many periods; default: one year.")
    trend_step_periods: Count | None = Field(
        default=None, description="The trend tells the same figures so much earlier; default: a quarter of a year."
    )
    trend_points: Annotated[int, Field(ge=1, le=60)] = 8
    dimensions: tuple[Dimension, ...] = ("tier", "segment", "type", "region")
    answer_hours: PositiveFloat = Field(default=24.0, description="An enquiry should be answered by then.")
    settle_hours: PositiveFloat = Field(default=72.0, description="A complaint should be settled by then.")
    min_clients: Count = Field(default=5, description="A figure that stands on fewer clients is not reported.")
    top_clients: Count = Field(default=10, description="Concentration is the share of so many largest clients.")
    campaign_periods: Count | None = Field(
        default=None, description="What a campaign brings is counted so long from its first day; default: half a year."
    )
    campaign_active_periods: Count | None = Field(
        default=None,
        description="Control clients did business so shortly before a campaign; default: a quarter of a year.",
    )
    score: dict[ScorePart, Share] = Field(
        default_factory=lambda: _weights(),  # noqa: PLW0108 - defined below description="Part of the relationship score -> weight."
    )

    @model_validator(mode="after")
    def _whole(self) -> KpisConfig:
        total = sum(self.score.values())
        if abs(total - 1) > _ROUNDING:
            raise ValueError(f"the weights of the score must sum to 1, got {total:g}: divide each by {total:g}")
        return self


class FunnelConfig(Section):
    """Which opportunities are counted and wait for due diligence, how many it takes, and how chances are learned."""

    window_periods: Count | None = Field(
        default=None, description="Layers tell who came and left in so many periods; default: one year."
    )
    waiting: tuple[WaitingStage, ...] = Field(
        default=("assessed",), min_length=1, description="Open opportunities of these stages are ranked."
    )
    capacity: Count | None = Field(
        default=None,
        description="How many due diligence takes on in a period; default: as many as it took in the past year.",
    )
    margin: PositiveFloat = Field(default=1.0, description="What is earned of a signed amount, as a share.")
    age_step_days: Count = Field(default=30, description="Chances hold per stage and steps of so many days in it.")
    age_steps: Annotated[int, Field(ge=1, le=60)] = Field(default=8, description="Beyond so many all ages are one.")
    shrinkage: PositiveFloat = Field(
        default=25.0, description="A chance counts as much as its stage's once seen on so many opportunities."
    )
    judged_at: Annotated[int, Field(ge=0, le=40)] = Field(
        default=6, description="The ranking is judged at so many past dates, a quarter of a year apart."
    )
    ahead_periods: Count | None = Field(
        default=None, description="A chance is that of being signed within so many periods; default: half a year."
    )


def _weights() -> dict[ScorePart, float]:
    return {
        "satisfaction": 0.25,
        "loyalty": 0.20,
        "answers": 0.15,
        "complaints": 0.15,
        "participation": 0.10,
        "retention": 0.15,
    }
