"""The orders in which clients are taken: ours, and those that it is held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from models.config.backtest import SpreadsheetRuleConfig
from models.config.policy.tiers import TierScale
from models.grading.built_in import share_cut_off
from models.text import Text
from models.vocab import BoolArray, FloatArray, TextArray

OURS, LISTED, FORECAST, RULE, RANDOM, PERFECT = "ours", "lists", "forecast", "rule", "random", "perfect"
LISTS = (OURS, LISTED, FORECAST, RULE, RANDOM, PERFECT)
"""Who orders the clients: our grades, our work lists, our forecast alone, the rule, chance, and perfect foresight."""
WARNED = "warned"
ACTING_LISTS = (OURS, LISTED, FORECAST, WARNED, RULE, RANDOM, PERFECT)
"""Who orders the clients to act on: also our warnings, those that turned worse before all others."""
UP, DOWN, SAME = "raised", "lowered", "no other tier"
"""Ways of an override."""
ANEW = "anew"
"""Our grades as each date alone says, without margin and limit on moves."""
LIST_NAMES: Final = {
    OURS: Text("our grades", "list of a backtest"),
    LISTED: Text("our work lists", "list of a backtest"),
    FORECAST: Text("our forecast alone", "list of a backtest"),
    WARNED: Text("our warnings", "list of a backtest"),
    RULE: Text("rule-based grade", "list of a backtest"),
    RANDOM: Text("random choice", "list of a backtest"),
    PERFECT: Text("perfect foresight", "list of a backtest"),
}
"""What each list is called."""
Scores = Mapping[str, FloatArray]
"""Who orders -> score of each client, highest first. Shapes (n_clients,)."""


def tier_first(tier: TextArray, score: FloatArray, scale: TierScale) -> FloatArray:
    """Orders clients by tier and, within a tier, by a score; equal scores stay equal. Shapes (n_clients,).

    >>> from models.config.policy.tiers import DEFAULT_SCALE
    >>> tier_first(np.array(["B", "AA", "B"]), np.array([9.0, 1.0, 5.0]), DEFAULT_SCALE).argsort()[::-1].tolist()
    [1, 0, 2]
    """
    return np.asarray(scale.steps(tier) + _place(score))


def worst_first(tier: TextArray, risk: FloatArray, scale: TierScale) -> FloatArray:
    """Orders clients from the worst tier on and, within a tier, from the highest risk on. Shapes (n_clients,).

    >>> from models.config.policy.tiers import DEFAULT_SCALE
    >>> worst_first(np.array(["B", "AA", "B"]), np.array([1.0, 9.0, 5.0]), DEFAULT_SCALE).argsort()[::-1].tolist()
    [2, 0, 1]
    """
    return -tier_first(tier, -risk, scale)


def chosen_first(chosen: BoolArray, score: FloatArray) -> FloatArray:
    """Orders those that are chosen before all others and, within either, by a score. Shapes (n_clients,).

    >>> chosen_first(np.array([False, True, True]), np.array([9.0, 1.0, 5.0])).argsort()[::-1].tolist()
    [2, 1, 0]
    """
    return np.asarray(chosen + _place(score))


def scores(ours: FloatArray, forecast: FloatArray, rule: FloatArray, perfect: FloatArray) -> Scores:
    """One score per list but our work lists; chance knows nothing of anybody."""
    return {OURS: ours, FORECAST: forecast, RULE: rule, RANDOM: np.zeros(len(ours)), PERFECT: perfect}


def _place(score: FloatArray) -> FloatArray:
    """The rank of each score, above 0 and below 1; equal scores share it. Shapes (n_clients,)."""
    place = pd.Series(score).rank(method="average").to_numpy(dtype=np.float64)
    return np.asarray(place / (len(score) + 1))


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
