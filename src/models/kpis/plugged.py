"""Figures of client management that plug-ins bring, beside those of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from models.config.plugins import Setting
from models.config.root import Config
from models.errors import UserError
from models.kpis.catalogue import CATALOGUE
from models.kpis.definition import Definition, Form
from models.plugins import PluginGroup, load_plugin
from models.text import Label, Language


class KpiPlugin(Protocol):
    """The function behind an entry point of ``clientvalue.kpis``; ``plugins.kpis`` of a config declares it."""

    def __call__(self, *, settings: Mapping[str, Setting]) -> Definition:
        """The figure, called as the entry point is, of form ``RATIO`` or ``SHARE``.

        Its ``parts`` say what each client adds: an Ibis table client_id, top, bottom, one row per client that counts.
        Intervals, groups, trends and pages come from here.
        """


def in_languages(words: Mapping[str, str]) -> Label:
    """Words of a plug-in by language; what has none in a language is said in English.

    >>> in_languages({"en": "fees per client", "fr": "frais par client"}).within(Language("fr"))
    'frais par client'
    """
    return Label(tuple((Language(language), said) for language, said in words.items()))


def catalogue_of(config: Config) -> dict[str, Definition]:
    """Name -> definition of all figures of a book, those of ``plugins.kpis`` last.

    Raises ``MissingPluginError``, and ``UserError`` where a plug-in gives another figure than its name says.
    """
    return CATALOGUE | {name: _definition(name, settings) for name, settings in config.plugins.kpis.items()}


def _definition(name: str, settings: Mapping[str, Setting]) -> Definition:
    plugin: KpiPlugin = load_plugin(PluginGroup.KPIS, name)
    found = plugin(settings=settings)
    if name in CATALOGUE or found.name != name or found.parts is None or found.form not in {Form.RATIO, Form.SHARE}:
        raise UserError(
            rule=f"the plug-in {name} must define a figure {name}, none of ours, a ratio or share with its parts",
            got=f"{found.name}, {found.form}{'' if found.parts else ' without parts'}",
            remedy="mend the plug-in, or take it out of plugins.kpis",
        )
    return found
