"""The letter of a client as plain text in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from models.letter.report import ClientLetter
from models.letter.text import letter_title, say
from models.reasons.figures import day
from models.showable import printable
from models.text import Language

_INDENT = 4


def show(console: Console, letter: ClientLetter) -> None:
    """Print the letter. All of it is text, never markup: names come from outside."""
    lang = Language(letter.language)
    console.print(Text(printable(letter_title(letter.tier, lang)), style="bold"), highlight=False)
    console.print(Text(printable(" · ".join(_head(letter, lang)))), highlight=False)
    for title, paragraphs in _parts(letter, lang):
        console.print(Text(f"\n{title}", style="bold") if title else "", highlight=False)
        for each in paragraphs:
            console.print(Padding(Text(printable(each)), (0, 0, 0, _INDENT)), highlight=False)


def _head(letter: ClientLetter, lang: Language) -> tuple[str, ...]:
    called = f"{letter.name} ({letter.client_id})" if letter.name else letter.client_id
    version = say("model", lang, version=letter.model_version)
    return called, _as_of(letter.as_of, lang), version, say("seal", lang, seal=letter.seal)


def _as_of(when: date, lang: Language) -> str:
    return say("as_of", lang, day=day(when, lang))


def _parts(letter: ClientLetter, lang: Language) -> Iterator[tuple[str, list[str]]]:
    yield "", [letter.opening, letter.decided]
    if letter.reasons:
        yield say("reasons", lang), [f"{place}. {each.sentence}" for place, each in enumerate(letter.reasons, 1)]
    yield say("steps", lang), [*(f"- {each.sentence}" for each in letter.steps), letter.steps_note]
    yield say("rights", lang), [f"- {right}" for right in letter.rights]
    contact = letter.contact
    yield say("contact", lang), [contact.office, contact.address, contact.email, contact.phone]
