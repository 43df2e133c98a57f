"""Tier rules that plug-ins bring: a figure of each client that criteria and caps of a policy name like a feature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from models.config.plugins import Setting
from models.config.policy.policy import PolicyConfig
from models.errors import InternalError
from models.grading.facts import Facts
from models.panel.features.words import FeatureWords
from models.plugins import PluginGroup, load_plugin
from models.vocab import FloatArray


class TierRule(Protocol):
    """The object behind an entry point of ``clientvalue.tier_rules``; ``tier_rules`` of a policy declares it.

    Unlike a feature it may look at what is foreseen. No model learns from it. A criterion of the policy gives points
    for its figure, a cap holds tiers down by it.
    """

    @property
    def words(self) -> FeatureWords:
        """What people call it (``labelled_words``)."""

    @property
    def features(self) -> Sequence[str]:
        """The features that it looks at; others need not be there when it is asked."""

    def figure(self, facts: Facts, *, settings: Mapping[str, Setting]) -> FloatArray:
        """One figure per client, (n,), NaN where it is not known; a client's figure is its own."""


def with_tier_rules(settings: PolicyConfig, facts: Facts) -> Facts:
    """The facts with the figures of the policy's tier rules among the features.

    Raises ``MissingPluginError`` where one is not installed, ``InternalError`` where it does not answer for each row.
    """
    found = {name: _figures(name, given, facts) for name, given in settings.tier_rules.items()}
    return facts.with_figures(found) if found else facts


def features_for(settings: PolicyConfig, looked_at: Sequence[str]) -> tuple[str, ...]:
    """The features that must be kept to grade: ``looked_at``, and what tier rules look at themselves."""
    asked = [feature for name in settings.tier_rules for feature in _rule(name).features]
    return tuple(dict.fromkeys([*looked_at, *asked]))


def rule_words(settings: PolicyConfig) -> dict[str, FeatureWords]:
    """What people call the tier rules of a policy, by their names."""
    return {name: _rule(name).words for name in settings.tier_rules}


def _rule(name: str) -> TierRule:
    rule: TierRule = load_plugin(PluginGroup.TIER_RULES, name)
    return rule


def _figures(name: str, settings: Mapping[str, Setting], facts: Facts) -> FloatArray:
    figures = np.asarray(_rule(name).figure(facts, settings=settings), dtype=np.float64)
    if figures.shape != (len(facts),) or np.isinf(figures).any():
        raise InternalError(f"the plug-in {name} must give each of {len(facts)} clients a figure or NaN")
    return figures
