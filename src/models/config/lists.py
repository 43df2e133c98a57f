"""The section ``lists``: how many clients fit each work list, and the economics of acting on one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.config.backtest import LimitsConfig, RetentionConfig
from models.config.base import Count, OpenShare, PositiveFloat, Section, Share
from models.config.simulation import InterventionEconomics


class CapacityConfig(Section):
    """How much work of one kind fits into a horizon: a share of the clients, and never more than a number of them."""

    share: OpenShare = Field(default=0.10, description="Share of the scored clients that can be worked through.")
    most: Count = Field(default=1_000, description="No more than so many, however large the book.")


class ActEarlyConfig(CapacityConfig):
    """Acting on a client before it defaults; what that brings is assumed, and read by the month of default."""

    effect: InterventionEconomics = InterventionEconomics()


class KeepConfig(CapacityConfig):
    """Offers that keep clients about to decline; costs are shares of the mean amount at stake.

    The share of such clients that an offer keeps is stated as a Beta distribution by its mean and standard deviation;
    campaigns whose targets were drawn at random move it by as much as they tell. The defaults are the Beta(6, 14) of
    Verbraken, Verbeke and Baesens (2013), IEEE TKDE 25(5).
    """

    success: OpenShare = Field(default=0.30, description="Share of clients about to decline that an offer keeps.")
    success_error: PositiveFloat = Field(default=0.10, description="Standard deviation of what is stated of it.")
    incentive: Annotated[float, Field(ge=0)] = RetentionConfig().incentive
    contact: Annotated[float, Field(ge=0)] = RetentionConfig().contact


class GrowConfig(CapacityConfig):
    """New lending to clients that need it and can bear it."""

    most_leverage: PositiveFloat = Field(
        default=6.0, description="Debt over EBITDA up to which a client can bear more; unknown accounts bear one limit."
    )
    most_default: Share = Field(default=0.05, description="Nothing is lent anew from this probability of default on.")


class CutOrCoverConfig(Section):
    """Exposure that is cut or secured: scarce is not the work but how much of the book can be touched at once."""

    share: OpenShare = Field(default=LimitsConfig().cut, description="Share of all exposure that is cut or covered.")
    depth: Annotated[float, Field(gt=0, le=1)] = Field(
        default=LimitsConfig().depth, description="How far the loss falls of what is cut or covered."
    )
    most: Count = Field(default=1_000, description="No more clients than so many, however large the book.")


class ListsConfig(Section):
    """Whom to act on for one purpose, beside tiers: one list per purpose."""

    review_next: CapacityConfig = CapacityConfig()
    act_early: ActEarlyConfig = ActEarlyConfig()
    keep: KeepConfig = KeepConfig()
    grow: GrowConfig = GrowConfig()
    cut_or_cover: CutOrCoverConfig = CutOrCoverConfig()
