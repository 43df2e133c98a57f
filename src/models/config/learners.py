"""The section ``learners``: trees, their rivals and what chooses between them; segments; intervals."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.config.base import Count, Name, OpenShare, PositiveFloat, Search, Section
from models.config.segments import SegmentsConfig


class BoostingConfig(Section):
    """Hyperparameters of one LightGBM model, each with where ``tune`` looks for a better one."""

    trees: Annotated[Count, Search(low=50, high=800, log=True)] = 300
    learning_rate: Annotated[float, Field(gt=0, le=1), Search(low=0.005, high=0.2, log=True)] = 0.05
    leaves: Annotated[int, Field(ge=2, le=4096), Search(low=3, high=63, log=True)] = 15
    min_clients_per_leaf: Annotated[Count, Search(low=5, high=200, log=True)] = 20
    feature_share: Annotated[float, Field(gt=0, le=1), Search(low=0.1, high=1.0)] = 0.6
    row_share: Annotated[float, Field(gt=0, le=1), Search(low=0.3, high=1.0)] = 0.8
    l2: Annotated[float, Field(ge=0), Search(low=0.1, high=100.0, log=True)] = 5.0
    category_smoothing: Annotated[float, Field(ge=0), Search(low=1.0, high=200.0, log=True)] = 20.0
    bins: Annotated[int, Field(ge=2, le=255)] = Field(
        default=255, description="Into so many a feature's values are put; fewer fit faster."
    )


class MonotoneConfig(Section):
    """One direction that a model must keep, and why it must."""

    direction: Literal["up", "down"] = Field(description="up: a larger feature never lowers the prediction.")
    reason: Annotated[str, Field(min_length=10)] = Field(description="A sentence that a reviewer can defend.")


class ChoiceConfig(Section):
    """How one candidate for value is chosen on the calibration origins, by a score per origin.

    Score = ``ranking`` * normalized Gini - ``decile_error`` * decile MAPE - ``total_error`` * |log(total ratio)|. The
    first candidate of the list whose mean score lies within ``simpler_within`` of the best one is served.
    """

    ranking: Annotated[float, Field(ge=0)] = 1.0
    decile_error: Annotated[float, Field(ge=0)] = 0.2
    total_error: Annotated[float, Field(ge=0)] = 0.2
    simpler_within: Annotated[float, Field(ge=0)] = 0.005


BOOSTED = "boosted"
"""The decline learner of our own that leads."""
VALUE_CANDIDATES = ("tweedie", "hurdle", "ziln", "btyd", "btyd_offset", "past_sum", "blend")
SimpleValueName = Literal["past_sum", "btyd"]
SimpleDeclineName = Literal["logistic"]


class ValueLearnerConfig(BoostingConfig):
    """The value model: candidates that compete on the calibration origins, simplest first."""

    candidates: Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        default=("tweedie",),
        description="Simplest first: tweedie, hurdle, ziln, btyd, btyd_offset, past_sum, blend (the geometric mean of "
        "all others listed), or learners of plugins.value_learners.",
    )
    choice: ChoiceConfig = ChoiceConfig()
    simple: tuple[SimpleValueName, ...] = Field(
        default=("past_sum", "btyd"),
        description="Models of a few numbers: the best of them serves, alone or in a mixture, where past origins do "
        "not show that the chosen candidate ranks clients better; empty: the chosen one serves whatever they show.",
    )
    tweedie_power: Annotated[
        float, Field(gt=1, lt=2), Search(low=1.1, high=1.9, candidates=("tweedie", "btyd_offset"))
    ] = 1.5
    monotone: dict[str, MonotoneConfig] = Field(default_factory=dict, description="Feature -> direction and reason.")

    @model_validator(mode="after")
    def _blend_of_others(self) -> ValueLearnerConfig:
        names = self.candidates
        if len(set(names)) < len(names):
            raise ValueError(f"candidates must not repeat, got {list(names)}")
        if "blend" in names and len(names) < 3:  # noqa: PLR2004
            raise ValueError(f"blend needs at least two other candidates, got {list(names)}")
        return self


class DeclineLearnerConfig(BoostingConfig):
    """The decline model: whether within the horizon, when, and by which cause."""

    curve_steps: Annotated[int, Field(ge=1, le=60)] = Field(
        default=12, description="The horizon is divided into at most so many equal steps."
    )
    leader: Name = Field(
        default=BOOSTED,
        exclude_if=lambda name: name == BOOSTED,
        description="What serves where the data bear it: boosted trees, or a learner of plugins.decline_learners.",
    )
    simple: tuple[SimpleDeclineName, ...] = Field(
        default=("logistic",),
        description="Models of a few numbers: the first of them serves, alone or in a mixture, where past origins do "
        "not show that the leader ranks clients better; empty: the leader serves whatever they show.",
    )
    monotone: dict[str, MonotoneConfig] = Field(default_factory=dict, description="Feature -> direction and reason.")


class ColdStartConfig(BoostingConfig):
    """The models of clients in reach that were not active: few trees, since little is known of them."""

    serve: bool = Field(
        default=True,
        description="Score also whom the book knows without activity: newly won, prospects, and quiet clients with an "
        "opportunity or an acquisition cost.",
    )
    shrinkage: PositiveFloat = Field(
        default=50.0, description="A mean of clients who began alike counts by half once so many of them were seen."
    )
    trees: Annotated[Count, Search(low=20, high=400, log=True)] = 120
    learning_rate: Annotated[float, Field(gt=0, le=1), Search(low=0.005, high=0.2, log=True)] = 0.04
    leaves: Annotated[int, Field(ge=2, le=4096), Search(low=3, high=31, log=True)] = 8
    min_clients_per_leaf: Annotated[Count, Search(low=10, high=200, log=True)] = 60
    feature_share: Annotated[float, Field(gt=0, le=1), Search(low=0.1, high=1.0)] = 0.3
    bins: Annotated[int, Field(ge=2, le=255)] = Field(
        default=63, description="Into so many a feature's values are put; fewer fit faster."
    )


class DefaultLearnerConfig(DeclineLearnerConfig):
    """The model of default: small trees, since defaults are few."""

    trees: Annotated[Count, Search(low=50, high=800, log=True)] = 250
    learning_rate: Annotated[float, Field(gt=0, le=1), Search(low=0.005, high=0.2, log=True)] = 0.03
    leaves: Annotated[int, Field(ge=2, le=4096), Search(low=3, high=63, log=True)] = 4
    min_clients_per_leaf: Annotated[Count, Search(low=5, high=200, log=True)] = 40
    feature_share: Annotated[float, Field(gt=0, le=1), Search(low=0.1, high=1.0)] = 0.2
    bins: Annotated[int, Field(ge=2, le=255)] = Field(
        default=63, description="Into so many a feature's values are put; fewer fit faster."
    )


class LearnersConfig(Section):
    """The learners."""

    value: ValueLearnerConfig = ValueLearnerConfig()
    decline: DeclineLearnerConfig = DeclineLearnerConfig()
    default: DefaultLearnerConfig = DefaultLearnerConfig()
    cold_start: ColdStartConfig = ColdStartConfig()
    segments: SegmentsConfig
    half_life_periods: PositiveFloat | None = Field(
        default=None, description="A training origin this much older counts half as much; none: all count alike."
    )
    interval_level: OpenShare = Field(default=0.9, description="Share of clients whose value the interval holds.")
