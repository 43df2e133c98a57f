"""Names of stages, types, regions, value classes and causes of decline."""

from __future__ import annotations

from typing import Final

from models.text import ENGLISH, Language, Text

KINDS: Final = {
    "acquisition": Text("acquisition", "kind"),
    "development": Text("development", "kind"),
    "maturity": Text("maturity", "kind"),
    "decline": Text("decline", "kind"),
    "churned": Text("churned", "kind"),
    "strategic": Text("strategic", "kind"),
    "transactional": Text("transactional", "kind"),
    "partnership": Text("partnership", "kind"),
    "problem-solving": Text("problem-solving", "kind"),
    "funding": Text("funding", "kind"),
    "resource integration": Text("resource integration", "kind"),
    "risk management": Text("risk management", "kind"),
    "key region": Text("key region", "kind"),
    "emerging market": Text("emerging market", "kind"),
    "other": Text("other", "kind"),
    "ordinary": Text("ordinary", "kind"),
    "high": Text("high", "kind"),
    "medium": Text("medium", "kind"),
    "low": Text("low", "kind"),
    "reduced": Text("business reduced", "kind"),
    "refinanced_away": Text("refinanced elsewhere", "kind"),
    "dormant": Text("gone quiet", "kind"),
    "default": Text("default", "kind"),
    "matured": Text("matured", "kind"),
}
_UNKNOWN: Final = Text("unknown")


def kind_in_words(kind: str | None, language: Language = ENGLISH) -> str:
    """What a stage, type or cause is called; an unknown one by its own name.

    >>> kind_in_words("problem-solving"), kind_in_words("core Asia")
    ('problem-solving', 'core Asia')
    """
    if kind is None:
        return _UNKNOWN.within(language)
    return KINDS[kind].within(language) if kind in KINDS else kind
