"""The environment that every page is rendered in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from models.showable import printable


def environment(
    *,
    filters: Mapping[str, Callable[..., Any]] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> Environment:
    """Templates of this package, with a page's own ``filters``, and ``functions`` that its templates may call.

    Values are outside data, so all are escaped, control characters too; a name that a template asks for and nobody
    gave is an error.

    >>> doubling = environment(filters={"doubled": lambda number: 2 * number})
    >>> doubling.from_string("{{ '<b>' }} {{ 2 | doubled }}").render()
    '&lt;b&gt; 4'
    """
    made = Environment(
        loader=PackageLoader("models", ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= dict(filters or {})
    made.globals |= dict(functions or {})
    return made


def _printable(value: object) -> object:
    if isinstance(value, Markup):
        return Markup(printable(value))  # noqa: S704 - what was escaped before stays so: nothing is added but \x1b
    return printable(value) if isinstance(value, str) else value
