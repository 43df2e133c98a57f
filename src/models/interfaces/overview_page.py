"""Turns the overview of a published run into one HTML page without scripts; it computes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.interfaces.kpis_summary import candidate_cells, layer_cells, layer_name
from models.interfaces.kpis_words import no_effect, written
from models.interfaces.override_words import fates_sentence
from models.interfaces.overview_plots import TIER_STYLES, risk_chart
from models.interfaces.plots import share_bar, short_number
from models.interfaces.rendering import environment
from models.workflows.publish import publish_text

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
                "fates_sentence": fates_sentence,
                "css": TIER_STYLES.get,
            },
        )
        .get_template("overview.html")
        .render(
            facts=facts,
            definitions=facts["definitions"],
            chart_of_risk=risk_chart(facts["sample"], facts["currency"]),
            known=[row for row in main if row["estimate"] is not None],
            unknown=[row for row in main if row["estimate"] is None],
        )
    )


def percent(share: float) -> str:
    """A share in per cent; what is little is not said to be nothing.

    >>> percent(0.256), percent(0.001), percent(0.0)
    ('26%', '<1%', '0%')
    """
    return "<1%" if 0 < share < _ONE_IN_A_HUNDRED else f"{share:.0%}"


def mix(counts: Mapping[str, int]) -> str:
    """What most clients of a tier get, most first.

    >>> mix({"dedicated_team": 30, "manager": 9, "desk": 1})
    'dedicated team (75%), manager (22%), desk (2%)'
    """
    total = sum(counts.values())
    parts = list(counts.items())[:_PARTS_SAID]
    return ", ".join(f"{name.replace('_', ' ')} ({percent(count / total)})" for name, count in parts)
