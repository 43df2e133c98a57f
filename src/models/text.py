"""Texts by language: English stands in the code and is the key; every other language is one gettext catalogue.

A catalogue is ``texts/LANGUAGE.po``. It holds sentences, what things are called, and how numbers, amounts and dates are
written, so that a further language is one further file.
"""

from __future__ import annotations

import gettext
import io
import string
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any, Final, NewType

from models.lazy import lazy

mofile = lazy("babel.messages.mofile")
pofile = lazy("babel.messages.pofile")

Language = NewType("Language", str)
ENGLISH: Final = Language("en")
CATALOGUES = Path(__file__).with_name("texts")


class MissingTextWarning(UserWarning):
    """A language lacks a text, which is given in English instead."""


def languages(folder: Path | None = None) -> tuple[Language, ...]:
    """English, and every language of which there is a catalogue.

    >>> languages()
    ('en', 'zh')
    """
    return (ENGLISH, *sorted(Language(path.stem) for path in (folder or CATALOGUES).glob("*.po")))


@dataclass(frozen=True)
class Text:
    """A sentence or phrase in every language, with slots such as ``{label}``, filled in the language asked for.

    Attributes:
        english: the sentence in English, by which catalogues know it.
        context: tells apart what is one word in English and several elsewhere.
        plural: the English sentence where the slot ``count`` is not 1; empty where number makes no difference.
        slots: what fills some of the slots already, by name.
    """

    english: str
    context: str = ""
    plural: str = ""
    slots: tuple[tuple[str, Slot], ...] = ()

    def filled(self, **slots: Slot) -> Text:
        """The same with more of its slots filled; what none of them asks for is left out."""
        asked = placeholders(self.english) | placeholders(self.plural)
        given = tuple((name, slots[name]) for name in sorted(slots) if name in asked)
        return replace(self, slots=(*self.slots, *given))

    def within(self, language: Language, **slots: Slot) -> str:
        """The sentence in one language. Raises ``KeyError`` for a slot that nothing fills.

        >>> Text("{count} month", plural="{count} months").within(ENGLISH, count=12)
        '12 months'
        """
        given = {**dict(self.slots), **slots}
        reported = _told(self, given.get("count"), language)
        spoken = {
            name: each.within(language) if isinstance(each, Text | Label) else each for name, each in given.items()
        }
        return _filled(reported, spoken, language)


@dataclass(frozen=True)
class Label:
    """What a config calls a thing, by language; elsewhere what it is commonly called, or what catalogues have for it.

    Catalogues know the words of a config by their English under the context ``config``.
    """

    given: tuple[tuple[Language, str], ...]
    otherwise: Text | Label | None = None

    def within(self, language: Language) -> str:
        """The label in one language.

        >>> label = Label(((Language("fr"), "tirages"),), otherwise=Text("drawdowns"))
        >>> label.within(Language("fr")), label.within(ENGLISH)
        ('tirages', 'drawdowns')
        """
        by_language = dict(self.given)
        if language in by_language:
            return by_language[language]
        if self.otherwise is not None:
            return self.otherwise.within(language)
        return _catalogue(language, CATALOGUES).pgettext("config", by_language[ENGLISH])


Phrase = Text | Label
Spoken = str | Mapping[Language, str]
"""A sentence as a report holds it: by language; a bare one, of an earlier version's report, is English."""
Slot = Text | Label | str | int | float
_IN_LATIN_LETTERS: Final = Text("{name}", "name in Latin letters")
_IN_OTHER_LETTERS: Final = Text("{name}", "name in other letters")
_AS_WRITTEN: Final = Text("{words}", "as written")
COMMA: Final = Text("{first}, {next}", "list")
AND: Final = Text("{first} and {last}", "list")
OR: Final = Text("{first} or {last}", "list")
CLAUSES: Final = Text("{first}, {next}", "clauses")
SENTENCES: Final = Text("{first}; {next}", "clauses")
_MARKS: Final = Text("1,234.5", "number")


def named(name: str) -> Text:
    """A name that a book or a person gave, as it stands within a sentence.

    >>> [named("core Asia").within(language) for language in languages()]
    ['core Asia', '“core Asia”']
    """
    is_latin = any(letter.isascii() and letter.isalpha() for letter in name)
    return (_IN_LATIN_LETTERS if is_latin else _IN_OTHER_LETTERS).filled(name=name)


def quoted(name: str, language: Language) -> str:
    """A name as it stands within a sentence of a language."""
    return named(name).within(language)


def listed(phrases: Sequence[Phrase], last: Text = AND) -> Phrase:
    """Several phrases in one breath.

    >>> listed([Text("interest"), Text("fees"), Text("orders")]).within(ENGLISH)
    'interest, fees and orders'
    """
    *first, end = phrases
    return last.filled(first=in_a_row(first), last=end) if first else end


def in_a_row(parts: Sequence[Slot]) -> Slot:
    """One or more parts after each other, with nothing special before the last."""
    return reduce(lambda reported, each: COMMA.filled(first=reported, next=each), parts)


def joined(parts: Iterable[str], language: Language, link: Text = COMMA) -> str:
    """Finished parts of a sentence in a row; empty where there is none.

    >>> joined(["high fees", "low tenure"], ENGLISH), joined([], ENGLISH)
    ('high fees, low tenure', '')
    """
    return reduce(
        lambda reported, each: link.within(language, first=reported, next=each) if reported else each, parts, ""
    )


def number(written: str, language: Language) -> str:
    """A number, written with ``,`` and ``.`` as English has them, with the marks of a language."""
    marks = _marks(language, CATALOGUES)
    return written.translate(marks) if marks else written


def scales(text: Text, language: Language) -> tuple[tuple[float, str], ...]:
    """From which size on an amount is written in which unit, largest first, as a text of scales has it.

    >>> scales(Text("1e6 = {number} m; 1e3 = {number} k"), ENGLISH)
    ((1000000.0, '{number} m'), (1000.0, '{number} k'))
    """
    return _scales(text.within(language, number="{number}", currency="{currency}"))


@lru_cache(maxsize=64)
def _scales(written: str) -> tuple[tuple[float, str], ...]:
    parts = (part.partition(" = ") for part in written.split("; "))
    return tuple((float(limit), written) for limit, _, written in parts)


def spoken(phrase: Phrase) -> dict[Language, str]:
    """A phrase in every language, for a report that is read where nothing else is known.

    >>> sorted(spoken(Text("fees")))
    ['en', 'zh']
    """
    return {language: phrase.within(language) for language in languages()}


def heard(said: Spoken, language: Language) -> str:
    """A sentence of a report in a language, in English where it lacks that.

    >>> heard({ENGLISH: "fees"}, Language("zh")), heard("fees", ENGLISH)
    ('fees', 'fees')
    """
    return said if isinstance(said, str) else said.get(language, said[ENGLISH])


def as_written(words: str) -> Text:
    """Words that are the same in every language: what a person, a book or an earlier run wrote.

    >>> as_written("Mr. {O}").within(ENGLISH)
    'Mr. {O}'
    """
    return _AS_WRITTEN.filled(words=words)


@lru_cache(maxsize=4_096)
def placeholders(template: str) -> frozenset[str]:
    """The names of the slots of a template.

    >>> sorted(placeholders("{label} came to {value:,.0f}"))
    ['label', 'value']
    """
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


class _Formatter(string.Formatter):
    """Fills slots, numbers with the marks of a language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        written = str(super().format_field(value, format_spec))
        return number(written, self._language) if isinstance(value, int | float) else written


class _English(gettext.NullTranslations):
    """What a catalogue falls back to: English, with a warning."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        self._already: dict[str | tuple[str, type[Warning], int], int] = {}

    def _warn(self) -> None:
        """Say it once, in a line that begins with the catalogue."""
        said = "the catalogue lacks texts: they are given in English"
        warnings.warn_explicit(said, MissingTextWarning, str(self._file), 0, registry=self._already)

    def gettext(self, message: str) -> str:
        self._warn()
        return super().gettext(message)

    def pgettext(self, context: str, message: str) -> str:
        self._warn()
        return super().pgettext(context, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self._warn()
        return super().ngettext(msgid1, msgid2, n)


def _told(text: Text, count: object, language: Language) -> str:
    """The template in a language, in the number that ``count`` asks for."""
    catalogue = _catalogue(language, CATALOGUES)
    if text.plural and isinstance(count, int | float):
        return catalogue.ngettext(text.english, text.plural, _whole(count))
    return catalogue.pgettext(text.context, text.english) if text.context else catalogue.gettext(text.english)


def _whole(count: float) -> int:
    """The number by which a plural is chosen; what lies between two whole numbers takes that of the next one from 2 on.

    >>> _whole(1), _whole(1.0), _whole(0.5), _whole(2.5)
    (1, 1, 2, 3)
    """
    return int(count) if count == int(count) else max(2, int(count) + 1)


def _filled(template: str, slots: Mapping[str, object], language: Language) -> str:
    if _marks(language, CATALOGUES):
        return _Formatter(language).vformat(template, (), slots)
    return template.format(**slots)


@lru_cache(maxsize=64)
def _marks(language: Language, folder: Path) -> dict[int, str]:
    """By what the marks of an English number are replaced; empty where a language has the same ones."""
    reported = _catalogue(language, folder).pgettext(_MARKS.context, _MARKS.english)
    grouped, point = reported.partition("2")[0].removeprefix("1"), reported[-2]
    return {} if reported == _MARKS.english else {ord(","): grouped, ord("."): point}


@lru_cache(maxsize=64)
def _catalogue(language: Language, folder: Path) -> gettext.NullTranslations:
    """The sentences of a language. Raises ``ValueError`` for a language without a catalogue."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    file = folder / f"{language}.po"
    if not file.is_file():
        raise ValueError(
            f"there must be texts in the language, got {language}: known are {', '.join(languages(folder))}"
        )
    compiled = io.BytesIO()
    with file.open("rb") as source:
        mofile.write_mo(compiled, pofile.read_po(source, abort_invalid=True))
    compiled.seek(0)
    catalogue = gettext.GNUTranslations(compiled)
    catalogue.add_fallback(_English(file))
    return catalogue
