"""Levels of a dimension in words: where they begin and end, by cut-offs that a reviewer can check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from models.config.policy.dimensions import DimensionConfig
from models.grading.fitted import GradingPolicy
from models.panel.features.words import Language
from models.reasons.figures import CURRENCIES_ZH

_OF_MORE: Final = {
    "en": {
        (True, True): "{label} at or above {worse} and below {better}",
        (True, False): "{label} at or above {worse}",
        (False, True): "{label} below {better}",
        (False, False): "",
    },
    "zh": {
        (True, True): "{label}不低于{worse}且低于{better}",
        (True, False): "{label}不低于{worse}",
        (False, True): "{label}低于{better}",
        (False, False): "",
    },
}
"""How a range is said where more is better: by whether it has a cut-off to reach, and one that would be too good."""
_OF_LESS: Final = {
    "en": {
        (True, True): "{label} above {better} and at most {worse}",
        (True, False): "{label} at most {worse}",
        (False, True): "{label} above {better}",
        (False, False): "",
    },
    "zh": {
        (True, True): "{label}高于{better}但不超过{worse}",
        (True, False): "{label}不超过{worse}",
        (False, True): "{label}高于{better}",
        (False, False): "",
    },
}
"""The same where less is better."""


def level_range(policy: GradingPolicy, name: str, levels: Sequence[str], language: Language = "en") -> str:
    """Some neighbouring levels of a dimension by their cut-offs, e.g. ``decline at most 30%``."""
    dimension, cut_offs = policy.settings.dimensions[name], policy.cut_offs[name]
    places = [dimension.level_names.index(level) for level in levels]
    better = _exact(dimension, policy.currency, cut_offs[min(places) - 1], language) if min(places) else ""
    worse = _exact(dimension, policy.currency, cut_offs[max(places)], language) if max(places) < len(cut_offs) else ""
    words = (_OF_MORE if dimension.sign > 0 else _OF_LESS)[language][bool(worse), bool(better)]
    return words.format(label=dimension.label.within(language), worse=worse, better=better)


def unknown_level(dimension: DimensionConfig, language: Language = "en") -> str:
    """What people call the level at which a client is taken of which nothing is known."""
    level = dimension.levels[dimension.unknown_level]
    return level.label.within(language) if level.label else level.name.replace("_", " ")


def _exact(dimension: DimensionConfig, currency: str, number: float, language: Language) -> str:
    """A cut-off as a reviewer must be able to check it."""
    if dimension.unit == "currency":
        return (
            f"{number:,.0f} {currency}" if language == "en" else f"{number:,.0f}{CURRENCIES_ZH.get(currency, currency)}"
        )
    if dimension.unit == "probability":
        return f"{100 * number:.4g}%"
    return f"{number:.4g} points" if language == "en" else f"{number:.4g}分"
