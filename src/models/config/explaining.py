"""Limits on the proposals of explanations: features that a relationship manager can move, directions and actions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from models.config.base import Name, Section, Share
from models.config.labels import ByLanguage

Sentence = Annotated[str, Field(min_length=4)]
Pattern = Annotated[str, Field(pattern=r"^[a-z*][a-z0-9_*]*$")]


class ActionConfig(ByLanguage):
    """What a relationship manager would do, in the languages that explanations come in."""

    en: Sentence
    zh: Sentence


class ReachConfig(Section):
    """One thing that a relationship manager can do, and the features that it moves.

    They move together, each in its own direction. What can be done both ways is two entries: doing more of it is
    another action than doing less.
    """

    up: tuple[Pattern, ...] = Field(default=(), description="Features that it raises, e.g. meeting_count_*.")
    down: tuple[Pattern, ...] = Field(default=(), description="Features that it lowers, e.g. complaint_*.")
    lends: bool = Field(
        default=False,
        description="It lends or renews what is lent: not proposed to who is in arrears, capped or likely to default.",
    )
    action: ActionConfig = Field(description="What to do, as one would tell a colleague.")

    @model_validator(mode="after")
    def _one_direction(self) -> ReachConfig:
        both = sorted(set(self.up) & set(self.down))
        if both or not (self.up or self.down):
            raise ValueError(
                f"up and down must name features, none of them twice, got {both or 'none'}: "
                "write what can go both ways as two entries, each with its action"
            )
        return self


class ExplainingConfig(Section):
    """How a client's explanation goes beyond what was scored. It changes no number of a model."""

    within_reach: dict[Name, ReachConfig] = Field(
        default_factory=dict,
        description="What can be done about a client; a feature belongs to the first that names it.",
    )
    lending_max_default: Share = Field(
        default=0.10, description="Probability of default within the horizon above which no lending is proposed."
    )


class CardConfig(Section):
    """Who answers for the models, what they are meant for, and what they must not be used for."""

    owner: str = Field(default="", description="Who answers for the models: a person or a unit, and how to reach it.")
    purpose: str = Field(default="", description="What the models are used for. Default: a general sentence.")
    limits: tuple[str, ...] = Field(
        default=(), description="Further limits, a sentence each, beside those that are found in data and evaluation."
    )
