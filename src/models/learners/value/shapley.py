"""Shapley values of any function of a few inputs, by enumerating all coalitions."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np

from models.vocab import FloatArray


def shapley_values(said: Callable[[FloatArray], FloatArray], inputs: FloatArray, absent: FloatArray) -> FloatArray:
    """What each input adds to ``said(inputs)`` over ``said(absent)``: the mean over all orders of becoming known.

    ``inputs`` is (m, n), ``absent`` (m,) is what stands for an input that is not known, and ``said`` takes (m, n) to
    (n,). The result is (m, n) and sums to the difference. It costs 2^m calls. Source: Shapley (1953).

    >>> product = lambda reported: reported.prod(axis=0)
    >>> shapley_values(product, np.array([[2.0], [3.0]]), np.zeros(2)).ravel()
    array([3., 3.])
    """
    count = len(inputs)
    players = np.arange(count)
    value = [
        said(np.where((coalition >> players & 1)[:, np.newaxis], inputs, absent[:, np.newaxis]))
        for coalition in range(1 << count)
    ]
    parts = np.zeros_like(inputs)
    for player in range(count):
        for coalition in range(1 << count):
            if not coalition >> player & 1:
                weight = 1.0 / (count * comb(count - 1, coalition.bit_count()))
                parts[player] += weight * (value[coalition | 1 << player] - value[coalition])
    return parts
