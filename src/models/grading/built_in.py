"""Tiers from expected value and decline alone: a rule that a reviewer can read without any model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.config.policy.tiers import TierScale
from models.config.tiers import TiersConfig
from models.vocab import FloatArray, TextArray


@dataclass(frozen=True, kw_only=True)
class TierPolicy:
    """The configured rule with its cut-offs of expected value, in book currency, fixed when the models were fitted.

    Attributes:
        tiers: names, best first; the last takes whoever reaches no other.
        least_value: of each tier but the last, the expected value from which it is given.
        max_decline: of each tier but the last, the highest probability of decline.
    """

    tiers: tuple[str, ...]
    least_value: tuple[float, ...]
    max_decline: tuple[float, ...]
    currency: str


@dataclass(frozen=True)
class Grades:
    """Tier and the rule that decided it. Shapes (n_clients,)."""

    tier: TextArray
    reason: TextArray


def tier_policy(expected_value: FloatArray, settings: TiersConfig, scale: TierScale, currency: str) -> TierPolicy:
    """Fix the value cut-offs so that the configured shares of the fitted book lie at or above them.

    >>> from models.config.policy.tiers import DEFAULT_SCALE
    >>> settings = TiersConfig(share={"AA": 0.1, "A": 0.4})
    >>> tier_policy(np.arange(1.0, 101.0), settings, DEFAULT_SCALE, "USD").least_value
    (91.0, 61.0)
    """
    shares: Mapping[str, float] = settings.shares(scale)
    return TierPolicy(
        tiers=scale.names,
        least_value=tuple(share_cut_off(expected_value, share) for share in shares.values()),
        max_decline=tuple(settings.max_declines(scale).values()),
        currency=currency,
    )


def share_cut_off(numbers: FloatArray, share: float) -> float:
    """The number of the last client within the top ``share``, rounded to whole clients, at least one: (n_clients,).

    >>> share_cut_off(np.array([3.0, 1.0, 2.0]), 0.5)
    2.0
    """
    return float(np.sort(numbers)[-share_count(len(numbers), share)])


def share_count(clients: int, share: float) -> int:
    """How many clients a share of the book is: the nearest whole number, at least one.

    >>> share_count(333, 0.1), share_count(4, 0.1)
    (33, 1)
    """
    return max(round(clients * share), 1)


def grade(value: FloatArray, decline_probability: FloatArray, policy: TierPolicy) -> Grades:
    """The best tier whose value and decline each client reaches. Shapes (n_clients,); value in book currency."""
    by_value = sum((~(value >= least) for least in policy.least_value), np.zeros(len(value), dtype=np.int64))
    by_risk = sum((decline_probability > most for most in policy.max_decline), np.zeros(len(value), dtype=np.int64))
    size = len(policy.tiers)
    cases, place = np.unique(by_value * size + by_risk, return_inverse=True)
    reasons = [_reason(policy, *divmod(int(case), size)) for case in cases]
    return Grades(
        tier=np.array(policy.tiers)[np.maximum(by_value, by_risk)],
        reason=np.array(reasons, dtype=np.str_)[place] if len(value) else np.array([], dtype=np.str_),
    )


def _reason(policy: TierPolicy, by_value: int, by_risk: int) -> str:
    """What decided a tier, by the ranks that value alone and decline alone would give."""
    last = len(policy.tiers) - 1
    tier = policy.tiers[max(by_value, by_risk)]
    if by_risk == last:
        return f"{tier}: decline above {policy.max_decline[-1]:.0%}, whatever the value"
    if by_value == last:
        return f"{tier}: expected value below {policy.least_value[-1]:,.0f} {policy.currency}"
    reached = f"{tier}: expected value at or above {policy.least_value[by_value]:,.0f} {policy.currency}"
    if by_risk > by_value:
        return f"{reached}, but decline above {policy.max_decline[by_risk - 1]:.0%}"
    return f"{reached}, decline at most {policy.max_decline[by_value]:.0%}"
