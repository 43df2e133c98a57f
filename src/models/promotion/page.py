"""The gate above the comparison that it rests on, as one HTML page without scripts."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from models.comparison.page import comparison_page
from models.errors import InternalError
from models.promotion.report import PromotionReport
from models.promotion.text import (
    CALLED,
    cards_sentence,
    mended_sentence,
    next_steps,
    outcome_sentence,
    verdict_of,
)
from models.shell.editions import ALONE, Edition, publish_page
from models.shell.json_files import json_file
from models.store.drafts import publish_text

PAGE = "promotion.html"
_CSS = {"passed": "good", "failed": "bad", "not judged": "fair"}


def write_gate_page(report: PromotionReport, path: Path) -> None:
    """Write the page in every language and its report as JSON beside it, each whole or not at all."""
    publish_text(path.with_suffix(".json"), json_file(report))
    publish_page(path, partial(gate_page, report))


def gate_page(report: PromotionReport, edition: Edition = ALONE) -> str:
    """The page of a promotion that was compared with the champion."""
    if report.comparison is None:
        raise InternalError("a gate without a comparison has no page")
    language = edition.language
    return comparison_page(
        report.comparison,
        edition,
        "promotion/page.html",
        promotion=report,
        called=CALLED,
        outcome=outcome_sentence(report, language),
        advice=[*cards_sentence(report, language), *next_steps(report, language)],
        mended=mended_sentence(report, language),
        verdict_of=partial(verdict_of, language=language),
        colours=_CSS,
    )
