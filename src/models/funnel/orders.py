"""Orders in which opportunities could be taken, and what each captured of what was signed later."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from models.relations.opportunities import Opportunity
from models.vocab import FloatArray, IntArray


class Order(StrEnum):
    """An order in which opportunities could be taken; at random is the mean over all orders."""

    OURS = "ours"
    FIRST_IN_FIRST_OUT = "first_in_first_out"
    LARGEST_AMOUNT = "largest_amount"
    BEST = "best"
    AT_RANDOM = "at_random"


def captured(known: Opportunity, ranked: IntArray, signed_amount: FloatArray, *, capacity: int) -> dict[Order, float]:
    """Amount signed later of the first ``capacity`` in each order.

    ``ranked`` are rows, ours first; ``signed_amount`` (n,) is what was signed of each row later, in currency.
    """
    ids, stage = known.opportunity_id[ranked], known.stage[ranked]
    since, amount = known.entered[ranked, stage], np.nan_to_num(known.amount[ranked])
    later = signed_amount[ranked]
    orders = {
        Order.OURS: np.arange(len(ranked)),
        Order.FIRST_IN_FIRST_OUT: np.lexsort((ids, since)),
        Order.LARGEST_AMOUNT: np.lexsort((ids, -amount)),
        Order.BEST: np.lexsort((ids, -later)),
    }
    amounts = {name: float(later[order[:capacity]].sum()) for name, order in orders.items()}
    at_random = float(later.mean() * min(capacity, len(later))) if later.size else 0.0
    return {**amounts, Order.AT_RANDOM: at_random}
