"""Past dates as a search sees them: what was known of each client, what came, and in which order the rule took them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.backtest.compute import SeenDay
from models.backtest.lists import FORECAST, RULE, worst_first
from models.config.policy.tiers import TierScale
from models.grading.facts import Facts
from models.vocab import FloatArray, TextArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Taken:
    """What the clients of a date brought for one purpose, and in which order they are taken. Shapes (n_clients,).

    ``came`` in book currency; ``foreseen`` orders within a tier, highest first; ``rule`` is the rule's order of all.
    """

    came: FloatArray
    foreseen: FloatArray
    rule: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class PastDay:
    """The clients of one past as-of date. Shapes (n_clients,).

    Attributes:
        facts: what a policy could look at then, foreseen by models that knew nothing later.
        reviewed: future value, not below zero; ``offered``: profit of addressing.
        lost: net loss within the horizon; None where the book knows no exposure or no losses.
        rule_tier: by the rule.
    """

    as_of: date
    facts: Facts
    reviewed: Taken
    offered: Taken
    lost: Taken | None
    rule_tier: TextArray

    @classmethod
    def of(cls, day: SeenDay, scale: TierScale) -> PastDay:
        """A replayed date."""
        came = day.came
        return cls(
            as_of=came.as_of,
            facts=day.facts,
            reviewed=Taken(
                came=np.maximum(came.value, 0.0), foreseen=came.screening[FORECAST], rule=came.screening[RULE]
            ),
            offered=Taken(came=came.profit, foreseen=came.retention[FORECAST], rule=came.retention[RULE]),
            lost=_lost(day, scale),
            rule_tier=came.rule_tier,
        )


def _lost(day: SeenDay, scale: TierScale) -> Taken | None:
    lending = day.came.lending
    if lending is None or not lending.loss.any():
        return None
    return Taken(
        came=lending.loss,
        foreseen=day.risk * lending.exposure,
        rule=worst_first(day.came.rule_tier, day.rated * lending.exposure, scale),
    )


def common_clients(before: PastDay, after: PastDay) -> tuple[Sequence[int], Sequence[int]]:
    """Where the clients of two dates stand that were active at both, in one order."""
    _, old, new = np.intersect1d(before.facts.client_id, after.facts.client_id, return_indices=True)
    return old.tolist(), new.tolist()
