"""The section on warnings: what turning worse means in each dimension, and how many alarms a week may ring."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from models.config.base import Count, Name, OpenShare, PositiveFloat, Section, Severity, Share
from models.config.explaining import Pattern

Steps = dict[Pattern, PositiveFloat]
_MOVED = {
    "loss_weight": "call it warnings.stake_weight: it weighs business at risk and credit loss together",
    "loss_given_default": "set credit.loss_given_default, which counts where the book says no LGD of a facility",
}
"""Keys that there were -> where to say it now."""


class DeteriorationConfig(Section):
    """Features by which one side of a client's state is measured; each with the least step that is worth a word.

    The step is in the feature's own unit: a smaller one never makes a warning, however alike the peers are. Features
    that a book does not have are passed over.
    """

    up: Steps = Field(default_factory=dict, description="Features that are worse the higher, e.g. pd_last: 0.01.")
    down: Steps = Field(default_factory=dict, description="Features that are worse the lower, e.g. csat_last: 1.")
    away: Steps = Field(default_factory=dict, description="Features that are worse the farther from what is usual.")
    alone: bool = Field(
        default=True, description="Whether it warns by itself; if not, it only makes a warning worse that others give."
    )

    @model_validator(mode="after")
    def _one_direction(self) -> DeteriorationConfig:
        named = [*self.up, *self.down, *self.away]
        if not named or len(set(named)) < len(named):
            raise ValueError(
                f"up, down and away must name features, each once, got {named or 'none'}: "
                "leave the dimension out, or name what tells it"
            )
        return self


_DIMENSIONS: dict[str, DeteriorationConfig] = {
    "risk": DeteriorationConfig(up={"decline_probability": 0.1}),
    "utilisation": DeteriorationConfig(up={"facility_utilisation": 0.1}, alone=False),
    "arrears": DeteriorationConfig(up={"arrears_days": 30.0, "arrears_count_*": 1.0}),
    "rating": DeteriorationConfig(up={"pd_last": 0.01}),
    "activity": DeteriorationConfig(up={"activity_overdue": 1.0}, down={"activity_growth_*": 0.25}),
    "satisfaction": DeteriorationConfig(up={"complaint_count_*": 1.0}, down={"csat_last": 1.0, "nps_last": 2.0}),
    "tone": DeteriorationConfig(away={"tone_*_mean_*": 0.1}, alone=False),
}


class WarningsConfig(Section):
    """Who turned worse against its own past and its peers, and which of them are shown."""

    weekly_budget: Share = Field(
        default=0.01, description="Alarms a week, as a share of the clients; what is left over is not saved."
    )
    stake_weight: Share = Field(
        default=0.5,
        description="Alarms rank by severity times probability of decline (0) or by severity times what is at stake "
        "(1), business at risk and credit loss together; between, both.",
    )
    always_from_severity: Severity = Field(
        default=50.0,
        description="From here on clients of top tiers stand first, whatever the budget; 50: as soon as they warn.",
    )
    silence_chance: OpenShare = Field(
        default=0.05,
        description="A window of past business tells of a turn only where so long a silence would be rarer than this, "
        "by the share of periods in which the client did business at all.",
    )
    decline_probability: OpenShare = Field(
        default=0.3, description="Where the worst tenth of decline_probability begins, of which no peers are known."
    )
    compare_periods: Annotated[tuple[Count, ...], Field(min_length=1)] = Field(
        default=(1, 3), description="How many periods back a client's own past is looked at; the worst change counts."
    )
    news_step: PositiveFloat = Field(
        default=25.0,
        description="A client is shown again once its severity is so much higher, or a new dimension warns by itself.",
    )
    calm_periods: Count = Field(
        default=3, description="After so many periods without a warning a client is forgotten, and anything is news."
    )
    dimensions: dict[Name, DeteriorationConfig] = Field(
        default_factory=lambda: dict(_DIMENSIONS),
        description="The feature decline_probability is what the models say; all others are features of the book.",
    )

    @model_validator(mode="before")
    @classmethod
    def _nothing_that_moved(cls, given: Any) -> Any:
        for key in _MOVED.keys() & given.keys() if isinstance(given, dict) else ():
            raise ValueError(f"{key} must stand where it moved to, got {given[key]}: {_MOVED[key]}")
        return given

    @model_validator(mode="after")
    def _rising(self) -> WarningsConfig:
        if list(self.compare_periods) != sorted(set(self.compare_periods)):
            raise ValueError(f"compare_periods must rise, got {list(self.compare_periods)}")
        return self
