"""Criteria in words: what one looks at, and what was observed, be it a feature, a forecast or a dimension."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.config.policy.dimensions import Unit
from models.grading.fitted import GradingPolicy
from models.panel.features.words import FeatureWords, FigureUnit, plain_words
from models.reasons.figures import figure_in_words, money
from models.reasons.text import feature_in_words
from models.text import Language, Text, named
from models.text import number as number_in

_POINTS: Final = Text("{number} points", "score")
PREDICTIONS: Final = {
    "value": Text("value", "prediction"),
    "value_low": Text("lower bound of value", "prediction"),
    "value_high": Text("upper bound of value", "prediction"),
    "decline_probability": Text("probability of decline", "prediction"),
    "decline_low": Text("lower bound of decline", "prediction"),
    "decline_high": Text("upper bound of decline", "prediction"),
}


def criterion_name(name: str, policy: GradingPolicy, words: Mapping[str, FeatureWords], language: Language) -> str:
    """What people call what a criterion looks at: a dimension, a prediction or a feature."""
    if name in policy.settings.dimensions:
        return policy.settings.dimensions[name].label.within(language)
    if name in PREDICTIONS:
        return PREDICTIONS[name].within(language)
    return (words.get(name) or plain_words(name)).describe(language)


def criterion_value(
    name: str,
    value: float | str | None,
    policy: GradingPolicy,
    words: Mapping[str, FeatureWords],
    language: Language,
) -> str:
    """What was observed by a criterion, as people write it; empty where nothing was."""
    if value is None:
        return ""
    if isinstance(value, str):
        return named(value).within(language)
    if name in policy.settings.dimensions:
        return number_in_unit(value, policy.settings.dimensions[name].unit, policy.currency, language)
    if name in PREDICTIONS:
        unit: Unit = "currency" if name.startswith("value") else "probability"
        return number_in_unit(value, unit, policy.currency, language)
    return feature_in_words(value, words.get(name) or plain_words(name), language, policy.currency) or ""


def number_in_unit(value: float, unit: Unit, currency: str, language: Language) -> str:
    """The number of a dimension in its unit.

    >>> [number_in_unit(each, "points", "USD", Language("en")) for each in (31.62, 40.0)]
    ['31.6 points', '40.0 points']
    >>> number_in_unit(0.184, "probability", "USD", Language("en"))
    '18%'
    """
    if unit == "currency":
        return money(value, currency, language)
    if unit == "probability":
        return figure_in_words(value, FigureUnit.SHARE, language)
    return _POINTS.within(language, number=number_in(f"{value:.1f}", language))
