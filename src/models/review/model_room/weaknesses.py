"""Known weaknesses of the models that serve, in one line for screens that show what they say."""

from __future__ import annotations

from typing import cast

from models.card.report import ModelCard
from models.card.text import weaknesses_line
from models.review.model_room.kept import KINDS, found_report
from models.review.shared.languages import page_language
from models.review.site import shown_site


def known_weaknesses() -> str:
    """What is found wrong with the champion, in the language of the page; empty where it has no card yet."""
    found = found_report(KINDS["card"], shown_site().config)
    return "" if found is None else weaknesses_line(cast("ModelCard", found.report), page_language())
