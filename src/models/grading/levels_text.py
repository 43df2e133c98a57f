"""Levels of a dimension in words: where they begin and end, by cut-offs that a reviewer can check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from models.config.policy.dimensions import DimensionConfig
from models.grading.fitted import GradingPolicy
from models.reasons.figures import exact_money
from models.text import ENGLISH, Language, Text

_OF_MORE: Final = {
    (True, True): Text("{label} at or above {worse} and below {better}"),
    (True, False): Text("{label} at or above {worse}"),
    (False, True): Text("{label} below {better}"),
}
"""How a range is said where more is better: by whether it has a cut-off to reach, and one that would be too good."""
_OF_LESS: Final = {
    (True, True): Text("{label} above {better} and at most {worse}"),
    (True, False): Text("{label} at most {worse}"),
    (False, True): Text("{label} above {better}"),
}
"""The same where less is better."""
_PROBABILITY: Final = Text("{number:.4g}%", "cut-off")
_POINTS: Final = Text("{number:.4g} points", "score")


def level_range(policy: GradingPolicy, name: str, levels: Sequence[str], language: Language = ENGLISH) -> str:
    """Some neighbouring levels of a dimension by their cut-offs, e.g. ``decline at most 30%``."""
    dimension, cut_offs = policy.settings.dimensions[name], policy.cut_offs[name]
    places = [dimension.level_names.index(level) for level in levels]
    better = _exact(dimension, policy.currency, cut_offs[min(places) - 1], language) if min(places) else ""
    worse = _exact(dimension, policy.currency, cut_offs[max(places)], language) if max(places) < len(cut_offs) else ""
    if not worse and not better:
        return ""
    words = (_OF_MORE if dimension.sign > 0 else _OF_LESS)[bool(worse), bool(better)]
    return words.within(language, label=dimension.label.phrase(), worse=worse, better=better)


def unknown_level(dimension: DimensionConfig, language: Language = ENGLISH) -> str:
    """What people call the level at which a client is taken of which nothing is known."""
    level = dimension.levels[dimension.unknown_level]
    return level.label.within(language) if level.label else level.name.replace("_", " ")


def _exact(dimension: DimensionConfig, currency: str, number: float, language: Language) -> str:
    """A cut-off as a reviewer must be able to check it."""
    if dimension.unit == "currency":
        return exact_money(number, currency, language)
    if dimension.unit == "probability":
        return _PROBABILITY.within(language, number=100 * number)
    return _POINTS.within(language, number=number)
