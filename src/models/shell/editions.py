"""Editions of a page, one in each language, side by side and linked: ``NAME.html`` in English, ``NAME.zh.html``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Final

from models.store.drafts import publish_text
from models.text import ENGLISH, Language, Text, languages

_OWN_NAME: Final = Text("English", "name of the language in itself")


class PagePart(StrEnum):
    """What is made of a page: all of it, its body for a page of the workbench, or the styles that are its own."""

    WHOLE = "shell/base.html"
    BODY = "shell/body.html"
    STYLE = "shell/style.html"


@dataclass(frozen=True)
class Edition:
    """A page in one language, and where it stands in the others.

    Attributes:
        others: language -> file of the same page, relative to this one; none of a page that stands alone.
        part: what of the page is made; its value is the template in whose blocks the page is written.
    """

    language: Language = ENGLISH
    others: tuple[tuple[Language, str], ...] = ()
    part: PagePart = PagePart.WHOLE


ALONE: Final = Edition()
"""A page in English beside which there is no other."""


def edition_file(name: str, language: Language) -> str:
    """The file of a page in one language.

    >>> edition_file("overview.html", Language("zh")), edition_file("overview.html", ENGLISH)
    ('overview.zh.html', 'overview.html')
    """
    place = PurePath(name)
    return name if language == ENGLISH else str(place.with_suffix(f".{language}{place.suffix}"))


def editions(name: str) -> dict[str, Edition]:
    """File -> edition of a page that is written in every language.

    >>> {file: edition.others for file, edition in editions("kpis.html").items()}
    {'kpis.html': (('zh', 'kpis.zh.html'),), 'kpis.zh.html': (('en', 'kpis.html'),)}
    """
    files = {language: edition_file(PurePath(name).name, language) for language in languages()}
    return {
        edition_file(name, language): Edition(
            language=language, others=tuple((other, file) for other, file in files.items() if other != language)
        )
        for language in files
    }


def page_texts(name: str, page: Callable[[Edition], str]) -> dict[str, str]:
    """File -> the page in its language, for what is published together with other files."""
    return {file: page(edition) for file, edition in editions(name).items()}


def publish_page(path: Path, page: Callable[[Edition], str]) -> None:
    """Write a page in every language beside ``path``, each whole or not at all."""
    for file, text in page_texts(path.name, page).items():
        publish_text(path.with_name(file), text)


def own_name(language: Language) -> str:
    """What a language calls itself."""
    return _OWN_NAME.within(language)
