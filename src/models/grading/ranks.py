"""Tiers as numbers, so that moves between them can be counted; how a client is graded is not decided here."""

from __future__ import annotations

import numpy as np

from models.vocab import IntArray, TextArray, Tier

_UPWARDS = np.array([tier.value for tier in reversed(Tier)])


def tier_ranks(tier: TextArray) -> IntArray:
    """How many tiers lie below each client's, 0 for the lowest. (n_clients,) -> (n_clients,).

    >>> tier_ranks(np.array(["B", "AA", "A"]))
    array([0, 2, 1])
    """
    return np.asarray((tier[:, None] == _UPWARDS).argmax(axis=1))
