"""The environment that every page is rendered in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import CodeType
from typing import Any

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    ChoiceLoader,
    DictLoader,
    Environment,
    PackageLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from models import text
from models.shell.editions import ALONE, Edition, PagePart, own_name
from models.shell.notices import SEVERITY_STYLES, severity_name
from models.shell.small_plots import short_number
from models.showable import printable
from models.text import ENGLISH, Label, Language, Phrase, Slot, Spoken, Text, heard, number


class CompiledTemplates(BytecodeCache):
    """Templates as code, by name and text: each is compiled once in a process, however many pages are written."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a bucket the code of its template, where that is known."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code that a bucket was given."""
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = CompiledTemplates()


def environment(
    edition: Edition = ALONE,
    *,
    filters: Mapping[str, Callable[..., Any]] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> Environment:
    """Templates of this package in one language, with a page's own ``filters`` and ``functions``.

    Every template may call ``_("{count} client", plural="{count} clients", count=3)``, a ``Text`` that stands in the
    template, and the filters ``said`` (a ``Text`` or a report's sentence in the page's language), ``figure`` (a short
    number) and ``whole`` (a count). Values are outside data, so all are escaped, control characters too; a name that a
    template asks for and nobody gave is an error. ``is_english`` tells whether words are English on a page of another
    language, so that they are read aloud right.

    >>> doubling = environment(filters={"doubled": lambda number: 2 * number})
    >>> doubling.from_string("{{ '<b>' }} {{ 2 | doubled }}").render()
    '&lt;b&gt; 4'
    >>> environment().from_string("{{ _('{count} client', plural='{count} clients', count=3) }}").render()
    '3 clients'
    """
    made = Environment(
        loader=_loader(edition.part),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )
    own_filters = language_filters(edition.language) | dict(filters or {})
    made.filters |= {name: _when_rendered(each) for name, each in own_filters.items()}
    own: dict[str, Any] = {"_": speaker(edition.language), "edition": edition, "own_name": own_name}
    own["is_english"] = partial(is_english, language=edition.language)
    own |= {"severity_style": SEVERITY_STYLES.get, "severity_name": partial(severity_name, language=edition.language)}
    made.globals |= own | dict(functions or {})
    return made


def _when_rendered(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that is never applied while a template is compiled: that code serves other pages and languages too."""

    @pass_context
    def filtered(_: object, *arguments: Any, **named: Any) -> Any:
        return function(*arguments, **named)

    return filtered


def speaker(language: Language) -> Callable[..., Markup]:
    """The function ``_`` of templates in one language."""
    return partial(_spoken, language)


def language_filters(language: Language) -> dict[str, Callable[..., Any]]:
    """The filters of templates that speak: a text, a short number and a count as a language writes them."""
    return {
        "said": partial(_said, language),
        "figure": lambda value: short_number(value, language),
        "whole": lambda count: number(f"{count:,}", language),
    }


def _loader(part: PagePart) -> BaseLoader:
    """Templates of this package; those of pages, which extend the whole, are written into the part that is made."""
    templates = PackageLoader("models", "")
    if part is PagePart.WHOLE:
        return templates
    return ChoiceLoader([DictLoader({PagePart.WHOLE.value: f'{{% extends "{part.value}" %}}'}), templates])


def _said(language: Language, phrase: Phrase | Spoken) -> str:
    return phrase.within(language) if isinstance(phrase, Text | Label) else heard(phrase, language)


def _spoken(language: Language, english: str, context: str = "", plural: str = "", **slots: Slot) -> Markup:
    """A text of a template; what fills its slots is escaped, the text itself is ours."""
    given = {name: _escaped(each, language) for name, each in slots.items()}
    return Markup(text.Text(english, context, plural).within(language, **given))  # noqa: S704 - slots are escaped


def _escaped(slot: Slot, language: Language) -> Slot:
    said: Slot = slot.within(language) if isinstance(slot, Text | Label) else slot
    return escape(said) if isinstance(said, str) else said


def css_text(text: str) -> Markup:
    r"""Text within the quotation marks of a style sheet: whatever is no plain letter or digit is written by its number.

    >>> css_text('A1 "}')
    Markup('A1\\20 \\22 \\7d ')
    """
    plain = (letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in text)
    return Markup("").join(Markup(part) for part in plain)  # noqa: S704 - nothing but letters, digits and escapes


def mono(text: str) -> Markup:
    """What is no word, such as a hash, within a sentence.

    >>> mono("<3f2a>")
    Markup('<span class="mono">&lt;3f2a&gt;</span>')
    """
    return Markup('<span class="mono">{}</span>').format(text)


def is_english(words: object, *, language: Language) -> bool:
    """Whether a page in another language shows words that are known in English alone.

    >>> is_english("a late table", language=Language("zh")), is_english(chr(0x665A), language=Language("zh"))
    (True, False)
    >>> is_english("a late table", language=ENGLISH)
    False
    """
    if language == ENGLISH or not isinstance(words, str):
        return False
    letters = [letter for letter in words if letter.isalpha()]
    return bool(letters) and all(letter.isascii() for letter in letters)


def _printable(value: object) -> object:
    if hasattr(value, "__html__"):
        return Markup(printable(value.__html__()))  # noqa: S704 - what was escaped stays so
    return printable(value) if isinstance(value, str) else value
