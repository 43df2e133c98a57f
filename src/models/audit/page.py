"""The page of an audit: one HTML file without scripts and without anything from the network.

Every value is outside data: templates escape all of it, and the page forbids scripts besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from models.audit.compute import Audit
from models.audit.plots import histogram, relevance_bar
from models.audit.relevance import DECLINE, VALUE
from models.audit.rules import AuditedFeature, Verdict
from models.book.contract import TABLES
from models.reasons.units import feature_unit
from models.shell.html import environment
from models.shell.small_plots import share_bar, short_number
from models.text import ENGLISH

_SMALLEST = 0.001
_WIDEST = {DECLINE: 0.5, VALUE: 1.0}


def check_page(audit: Audit) -> str:
    """The page of an audit."""
    failing = sorted((check for check in audit.checks if check.failing), key=lambda check: -check.failing_share)
    return str(
        environment(
            filters={"figure": short_number, "percent": _percent},
            functions={
                "histogram": histogram,
                "share_bar": share_bar,
                "relevance_bar": relevance_bar,
                "unit": partial(feature_unit, language=ENGLISH),
            },
        )
        .get_template("audit/page.html")
        .render(
            audit=audit,
            known_tables=len(TABLES),
            failing=failing,
            by_verdict=_by_verdict(audit.criteria.features),
            widest=_widest(audit.criteria.features),
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


def _by_verdict(features: Sequence[AuditedFeature]) -> dict[str, list[AuditedFeature]]:
    """Verdict -> its features, of those that any feature got, the best first."""
    grouped = {verdict.value: [each for each in features if each.verdict is verdict] for verdict in Verdict}
    return {verdict: found for verdict, found in grouped.items() if found}


def _widest(features: Sequence[AuditedFeature]) -> dict[str, float]:
    """Where the relevance bars end: at the strongest figure of each outcome, rounded up, at most the possible."""
    widest = {}
    for name, most in _WIDEST.items():
        known = [each.relevance[name] for each in features if name in each.relevance]
        largest = max((max(abs(found.strength), found.noise) for found in known), default=most)
        widest[name] = min(largest * 1.05, most)
    return widest
