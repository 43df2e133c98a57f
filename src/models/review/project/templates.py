"""The environment of the workbench's templates: that of all pages, in the language of who asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader
from markupsafe import Markup

from models.review.shared.languages import page_language
from models.shell.html import environment, language_filters, speaker
from models.text import ENGLISH


def review_environment(**options: Any) -> Environment:
    """Templates of a screen lie in its folder ``templates``, those of pages where they always do.

    ``_`` and the filters ``said``, ``figure`` and ``whole`` speak the language of the page that is being made.
    """
    loader = options["loader"]
    folders: Sequence[str] = loader.searchpath if isinstance(loader, FileSystemLoader) else ()
    filters = {name: _of_the_page(name) for name in language_filters(ENGLISH)}
    functions: dict[str, Callable[..., Any]] = {"static": static, "url": reverse, "_": _said_on_the_page}
    made = environment(filters=filters, functions=functions)
    made.loader = ChoiceLoader([FileSystemLoader(folders), PackageLoader("models", "")])
    return made


def _said_on_the_page(english: str, context: str = "", plural: str = "", **slots: Any) -> Markup:
    return speaker(page_language())(english, context, plural, **slots)


def _of_the_page(name: str) -> Callable[[Any], Any]:
    def of_the_page(value: Any) -> Any:
        return language_filters(page_language())[name](value)

    return of_the_page
