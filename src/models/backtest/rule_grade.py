"""The grade that a lender would give without any model: past business and credit rating, cut at fixed shares."""

from __future__ import annotations

import numpy as np

from models.config.backtest import SpreadsheetRuleConfig
from models.vocab import FloatArray, TextArray, Tier


def rule_grade(past_value: FloatArray, rating: FloatArray | None, rule: SpreadsheetRuleConfig) -> TextArray:
    """The tier of each client of a book at one date. Shapes (n_clients,).

    ``past_value`` in book currency; ``rating``, more is worse, NaN for a client without one, None for a book without.
    Clients of equal past value get the better tier together, so that no order among them matters.

    >>> rule = SpreadsheetRuleConfig(aa_share=0.25, a_share=0.5)
    >>> rule_grade(np.array([9.0, 5.0, 1.0, 0.0]), np.array([0.2, 0.03, 0.001, 0.001]), rule).tolist()
    ['B', 'A', 'B', 'B']
    """
    aa, a = (past_value >= _cut(past_value, share) for share in (rule.aa_share, rule.a_share))
    if rating is not None:
        aa = aa & (rating <= rule.aa_max_rating)
        a = a & (np.isnan(rating) | (rating <= rule.a_max_rating))
    return np.select([aa, a], [Tier.AA.value, Tier.A.value], Tier.B.value)


def _cut(past_value: FloatArray, share: float) -> float:
    """The past value of the last client within the top ``share``."""
    ordered = np.sort(past_value)[::-1]
    return float(ordered[max(int(np.ceil(share * len(ordered))) - 1, 0)]) if len(ordered) else 0.0
