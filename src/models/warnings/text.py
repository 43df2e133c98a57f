"""Warnings of clients as sentences, and by what they are ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.grading.treatments import dimension_in_words
from models.panel.features.words import FeatureWords, FigureUnit
from models.reasons.figures import day, figure_in_words, money, tells_what_became
from models.text import ENGLISH, Language, Text
from models.warnings.report import AlarmState, ClientWarning, Evidence

RISK = "decline_probability"
_RISK = Text("probability of decline")
_SUMMARY = Text("Severity {severity:.0f} of 100, business at risk {at_risk}, credit loss {loss}.")
_STATES = {
    AlarmState.SHOWN: Text("First seen on {first}; rank {rank} of the warnings shown."),
    AlarmState.HELD_BACK: Text("First seen on {first}; held back, since the budget of warnings did not reach it."),
    AlarmState.WITHOUT_NEWS: Text("First seen on {first}; shown before, without news since."),
}
_NOT_KNOWN = Text("not known", "credit loss")
_TERMS = Text(
    "Business at risk is the margin that goes if the client declines, times how likely that is. Credit loss is what "
    "defaults within the horizon are expected to cost."
)
_RANKED = Text(
    "Ranked with those first who are or were {tiers}, whatever the budget; among them and the others by severity × "
    "{weight}, in which stake is business at risk plus credit loss."
)
_BY_STAKE, _BY_BOTH, _BY_PROBABILITY = (
    Text("stake"),
    Text("√(probability of decline × stake)"),
    Text("probability of decline"),
)
_BETWEEN = Text("probability of decline^{first:g} × stake^{second:g}")
_EVEN = 0.5
_EVIDENCE = Text("{dimension}: {feature} went from {before} to {now}")
_COURSE = Text("{dimension}: {feature}: “{before}” then, “{now}” now")
"""Of what is reported as an outcome: nothing goes from "began anew" to "stopped"."""
_COUNTED = Text(
    "{shown:,} shown, {always_shown:,} of them whatever the budget of {budget:,}; {held_back:,} held back by it. All "
    "are in warnings.parquet, by state."
)
_COUNTED_REPEATED = Text(
    "{shown:,} shown, {always_shown:,} of them whatever the budget of {budget:,}; {held_back:,} held back by it; "
    "{without_news:,} shown before, without news. All are in warnings.parquet, by state."
)
_USUAL = Text(" (usual for clients like this one: {usual}).")
_END = Text(".")
_UNKNOWN = Text("unknown")


def warning_sentences(
    warnings: Sequence[ClientWarning], *, words: Mapping[str, FeatureWords], currency: str, lang: Language
) -> tuple[str, ...]:
    """How bad each warning is and what became of it, then each side on which the client turned."""
    return tuple(sentence for each in warnings for sentence in _sentences(each, words, currency, lang))


def warning_terms(lang: Language = ENGLISH) -> str:
    """What business at risk and credit loss are."""
    return _TERMS.within(lang)


def rank_formula(stake_weight: float, tiers: Sequence[str], lang: Language = ENGLISH) -> str:
    """By what warnings are ranked, see ``publishing``; ``tiers`` are those that stand first.

    >>> rank_formula(0.5, ["AAA", "AA"])[:74]
    'Ranked with those first who are or were AAA, AA, whatever the budget; amon'
    """
    plain = {0.0: _BY_PROBABILITY, _EVEN: _BY_BOTH, 1.0: _BY_STAKE}.get(stake_weight)
    weight = (
        plain.within(lang)
        if plain is not None
        else _BETWEEN.within(lang, first=1.0 - stake_weight, second=stake_weight)
    )
    return _RANKED.within(lang, tiers=", ".join(tiers), weight=weight)


def warnings_sentence(counts: Mapping[str, int], language: Language = ENGLISH) -> str:
    """How many warnings are shown and how many are not, from the counts of a run's manifest.

    >>> warnings_sentence({"shown": 60, "budget": 50, "always_shown": 12, "held_back": 700, "without_news": 0})
    '60 shown, 12 of them whatever the budget of 50; 700 held back by it. All are in warnings.parquet, by state.'
    """
    said = _COUNTED_REPEATED if counts["without_news"] else _COUNTED
    return said.within(language, **counts)


def _sentences(warning: ClientWarning, words: Mapping[str, FeatureWords], currency: str, lang: Language) -> list[str]:
    loss = warning.credit_loss
    summary = _SUMMARY.within(
        lang,
        severity=warning.severity,
        at_risk=money(warning.business_at_risk, currency, lang),
        loss=_NOT_KNOWN.within(lang) if loss is None else money(loss, currency, lang),
    )
    return [summary, *_fate(warning, lang), *(_evidence(each, words, currency, lang) for each in warning.evidence)]


def _fate(warning: ClientWarning, lang: Language) -> list[str]:
    """Since when it is known, and what became of it; nothing where it was not published."""
    if warning.state is None or warning.first_seen is None:
        return []
    rank = "" if warning.rank is None else warning.rank
    return [_STATES[warning.state].within(lang, first=day(warning.first_seen, lang), rank=rank)]


def _evidence(each: Evidence, words: Mapping[str, FeatureWords], currency: str, lang: Language) -> str:
    known = words.get(each.feature)
    figure = FigureUnit.SHARE if each.feature == RISK else FigureUnit.NUMBER if known is None else known.figure
    described = _RISK.within(lang) if each.feature == RISK else known.describe(lang) if known else each.feature

    def written(number: float | None) -> str:
        if number is None:
            return _UNKNOWN.within(lang)
        return figure_in_words(number, figure, lang, currency=currency, signed=figure is FigureUnit.GROWTH)

    dimension = dimension_in_words(each.dimension, lang)
    ends = {"before": each.before, "now": each.now}
    is_course = figure is FigureUnit.GROWTH and any(end is not None and tells_what_became(end) for end in ends.values())
    reported = (_COURSE if is_course else _EVIDENCE).within(
        lang, dimension=dimension, feature=described, **{name: written(end) for name, end in ends.items()}
    )
    usual = _END if each.usual is None else _USUAL
    return f"{reported[:1].upper()}{reported[1:]}{usual.within(lang, usual=written(each.usual))}"
