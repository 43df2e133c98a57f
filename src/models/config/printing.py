"""A config in full, as a program or a person reads it: every value, and which of them its file does not set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import BaseModel

from models.codec import JsonObject
from models.config.defaults import BY_THE_BOOK, DEFAULTS_KEY
from models.config.root import Config

_MARK = "  # default"
_BY_THE_BOOK = "by the book"
_ALL_OF_A_LINE = 100_000
_INDENT = "  "
_OPEN = ("value.kinds", "activity.kinds", "origins.test", *(f"features.{name}" for name in BY_THE_BOOK))


def defaulted(config: Config) -> tuple[str, ...]:
    """Dotted names of what the file of a config does not set; of a section that it leaves out, the section's alone.

    >>> names = defaulted(Config.model_validate({"book": {"name": "a", "path": "b", "currency": "EUR"}}))
    >>> [name in names for name in ("book.name", "book.source", "time.period", "kpis", "kpis.window_periods")]
    [False, True, True, True, False]
    """
    return tuple(dict.fromkeys((*config.unset, *_not_set(config, ""))))


def _not_set(section: BaseModel, place: str) -> Iterator[str]:
    for name in type(section).model_fields:
        value, where = getattr(section, name), f"{place}{name}"
        if name not in section.model_fields_set:
            yield where
        elif isinstance(value, BaseModel):
            yield from _not_set(value, f"{where}.")


def printed_config(config: Config) -> JsonObject:
    """A config ready for JSON, with ``defaults``: the names of what its file does not set.

    What only a book can tell stands there alone. It can be read as a config again.
    """
    shown = config.model_dump(mode="json")
    for name in open_names(config):
        section, _, key = name.partition(".")
        del shown[section][key]
    return {**shown, DEFAULTS_KEY: list(defaulted(config))}


def open_names(config: Config) -> tuple[str, ...]:
    """Names of what stays open until the book is known; none of a config that a book settled."""
    return tuple(name for name in config.unset if name in _OPEN)


def config_yaml(config: Config) -> str:
    """The same as YAML for people: ``# default`` stands behind what the file does not set, and it holds for all below.

    >>> print(config_yaml(Config.model_validate({"book": {"name": "a", "path": "b", "currency": "EUR"}}))[:42])
    book:
      name: a
      source: files  # default
    """
    marks = dict.fromkeys(defaulted(config), _MARK) | dict.fromkeys(open_names(config), _BY_THE_BOOK)
    shown = config.model_dump(mode="json") | ({DEFAULTS_KEY: list(marks)} if marks else {})
    return "".join(f"{line}\n" for line in _lines(shown, marks))


def _lines(section: Mapping[str, Any], marks: Mapping[str, str], place: str = "", indent: str = "") -> Iterator[str]:
    for key, value in section.items():
        where = f"{place}{key}"
        mark = marks.get(where, "")
        if mark == _BY_THE_BOOK:
            yield f"{indent}# {key}: by the book"
        elif isinstance(value, dict) and value:
            yield f"{indent}{one_line(key)}:{mark}"
            yield from _lines(value, marks, f"{where}.", indent + _INDENT)
        else:
            yield f"{indent}{one_line(key)}: {one_line(value)}{mark}"


def one_line(value: object) -> str:
    """A value in one line of YAML.

    >>> one_line({"from": "Kunden", "columns": {"client_id": "Kunden-Nr"}})
    '{from: Kunden, columns: {client_id: Kunden-Nr}}'
    """
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=_ALL_OF_A_LINE, sort_keys=False)
    return text.removesuffix("...\n").strip()
