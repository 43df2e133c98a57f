"""The overview of a published run as one HTML page without scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from models.backtest.headline_text import headline_heads, headline_rows, headline_verdicts
from models.funnel.text import candidate_cells, candidate_stands, layer_cells, layer_name
from models.grading.moves import MovedBy
from models.grading.override_text import fates_sentence
from models.kpis.catalogue import shown_in
from models.kpis.definition import ShownIn
from models.kpis.text import no_effect, unit_of
from models.lists.text import absent_lists, benefit_name, benefit_range, list_name, success_sentence
from models.notices import ROWS_LEFT_OUT, Notice, Severity
from models.overview.plots import risk_chart
from models.overview.report import MovedClient, Overview
from models.shell.html import environment
from models.shell.small_plots import share_bar, short_number
from models.shell.tier_styles import tier_style
from models.shell.units import written
from models.store.drafts import publish_text
from models.warnings.text import warnings_sentence

OVERVIEW_PAGE = "overview.html"
_ONE_IN_A_HUNDRED = 0.005
_PARTS_SAID = 3


def write_overview_page(overview: Overview, path: Path) -> None:
    """Write the page, whole or not at all."""
    publish_text(path, overview_page(overview))


def overview_page(overview: Overview) -> str:
    """The page of an overview."""
    figures = {row.figure: row for row in overview.figures}
    main = [figures[name] for name in shown_in(ShownIn.OVERVIEW) if name in figures]
    return str(
        environment(
            filters={"figure": short_number, "percent": percent},
            functions={
                "written": written,
                "no_effect": no_effect,
                "unit_of": unit_of,
                "share_bar": share_bar,
                "layer_name": layer_name,
                "layer_cells": layer_cells,
                "candidate_cells": candidate_cells,
                "candidate_stands": candidate_stands,
                "mix": mix,
                "headline_rows": headline_rows,
                "headline_verdicts": headline_verdicts,
                "list_name": list_name,
                "benefit_name": benefit_name,
                "benefit_range": benefit_range,
                "success_sentence": success_sentence,
                "absent_lists": absent_lists,
                "what_moved": what_moved,
                "plain": plain,
                "severity_style": SEVERITY_STYLES.get,
                "fates_sentence": fates_sentence,
                "css": partial(tier_style, colours=overview.tier_colours),
            },
        )
        .get_template("overview/page.html")
        .render(
            overview=overview,
            headline_heads=headline_heads(),
            notices=_rows_last(overview.notices),
            definitions=overview.definitions,
            warned_counts=warnings_sentence(overview.alarms.counts) if overview.alarms.counts else "",
            by_severity=Counter(each.severity for each in overview.notices),
            chart_of_risk=risk_chart(overview.sample, overview.currency, overview.tier_colours),
            known=[row for row in main if row.estimate is not None],
            unknown=[row for row in main if row.estimate is None],
        )
    )


def _rows_last(notices: Sequence[Notice]) -> list[Notice]:
    """The same notices, of one severity those about bad rows last: only the first few are shown unfolded."""
    grades = list(Severity)
    return sorted(notices, key=lambda each: (-grades.index(each.severity), each.code == ROWS_LEFT_OUT))


def percent(share: float) -> str:
    """A share in per cent; what is little is not said to be nothing.

    >>> percent(0.256), percent(0.001), percent(0.0)
    ('26%', '<1%', '0%')
    """
    return "<1%" if 0 < share < _ONE_IN_A_HUNDRED else f"{share:.0%}"


SEVERITY_STYLES = {Severity.REFUSED: "bad", Severity.WARNING: "fair", Severity.NOTE: "quiet"}
MOVED_BY = {
    MovedBy.POLICY: "another policy",
    MovedBy.STABILITY: "margin or limit, which kept it before or keep it now",
    MovedBy.OVERRIDE: "a person's decision",
}


def what_moved(client: MovedClient) -> str:
    """What moved a client to another tier, in words; a dash where the run does not say."""
    if client.cap is not None:
        return f"cap {plain(client.cap)}: {plain(client.criterion or '')}"
    if client.dimension is not None:
        parts = [plain(each) for each in (client.dimension, client.criterion) if each]
        return f"{': '.join(dict.fromkeys(parts))} ({client.moved_by})"
    return "–" if client.moved_by is None else MOVED_BY.get(MovedBy(client.moved_by), "–")


def plain(name: str) -> str:
    """A name of the policy as it is read.

    >>> plain("overdue_30")
    'overdue 30'
    """
    return name.replace("_", " ")


def mix(counts: Mapping[str, int]) -> str:
    """What most clients of a tier get, most first.

    >>> mix({"dedicated_team": 30, "manager": 9, "desk": 1})
    'dedicated team (75%), manager (22%), desk (2%)'
    """
    total = sum(counts.values())
    parts = list(counts.items())[:_PARTS_SAID]
    return ", ".join(f"{name.replace('_', ' ')} ({percent(count / total)})" for name, count in parts)
