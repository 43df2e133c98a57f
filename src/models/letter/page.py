"""The letter of a client as an HTML page of one file without scripts, which prints on two sides of A4."""

from __future__ import annotations

import functools
from pathlib import Path

from models.letter.report import ClientLetter
from models.letter.text import letter_title, say
from models.reasons.figures import day
from models.shell.editions import Edition
from models.shell.html import css_text, environment
from models.shell.svg import shortened
from models.store.drafts import publish_text
from models.text import Language, Slot

_FOOT_TITLE, _SEAL = 60, 16
"""So much of a client's name and id, and of the letter's hash, stands at the foot of a printed page."""


def write_letter_page(letter: ClientLetter, path: Path) -> None:
    """Write the page of a letter, whole or not at all."""
    publish_text(path, letter_page(letter))


def letter_page(letter: ClientLetter) -> str:
    """The page of a letter, in its language, the same bytes for the same letter. What comes from outside is escaped."""
    lang = Language(letter.language)
    return str(
        environment(
            Edition(language=lang), filters={"css_text": css_text}, functions={"say": functools.partial(_say, lang)}
        )
        .get_template("letter/page.html")
        .render(
            letter=letter,
            title=letter_title(letter.tier, lang),
            client=_called(letter),
            as_of=day(letter.as_of, lang),
            print_foot=_print_foot(letter, lang),
        )
    )


def _say(lang: Language, key: str, **slots: Slot) -> str:
    return say(key, lang, **slots)


def _called(letter: ClientLetter) -> str:
    return f"{letter.name} ({letter.client_id})" if letter.name else letter.client_id


def _print_foot(letter: ClientLetter, lang: Language) -> str:
    """What stands at the foot of each side: the client, the date, the models' version and the letter's hash."""
    parts = (
        shortened(_called(letter), _FOOT_TITLE),
        say("as_of", lang, day=day(letter.as_of, lang)),
        say("model", lang, version=letter.model_version),
        say("page_foot", lang, seal=letter.seal[:_SEAL]),
    )
    return " · ".join(parts)
