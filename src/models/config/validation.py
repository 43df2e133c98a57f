"""The section ``validation``: how far inputs are shocked, which models are refitted, and what is a finding."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from models.config.base import Count, Name, OpenShare, PositiveFloat, Section

Refit = Literal["earlier", "seed"]
"""The same recipe on what was known one period earlier, or begun from another seed."""


class ValidationConfig(Section):
    """What ``clientvalue validate`` tries, and from which figure on it is an open finding. It changes no model."""

    shocked_inputs: Count = Field(
        default=8, description="Numeric inputs shocked one by one: those that move the models most."
    )
    deviations: PositiveFloat = Field(
        default=1.0, description="Standard deviations by which each of these is moved, up and down."
    )
    relative: OpenShare = Field(default=0.10, description="Share of itself by which each is moved as well, both ways.")
    arrears_factor: Annotated[float, Field(gt=1)] = Field(
        default=2.0, description="How many times as much, as often and as long clients are taken to be in arrears."
    )
    limit_cut: OpenShare = Field(default=0.2, description="Share of each limit that is cut; what is drawn stays.")
    business_cut: OpenShare = Field(
        default=0.2, description="Share of what clients brought and did that is taken away, as in a downturn."
    )
    notch: Annotated[float, Field(gt=1)] | None = Field(
        default=None,
        description="How many times the probability of default of a rating is that of the next better one; null: the "
        "median step of the ratings in the book.",
    )
    macro_deviations: PositiveFloat = Field(
        default=2.0,
        description="Standard deviations of its own past by which a figure of the economy is moved to the worse side: "
        "about what one year in forty brings.",
    )
    macro: dict[Name, float] = Field(
        default_factory=dict,
        description="Changes of figures of the economy, in their own unit, that take the place of these; e.g. "
        "gdp_growth: -0.03.",
    )
    replays: Annotated[int, Field(ge=2)] = Field(
        default=5, description="Dates, the as-of date included, at which inputs and scores are counted."
    )
    replay_periods: Count = Field(default=3, description="Periods from one of these dates to the next.")
    refits: tuple[Refit, ...] = Field(
        default=("earlier", "seed"), description="Which refits are held against the version; each takes a training."
    )
    most_moved: OpenShare = Field(
        default=0.25,
        description="Share of clients in another tier, after a shock of one input or a refit, from which on it is a "
        "finding: more than reviewers can look into in a month.",
    )
    least_correlation: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.9,
        description="Rank correlation of value or decline between a refit and the version; below, a finding.",
    )
    parity: OpenShare = Field(
        default=0.8,
        description="How rarely, beside all others, a group may reach the top tier, and one over it how often; four "
        "fifths is the rule of thumb of selection (EEOC 1978). Beyond by more than chance it is a finding.",
    )
    least_group: Count = Field(
        default=30, description="Clients of a group below which it is pooled with others before ratios are taken."
    )
