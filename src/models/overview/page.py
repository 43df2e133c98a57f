"""Turns the overview of a published run into one HTML page without scripts; it computes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.grading.override_text import fates_sentence
from models.kpis.terminal import candidate_cells, layer_cells, layer_name
from models.kpis.text import no_effect, written
from models.notices import ROWS_LEFT_OUT, Severity
from models.overview.plots import risk_chart
from models.publishing import publish_text
from models.shell.html import environment
from models.shell.small_plots import share_bar, short_number
from models.shell.tier_styles import tier_style

OVERVIEW_PAGE = "overview.html"
Facts = Mapping[str, Any]
FIGURES = (
    "relationship_score", "retention", "cac", "clv_to_cac", "margin_to_cac", "nps", "csat", "answered_in_time",
    "settled_in_time", "participation", "campaign_roi", "top_share",
)  # fmt: skip
"""Figures of the book that a manager asks for first; all of them are told by ``kpis``."""
_ONE_IN_A_HUNDRED = 0.005
_PARTS_SAID = 3


def write_overview_page(facts: Facts, path: Path) -> None:
    """Write the page, whole or not at all."""
    publish_text(path, overview_page(facts))


def overview_page(facts: Facts) -> str:
    """The page of what ``overview_facts`` tells."""
    figures = {row["figure"]: row for row in facts["figures"]}
    main = [figures[name] for name in FIGURES if name in figures]
    return str(
        environment(
            filters={"figure": short_number, "percent": percent},
            functions={
                "written": written,
                "no_effect": no_effect,
                "share_bar": share_bar,
                "layer_name": layer_name,
                "layer_cells": layer_cells,
                "candidate_cells": candidate_cells,
                "mix": mix,
                "what_moved": what_moved,
                "severity_style": SEVERITY_STYLES.get,
                "fates_sentence": fates_sentence,
                "css": tier_style,
            },
        )
        .get_template("overview/page.html")
        .render(
            facts={**facts, "notices": _rows_last(facts["notices"])},
            definitions=facts["definitions"],
            by_severity=Counter(each["severity"] for each in facts["notices"]),
            chart_of_risk=risk_chart(facts["sample"], facts["currency"]),
            known=[row for row in main if row["estimate"] is not None],
            unknown=[row for row in main if row["estimate"] is None],
        )
    )


def _rows_last(notices: Sequence[Facts]) -> list[Facts]:
    """The same notices, of one severity those about bad rows last: only the first few are shown unfolded."""
    grades = list(Severity)
    return sorted(notices, key=lambda each: (-grades.index(Severity(each["severity"])), each["code"] == ROWS_LEFT_OUT))


def percent(share: float) -> str:
    """A share in per cent; what is little is not said to be nothing.

    >>> percent(0.256), percent(0.001), percent(0.0)
    ('26%', '<1%', '0%')
    """
    return "<1%" if 0 < share < _ONE_IN_A_HUNDRED else f"{share:.0%}"


SEVERITY_STYLES = {Severity.REFUSED: "bad", Severity.WARNING: "fair", Severity.NOTE: "quiet"}
MOVED_BY = {
    "cap": "a cap holds it down",
    "cap lifted": "no cap holds it any more",
    "override": "a person decided so",
    "override ended": "a person's decision ended",
    "limit passed": "the rules, held back before by how many may move in one run",
    "margin passed": "the rules, by more than the margin that kept it before",
}


def what_moved(row: Facts) -> str:
    """What moved a client to another tier, in words; a dash where the run does not tell.

    >>> what_moved({"moved_by": "dimension", "dimension": "funding_need"}), what_moved({"moved_by": "cap"})
    ('funding need', 'a cap holds it down')
    >>> what_moved({"moved_by": "dimension", "dimension": None}), what_moved({"moved_by": None})
    ('the rules', '–')
    """
    if row["moved_by"] == "dimension":
        return str(row["dimension"] or "the rules").replace("_", " ")
    return MOVED_BY.get(row["moved_by"], "–")


def mix(counts: Mapping[str, int]) -> str:
    """What most clients of a tier get, most first.

    >>> mix({"dedicated_team": 30, "manager": 9, "desk": 1})
    'dedicated team (75%), manager (22%), desk (2%)'
    """
    total = sum(counts.values())
    parts = list(counts.items())[:_PARTS_SAID]
    return ", ".join(f"{name.replace('_', ' ')} ({percent(count / total)})" for name, count in parts)
