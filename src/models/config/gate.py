"""The sections ``compare`` and ``gate``: when versions are judged, and what one must show before it may serve."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, model_validator

from models.config.base import Count, OpenShare, PositiveFloat, Section, Share
from models.text import Text


class CompareConfig(Section):
    """Where and on whom two versions are compared. It changes no number of a model."""

    least_elapsed: OpenShare = Field(
        default=0.25,
        description="Share of the horizon that must be over at the date compared; of less, mostly noise is seen.",
    )
    earlier_dates: Count = Field(
        default=4,
        description="Earlier as-of dates that tell what share of declines and value comes by when; four quarters of a "
        "year even out its seasons.",
    )
    least_clients: Count = Field(
        default=30, description="Clients of a tier or region below which it is not compared by itself."
    )


class GateRule(StrEnum):
    """The lines of the gate, in their order."""

    OUTCOMES = "outcomes"
    AUC = "auc"
    VALUE_RANKING = "value_ranking"
    VALUE_ERROR = "value_error"
    DECLINES = "declines"
    CALIBRATION_SLOPE = "calibration_slope"
    VALUE_TOTAL = "value_total"
    COVERAGE = "coverage"
    TIER_MOVES = "tier_moves"
    EXPLANATIONS = "explanations"
    DATA_AGE = "data_age"


class Between(Section):
    """A range with both ends included."""

    low: PositiveFloat
    high: PositiveFloat

    @model_validator(mode="after")
    def _rises(self) -> Between:
        if self.low > self.high:
            raise ValueError(f"low must not be above high, got {self.low} and {self.high}")
        return self

    def holds(self, figure: float) -> bool:
        """Whether a figure lies in it."""
        return self.low <= figure <= self.high


GATE_REASONS: Mapping[str, Text] = {
    "least_clients": Text(
        "Clients with outcomes, below which nothing that came is judged: an error of value hangs on a few of them."
    ),
    "least_events": Text(
        "Declines, and as many others, below which nothing that came is judged: AUC is then known to 0.1 at best."
    ),
    "auc_margin": Text(
        "How much lower AUC may be. On 800 clients of the demo another seed alone reached 0.003, three trees "
        "instead of 120 reached 0.067."
    ),
    "value_ranking_margin": Text(
        "How much lower the normalized Gini of value may be. It hangs on the largest clients: another seed alone "
        "reached 0.026 there."
    ),
    "value_error_margin": Text(
        "How much larger the mean error of value per client may be, as a share of the champion's; another seed "
        "alone reached 4% there."
    ),
    "declines": Text("Declines expected over come; beyond, whoever plans by them is a third off."),
    "calibration_slope": Text(
        "Slope of the log-odds of decline: below, probabilities are too extreme by a quarter, above too timid. Only "
        "once a horizon is over."
    ),
    "value_total": Text("Total of the expected value over what came: a third off misleads a plan."),
    "coverage_tolerance": Text(
        "How far the share of values inside their interval may lie from its level. Only once a horizon is over."
    ),
    "most_tier_moves": Text(
        "Share of clients that would change tier overnight; another seed alone moved 9 to 16% there, and more than "
        "a quarter is more than reviewers can look into in a month."
    ),
    "least_reason_correlation": Text(
        "Rank correlation of what moves both versions on average; below, clients hear other reasons than before."
    ),
    "most_periods_old": Text(
        "Periods since the last outcome learned from; null: two horizons, after which a cycle has turned."
    ),
    "accept_not_judged": Text(
        "Lines that may stay without a verdict, such as calibration_slope and coverage while no horizon is over."
    ),
}
"""Why there is each limit of the gate."""


def _because(default: Any, name: str) -> Any:
    return Field(default=default, description=GATE_REASONS[name].english)


class GateConfig(Section):
    """When ``promote`` lets a version take the place of the champion. What cannot be judged does not count as passed.

    Margins are of the paired 95% interval, over sponsor groups, of the version's figure less the champion's: what could
    well be a loss of more than the margin is refused, a difference that is merely not proven a gain is not.
    """

    least_clients: Count = _because(200, "least_clients")
    least_events: Count = _because(30, "least_events")
    auc_margin: Annotated[float, Field(ge=0, lt=0.5)] = _because(0.03, "auc_margin")
    value_ranking_margin: Annotated[float, Field(ge=0, lt=1)] = _because(0.05, "value_ranking_margin")
    value_error_margin: PositiveFloat = _because(0.10, "value_error_margin")
    declines: Between = _because(Between(low=0.75, high=1.33), "declines")
    calibration_slope: Between = _because(Between(low=0.8, high=1.25), "calibration_slope")
    value_total: Between = _because(Between(low=0.75, high=1.33), "value_total")
    coverage_tolerance: Annotated[float, Field(gt=0, lt=0.5)] = _because(0.07, "coverage_tolerance")
    most_tier_moves: Share = _because(0.25, "most_tier_moves")
    least_reason_correlation: Annotated[float, Field(ge=-1, le=1)] = _because(0.6, "least_reason_correlation")
    most_periods_old: Count | None = _because(None, "most_periods_old")
    accept_not_judged: tuple[GateRule, ...] = _because((), "accept_not_judged")
