"""The comparison of two versions as one HTML page without scripts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from models.comparison.compute import NOT_JUDGED
from models.comparison.plots import judged_charts, reason_charts
from models.comparison.report import VersionComparison
from models.comparison.text import (
    BASELINES,
    TARGETS,
    VERDICTS,
    age,
    closing,
    correlation,
    figure_name,
    goal,
    grouping,
    judged_sentence,
    method_sentences,
    names_of,
    ranged,
    reason_title,
    tier_sentence,
    written,
)
from models.reasons.figures import currency_name
from models.shell.editions import ALONE, Edition, publish_page
from models.shell.html import environment, mono
from models.shell.json_files import json_file
from models.store.drafts import publish_text
from models.text import Language

PAGE = "comparison.html"
_CSS = {"better": "good", "worse": "bad", "open": "quiet"}


def write_comparison_page(report: VersionComparison, path: Path) -> None:
    """Write the page in every language and its report as JSON beside it, each whole or not at all."""
    publish_text(path.with_suffix(".json"), json_file(report))
    publish_page(path, partial(comparison_page, report))


def comparison_page(
    report: VersionComparison, edition: Edition = ALONE, template: str = "comparison/page.html", **more: object
) -> str:
    """The page of a comparison, or of another ``template`` that builds on it and is given ``more``."""
    language = edition.language
    return str(
        environment(edition, functions=_functions(language))
        .get_template(template)
        .render(
            report=report,
            names=names_of(report, language),
            currency=currency_name(report.currency, language),
            sentence=judged_sentence(report, language),
            methods=[] if report.judged is None else list(method_sentences(report.judged, language)),
            claims=list(closing(report, language)),
            notices=[each for each in report.notices if each.code != NOT_JUDGED],
            tiers=tier_sentence(report.change.tiers, report.currency, language),
            verdicts=VERDICTS,
            targets=TARGETS,
            baselines=BASELINES,
            css=_CSS,
            charts=judged_charts(report, language),
            reasons=reason_charts(report, language),
            **more,
        )
    )


def _functions(language: Language) -> dict[str, Callable[..., object]]:
    return {
        "ranged": partial(ranged, language=language),
        "written": partial(written, language=language),
        "figure_name": partial(figure_name, language=language),
        "goal": partial(goal, language=language),
        "reason_title": partial(reason_title, language=language),
        "grouping": grouping,
        "correlation": partial(correlation, language=language),
        "age": partial(age, language=language),
        "mono": mono,
    }
