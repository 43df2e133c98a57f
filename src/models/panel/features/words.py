"""Names of features as phrases, and clauses that state their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from models.errors import DamagedBundleError
from models.text import ENGLISH, Label, Language, Phrase, Text, named


class FigureUnit(StrEnum):
    """How the number of a feature is to be said."""

    MONEY = "money"
    TIMES = "times"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    POINTS = "points"
    GROWTH = "growth"
    MULTIPLE = "multiple"
    BASIS_POINTS = "basis points"
    DAYS = "days"
    DAYS_OVERDUE = "days overdue"
    HOURS = "hours"
    WEEKS = "weeks"
    MONTHS = "months"
    QUARTERS = "quarters"
    YEARS = "years"
    NAME = "name"


OWN_FIGURES: Mapping[str, FigureUnit] = {
    "money": FigureUnit.MONEY,
    "share": FigureUnit.SHARE,
    "ratio": FigureUnit.MULTIPLE,
    "basis points": FigureUnit.BASIS_POINTS,
    "hours": FigureUnit.HOURS,
    "days": FigureUnit.DAYS,
    "count": FigureUnit.COUNT,
    "score": FigureUnit.NUMBER,
}
"""Unit of a book's own number -> how it is said."""


class Comparative(NamedTuple):
    """How a smaller and a larger value compare with others: "less" and "more" than usual."""

    lower: Text
    higher: Text


LESS = Comparative(Text("less", "of amounts"), Text("more", "of amounts"))
LOWER = Comparative(Text("lower", "of levels"), Text("higher", "of levels"))
SMALLER = Comparative(Text("lower", "of numbers"), Text("higher", "of numbers"))
FEWER = Comparative(Text("fewer", "of counts"), Text("more", "of counts"))
RARER = Comparative(Text("less often", "of counts"), Text("more often", "of counts"))
SHORTER = Comparative(Text("shorter", "of times"), Text("longer", "of times"))
NEARER = Comparative(Text("more recently", "of times"), Text("longer ago", "of times"))
NEWER = Comparative(Text("newer", "of times"), Text("older", "of times"))


class Topic(NamedTuple):
    """What a person would call one thing: a stable key, and its title."""

    key: str
    title: Phrase


@dataclass(frozen=True, kw_only=True)
class Template:
    """A way to speak of one statistic, with slots: ``{value}``, and what a feature fills in, e.g. ``{label}``.

    Attributes:
        description: a noun phrase that tells this feature from all others of the book.
        statement: a clause that tells the client's value.
        missing: the clause where the client has no value; it says what that means.
        none: the clause where the value is 0, if that is to be said in another way.
        signed: whether a rise is written with its plus sign.
        estimated: whether it stands in for what the book does not report.
    """

    figure: FigureUnit
    description: Text
    statement: Text
    missing: Text
    none: Text | None = None
    than: Comparative = LOWER
    signed: bool = False
    estimated: bool = False


@dataclass(frozen=True, kw_only=True)
class FeatureWords:
    """What a person calls one feature of one book, ready but for the ``{value}`` in ``statement``.

    ``reason`` is the stable key of what it belongs to, ``title`` what that is called.
    """

    reason: str
    title: Phrase
    figure: FigureUnit
    description: Text
    statement: Text
    missing: Text
    none: Text | None
    than: Comparative
    signed: bool
    estimated: bool = False

    def describe(self, language: Language) -> str:
        """The feature as a noun phrase."""
        return self.description.within(language)

    def state(self, value: str, language: Language) -> str:
        """The clause that tells a value which was written for people already."""
        return self.statement.within(language, value=value)


@lru_cache(maxsize=16_384)
def words_for(
    template: Template,
    topic: Topic,
    *,
    figure: FigureUnit | None = None,
    than: Comparative | None = None,
    **slots: Phrase,
) -> FeatureWords:
    """Fill the slots of a template; ``figure`` and ``than`` go before those of the template.

    Raises ``KeyError`` for a slot that nothing fills.

    >>> template = Template(
    ...     figure=FigureUnit.MONEY,
    ...     description=Text("amount of {label} {span}"),
    ...     statement=Text("{label} came to {value} {span}"),
    ...     missing=Text("there is no record of {label} {span}"),
    ... )
    >>> fees, so_far = Text("fees"), Text("so far")
    >>> words = words_for(template, Topic("fee_amount", fees), label=fees, span=so_far)
    >>> words.describe(ENGLISH), words.state("0.4 m USD", ENGLISH)
    ('amount of fees so far', 'fees came to 0.4 m USD so far')
    """
    words = FeatureWords(
        reason=topic.key,
        title=topic.title,
        figure=figure or template.figure,
        description=template.description.filled(**slots),
        statement=template.statement.filled(**slots),
        missing=template.missing.filled(**slots),
        none=None if template.none is None else template.none.filled(**slots),
        than=than or template.than,
        signed=template.signed,
        estimated=template.estimated,
    )
    for text in filter(None, (words.description, words.statement, words.missing, words.none)):
        text.within(ENGLISH, value="")
    return words


def reason_title(words: Mapping[str, FeatureWords], reason: str, language: Language) -> str:
    """What the reason of this key is called, among the words of a book's features; its key where none belongs to it."""
    return next((each.title.within(language) for each in words.values() if each.reason == reason), reason)


def plain_words(name: str) -> FeatureWords:
    """Words of a feature that comes from elsewhere than the families: its name, and itself its reason.

    >>> plain_words("own_score").describe(ENGLISH)
    'own score'
    """
    label = named(name.replace("_", " "))
    return words_for(_PLAIN, Topic(name, label), label=label)


def labelled_words(
    name: str,
    label: Mapping[str, str],
    figure: FigureUnit = FigureUnit.NUMBER,
    *,
    topic: str | None = None,
    than: Comparative | None = None,
) -> FeatureWords:
    """Words of a feature of a plug-in from its label by language ("en", "zh"), a phrase within a sentence.

    ``topic`` is the key of the reason it belongs to; by default it is one of its own.

    >>> labelled_words("weather_rain", {"en": "rain at the plant"}).state("4 days", ENGLISH)
    'rain at the plant is 4 days'
    """
    given = tuple((Language(language), said) for language, said in label.items())
    called = Label(given, named(name.replace("_", " ")))
    return words_for(_PLAIN, Topic(topic or name, called), figure=figure, than=than, label=called)


def words_to_json(words: Mapping[str, FeatureWords]) -> str:
    """The words as text, feature by feature; sentences stand in English, with what fills their slots."""
    return _codec().dump_json(dict(words), indent=1, exclude_defaults=True).decode()


def words_from_json(text: str) -> dict[str, FeatureWords]:
    """Read what ``words_to_json`` wrote. Raises ``DamagedBundleError`` if the text is something else."""
    try:
        return _codec().validate_json(text)
    except ValidationError as error:
        raise DamagedBundleError(
            rule="the words must be as they were written", got=repr(error), remedy="restore the bundle"
        ) from error


@cache
def _codec() -> TypeAdapter[dict[str, FeatureWords]]:
    return TypeAdapter(dict[str, FeatureWords])


_PLAIN = Template(
    figure=FigureUnit.NUMBER,
    description=Text("{label}"),
    statement=Text("{label} is {value}"),
    missing=Text("{label} is not known"),
)
