"""Sections that say what a client is: stage, relationship type, need, region, value class. No rule runs here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.config.base import Count, Name, OpenShare, Section, Share
from models.config.labels import LabelConfig
from models.text import Language, Text, named

_ROUNDING = 1e-6
Weights = dict[str, float]
ValuePart = Literal["invested", "expected", "influence"]
HoldPeriods = Annotated[
    int, Field(ge=1, le=60, description="A change counts once it has held for so many periods; 1: at once.")
]


class StagesConfig(Section):
    """When a client counts as new, growing, declining or gone."""

    acquisition_max_periods: Annotated[int, Field(ge=0)] = Field(
        description="A client known for at most this long is in acquisition; 0: it lies before the first business."
    )
    development_max_periods: Annotated[int, Field(ge=0)] = Field(
        default=0, description="A client known for at most this long still develops, however it grows."
    )
    churned_after_periods: Count = Field(description="No activity for longer than this: churned.")
    churned_while_bound: bool = Field(
        default=True,
        description="Also where a facility is open or something is asked for; false: such a client has not churned.",
    )
    quiet_after_periods: Annotated[int, Field(ge=0)] | None = Field(
        default=None,
        description="A client with an opportunity open, or one that arose at most so long ago, is not yet in decline, "
        "however probable decline is. Unset: it may be.",
    )
    growth_ratio: Annotated[float, Field(gt=1)] = Field(
        default=1.25, description="Activity of the latest window over the one before it: above, development."
    )
    trend_window_periods: Count = Field(description="Length of those two windows.")
    decline_probability: OpenShare = Field(description="At or above: decline.")
    shrinking_by: Literal["activity", "balance"] = Field(
        default="activity",
        description="activity: of the latest window over the one before it. balance: what is drawn over its average in "
        "the activity window.",
    )
    shrinking_ratio: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.8, description="Below, business shrinks as all can see."
    )
    shrinking_decline_probability: OpenShare | None = Field(
        default=None,
        description="At or above, of a client whose business shrinks and that asks for nothing new: decline, too.",
    )
    hold_periods: HoldPeriods = 1


class DriverConfig(Section):
    """What speaks for or against a kind: a weighted mean of where a client stands in the book.

    A feature is a column of the panel, or ``column=category`` for whether a client is of that category. Its weight is
    its share in the driver; with a minus, less of it is more of the driver.
    """

    features: Annotated[Weights, Field(min_length=1)]
    label: LabelConfig = LabelConfig()

    def called(self, name: str, language: Language) -> str:
        """What people call the driver of this name: its label in a language, else the common one, else the name."""
        return self.label.phrase(_DRIVERS.get(name, named(name.replace("_", " ")))).within(language)

    @model_validator(mode="after")
    def _whole(self) -> DriverConfig:
        require_whole("the weights of a driver's features", self.features)
        return self


class KindsConfig(Section):
    """Degrees of several kinds: softmax of ``base`` and of the drivers, each times its weight for the kind."""

    drivers: Annotated[dict[Name, DriverConfig], Field(min_length=1)]
    base: Weights = Field(
        default_factory=dict, description="Kind -> log-odds before anything is known; 0 unless given."
    )
    weights: dict[str, Weights] = Field(
        description="Kind -> driver -> log-odds that it adds where the driver stands at the top of the book."
    )
    hold_periods: HoldPeriods = 1
    labels: str | None = Field(
        default=None,
        description="Parquet or CSV file with client_id, label and perhaps as_of: what people said of clients. "
        "Weights are learned from it, and compared with those above.",
    )

    @model_validator(mode="after")
    def _fitting(self) -> KindsConfig:
        for kind, weights in self.weights.items():
            unknown = [name for name in weights if name not in self.drivers]
            if unknown:
                raise ValueError(f"weights of {kind} must name drivers, got {unknown}: known are {list(self.drivers)}")
        return self


class RelationshipsConfig(KindsConfig):
    """What makes a client strategic, transactional, a partner, or one with a problem to solve."""

    drivers: Annotated[dict[Name, DriverConfig], Field(min_length=1)] = Field(
        default_factory=lambda: _drivers(
            depth={
                "facility_open_count": 0.3,
                "facility_remaining_tenor": 0.2,
                "mix_products_ever": 0.2,
                "activity_count_ever": 0.3,
            },
            standing={"activity_size_ever": 0.4, "value_sum_ever": 0.4, "pd_last": -0.2},
            trust={"tenure_days": 0.4, "activity_active_periods": 0.2, "csat_last": 0.2, "group_clients": 0.2},
            distress={"pd_last": 0.4, "accounts_gearing": 0.3, "facility_spread_bp_mean": 0.3},
        )
    )
    base: Weights = Field(default_factory=lambda: {"strategic": -1.5, "transactional": 0.5, "problem-solving": -1.5})
    weights: dict[str, Weights] = Field(
        default_factory=lambda: {
            "strategic": {"depth": 2.0, "standing": 4.0, "trust": 1.0, "distress": -2.0},
            "transactional": {"depth": -2.0, "standing": -2.0, "trust": -1.0},
            "partnership": {"depth": 1.0, "trust": 3.0, "distress": -1.0},
            "problem-solving": {"distress": 6.0},
        }
    )

    @model_validator(mode="after")
    def _known_kinds(self) -> RelationshipsConfig:
        require_kinds(self, ("strategic", "transactional", "partnership", "problem-solving"))
        return self


class NeedsConfig(KindsConfig):
    """What shows that a client comes for funding, for resources to integrate, or for managing risk."""

    drivers: Annotated[dict[Name, DriverConfig], Field(min_length=1)] = Field(
        default_factory=lambda: _drivers(
            borrowing={"facility_utilisation": 0.5, "accounts_gearing": 0.5},
            building={"facility_remaining_tenor": 0.5, "activity_size_ever": 0.5},
            protection={"risk_appetite=conservative": 0.5, "risk_appetite=aggressive": -0.5},
        )
    )
    base: Weights = Field(default_factory=lambda: {"funding": 1.0})
    weights: dict[str, Weights] = Field(
        default_factory=lambda: {
            "funding": {"borrowing": 2.0},
            "resource integration": {"building": 2.0},
            "risk management": {"protection": 2.0},
        }
    )

    @model_validator(mode="after")
    def _known_kinds(self) -> NeedsConfig:
        require_kinds(self, ("funding", "resource integration", "risk management"))
        return self


class RegionsConfig(Section):
    """Which places are key regions or emerging markets: those named, and those that the book's own figures show."""

    level: Literal["region", "country"] = Field(default="region", description="The column of clients that is a place.")
    key: tuple[str, ...] = Field(default=(), description="Key regions by decision.")
    emerging: tuple[str, ...] = Field(default=(), description="Emerging markets by decision.")
    key_share: Share = Field(default=0.25, description="Key by the data: at least this share of the expected value.")
    emerging_growth: Annotated[float, Field(ge=-1)] = Field(
        default=0.25, description="Emerging by the data: activity grew by at least this share in the trend window ..."
    )
    min_clients: Count = Field(default=20, description="... with at least so many clients; fewer prove nothing.")
    potential: DriverConfig = Field(
        default_factory=lambda: DriverConfig(
            features={
                "registered_capital": 0.3,
                "accounts_revenue": 0.3,
                "market_position=leader": 0.2,
                "employees": 0.2,
            }
        ),
        description="Strength of capital and standing in the industry.",
    )
    high_share: OpenShare = Field(
        default=0.25, description="The strongest share of a class of regions: high potential."
    )

    @model_validator(mode="after")
    def _apart(self) -> RegionsConfig:
        both = sorted(set(self.key) & set(self.emerging))
        if both:
            raise ValueError(f"a place must be key or emerging, got {both} as both")
        return self


class ValueClassesConfig(Section):
    """High, medium and low: by what was invested, what is expected and whom the client moves."""

    invested: DriverConfig = Field(
        default_factory=lambda: DriverConfig(features={"value_sum_ever": 0.5, "facility_limit_mean": 0.5})
    )
    influence: DriverConfig = Field(
        default_factory=lambda: DriverConfig(
            features={"market_position=leader": 0.5, "group_clients": 0.25, "accounts_revenue": 0.25}
        ),
        description="Market position, group, reference.",
    )
    weights: Annotated[dict[ValuePart, Share], Field(min_length=1)] = Field(
        default_factory=lambda: _value_parts(invested=0.3, expected=0.5, influence=0.2)
    )
    high_share: OpenShare = Field(default=0.15, description="The best share of the book: high.")
    medium_share: OpenShare = Field(default=0.35, description="The next share: medium. The others: low.")

    @model_validator(mode="after")
    def _whole(self) -> ValueClassesConfig:
        require_whole("the weights of value classes", self.weights)
        if self.high_share + self.medium_share >= 1:
            raise ValueError(
                f"high_share and medium_share must leave room for low, got {self.high_share} and {self.medium_share}"
            )
        return self


def require_whole(what: str, weights: Mapping[str, float] | Mapping[ValuePart, float]) -> None:
    """Refuse shares whose sizes do not sum to one: a forgotten or doubled share would pass unseen."""
    total = sum(abs(weight) for weight in weights.values())
    if abs(total - 1) > _ROUNDING:
        listed = ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
        raise ValueError(f"{what} must sum to 1 (a minus aside), got {total:g} from {listed}: divide each by {total:g}")


def require_kinds(section: KindsConfig, kinds: tuple[str, ...]) -> None:
    """Refuse unknown kinds, and a kind for which nothing can speak."""
    unknown = [name for name in (*section.weights, *section.base) if name not in kinds]
    missing = [name for name in kinds if not section.weights.get(name)]
    if unknown or missing:
        got = f"unknown {unknown}" if unknown else f"none for {missing}"
        raise ValueError(f"weights must be given for {', '.join(kinds)}, got {got}")


_DRIVERS = {
    "depth": Text("depth of business", "driver"),
    "standing": Text("standing", "driver"),
    "trust": Text("trust", "driver"),
    "distress": Text("distress", "driver"),
    "borrowing": Text("use of credit", "driver"),
    "building": Text("joint building", "driver"),
    "protection": Text("caution", "driver"),
}
"""What people call the drivers of common names, where the config does not say otherwise."""


def _drivers(**features: Weights) -> dict[str, DriverConfig]:
    return {name: DriverConfig(features=weights) for name, weights in features.items()}


def _value_parts(*, invested: float, expected: float, influence: float) -> dict[ValuePart, float]:
    return {"invested": invested, "expected": expected, "influence": influence}
