"""Overrides and distances to the next tier as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from models.config.policy.dimensions import DimensionConfig
from models.grading.caps import NO_CAP
from models.grading.decision import Basis, TierDecisions
from models.grading.distance import Shortfall
from models.grading.fitted import GradingPolicy
from models.grading.overrides import Override
from models.reasons.figures import day, money
from models.text import ENGLISH, Language, Text, joined, named

_OVERRIDE: Final = Text("{tier} asked for by {by} on {on} until {until}: {reason}", "tier")
_BOTH: Final = Text("{first} and {next}", "what is lacking")
_SHORT: Final = Text("{label} {number} short", "tier")
_OVER: Final = Text("{label} {number} too high", "tier")
_NOT_KNOWN: Final = Text("{label} not known", "tier")
_NEXT: Final = Text("{tier}: {lacking} for {next}", "tier")
_BY_OVERRIDE: Final = Text("{tier} by override; by rule {way}", "tier")
_BEST: Final = Text("{tier}: the best tier", "tier")
_NOTHING_LACKS: Final = Text("nothing lacking, the next run may move it", "tier")
_CAPPED: Final = Text("{tier}: no better tier while capped: {cap}", "tier")
_PERCENTAGE_POINTS: Final = Text("{number:.1f} percentage points")
_CREDIT_POINTS: Final = Text("{number:.1f} points", "score")


def override_sentence(override: Override, tiers: Mapping[str, str], language: Language = ENGLISH) -> str:
    """Who asked for which tier, until when and why. The reason stands as it was given, in whatever language.

    ``tiers``: tier -> what people call it.
    """
    return _OVERRIDE.within(
        language,
        tier=tiers.get(override.tier, override.tier),
        by=named(override.by),
        on=day(override.on, language),
        until=day(override.until, language),
        reason=named(override.reason),
    )


def distance_sentence(decided: TierDecisions, lacking: Shortfall, row: int, language: Language = ENGLISH) -> str:
    """What one client lacks for the next tier, e.g. ``A: expected value 2.1 m USD short for AA``."""
    tier = str(decided.tier[row])
    if decided.basis[row] == Basis.OVERRIDE and not _is_capped(decided, tier, row):
        way = _way(decided, lacking, str(decided.unasked[row]), row, language)
        return _BY_OVERRIDE.within(language, tier=decided.scale.label(tier, language), way=way)
    return _way(decided, lacking, tier, row, language)


def _is_capped(decided: TierDecisions, tier: str, row: int) -> bool:
    """Whether a cap leaves one client no better tier than ``tier``."""
    cap = int(decided.assessment.cap[row])
    return cap != NO_CAP and decided.assessment.policy.settings.caps[cap].at_most == tier


def _way(decided: TierDecisions, lacking: Shortfall, tier: str, row: int, language: Language) -> str:
    """The way on from ``tier``: barred by a cap, or as the rules have it, no further than a cap leaves."""
    caps, cap = decided.assessment.policy.settings.caps, int(decided.assessment.cap[row])
    called = decided.scale.label(tier, language)
    if _is_capped(decided, tier, row):
        return _CAPPED.within(language, tier=called, cap=caps[cap].because.phrase())
    following = str(lacking.next_tier[row])
    if not following:
        return _BEST.within(language, tier=called)
    parts = [
        _lacking(decided.assessment.policy, name, float(amounts[row]), language)
        for name, amounts in lacking.lacking.items()
        if amounts[row] != 0
    ]
    said = joined(parts, language, _BOTH) or _NOTHING_LACKS.within(language)
    reached = following if cap == NO_CAP else max(following, caps[cap].at_most, key=decided.scale.rank)
    return _NEXT.within(language, tier=called, lacking=said, next=decided.scale.label(reached, language))


def _lacking(policy: GradingPolicy, name: str, amount: float, language: Language) -> str:
    dimension = policy.settings.dimensions[name]
    label = dimension.label.phrase()
    if np.isnan(amount):
        return _NOT_KNOWN.within(language, label=label)
    words = _SHORT if dimension.sign > 0 else _OVER
    return words.within(language, label=label, number=_about(dimension, policy.currency, amount, language))


def _about(dimension: DimensionConfig, currency: str, amount: float, language: Language) -> str:
    """A distance as a person says it; what is lacking is never said to be nothing."""
    if dimension.unit == "currency":
        return money(amount, currency, language)
    if dimension.unit == "probability":
        return _PERCENTAGE_POINTS.within(language, number=max(100 * amount, 0.1))
    return _CREDIT_POINTS.within(language, number=max(amount, 0.1))
