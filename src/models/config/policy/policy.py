"""One policy as a whole, and the checks that span its parts. Each part stands in a module of its own."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, model_validator

from models.config.base import Name, Section
from models.config.labels import Wording
from models.config.plugins import PluginSettings
from models.config.policy.dimensions import DimensionConfig
from models.config.policy.problems import located, refuse, unknown_name
from models.config.policy.rules import (
    CapConfig,
    RuleConfig,
    StabilityConfig,
    TreatingConfig,
    cap_problems,
    table_problems,
)
from models.config.policy.tiers import DEFAULT_TIERS, TierConfig, TierScale
from models.config.policy.treatments import TreatmentsConfig, unknown_words
from models.errors import UserError
from models.text import Language, Text


class PolicyConfig(Section):
    """The tiers, how clients are graded into them, and how they are treated then."""

    tiers: tuple[TierConfig, ...] = Field(default=DEFAULT_TIERS, description="Best first; by default AA, A and B.")
    dimensions: Annotated[dict[Name, DimensionConfig], Field(min_length=1)]
    rules: Annotated[tuple[RuleConfig, ...], Field(min_length=1)]
    caps: tuple[CapConfig, ...] = Field(default=(), description="Of several that hold alike, the last is reported.")
    stability: StabilityConfig = StabilityConfig()
    treating: TreatingConfig | None = None
    treatments: TreatmentsConfig | None = None
    tier_rules: dict[Name, PluginSettings] = Field(
        default_factory=dict,
        exclude_if=operator.not_,
        description="Plug-ins whose figures criteria and caps may name as features -> settings of their own.",
    )

    @property
    def scale(self) -> TierScale:
        """The tiers, best first."""
        return TierScale(self.tiers)

    @model_validator(mode="after")
    def _whole(self) -> PolicyConfig:
        refuse(list(located("tiers", self.scale.problems())))
        refuse(
            [
                *self._problems_of_parts(),
                *self._composite_problems(),
                *self._profit_problems(),
                *table_problems(self.dimensions, self.rules, self.scale),
                *cap_problems(self.caps, self.scale),
                *self._cap_treatment_problems(),
            ]
        )
        return self

    def _problems_of_parts(self) -> Iterator[UserError]:
        """What each part finds wrong with itself: asked here, so that one part does not keep others from speaking."""
        for name, dimension in self.dimensions.items():
            yield from located(f"dimensions.{name}", dimension.problems())
        for cap in self.caps:
            yield from located(f"caps.{cap.name}", cap.problems())
        if self.treatments is not None:
            yield from located("treatments", self.treatments.problems(self.scale))

    def _composite_problems(self) -> Iterator[UserError]:
        """A dimension may count the scores of others, but only of those listed before it."""
        before: list[str] = []
        for name, dimension in self.dimensions.items():
            for criterion in dimension.criteria:
                if criterion.dimension and criterion.dimension not in before:
                    yield unknown_name(
                        f"a dimension that {name} counts, among those before it,", criterion.name, before
                    )
            if dimension.unit == "points":
                before.append(name)

    def _profit_problems(self) -> Iterator[UserError]:
        using = [name for name, dimension in self.dimensions.items() if dimension.measure == "treating_profit"]
        if using and self.treating is None:
            rule = f"{using[0]} measures what treating brings and needs the section treating"
            yield UserError(rule=rule, got="none", remedy="add treating: {success: ..., cost: ...}")

    def _cap_treatment_problems(self) -> Iterator[UserError]:
        for cap in self.caps:
            if cap.treatment is not None and self.treatments is None:
                yield UserError(
                    rule=f"cap {cap.name} changes the treatment and needs treatments", got="none", remedy="add them"
                )
            elif cap.treatment is not None and self.treatments is not None:
                yield from unknown_words(f"cap {cap.name}", cap.treatment, self.treatments)


_VALUE = Text("expected value", "config")
_DECLINE = Text("decline", "config")
_LEVELS = {
    "top": Text("top", "config"),
    "good": Text("good", "config"),
    "rest": Text("rest", "config"),
    "low": Text("low", "config"),
    "raised": Text("raised", "config"),
    "high": Text("high", "config"),
}


def built_in_policy(shares: Mapping[str, float], max_declines: Mapping[str, float]) -> PolicyConfig:
    """AA: value within its top share and decline at most its highest. A: likewise. B: all others.

    ``shares`` and ``max_declines``: of the tiers AA and A.
    It asks for nothing but the two predictions, so that every book can be graded.
    """
    bearable = [{"name": "low", "probability": max_declines["AA"]}]
    if max_declines["A"] > max_declines["AA"]:
        bearable.append({"name": "raised", "probability": max_declines["A"]})
    borne = [level["name"] for level in bearable]
    rules = [
        {"tier": "AA", "when": {"expected_value": "top", "decline_risk": "low"}},
        {"tier": "A", "when": {"expected_value": "good", "decline_risk": borne}},
        {"tier": "B", "when": {"expected_value": "rest", "decline_risk": borne}},
        {"tier": "B", "when": {"decline_risk": "high"}},
    ]
    if "raised" in borne:
        rules.append({"tier": "A", "when": {"expected_value": "top", "decline_risk": "raised"}})
    levels = _labelled(
        [{"name": "top", "share": shares["AA"]}, {"name": "good", "share": shares["A"]}, {"name": "rest"}]
    )
    dimensions = {
        "expected_value": {"label": _label(_VALUE), "measure": "value", "levels": levels},
        "decline_risk": {
            "label": _label(_DECLINE),
            "measure": "decline_probability",
            "levels": _labelled([*bearable, {"name": "high"}]),
        },
    }
    return PolicyConfig.model_validate({"dimensions": dimensions, "rules": rules})


def _labelled(levels: list[dict[str, object]]) -> list[dict[str, object]]:
    return [level | {"label": _label(_LEVELS[str(level["name"])])} for level in levels]


def _label(text: Text) -> dict[str, str]:
    """In the languages that every config must give; catalogues know the others by the English label."""
    return {language: text.within(Language(language)) for language in Wording.model_fields}
