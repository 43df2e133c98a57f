"""Compares two policies: the same clients, graded by both, and those whose tier differs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.config.policy.policy import PolicyConfig
from models.grading.decision import TierDecisions, grade_book
from models.grading.facts import Facts
from models.grading.fitted import GradingPolicy, refit_policy
from models.vocab import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """Two gradings of the same clients.

    Attributes:
        tiers: names, best first.
        clients: (tiers before, tiers after), how many; best tier first.
        value: (tiers before, tiers after), their expected value in book currency.
        moved: (n_clients,), whose tier would be another.
    """

    tiers: tuple[str, ...]
    before: TierDecisions
    after: TierDecisions
    clients: IntArray
    value: FloatArray
    moved: BoolArray


def what_if(policy: GradingPolicy, settings: PolicyConfig, facts: Facts) -> WhatIf:
    """Grade ``facts`` by a fitted policy and by changed settings of it.

    Both are asked what they would say of these clients now: earlier tiers, and with them margin and limit, count for
    neither. Cut-offs of dimensions that did not change stay; what a share amounts to in the others is settled on these
    clients.
    """
    alone = replace(facts, previous=None)
    before, after = (grade_book(each, alone) for each in (policy, refit_policy(policy, settings, alone)))
    scale = settings.scale.with_others(policy.settings.scale.names)
    old, new = (scale.ranks(each.tier, len(facts)) for each in (before, after))
    tiers = len(scale)
    place = old * tiers + new
    return WhatIf(
        tiers=scale.names,
        before=before,
        after=after,
        clients=np.bincount(place, minlength=tiers * tiers).reshape(tiers, tiers),
        value=np.bincount(place, weights=facts.value, minlength=tiers * tiers).astype(np.float64).reshape(tiers, tiers),
        moved=np.asarray(old != new),
    )
