"""Distances between two counts of one column, each beyond what chance does; numbers in, numbers out."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.special import chdtri

from models.book.guard.histograms import (
    BINS_PER_DECADE,
    Bins,
    code_at,
    distance,
    median_error,
    share_below_zero,
    size_of,
    sizes,
    total,
)
from models.plausibility.counts import ColumnCounts

MIN_KNOWN = 30
"""Of fewer clients nothing is said."""
_TENTHS = 10
_SIGMAS = 3.0
_ONCE_IN = 1e-3
"""How often chance alone may be taken for more."""
_HALF = 0.5
_MOST_RECENT = 0.05


def stability_index(before: Mapping[str, int], now: Mapping[str, int]) -> float:
    """Population stability index of counts by bin or word, over those of ``before`` and ``now`` together.

    Half a client is added to each, so that a bin without any counts for much and not for infinitely much.
    Source: Siddiqi (2006), chapter 9.

    >>> stability_index({"a": 50, "b": 50}, {"a": 50, "b": 50})
    0.0
    >>> round(stability_index({"a": 500, "b": 500}, {"a": 750, "b": 250}), 3)
    0.274
    """
    cells = list({**before, **now})
    first, second = (np.array([part.get(cell, 0) for cell in cells], dtype=np.float64) for part in (before, now))
    p, q = ((part + _HALF) / (part.sum() + _HALF * len(cells)) for part in (first, second))
    return float(np.sum((q - p) * np.log(q / p)))


def shift(before: ColumnCounts, now: ColumnCounts) -> float:
    """Stability index of what is known, beyond what two samples of one distribution exceed once in a thousand times.

    Numbers are put into tenths of ``before``. The index of samples of n and m clients in B bins is about
    (1/n + 1/m) times a chi square of B - 1 degrees of freedom (Yurdakul and Naranjo 2020).
    """
    first, second = _cells(before, now)
    sums = sum(first.values()), sum(second.values())
    if min(sums) < MIN_KNOWN or len({**first, **second}) == 1:
        return 0.0
    chance = (1 / sums[0] + 1 / sums[1]) * float(chdtri(len({**first, **second}) - 1, _ONCE_IN))
    return max(stability_index(first, second) - chance, 0.0)


def level_factor(before: Bins, now: Bins) -> float:
    """How many times larger, or smaller, the median size of what is not zero is, beyond three errors of a median.

    >>> level_factor({401: 100}, {461: 100}) > 500
    True
    >>> level_factor({401: 100}, {401: 60, 402: 40})
    1.0
    """
    first, second = sizes(before), sizes(now)
    if min(total(first), total(second)) < MIN_KNOWN:
        return 1.0
    apart = abs(code_at(first, 0.5) - code_at(second, 0.5))
    chance = _SIGMAS * math.hypot(median_error(first), median_error(second))
    return float(10.0 ** (max(apart - chance, 0.0) / BINS_PER_DECADE))


def share_change(before: float, now: float, rows: tuple[int, int]) -> float:
    """How far two shares of so many clients lie apart, beyond three errors; never below 0.

    >>> round(share_change(0.0, 0.5, (10_000, 10_000)), 2)
    0.48
    """
    if min(rows) < MIN_KNOWN:
        return 0.0
    pooled = (before * rows[0] + now * rows[1]) / sum(rows)
    error = math.sqrt(max(pooled * (1 - pooled), 1 / sum(rows)) * (1 / rows[0] + 1 / rows[1]))
    return max(abs(now - before) - _SIGMAS * error, 0.0)


def sign_change(before: Bins, now: Bins) -> float:
    """Change of the share below zero, beyond chance."""
    return share_change(share_below_zero(before), share_below_zero(now), (total(before), total(now)))


def exchange_gain(first: tuple[ColumnCounts, ColumnCounts], second: tuple[ColumnCounts, ColumnCounts]) -> float:
    """How much better two columns, each before and now, fit each other's distribution than their own; 1 is most.

    >>> low, high = ColumnCounts(bins={1: 100}), ColumnCounts(bins={9: 100})
    >>> exchange_gain((low, high), (high, low))
    1.0
    """
    own = _gap(*first) + _gap(*second)
    return (own - _gap(first[0], second[1]) - _gap(second[0], first[1])) / 2


def recent_age(bins: Bins) -> float:
    """Days since the latest events of the most recent twentieth of the clients, of counts of days ago."""
    return size_of(code_at(bins, _MOST_RECENT))


def median_size(bins: Bins) -> float:
    """The median size of what is not zero; 0 where nothing is."""
    found = sizes(bins)
    return size_of(code_at(found, 0.5)) if found else 0.0


def ratio(before: float, now: float) -> float:
    """How many times the larger is the smaller; 1 where one is nothing."""
    return max(before / now, now / before) if before > 0 and now > 0 else 1.0


def _gap(before: ColumnCounts, now: ColumnCounts) -> float:
    if before.words or now.words:
        names = {**before.words, **now.words}
        shares = [[each.words.get(name, 0) / max(each.filled, 1) for name in names] for each in (before, now)]
        return float(sum(abs(p - q) for p, q in zip(*shares, strict=True))) / 2
    return distance(before.bins, now.bins)


def _cells(before: ColumnCounts, now: ColumnCounts) -> tuple[dict[str, int], dict[str, int]]:
    """Counts of both by word, or by tenth of ``before``."""
    if before.words or now.words:
        return dict(before.words), dict(now.words)
    ends = sorted({code_at(before.bins, tenth / _TENTHS) for tenth in range(1, _TENTHS)}) if before.bins else []
    return _by_place(before.bins, ends), _by_place(now.bins, ends)


def _by_place(bins: Bins, ends: list[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code, count in bins.items():
        place = str(int(np.searchsorted(ends, code)))
        found[place] = found.get(place, 0) + count
    return found
