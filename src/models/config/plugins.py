"""The section of plug-ins: own code that a config names, each with its settings."""

from __future__ import annotations

import operator
from collections.abc import Mapping

from pydantic import Field

from models.config.base import Name, Section
from models.plugins import PluginGroup

Setting = bool | int | float | str | tuple[str, ...]
PluginSettings = dict[str, Setting]


class PluginsConfig(Section):
    """Plug-ins by what they do: name of the entry point -> settings of its own. Nothing else is loaded.

    Families of features stand in ``features.families``, tier rules in ``tier_rules`` of a policy.
    """

    sources: dict[Name, PluginSettings] = Field(default_factory=dict, description="For book.source.")
    value_learners: dict[Name, PluginSettings] = Field(
        default_factory=dict, description="For learners.value.candidates."
    )
    decline_learners: dict[Name, PluginSettings] = Field(
        default_factory=dict, description="For learners.decline.leader."
    )
    warning_signals: dict[Name, PluginSettings] = Field(
        default_factory=dict, description="Each a dimension of warnings of its own."
    )

    sinks: dict[Name, PluginSettings] = Field(
        default_factory=dict, description="Each the scheme of an address in publish.sink, such as vault://risk."
    )

    kpis: dict[Name, PluginSettings] = Field(
        default_factory=dict, exclude_if=operator.not_, description="Figures of client management beside ours."
    )

    @property
    def is_empty(self) -> bool:
        """Whether no plug-in is named."""
        return self.decide_nothing and not self.sinks and not self.kpis

    @property
    def decide_nothing(self) -> bool:
        """Whether none is named that decides numbers."""
        return not any(self.named().values())

    def named(self) -> Mapping[PluginGroup, Mapping[str, PluginSettings]]:
        """The plug-ins that decide numbers, of each group, by name; where results go decides none."""
        return {
            PluginGroup.SOURCES: self.sources,
            PluginGroup.VALUE_LEARNERS: self.value_learners,
            PluginGroup.DECLINE_LEARNERS: self.decline_learners,
            PluginGroup.WARNING_SIGNALS: self.warning_signals,
        }
