"""What a person asked for and what a client lacks for the next tier, as sentences in English and Chinese."""

from __future__ import annotations

from typing import Final

import numpy as np

from models.config.policy.dimensions import DimensionConfig
from models.grading.caps import NO_CAP
from models.grading.decision import Basis, TierDecisions
from models.grading.distance import Shortfall
from models.grading.facts import RANKS
from models.grading.fitted import GradingPolicy
from models.grading.overrides import Override
from models.panel.features.words import Language, quoted
from models.reasons.figures import day, money

_RANK_OF: Final = {tier.value: rank for rank, tier in enumerate(RANKS)}
_OVERRIDE: Final = {
    "en": "{tier} asked for by {by} on {on} until {until}: {reason}",
    "zh": "{by}于{on}申请调整为{tier}级，有效期至{until}：{reason}",
}
_AND: Final = {"en": " and ", "zh": "且"}
_SHORT: Final = {"en": "{label} {number} short", "zh": "{label}差{number}"}
_OVER: Final = {"en": "{label} {number} too high", "zh": "{label}高出{number}"}
_NOT_KNOWN: Final = {"en": "{label} not known", "zh": "{label}未知"}
_NEXT: Final = {
    "en": "{tier}: {lacking} for {next}",
    "zh": "{tier}级：距{next}级{lacking}",
}
_BY_OVERRIDE: Final = {"en": "{tier} by override; by rule {way}", "zh": "{tier}级（人工调整）；按规则{way}"}
_BEST: Final = {"en": "{tier}: the best tier", "zh": "{tier}级：最高等级"}
_NOTHING_LACKS: Final = {"en": "nothing lacking, the next run may move it", "zh": "条件已满足，下次可调整"}
_CAPPED: Final = {"en": "{tier}: no better tier while capped: {cap}", "zh": "{tier}级：受上限约束，无法升级：{cap}"}


def override_sentence(override: Override, language: Language = "en") -> str:
    """Who asked for which tier, until when and why. The reason stands as it was given, in whatever language."""
    return _OVERRIDE[language].format(
        tier=override.tier.value,
        by=quoted(override.by, language),
        on=day(override.on, language),
        until=day(override.until, language),
        reason=quoted(override.reason, language),
    )


def distance_sentence(decided: TierDecisions, lacking: Shortfall, row: int, language: Language = "en") -> str:
    """What one client lacks for the next tier, e.g. ``A: expected value 2.1 m USD short for AA``."""
    tier = str(decided.tier[row])
    if decided.basis[row] == Basis.OVERRIDE and not _is_capped(decided, tier, row):
        way = _way(decided, lacking, str(decided.unasked[row]), row, language)
        return _BY_OVERRIDE[language].format(tier=tier, way=way)
    return _way(decided, lacking, tier, row, language)


def _is_capped(decided: TierDecisions, tier: str, row: int) -> bool:
    """Whether a cap leaves one client no better tier than ``tier``."""
    cap = int(decided.assessment.cap[row])
    return cap != NO_CAP and decided.assessment.policy.settings.caps[cap].at_most == tier


def _way(decided: TierDecisions, lacking: Shortfall, tier: str, row: int, language: Language) -> str:
    """The way on from ``tier``: barred by a cap, or as the rules have it, no further than a cap leaves."""
    caps, cap = decided.assessment.policy.settings.caps, int(decided.assessment.cap[row])
    if _is_capped(decided, tier, row):
        return _CAPPED[language].format(tier=tier, cap=caps[cap].because.within(language))
    following = str(lacking.next_tier[row])
    if not following:
        return _BEST[language].format(tier=tier)
    parts = [
        _lacking(decided.assessment.policy, name, float(amounts[row]), language)
        for name, amounts in lacking.lacking.items()
        if amounts[row] != 0
    ]
    said = _AND[language].join(parts) or _NOTHING_LACKS[language]
    reached = following if cap == NO_CAP else max(following, caps[cap].at_most.value, key=_RANK_OF.__getitem__)
    return _NEXT[language].format(tier=tier, lacking=said, next=reached)


def _lacking(policy: GradingPolicy, name: str, amount: float, language: Language) -> str:
    dimension = policy.settings.dimensions[name]
    label = dimension.label.within(language)
    if np.isnan(amount):
        return _NOT_KNOWN[language].format(label=label)
    words = _SHORT if dimension.sign > 0 else _OVER
    return words[language].format(label=label, number=_about(dimension, policy.currency, amount, language))


def _about(dimension: DimensionConfig, currency: str, amount: float, language: Language) -> str:
    """A distance as a person says it; what is lacking is never said to be nothing."""
    if dimension.unit == "currency":
        return money(amount, currency, language)
    if dimension.unit == "probability":
        points = max(100 * amount, 0.1)
        return f"{points:.1f} percentage points" if language == "en" else f"{points:.1f}个百分点"
    points = max(amount, 0.1)
    return f"{points:.1f} points" if language == "en" else f"{points:.1f}分"
