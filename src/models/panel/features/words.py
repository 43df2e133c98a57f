"""What people call a feature, in English and Chinese. How a number is written for people is not known here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from models.errors import DamagedBundleError

Language = Literal["en", "zh"]
_LATER = "{value}"


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


class Said(NamedTuple):
    """The same in both languages."""

    en: str
    zh: str

    def within(self, language: Language) -> str:
        """The text in one language.

        >>> Said("fees", "手续费").within("zh")
        '手续费'
        """
        return self.en if language == "en" else self.zh


def quoted(text: str, language: Language) -> str:
    """Text of a book as it stands within a sentence: in Chinese, what is not Chinese stands in quotation marks.

    >>> quoted("core Asia", "zh"), quoted("亚洲", "zh"), quoted("core Asia", "en")
    ('“core Asia”', '亚洲', 'core Asia')
    """
    is_foreign = language == "zh" and any(letter.isascii() and letter.isalpha() for letter in text)
    return f"“{text}”" if is_foreign else text


class Than(NamedTuple):
    """How a smaller and a larger value compare with others: "less" and "more" than usual."""

    lower: Said
    higher: Said


LESS = Than(Said("less", "低于"), Said("more", "高于"))
LOWER = Than(Said("lower", "低于"), Said("higher", "高于"))
SMALLER = Than(Said("lower", "少于"), Said("higher", "多于"))
FEWER = Than(Said("fewer", "少于"), Said("more", "多于"))
RARER = Than(Said("less often", "少于"), Said("more often", "多于"))
SHORTER = Than(Said("shorter", "短于"), Said("longer", "长于"))
NEARER = Than(Said("more recently", "短于"), Said("longer ago", "长于"))
NEWER = Than(Said("newer", "短于"), Said("older", "长于"))


class Topic(NamedTuple):
    """What a person would call one thing: a stable key, and its title."""

    key: str
    title: Said


@dataclass(frozen=True, kw_only=True)
class Saying:
    """A way to speak of one statistic, with slots: ``{value}``, and what a feature fills in, e.g. ``{label}``.

    Attributes:
        description: a noun phrase that tells this feature from all others of the book.
        statement: a clause that tells the client's value.
        missing: the clause where the client has no value; it says what that means.
        none: the clause where the value is 0, if that is to be said in another way.
        signed: whether a rise is written with its plus sign.
    """

    figure: FigureUnit
    description: Said
    statement: Said
    missing: Said
    none: Said | None = None
    than: Than = LOWER
    signed: bool = False


@dataclass(frozen=True, kw_only=True)
class FeatureWords:
    """What a person calls one feature of one book, ready but for the ``{value}`` in ``statement``.

    ``reason`` is the stable key of what it belongs to, ``title`` what that is called.
    """

    reason: str
    title: Said
    figure: FigureUnit
    description: Said
    statement: Said
    missing: Said
    none: Said | None
    than: Than
    signed: bool

    def describe(self, language: Language) -> str:
        """The feature as a noun phrase."""
        return self.description.within(language)

    def state(self, value: str, language: Language) -> str:
        """The clause that tells a value which was written for people already."""
        return self.statement.within(language).replace(_LATER, value)


@lru_cache(maxsize=16_384)
def words_for(
    saying: Saying, topic: Topic, *, figure: FigureUnit | None = None, than: Than | None = None, **slots: Said
) -> FeatureWords:
    """Fill the slots of a saying; ``figure`` and ``than`` go before those of the saying.

    >>> saying = Saying(
    ...     figure=FigureUnit.MONEY,
    ...     description=Said("{label}, amount", "{label}金额"),
    ...     statement=Said("{label} came to {value}", "{label}为{value}"),
    ...     missing=Said("no {label}", "没有{label}"),
    ... )
    >>> said = words_for(saying, Topic("fee_amount", Said("fees", "手续费")), label=Said("fees", "手续费"))
    >>> said.describe("zh"), said.state("0.4 m USD", "en")
    ('手续费金额', 'fees came to 0.4 m USD')
    """
    return FeatureWords(
        reason=topic.key,
        title=topic.title,
        figure=figure or saying.figure,
        description=_filled(saying.description, slots),
        statement=_filled(saying.statement, slots),
        missing=_filled(saying.missing, slots),
        none=None if saying.none is None else _filled(saying.none, slots),
        than=than or saying.than,
        signed=saying.signed,
    )


def reason_title(words: Mapping[str, FeatureWords], reason: str, language: Language) -> str:
    """What the reason of this key is called, among the words of a book's features; its key where none belongs to it."""
    return next((each.title.within(language) for each in words.values() if each.reason == reason), reason)


def plain_words(name: str) -> FeatureWords:
    """Words of a feature that comes from elsewhere than the families: its name, and itself its reason.

    >>> plain_words("own_score").describe("en")
    'own score'
    """
    spoken = name.replace("_", " ")
    label = Said(spoken, quoted(spoken, "zh"))
    return words_for(_PLAIN, Topic(name, label), label=label)


def words_to_json(words: Mapping[str, FeatureWords]) -> str:
    """The words as text, feature by feature."""
    return json.dumps({name: asdict(each) for name, each in words.items()}, ensure_ascii=False, indent=0)


def words_from_json(text: str) -> dict[str, FeatureWords]:
    """Read what ``words_to_json`` wrote. Raises ``DamagedBundleError`` if the text is something else."""
    try:
        return {name: _words(entry) for name, entry in json.loads(text).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedBundleError(
            rule="the words must be as they were written", got=repr(error), remedy="restore the bundle"
        ) from error


def _words(entry: dict[str, Any]) -> FeatureWords:
    said = {
        name: None if entry[name] is None else Said(*entry[name])
        for name in ("title", "description", "statement", "missing", "none")
    }
    lower, higher = entry["than"]
    than = Than(Said(*lower), Said(*higher))
    return FeatureWords(**{**entry, **said, "figure": FigureUnit(entry["figure"]), "than": than})


def _filled(text: Said, slots: Mapping[str, Said]) -> Said:
    english = {name: said.en for name, said in slots.items()}
    chinese = {name: said.zh for name, said in slots.items()}
    return Said(text.en.format(value=_LATER, **english), text.zh.format(value=_LATER, **chinese))


_PLAIN = Saying(
    figure=FigureUnit.NUMBER,
    description=Said("{label}", "{label}"),
    statement=Said("{label} is {value}", "{label}为{value}"),
    missing=Said("{label} is not known", "{label}未知"),
)
