"""What decided a tier and what is lacking for the next one, as sentences in English and Chinese. Nothing is decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from models.config.policy import DimensionConfig
from models.decisions.figures_in_words import CURRENCIES_ZH, day, money
from models.decisions.tiers.decision import Basis, Decided
from models.decisions.tiers.distance import Shortfall
from models.decisions.tiers.facts import RANKS, ranks_of
from models.decisions.tiers.fitted import GradingPolicy
from models.decisions.tiers.overrides import Override, OverrideState
from models.decisions.tiers.table import DecisionTable
from models.tables.features import Language
from models.vocab import TextArray

_REASONS: Final = {
    "en": {
        Basis.RULE: "{tier}: {rules}",
        Basis.MARGIN: "{tier} as by rule before, not past the cut-off by {margin:.0%} of it; "
        "now the rules say {ruled}: {rules}",
        Basis.LIMIT: "{tier} as by rule before, at most {limit:.0%} of the clients change tier in one run; "
        "now the rules say {ruled}: {rules}",
        Basis.OVERRIDE: "{tier}: by override; the rules say {ruled}: {rules}",
        Basis.CAP: "{tier} at most: {cap}{whatever}; the rules say {ruled}: {rules}",
    },
    "zh": {
        Basis.RULE: "{tier}级：{rules}",
        Basis.MARGIN: "沿用上次规则等级{tier}级，未超过界限的{margin:.0%}；本次规则结果为{ruled}级：{rules}",
        Basis.LIMIT: "沿用上次规则等级{tier}级，每次最多{limit:.0%}的客户可调整等级；本次规则结果为{ruled}级：{rules}",
        Basis.OVERRIDE: "{tier}级：人工调整；规则结果为{ruled}级：{rules}",
        Basis.CAP: "最高{tier}级：{cap}{whatever}；规则结果为{ruled}级：{rules}",
    },
}
_WHATEVER: Final = {"en": ", whatever the override asks", "zh": "（人工调整不得突破）"}
_OVERRIDE: Final = {
    "en": "{tier} asked for by {by} on {on} until {until}: {reason}",
    "zh": "{by}于{on}申请调整为{tier}级，有效期至{until}：{reason}",
}
_ANYBODY: Final = {"en": "any client", "zh": "任何客户"}
_SEPARATOR: Final = {"en": ", ", "zh": "，"}
_AND: Final = {"en": " and ", "zh": "且"}
_OF_MORE: Final = {
    "en": {
        (True, True): "{label} at or above {worse} and below {better}",
        (True, False): "{label} at or above {worse}",
        (False, True): "{label} below {better}",
        (False, False): "",
    },
    "zh": {
        (True, True): "{label}不低于{worse}且低于{better}",
        (True, False): "{label}不低于{worse}",
        (False, True): "{label}低于{better}",
        (False, False): "",
    },
}
"""How a range is said where more is better: by whether it has a cut-off to reach, and one that would be too good."""
_OF_LESS: Final = {
    "en": {
        (True, True): "{label} above {better} and at most {worse}",
        (True, False): "{label} at most {worse}",
        (False, True): "{label} above {better}",
        (False, False): "",
    },
    "zh": {
        (True, True): "{label}高于{better}但不超过{worse}",
        (True, False): "{label}不超过{worse}",
        (False, True): "{label}高于{better}",
        (False, False): "",
    },
}
"""The same where less is better."""
_UNKNOWN: Final = {"en": "{label} unknown, taken as {level}", "zh": "{label}未知，按{level}处理"}
_SHORT: Final = {"en": "{label} {number} short", "zh": "{label}差{number}"}
_OVER: Final = {"en": "{label} {number} too high", "zh": "{label}高出{number}"}
_NOT_KNOWN: Final = {"en": "{label} not known", "zh": "{label}未知"}
_NEXT: Final = {
    "en": "{tier}: {lacking} for {next}",
    "zh": "{tier}级：距{next}级{lacking}",
}
_BEST: Final = {"en": "{tier}: the best tier", "zh": "{tier}级：最高等级"}
_NOTHING_LACKS: Final = {"en": "nothing lacking, the next run may move it", "zh": "条件已满足，下次可调整"}
_CAPPED: Final = {"en": "{tier}: no better tier while capped: {cap}", "zh": "{tier}级：受上限约束，无法升级：{cap}"}


def reasons(decided: Decided, language: Language = "en") -> TextArray:
    """What decided each client's tier, in one sentence. Shape (n_clients,); clients decided alike share it.

    What a person asked for is told by ``override_sentence``.
    """
    weighed, settings = decided.weighed, decided.weighed.policy.settings
    table = DecisionTable(weighed.policy)
    decisive = (
        ranks_of(decided.tier, len(decided.tier)),
        np.select([decided.basis == basis.value for basis in Basis], range(len(Basis))),
        weighed.rule,
        weighed.cap + 1,
        (decided.override == OverrideState.CAPPED.value).astype(np.int64),
        *(np.isnan(weighed.scores[name].numbers).astype(np.int64) for name in table.dimensions),
    )
    sizes = (len(RANKS), len(Basis), len(settings.rules), len(settings.caps) + 1, 2, *(2 for _ in table.dimensions))
    codes, place = np.unique(np.ravel_multi_index(decisive, sizes), return_inverse=True)
    said = [_reason(table, [int(part) for part in np.unravel_index(code, sizes)], language) for code in codes]
    return np.array(said, dtype=np.str_)[place]


def override_sentence(override: Override, language: Language = "en") -> str:
    """Who asked for which tier, until when and why. The reason stands as it was given, in whatever language."""
    return _OVERRIDE[language].format(
        tier=override.tier.value,
        by=override.by,
        on=day(override.on, language),
        until=day(override.until, language),
        reason=override.reason,
    )


def distance_sentence(decided: Decided, lacking: Shortfall, row: int, language: Language = "en") -> str:
    """What one client lacks for the next tier, e.g. ``A: expected value 2.1 m USD short for AA``."""
    policy, tier = decided.weighed.policy, str(decided.tier[row])
    if decided.basis[row] == Basis.CAP and decided.tier[row] != RANKS[0]:
        cap = policy.settings.caps[int(decided.weighed.cap[row])].because.within(language)
        return _CAPPED[language].format(tier=tier, cap=cap)
    following = str(lacking.next_tier[row])
    if not following:
        return _BEST[language].format(tier=tier)
    parts = [
        _lacking(policy, name, float(amounts[row]), language)
        for name, amounts in lacking.lacking.items()
        if amounts[row] != 0
    ]
    said = _AND[language].join(parts) or _NOTHING_LACKS[language]
    return _NEXT[language].format(tier=str(decided.by_rule[row]), lacking=said, next=following)


def level_range(policy: GradingPolicy, name: str, levels: Sequence[str], language: Language = "en") -> str:
    """Some neighbouring levels of a dimension by their cut-offs, e.g. ``decline at most 30%``."""
    dimension, cut_offs = policy.settings.dimensions[name], policy.cut_offs[name]
    places = [dimension.level_names.index(level) for level in levels]
    better = _exact(dimension, policy.currency, cut_offs[min(places) - 1], language) if min(places) else ""
    worse = _exact(dimension, policy.currency, cut_offs[max(places)], language) if max(places) < len(cut_offs) else ""
    words = (_OF_MORE if dimension.sign > 0 else _OF_LESS)[language][bool(worse), bool(better)]
    return words.format(label=dimension.label.within(language), worse=worse, better=better)


def _reason(table: DecisionTable, code: Sequence[int], language: Language) -> str:
    rank, basis, rule, cap, capped, *unknown = code
    settings = table.policy.settings
    ruled = settings.rules[rule]
    said = [level_range(table.policy, name, levels, language) for name, levels in ruled.when.items()]
    for name, missing in zip(table.dimensions, unknown, strict=True):
        if missing:
            said.append(_unknown(settings.dimensions[name], language))
    return _REASONS[language][list(Basis)[basis]].format(
        tier=RANKS[rank].value,
        ruled=ruled.tier.value,
        rules=_SEPARATOR[language].join(filter(None, said)) or _ANYBODY[language],
        margin=settings.stability.margin,
        limit=settings.stability.max_changed_share,
        cap=settings.caps[cap - 1].because.within(language) if cap else "",
        whatever=_WHATEVER[language] if capped else "",
    )


def _unknown(dimension: DimensionConfig, language: Language) -> str:
    level = dimension.levels[dimension.unknown_level]
    name = level.label.within(language) if level.label else level.name.replace("_", " ")
    return _UNKNOWN[language].format(label=dimension.label.within(language), level=name)


def _exact(dimension: DimensionConfig, currency: str, number: float, language: Language) -> str:
    """A cut-off as a reviewer must be able to check it."""
    if dimension.unit == "currency":
        return (
            f"{number:,.0f} {currency}" if language == "en" else f"{number:,.0f}{CURRENCIES_ZH.get(currency, currency)}"
        )
    if dimension.unit == "probability":
        return f"{100 * number:.4g}%"
    return f"{number:.4g} points" if language == "en" else f"{number:.4g}分"


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
