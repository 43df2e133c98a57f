"""The section ``features``: what is measured, over which windows, and what of clients and facilities comes along."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.config.base import Count, Name, Section
from models.config.labels import LabelConfig
from models.config.plugins import PluginSettings

MEASURED_TABLES = ("cashflows", "interactions", "surveys", "ratings", "financials", "opportunities")
"""Tables of the contract whose rows can be measured."""


class MeasureConfig(Section):
    """One measured quantity of a client: which rows of which table, and which number of each."""

    table: Name = Field(
        default="cashflows", description="A table whose rows have a client and a day, of all books or of book.own."
    )
    kinds: tuple[str, ...] = Field(default=(), description="Only rows of these kinds; empty: all.")
    products: tuple[str, ...] = Field(
        default=(), description="Only rows whose facility has one of these products; empty: all."
    )
    column: str = Field(default="amount", description="The number that is summed, or whose last value is kept.")
    form: Literal["flow", "state"] = "flow"
    label: LabelConfig | None = Field(
        default=None, description="What people call it; default: the common word, else its name with blanks."
    )


class FacilityCountConfig(Section):
    """Which facilities are counted together: those that are of one of the values of every column that is named."""

    products: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    own: dict[Name, tuple[str, ...]] = Field(
        default_factory=dict,
        exclude_if=lambda own: not own,
        description="Column of book.own.facilities -> values that count.",
    )
    label: LabelConfig | None = Field(
        default=None, description="What people call them, in the plural; default: the name with blanks."
    )

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Column of facilities -> values that count, of the columns that are named."""
        named = {"product": self.products, "purpose": self.purposes, "sector": self.sectors, **self.own}
        return {column: values for column, values in named.items() if values}

    @model_validator(mode="after")
    def _some(self) -> FacilityCountConfig:
        if not self.columns:
            raise ValueError(
                "a count of facilities must name products, purposes, sectors or own columns, got none: all facilities "
                "together are counted anyway"
            )
        return self


RESERVED_NAMES, RESERVED_PREFIX = ("activity", "value"), "value_part_"
"""Measures that every book has, made of ``activity.kinds`` and ``value.kinds``; the cube finds them by these names."""


class FeaturesConfig(Section):
    """Which windows and families of features are computed."""

    windows: Annotated[tuple[Count, ...], Field(min_length=1)] = Field(description="In periods, rising.")
    measures: dict[Name, MeasureConfig] = Field(default_factory=dict)
    mix: tuple[Name, ...] = Field(
        default=(), description="Measures whose shares of their common sum tell the product mix."
    )
    facility_counts: dict[Name, FacilityCountConfig] = Field(
        default_factory=dict, description="Facilities that are counted apart: one column each, ever signed."
    )
    families: dict[Name, PluginSettings] = Field(
        default_factory=dict,
        exclude_if=lambda families: not families,
        description="Families of features that plug-ins bring: name of the plug-in -> settings. The names of their "
        "features begin with that of the plug-in.",
    )
    facility_means: tuple[Name, ...] = Field(
        default=(),
        exclude_if=lambda names: not names,
        description="Numbers of book.own.facilities whose mean over the open facilities, weighted by limit, is used.",
    )
    attributes: tuple[str, ...] = Field(
        default=(),
        description="Columns of clients used as they are; text becomes a category, a date the days since it.",
    )
    context: tuple[str, ...] = Field(
        default=(), description="Columns of clients by which the surroundings are summed, e.g. country."
    )
    macro: tuple[str, ...] = Field(
        default=(), description="Columns of macro used for the client's country, e.g. gdp_growth."
    )
    text_components: Annotated[int, Field(ge=0, le=32)] = Field(
        default=0, description="How many numbers the tone of a note becomes; 0: notes are not read."
    )
    max_categories: Count = Field(default=40, description="Rarer categories are pooled.")

    @model_validator(mode="after")
    def _consistent(self) -> FeaturesConfig:
        if list(self.windows) != sorted(set(self.windows)):
            raise ValueError(f"windows must rise without repeats, got {list(self.windows)}")
        unknown = [name for name in self.mix if name not in self.measures]
        if unknown:
            raise ValueError(f"mix must name measures, got {unknown}: known are {sorted(self.measures)}")
        taken = [name for name in self.measures if name in RESERVED_NAMES or name.startswith(RESERVED_PREFIX)]
        if taken:
            raise ValueError(
                f"measures must not be named {', '.join(RESERVED_NAMES)} or {RESERVED_PREFIX}*, which every book has, "
                f"got {taken}: rename them"
            )
        return self
