"""The distribution of one feature, reduced to bins or levels small enough to print or draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.vocab import FloatArray

BINS = 16
MAX_LEVELS = 8
MAX_CHARACTERS = 60
TAIL = 0.01
LONG_TAIL = 10.0
"""Where the 99% quantile is so many times the median, bins are equal in the logarithm."""


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """Counts of clients by bin, or by level of a category.

    Attributes:
        filled: clients with a value; ``distinct`` of them are different.
        low, median, high: of a number, in its unit; None for a category or where nothing is known.
        counts: clients per bin from ``left`` to ``right`` (the 1% and 99% quantiles; the rest stand in the outer
            bins), or per level.
        levels: the most frequent levels of a category; what is left over comes last, as "others".
    """

    is_category: bool
    filled: int
    distinct: int
    low: float | None = None
    median: float | None = None
    high: float | None = None
    left: float | None = None
    right: float | None = None
    is_logarithmic: bool = False
    counts: tuple[int, ...] = ()
    levels: tuple[str, ...] = ()


_FINEST = 4
"""A bin is wider than so many steps of the machine's numbers at its place."""


def distribution_of(values: pd.Series) -> Distribution:
    """The spread of one column of a panel.

    >>> distribution_of(pd.Series([1.0, 2.0, 3.0, None])).median
    2.0
    """
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return _of_numbers(numbers[np.isfinite(numbers)])
    return _of_levels(values.dropna().astype(str))


def _of_numbers(known: FloatArray) -> Distribution:
    distinct = len(np.unique(known))
    if not len(known):
        return Distribution(is_category=False, filled=0, distinct=0)
    low, left, median, right, high = (float(q) for q in np.quantile(known, [0, TAIL, 0.5, 1 - TAIL, 1]))
    logarithmic = low >= 0 and right > LONG_TAIL * max(median, 1.0)
    return Distribution(
        is_category=False,
        filled=len(known),
        distinct=distinct,
        low=low,
        median=median,
        high=high,
        left=left,
        right=right,
        is_logarithmic=logarithmic,
        counts=_binned(known, left, right, logarithmic=logarithmic),
    )


def _binned(known: FloatArray, left: float, right: float, *, logarithmic: bool) -> tuple[int, ...]:
    """Clients per bin; all in one where the bounds are one number but for rounding."""
    clipped = np.clip(known, left, right)
    if logarithmic:
        clipped, left, right = np.log1p(clipped), float(np.log1p(left)), float(np.log1p(right))
    if right - left <= _FINEST * BINS * np.spacing(max(abs(left), abs(right))):
        return (len(known),)
    counts, _ = np.histogram(clipped, bins=BINS, range=(left, right))
    return tuple(int(count) for count in counts)


def _of_levels(known: pd.Series) -> Distribution:
    counts = known.value_counts().rename_axis("level").reset_index(name="clients")
    counts = counts.sort_values(["clients", "level"], ascending=[False, True])
    top = counts.head(MAX_LEVELS)
    levels = [str(level)[:MAX_CHARACTERS] for level in top["level"]]
    clients = [int(count) for count in top["clients"]]
    if len(counts) > MAX_LEVELS:
        levels.append("others")
        clients.append(len(known) - sum(clients))
    return Distribution(
        is_category=True, filled=len(known), distinct=len(counts), counts=tuple(clients), levels=tuple(levels)
    )
