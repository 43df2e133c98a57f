"""The overview of a published run as one HTML page without scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from models.backtest.headline_text import headline_heads, headline_rows, headline_verdicts
from models.funnel.text import (
    candidate_cells,
    candidate_heads,
    candidate_stands,
    layer_cells,
    layer_heads,
    layer_name,
    layers_note,
)
from models.grading.override_text import fate_name, fates_sentence
from models.kpis.catalogue import shown_in
from models.kpis.definition import ShownIn
from models.kpis.text import figure_title, no_effect, unit_of
from models.lists.text import (
    absent_lists,
    benefit_name,
    benefit_range,
    list_name,
    list_reason,
    list_step,
    success_sentence,
)
from models.notices import ROWS_LEFT_OUT, Notice, Severity
from models.overview.plots import risk_chart
from models.overview.report import Overview
from models.overview.text import OverviewWords
from models.profiles.kind_names import kind_in_words
from models.shell.editions import ALONE, Edition, publish_page
from models.shell.html import environment
from models.shell.small_plots import share_bar
from models.shell.tier_styles import tier_style
from models.shell.units import written
from models.text import Language
from models.warnings.text import warnings_sentence

OVERVIEW_PAGE = "overview.html"


def write_overview_page(overview: Overview, path: Path) -> None:
    """Write the page in every language, each whole or not at all."""
    publish_page(path, partial(overview_page, overview))


def overview_page(overview: Overview, edition: Edition = ALONE) -> str:
    """The page of an overview."""
    figures = {row.figure: row for row in overview.figures}
    main = [figures[name] for name in shown_in(ShownIn.OVERVIEW) if name in figures]
    words = OverviewWords(overview, edition.language)
    return str(
        environment(edition, filters={"percent": words.percent}, functions=_functions(overview, edition.language))
        .get_template("overview/page.html")
        .render(
            overview=overview,
            words=words,
            verdicts=_verdicts(overview, edition.language),
            headline_heads=headline_heads(edition.language),
            layer_heads=layer_heads(edition.language),
            candidate_heads=candidate_heads(edition.language),
            notices=_rows_last(overview.notices),
            by_severity=Counter(each.severity for each in overview.notices),
            chart_of_risk=risk_chart(overview, words),
            known=[row for row in main if row.estimate is not None],
            unknown=[row for row in main if row.estimate is None],
        )
    )


def _functions(overview: Overview, language: Language) -> dict[str, Callable[..., Any]]:
    """What the template calls: functions of other capabilities in the page's language, and styles."""
    spoken: Sequence[Callable[..., Any]] = (
        *(written, no_effect, figure_title, kind_in_words, fate_name, fates_sentence, warnings_sentence),
        *(layer_name, layer_cells, layers_note, candidate_cells, candidate_stands),
        *(list_name, benefit_name, benefit_range, success_sentence, absent_lists),
        headline_rows,
    )
    return {
        **{function.__name__: partial(function, language=language) for function in spoken},
        "list_reason": partial(list_reason, currency=overview.currency, language=language),
        "list_step": partial(list_step, currency=overview.currency, language=language),
        "unit_of": unit_of,
        "share_bar": partial(share_bar, language=language),
        "css": partial(tier_style, colours=overview.tier_colours),
    }


def _verdicts(overview: Overview, language: Language) -> list[tuple[str, bool]]:
    """What a backtest says in brief, each sentence with whether it tells of something worse."""
    if overview.headline is None:
        return []
    english = headline_verdicts(overview.headline)
    said = headline_verdicts(overview.headline, language)
    return [(sentence, "worse in" in meant) for meant, sentence in zip(english, said, strict=True)]


def _rows_last(notices: Sequence[Notice]) -> list[Notice]:
    """The same notices, of one severity those about bad rows last: only the first few are shown unfolded."""
    grades = list(Severity)
    return sorted(notices, key=lambda each: (-grades.index(each.severity), each.code == ROWS_LEFT_OUT))
