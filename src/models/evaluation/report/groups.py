"""Groups of clients for errors: few, and none so small that a client could be identified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.book.periods import DAYS_PER_YEAR
from models.evaluation.report.judged import MIN_CLIENTS, Judged
from models.metrics.inputs import rank_bins
from models.vocab import BoolArray, FloatArray, TextArray

MAX_GROUPS = 12
OTHER = "other"
UNKNOWN = "not known"
FIFTHS = ("lowest fifth", "second fifth", "middle fifth", "fourth fifth", "highest fifth")
_TENURE_YEARS = (1, 3, 5, 10)
_TENURES = ("under 1 year", "1 to 3 years", "3 to 5 years", "5 to 10 years", "10 years or more")


@dataclass(frozen=True, eq=False)
class Group:
    """Clients reported together; ``inside`` (n_clients,) says who they are."""

    name: str
    inside: BoolArray


def groups_of(labels: TextArray, order: Sequence[str] | None = None) -> list[Group]:
    """At most ``MAX_GROUPS`` groups of at least ``MIN_CLIENTS`` each; the others are pooled as "other", last.

    Large groups come first, or in ``order`` those named there. Should "other" itself be too small, the smallest group
    joins it, because what is left out of a whole can be reckoned from it.

    >>> found = groups_of(np.array(["Asia"] * 9 + ["Europe"] * 6 + ["Africa"] * 2))
    >>> [(group.name, int(group.inside.sum())) for group in found]
    [('Asia', 9), ('other', 8)]
    """
    counts = pd.Series(labels).value_counts()
    ranked = sorted(counts.items(), key=lambda item: (item[0] == OTHER, -item[1], str(item[0])))
    kept = [str(name) for name, count in ranked if count >= MIN_CLIENTS and name != OTHER]
    if len(kept) < len(ranked) or len(kept) > MAX_GROUPS:
        kept = kept[: MAX_GROUPS - 1]  # "other" is the last one
    pooled = ~np.isin(labels, kept)
    while kept and 0 < np.count_nonzero(pooled) < MIN_CLIENTS:
        pooled |= labels == kept.pop()
    if order is not None:
        kept.sort(key=lambda name: order.index(name) if name in order else len(order))
    named = [Group(name, np.asarray(labels == name)) for name in kept]
    return [*named, Group(OTHER, np.asarray(pooled))] if pooled.any() else named


def groupings(judged: Judged) -> Iterator[tuple[str, list[Group]]]:
    """Each attribute by which errors are reported, with its groups; one with a single group is left out."""
    columns = {name: _labels(judged.attributes[name]) for name in map(str, judged.attributes.columns)}
    orders = {name: FIFTHS for name in columns if judged.attributes[name].dtype.kind in "fiu"}
    columns = {"segment": judged.segment, **columns, "size": fifths(judged.size), "tenure": tenures(judged.tenure_days)}
    orders |= {"size": FIFTHS, "tenure": _TENURES}
    for name, labels in columns.items():
        found = groups_of(labels, orders.get(name))
        if len(found) > 1:
            yield name, found


def fifths(numbers: FloatArray) -> TextArray:
    """The fifth of the clients in which each number lies; equal numbers share one.

    >>> fifths(np.array([50.0, 1.0, np.nan, 2.0, 30.0, 4.0])).tolist()
    ['highest fifth', 'lowest fifth', 'not known', 'second fifth', 'fourth fifth', 'middle fifth']
    """
    known = np.isfinite(numbers)
    result = np.full(numbers.shape, UNKNOWN, dtype="<U13")
    if known.any():
        place = rank_bins(numbers[known], np.ones(int(known.sum())), len(FIFTHS))
        result[known] = np.array(FIFTHS)[place]
    return result


def tenures(days: FloatArray) -> TextArray:
    """How long each client was known, in bands of years.

    >>> tenures(np.array([20.0, 4000.0])).tolist()
    ['under 1 year', '10 years or more']
    """
    bands = np.array([*_TENURES, UNKNOWN])
    place = np.searchsorted(np.array(_TENURE_YEARS) * DAYS_PER_YEAR, days, side="right")
    return np.asarray(bands[np.where(np.isfinite(days), place, len(_TENURES))])


def _labels(column: pd.Series) -> TextArray:
    if column.dtype.kind in "fiu":
        return fifths(column.to_numpy(dtype=np.float64))
    return np.asarray(column.astype(object).where(column.notna(), UNKNOWN).astype(str).to_numpy(dtype=np.str_))
