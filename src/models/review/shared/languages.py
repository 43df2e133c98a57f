"""Languages of the workbench: ours, Django's name of each, and the one that a page is made in."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import translation

from models.text import ENGLISH, Language, languages

_DJANGO = {"zh": "zh-hans"}
_OURS = {theirs: Language(ours) for ours, theirs in _DJANGO.items()}


def django_language(ours: str) -> str:
    """Django's name of a language, for the texts that come with it."""
    return _DJANGO.get(ours, ours)


def our_language(theirs: str) -> Language:
    """Our name of a language of Django's; English where we lack it."""
    found = _OURS.get(theirs, Language(theirs.partition("-")[0]))
    return found if found in languages() else ENGLISH


def preferred_language(request: HttpRequest) -> Language:
    """The language that a browser asks for."""
    return our_language(translation.get_language_from_request(request))


def page_language() -> Language:
    """The language of the page that is being made."""
    return our_language(translation.get_language() or ENGLISH)
