"""The grade of a lender without any model: past business and credit rating, cut at fixed shares."""

from __future__ import annotations

import numpy as np

from models.config.backtest import SpreadsheetRuleConfig
from models.config.policy.tiers import TierScale
from models.grading.built_in import share_cut_off
from models.vocab import FloatArray, TextArray


def rule_grade(
    past_value: FloatArray, rating: FloatArray | None, rule: SpreadsheetRuleConfig, scale: TierScale
) -> TextArray:
    """The tier of each client of a book at one date. Shapes (n_clients,).

    ``past_value`` in book currency; ``rating``, more is worse, NaN for a client without one, None for a book without.
    Clients of equal past value get the better tier together, so that no order among them matters.

    >>> from models.config.policy.tiers import DEFAULT_SCALE
    >>> rule = SpreadsheetRuleConfig(share={"AA": 0.25, "A": 0.5})
    >>> rule_grade(np.array([9.0, 5.0, 1.0, 0.0]), np.array([0.2, 0.03, 0.001, 0.001]), rule, DEFAULT_SCALE).tolist()
    ['B', 'A', 'B', 'B']
    """
    if not len(past_value):
        return np.array([], dtype=np.str_)
    worst = rule.max_ratings(scale)
    reached = []
    for tier, share in rule.shares(scale).items():
        large = past_value >= share_cut_off(past_value, share)
        if rating is not None:
            unrated = np.isnan(rating) & (tier not in scale.top)
            large = large & (unrated | (rating <= worst[tier]))
        reached.append(large)
    return np.select(reached, list(scale.upper), scale.names[-1])
