"""The gate above the comparison that it rests on, as one HTML page without scripts."""

from __future__ import annotations

from pathlib import Path

from models.comparison.page import comparison_page
from models.errors import InternalError
from models.promotion.report import PromotionReport
from models.promotion.text import CALLED, cards_sentence, next_steps, outcome_sentence, verdict_of
from models.store.drafts import publish_text

_CSS = {"passed": "good", "failed": "bad", "not judged": "fair"}


def write_gate_page(report: PromotionReport, path: Path) -> None:
    """Write the page, whole or not at all."""
    publish_text(path, gate_page(report))


def gate_page(report: PromotionReport) -> str:
    """The page of a promotion that was compared with the champion."""
    if report.comparison is None:
        raise InternalError("a gate without a comparison has no page")
    return comparison_page(
        report.comparison,
        "promotion/page.html",
        promotion=report,
        called=CALLED,
        outcome=outcome_sentence(report),
        advice=[*cards_sentence(report.cards, report.version), *next_steps(report)],
        verdict_of=verdict_of,
        colours=_CSS,
    )
