"""One reason as a sentence: the client's value, what is usual for its peers, and the effect."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final, Literal

from models.panel.features.beginning import ALIKE_IN_WORDS
from models.panel.features.words import FeatureWords, FigureUnit
from models.reasons.figures import figure_in_words, money, points
from models.reasons.ranking import Reason
from models.text import Language, Text, quoted

Effect = Literal["probability", "value", "margin", "credit_loss"]
"""What a reason adds to: the probability of decline, or in currency the value or one of its parts."""


class Bearing(StrEnum):
    """How being other than the peers bears on the effect of a reason, which is measured against the base."""

    FOR = "for"
    AGAINST = "against"
    NONE = "none"


ABOUT = 0.05
"""A value within this share of the usual one is about as usual."""
_SPEAKING = (FigureUnit.MONEY, FigureUnit.TIMES)
"""Figures that are understood beside a clause that tells of none: "no record of fees, while 1.1 m USD is usual"."""
_HUNDRED = 100.0
_DOES: dict[tuple[Effect, bool], Text] = {
    ("probability", True): Text("raises the risk"),
    ("probability", False): Text("lowers the risk"),
    ("value", True): Text("raises the value"),
    ("value", False): Text("lowers the value"),
    ("margin", True): Text("raises the margin"),
    ("margin", False): Text("lowers the margin"),
    ("credit_loss", True): Text("raises the credit loss"),
    ("credit_loss", False): Text("lowers the credit loss"),
}
"""By what an effect is on and whether it adds."""
_SENTENCE: Final = Text("{clause}: {effect}.")
_CLAUSE: Final = Text("{clause}.")
_CHANGE: dict[Effect, Text] = {
    "probability": Text("risk {change}"),
    "value": Text("value {change}"),
    "margin": Text("margin {change}"),
    "credit_loss": Text("credit loss {change}"),
}
_RANGE: Final = Text("{low} to {high}")
_AS_USUAL: Final = Text(", as usual for clients like this one")
_UNLIKE_MOST: Final = Text(", while for most clients like this one {lacking}")
_SAME_EFFECT: Final = Text(", which {does} as much as what is usual for clients like this one ({usual})")
_STILL: Final = Text(", which still {does} (usual for clients like this one: {usual})")
_USUAL: Final = Text(" (usual for clients like this one: {usual})")
_WHILE_USUAL: Final = Text(", while {usual} is usual for clients like this one")
_USUAL_OF: Final = Text("; usual for clients like this one is {usual} ({what})")
_MOST_COMMON: Final = Text(", the most common among clients like this one")
_COMMON_IS: Final = Text("; the most common among clients like this one is {usual}")
_ABOUT: Final = Text(", about as usual for clients like this one ({usual})")
_COMPARED: Final = Text(", {than} than usual for clients like this one ({usual})")
_FAR: Final = Text(", far {than} than usual for clients like this one ({usual})")


def sentence(
    reason: Reason,
    words: FeatureWords,
    *,
    on: Effect,
    language: Language,
    currency: str,
    bearing: Bearing = Bearing.FOR,
) -> str:
    """What a reviewer reads of a reason.

    It claims a difference from the peers only where the two figures differ as they are written. ``on``: what the
    effect adds to. Where the difference does not bear out the effect,
    the sentence says that the effect holds all the same, or that it is no other for the peers.
    """
    said = _statement(reason, words, language, currency)
    does = _DOES[on, reason.effect > 0].within(language)
    compared = (
        _comparison(reason, words, language, currency)
        if bearing is Bearing.FOR or not _is_told_apart(reason, words, language, currency)
        else _all_the_same(reason, words, language, currency, does, bearing)
    )
    effect = effect_in_words(reason.effect, on, language, currency)
    return _SENTENCE.within(language, clause=f"{said[:1].upper()}{said[1:]}{compared}", effect=effect)


def clause(reported: str, effect: str, language: Language) -> str:
    """A sentence without its effect, where that stands beside it."""
    end = _SENTENCE.within(language, clause="", effect=effect)
    return _CLAUSE.within(language, clause=reported.removesuffix(end)) if reported.endswith(end) else reported


def effect_in_words(effect: float, on: Effect, language: Language, currency: str) -> str:
    """What a reason adds to the prediction.

    >>> effect_in_words(0.062, "probability", "en", "USD"), effect_in_words(-1.2e6, "value", "en", "USD")
    ('risk +6.2 points', 'value -1.2 m USD')
    """
    probability = on == "probability"
    change = points(effect * _HUNDRED, language) if probability else money(effect, currency, language, signed=True)
    return _CHANGE[on].within(language, change=change)


def observed_in_words(reason: Reason, words: FeatureWords, language: Language, currency: str) -> str | None:
    """The client's value of the leading feature; None where it has none."""
    if reason.observed_text is not None:
        return category_in_words(reason.observed_text, language)
    return _written(reason.observed, words, language, currency)


def usual_in_words(reason: Reason, words: FeatureWords, language: Language, currency: str) -> str | None:
    """What is usual for the client's peers; None where most have none, or where nothing was learned."""
    if reason.usual_text is not None:
        return category_in_words(reason.usual_text, language)
    return _written(reason.usual, words, language, currency)


def range_in_words(reason: Reason, words: FeatureWords, language: Language, currency: str) -> str | None:
    """From which to which value the peers lie, a tenth of them left out at either end; None of categories."""
    low, high = (_written(value, words, language, currency) for value in (reason.low, reason.high))
    if low is None or high is None:
        return None
    return _RANGE.within(language, low=low, high=high)


def feature_in_words(value: object, words: FeatureWords, language: Language, currency: str) -> str | None:
    """A value as it stands in the panel: a number or text; None where it is missing."""
    if isinstance(value, str):
        return category_in_words(value, language)
    number = float(value) if isinstance(value, (int, float)) else math.nan
    return None if math.isnan(number) else _written(number, words, language, currency)


def _written(value: float | None, words: FeatureWords, language: Language, currency: str) -> str | None:
    """As it stands on its own, outside of a clause."""
    if value is None:
        return None
    signed = words.signed or words.figure is FigureUnit.GROWTH
    return figure_in_words(value, words.figure, language, currency=currency, signed=signed)


def _statement(reason: Reason, words: FeatureWords, language: Language, currency: str) -> str:
    if reason.observed_text is not None:
        return words.state(category_in_words(reason.observed_text, language), language)
    if reason.observed is None:
        return words.missing.within(language)
    if reason.observed == 0 and words.none is not None:
        return words.none.within(language)
    value = figure_in_words(reason.observed, words.figure, language, currency=currency, signed=words.signed)
    return words.state(value, language)


def category_in_words(category: str, language: Language) -> str:
    """A category as the book writes it, within quotes; how a client began, which is ours, in the language."""
    ours = ALIKE_IN_WORDS.get(category)
    return quoted(category if ours is None else ours.within(language), language)


def _comparison(reason: Reason, words: FeatureWords, language: Language, currency: str) -> str:
    """What is said of the peers: nothing of whom nothing is known, no difference that cannot be read."""
    if not reason.peers:
        return ""
    observed, usual = (tell(reason, words, language, currency) for tell in (observed_in_words, usual_in_words))
    if words.figure is FigureUnit.NAME:
        return _of_categories(observed, usual, language)
    if observed == usual:
        return _AS_USUAL.within(language)
    if usual is None:
        return _UNLIKE_MOST.within(language, lacking=words.missing)
    return _of_numbers(reason, words, language, usual)


def _is_told_apart(reason: Reason, words: FeatureWords, language: Language, currency: str) -> bool:
    """Whether a reader sees a difference between the client and its peers."""
    observed, usual = (tell(reason, words, language, currency) for tell in (observed_in_words, usual_in_words))
    return bool(reason.peers) and observed != usual and not _about_as_usual(reason)


def _all_the_same(
    reason: Reason, words: FeatureWords, language: Language, currency: str, does: str, bearing: Bearing
) -> str:
    """The figure of the peers beside an effect that does not follow from the difference; ``does`` says the effect."""
    usual = usual_in_words(reason, words, language, currency) or words.missing.within(language)
    return (_SAME_EFFECT if bearing is Bearing.NONE else _STILL).within(language, does=does, usual=usual)


def _of_numbers(reason: Reason, words: FeatureWords, language: Language, usual: str) -> str:
    """A comparative fits where the clause tells a plain number; else the usual stands beside the value."""
    if words.signed or words.figure is FigureUnit.GROWTH:
        return _USUAL.within(language, usual=usual)
    if reason.observed is None or (reason.observed == 0 and words.none is not None):
        return _beside_none(words, language, usual)
    return _relation(reason, words, language, usual)


def _beside_none(words: FeatureWords, language: Language, usual: str) -> str:
    """Beside a clause without a number: an amount speaks for itself, other figures need the name of what they are."""
    if words.figure in _SPEAKING:
        return _WHILE_USUAL.within(language, usual=usual)
    return _USUAL_OF.within(language, usual=usual, what=words.description)


def _of_categories(observed: str | None, usual: str | None, language: Language) -> str:
    if usual is None:
        return ""
    if observed == usual:
        return _MOST_COMMON.within(language)
    return _COMMON_IS.within(language, usual=usual)


def _relation(reason: Reason, words: FeatureWords, language: Language, usual: str) -> str:
    """Below, about or above what is usual; far so where nine in ten peers lie on the other side."""
    observed, middle = reason.observed or 0.0, reason.usual or 0.0
    if _about_as_usual(reason):
        return _ABOUT.within(language, usual=usual)
    than = words.than.lower if observed < middle else words.than.higher
    beyond = (reason.low is not None and observed < reason.low) or (reason.high is not None and observed > reason.high)
    return (_FAR if beyond else _COMPARED).within(language, than=than, usual=usual)


def _about_as_usual(reason: Reason) -> bool:
    return (
        reason.observed is not None
        and reason.usual is not None
        and abs(reason.observed - reason.usual) <= ABOUT * abs(reason.usual)
    )
