"""The page of an audit: one HTML file without scripts and without anything from the network.

Every value is outside data: templates escape all of it, and the page forbids scripts besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from models.audit.compute import Audit
from models.audit.contract_text import column_note, reason_text, rule_word
from models.audit.plots import STRENGTHS, histogram, relevance_bar
from models.audit.relevance import DECLINE, VALUE
from models.audit.rules import AuditedFeature, Verdict
from models.reasons.figures import currency_name
from models.reasons.units import feature_unit
from models.shell.editions import ALONE, Edition
from models.shell.html import environment, mono
from models.shell.small_plots import share_bar
from models.text import ENGLISH, Language, Text, number

_VERDICTS: Final = {
    Verdict.KEEP: Text("keep", "verdict on a criterion"),
    Verdict.REDUNDANT: Text("redundant", "verdict on a criterion"),
    Verdict.IRRELEVANT: Text("irrelevant", "verdict on a criterion"),
    Verdict.UNAVAILABLE: Text("unavailable", "verdict on a criterion"),
    Verdict.OPEN: Text("not judged", "verdict on a criterion"),
}
_MEANINGS: Final = {
    Verdict.KEEP: Text("quantifiable, available, relevant"),
    Verdict.REDUNDANT: Text("say what a more relevant one says"),
    Verdict.IRRELEVANT: Text("tell no more than noise"),
    Verdict.UNAVAILABLE: Text("not known for enough clients, or not in time"),
    Verdict.OPEN: Text("no outcomes to hold them against"),
}
_SMALLEST = 0.001
_WIDEST = {DECLINE: 0.5, VALUE: 1.0}


def check_page(audit: Audit, edition: Edition = ALONE) -> str:
    """The page of an audit."""
    failing = sorted((check for check in audit.checks if check.failing), key=lambda check: -check.failing_share)
    language = edition.language
    return str(
        environment(
            edition,
            filters={"percent": partial(_percent, language=language)},
            functions={
                "histogram": partial(histogram, language=language),
                "share_bar": partial(share_bar, language=language),
                "relevance_bar": partial(relevance_bar, language=language),
                "unit": partial(feature_unit, language=language),
                "mono": mono,
                "note": partial(column_note, language=language),
                "reason_text": partial(reason_text, language=language),
                "rule_word": partial(rule_word, language=language),
            },
        )
        .get_template("audit/page.html")
        .render(
            audit=audit,
            currency=currency_name(audit.currency, language),
            known_tables=audit.known_tables,
            failing=failing,
            by_verdict=_by_verdict(audit.criteria.features),
            verdicts={verdict.value: said.within(language) for verdict, said in _VERDICTS.items()},
            meaning={verdict.value: said.within(language) for verdict, said in _MEANINGS.items()},
            strength={name: said.within(language) for name, said in STRENGTHS.items()},
            widest=_widest(audit.criteria.features),
        )
    )


def _percent(share: float, language: Language = ENGLISH) -> str:
    """A share in per cent; what is nearly all or nearly nothing is not rounded to it.

    >>> _percent(0.99996), _percent(0.25), _percent(1.0), _percent(0.004), _percent(0.0001)
    ('>99.9%', '25%', '100%', '0.4%', '<0.1%')
    """
    if 0.0 < share < _SMALLEST:
        return number(f"<{_SMALLEST:.1%}", language)
    if 1 - _SMALLEST < share < 1.0:
        return number(f">{1 - _SMALLEST:.1%}", language)
    is_fine = 0.0 < share < 10 * _SMALLEST or 1 - 10 * _SMALLEST < share < 1.0
    return number(f"{share:.1%}" if is_fine else f"{share:.0%}", language)


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
