"""Tiers AA, A and B from expected value and decline alone: a rule that a reviewer can read without any model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.config.sections import TiersConfig
from models.vocab import BoolArray, FloatArray, TextArray, Tier


@dataclass(frozen=True, kw_only=True)
class TierPolicy:
    """The configured rule with its cut-offs of expected value, in book currency, fixed when the models were fitted."""

    settings: TiersConfig
    aa_value: float
    a_value: float
    currency: str


@dataclass(frozen=True)
class Grades:
    """Tier and the rule that decided it. Shapes (n_clients,)."""

    tier: TextArray
    reason: TextArray


def tier_policy(expected_value: FloatArray, settings: TiersConfig, currency: str) -> TierPolicy:
    """Fix the value cut-offs so that the configured shares of the fitted book lie at or above them.

    >>> policy = tier_policy(np.arange(1.0, 101.0), TiersConfig(aa_share=0.1, a_share=0.4), "USD")
    >>> policy.aa_value, policy.a_value
    (91.0, 61.0)
    """
    return TierPolicy(
        settings=settings,
        aa_value=_cut_off(expected_value, settings.aa_share),
        a_value=_cut_off(expected_value, settings.a_share),
        currency=currency,
    )


def grade(value: FloatArray, decline_probability: FloatArray, policy: TierPolicy) -> Grades:
    """Grade each client; the first rule that holds decides. Shapes (n_clients,); value in book currency."""
    rules = _rules(value, decline_probability, policy)
    decided = np.select([condition for condition, _, _ in rules], np.arange(len(rules)))
    return Grades(
        tier=np.array([tier.value for _, tier, _ in rules])[decided],
        reason=np.array([sentence for _, _, sentence in rules])[decided],
    )


def _cut_off(value: FloatArray, share: float) -> float:
    place = max(round(len(value) * share), 1)
    return float(np.sort(value)[-place])


def _rules(value: FloatArray, decline: FloatArray, policy: TierPolicy) -> list[tuple[BoolArray, Tier, str]]:
    settings = policy.settings
    top, good = value >= policy.aa_value, value >= policy.a_value
    aa_from = f"expected value at or above {policy.aa_value:,.0f} {policy.currency}"
    a_from = f"expected value at or above {policy.a_value:,.0f} {policy.currency}"
    aa_risk, a_risk = f"{settings.aa_max_decline:.0%}", f"{settings.a_max_decline:.0%}"
    return [
        (decline > settings.a_max_decline, Tier.B, f"B: decline above {a_risk}, whatever the value"),
        (top & (decline <= settings.aa_max_decline), Tier.AA, f"AA: {aa_from}, decline at most {aa_risk}"),
        (top, Tier.A, f"A: {aa_from}, but decline above {aa_risk}"),
        (good, Tier.A, f"A: {a_from}, decline at most {a_risk}"),
        (
            np.ones(len(value), dtype=np.bool_),
            Tier.B,
            f"B: expected value below {policy.a_value:,.0f} {policy.currency}",
        ),
    ]
