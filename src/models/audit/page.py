"""Turns reports into HTML pages of one file each, without scripts and without anything from the network.

Every value is outside data: templates escape all of it, and the page forbids scripts besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.book.contract import TABLES
from models.shell import small_plots as plots
from models.shell.html import environment

_SMALLEST = 0.001
_WIDEST = {"decline": 0.5, "value": 1.0}


def check_page(facts: Mapping[str, Any]) -> str:
    """The page of an audit, from the facts that ``audit_facts`` gives, with ``refused`` beside them."""
    failing = sorted(
        (check for check in facts["checks"] if check["failing"]), key=lambda check: -check["failing_share"]
    )
    return str(
        environment(
            filters={"figure": plots.short_number, "percent": _percent},
            functions={
                "histogram": plots.histogram,
                "share_bar": plots.share_bar,
                "relevance_bar": plots.relevance_bar,
            },
        )
        .get_template("audit/page.html")
        .render(
            audit=facts,
            known_tables=len(TABLES),
            failing=failing,
            by_verdict=_by_verdict(facts["criteria"]["features"]),
            widest=_widest(facts["criteria"]["features"]),
        )
    )


def _percent(share: float) -> str:
    """A share in per cent; what is nearly all or nearly nothing is not rounded to it.

    >>> _percent(0.99996), _percent(0.25), _percent(1.0), _percent(0.004), _percent(0.0001)
    ('>99.9%', '25%', '100%', '0.4%', '<0.1%')
    """
    if 0.0 < share < _SMALLEST:
        return f"<{_SMALLEST:.1%}"
    if 1 - _SMALLEST < share < 1.0:
        return f">{1 - _SMALLEST:.1%}"
    is_fine = 0.0 < share < 10 * _SMALLEST or 1 - 10 * _SMALLEST < share < 1.0
    return f"{share:.1%}" if is_fine else f"{share:.0%}"


def _by_verdict(features: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for verdict in ("keep", "redundant", "irrelevant", "unavailable", "not judged"):
        found = [feature for feature in features if feature["verdict"] == verdict]
        if found:
            grouped[verdict] = found
    return grouped


def _widest(features: list[dict[str, Any]]) -> dict[str, float]:
    """Where the relevance bars end: at the strongest figure of each outcome, rounded up, at most the possible."""
    widest = {}
    for name, most in _WIDEST.items():
        shown = [
            max(abs(found["strength"]), found["noise"])
            for feature in features
            if (found := feature["relevance"].get(name)) is not None
        ]
        widest[name] = min(max(shown, default=most) * 1.05, most)
    return widest
