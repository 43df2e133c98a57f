"""The comparison of two versions as one HTML page without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from models.comparison.compute import NOT_JUDGED
from models.comparison.plots import judged_charts, reason_charts
from models.comparison.report import VersionComparison
from models.comparison.text import (
    VERDICTS,
    closing,
    figure_name,
    goal,
    judged_sentence,
    method_sentences,
    names_of,
    ranged,
    tier_sentence,
    written,
)
from models.shell.html import environment
from models.shell.small_plots import short_number
from models.store.drafts import publish_text

_FUNCTIONS: dict[str, Callable[..., object]] = {
    "ranged": ranged,
    "written": written,
    "figure_name": figure_name,
    "goal": goal,
    "short": short_number,
}
_CSS = {"better": "good", "worse": "bad", "open": "quiet"}


def write_comparison_page(report: VersionComparison, path: Path) -> None:
    """Write the page, whole or not at all."""
    publish_text(path, comparison_page(report))


def comparison_page(report: VersionComparison, template: str = "comparison/page.html", **more: object) -> str:
    """The page of a comparison, or of another ``template`` that builds on it and is given ``more``."""
    return str(
        environment(functions=_FUNCTIONS)
        .get_template(template)
        .render(
            report=report,
            names=names_of(report),
            sentence=judged_sentence(report),
            methods=[] if report.judged is None else list(method_sentences(report.judged)),
            claims=list(closing(report)),
            notices=[each for each in report.notices if each.code != NOT_JUDGED],
            tiers=tier_sentence(report.change.tiers, report.currency),
            verdicts=VERDICTS,
            css=_CSS,
            charts=judged_charts(report),
            reasons=reason_charts(report),
            **more,
        )
    )
