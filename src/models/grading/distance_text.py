"""The way to the next tier as a sentence: what lacks, or the cap that bars it."""

from __future__ import annotations

from typing import Final

from models.grading.decision import Basis
from models.grading.fitted import GradingPolicy
from models.grading.report import GradeReport, Lacking
from models.reasons.figures import money
from models.text import Language, Text, joined

_SHORT: Final = Text("{label} {number} short", "tier")
_OVER: Final = Text("{label} {number} too high", "tier")
_LABEL_NOT_KNOWN: Final = Text("{label} not known", "tier")
_BOTH: Final = Text("{first} and {next}", "what is lacking")
_NEXT: Final = Text("{tier}: {lacking} for {next}", "tier")
_BY_OVERRIDE: Final = Text("{tier} by override; by rule {way}", "tier")
_BEST_TIER: Final = Text("{tier}: the best tier", "tier")
_NOTHING_LACKS: Final = Text("nothing lacking, the next run may move it", "tier")
_CAPPED: Final = Text("{tier}: no better tier while capped: {cap}", "tier")
_PERCENTAGE_POINTS: Final = Text("{number:.1f} percentage points")
_CREDIT_POINTS: Final = Text("{number:.1f} points", "score")


def distance_sentence(report: GradeReport, policy: GradingPolicy, language: Language) -> str:
    """What one client lacks for the next tier, e.g. ``A: expected value 2.1 m USD short for AA``."""
    if report.basis == Basis.OVERRIDE and not report.barred_by:
        way = _way(report, policy, report.unasked, language)
        return _BY_OVERRIDE.within(language, tier=policy.scale.label(report.tier, language), way=way)
    return _way(report, policy, report.tier, language)


def _way(report: GradeReport, policy: GradingPolicy, tier: str, language: Language) -> str:
    """The way on from ``tier``: barred by a cap, or as the rules have it, no further than a cap leaves."""
    caps = {cap.name: cap for cap in policy.settings.caps}
    hardest = caps[report.caps[0].name] if report.caps else None
    called = policy.scale.label(tier, language)
    if hardest is not None and hardest.at_most == tier:
        return _CAPPED.within(language, tier=called, cap=hardest.because.phrase())
    if not report.next_tier:
        return _BEST_TIER.within(language, tier=called)
    said = joined((_lacking(policy, each, language) for each in report.lacking), language, _BOTH)
    following = report.next_tier
    reached = following if hardest is None else max(following, hardest.at_most, key=policy.scale.rank)
    return _NEXT.within(
        language,
        tier=called,
        lacking=said or _NOTHING_LACKS.within(language),
        next=policy.scale.label(reached, language),
    )


def _lacking(policy: GradingPolicy, lacking: Lacking, language: Language) -> str:
    dimension = policy.settings.dimensions[lacking.dimension]
    label = dimension.label.phrase()
    if lacking.amount is None:
        return _LABEL_NOT_KNOWN.within(language, label=label)
    words = _SHORT if dimension.sign > 0 else _OVER
    return words.within(language, label=label, number=_distance(lacking, policy.currency, language))


def _distance(lacking: Lacking, currency: str, language: Language) -> str:
    """A distance as a person says it; what is lacking is never said to be nothing."""
    amount = lacking.amount or 0.0
    if lacking.unit == "currency":
        return money(amount, currency, language)
    if lacking.unit == "probability":
        return _PERCENTAGE_POINTS.within(language, number=max(100 * amount, 0.1))
    return _CREDIT_POINTS.within(language, number=max(amount, 0.1))
