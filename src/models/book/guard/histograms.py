"""Distributions as counts in bins that depend on no order of rows; numbers in, numbers out, no tables."""

from __future__ import annotations

import math
from collections.abc import Mapping

BINS_PER_DECADE = 20
"""A bin is 12% wide."""
SMALLEST_DECADES = 20
ZERO_PLACE = SMALLEST_DECADES * BINS_PER_DECADE + 1
"""The code of numbers from 1 on: smaller ones lie below it, those below 1e-20 in the lowest bin."""

Bins = Mapping[int, int]
"""Code of a bin -> numbers in it. 0 is zero, codes above and below it are numbers above and below, in their order."""


def total(bins: Bins) -> int:
    """How many numbers there are."""
    return sum(bins.values())


def sizes(bins: Bins) -> dict[int, int]:
    """The same without signs and zeros.

    >>> sizes({-401: 1, 0: 5, 401: 2})
    {401: 3}
    """
    found: dict[int, int] = {}
    for code, count in bins.items():
        if code:
            found[abs(code)] = found.get(abs(code), 0) + count
    return found


def code_at(bins: Bins, share: float) -> int:
    """The code below or at which ``share`` of the numbers lie. At least one number is needed."""
    reached, wanted = 0, share * total(bins)
    for code in sorted(bins):
        reached += bins[code]
        if reached >= wanted:
            return code
    return max(bins)


def size_of(code: int) -> float:
    """The middle of a bin, without its sign.

    >>> round(size_of(401 + 20)), size_of(0)
    (11, 0.0)
    """
    return 10.0 ** ((abs(code) - ZERO_PLACE + 0.5) / BINS_PER_DECADE) if code else 0.0


def median_error(bins: Bins) -> float:
    """About how far, in bins, the median of as many numbers goes by chance.

    Normal theory with the quartiles' distance as a robust spread: 1.25 sigma over the root of the count.
    """
    spread = (code_at(bins, 0.75) - code_at(bins, 0.25)) / 1.35
    return 1.25 * max(spread, 1.0) / math.sqrt(total(bins))


def distance(first: Bins, second: Bins) -> float:
    """Largest gap between two distribution functions (Kolmogorov and Smirnov), from 0 to 1; 1 if one is empty.

    >>> distance({1: 1, 2: 1}, {2: 1, 3: 1})
    0.5
    """
    sums = total(first), total(second)
    if not all(sums):
        return 1.0 if any(sums) else 0.0
    gap = largest = 0.0
    for code in sorted({*first, *second}):
        gap += first.get(code, 0) / sums[0] - second.get(code, 0) / sums[1]
        largest = max(largest, abs(gap))
    return largest


def noise(first: Bins, second: Bins) -> float:
    """The gap that two samples of one distribution exceed once in a thousand times (Smirnov 1948)."""
    sums = total(first), total(second)
    return 1.95 * math.sqrt(1 / sums[0] + 1 / sums[1]) if all(sums) else 1.0


def share_below_zero(bins: Bins) -> float:
    """Share of the numbers that are negative; 0 if there are none."""
    return sum(count for code, count in bins.items() if code < 0) / max(total(bins), 1)


def added(parts: list[Bins]) -> dict[int, int]:
    """The counts of several histograms together."""
    found: dict[int, int] = {}
    for part in parts:
        for code, count in part.items():
            found[code] = found.get(code, 0) + count
    return found
