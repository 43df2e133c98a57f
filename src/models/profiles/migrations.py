"""Migrations between profiles from one as-of date to the next: counts, shares, expected time, stability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.vocab import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Migrations:
    """Moves between k kinds in steps of equal length.

    Read as a Markov chain in discrete time, which assumes that a move depends on the present kind alone, and that it is
    as likely at every date and for every client; real stays are often longer than it says, since clients differ.

    Attributes:
        counts: (k, k) clients that were of the row's kind and are now of the column's.
        shares: (k, k) the same as shares of the row; NaN where nobody was.
        expected_periods: (k,) mean stay in periods, ``step / (1 - share that stays)``; inf where nobody ever left.
    """

    kinds: tuple[str, ...]
    step_periods: int
    counts: IntArray
    shares: FloatArray
    expected_periods: FloatArray

    @property
    def absorbing(self) -> BoolArray:
        """Kinds that nobody left in the data, though somebody was there. Shape (k,)."""
        return np.asarray(np.isposinf(self.expected_periods))


def migrations(history: pd.DataFrame, kinds: Sequence[str], *, step_periods: int = 1) -> Migrations:
    """Count the moves in ``history``: one row per date, one column per client, missing where there is no client.

    >>> seen = pd.DataFrame({"a": ["new", "old"], "b": ["new", "new"]})
    >>> moved = migrations(seen, ["new", "old"])
    >>> moved.counts.tolist(), moved.expected_periods[0]
    ([[1, 1], [0, 0]], np.float64(2.0))
    """
    codes = _codes(history, kinds)
    before, after = codes[:-1].ravel(), codes[1:].ravel()
    both = (before >= 0) & (after >= 0)
    size = len(kinds)
    counts = np.bincount(before[both] * size + after[both], minlength=size * size).reshape(size, size)
    total = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)
    leaving = 1 - np.diag(shares)
    stay = np.divide(step_periods, leaving, out=np.full(size, np.inf), where=leaving > 0)
    return Migrations(
        kinds=tuple(kinds),
        step_periods=step_periods,
        counts=counts,
        shares=shares,
        expected_periods=np.where(np.isnan(leaving), np.nan, stay),
    )


@dataclass(frozen=True, kw_only=True)
class Steadiness:
    """Shares of all steps from date to date in which a client is seen at both, and of all clients.

    Attributes:
        changed_steps: steps at which what is published changes.
        idle_steps: steps at which it changes although the truth does not.
        changed_clients: clients that change at least once.
        idle_clients: clients that change at least once although their truth never does, of those whose never does.
    """

    changed_steps: float
    idle_steps: float
    changed_clients: float
    idle_clients: float


def steadiness(history: pd.DataFrame, truth: pd.DataFrame | None = None) -> Steadiness:
    """How often kinds change; both tables as in ``migrations``, with the same dates and clients.

    Without ``truth`` every change counts as idle: nothing is said to have happened.
    """
    seen = history.notna().to_numpy()
    moved = _moved(history)
    stirred = (
        np.zeros(moved.shape, dtype=np.bool_) if truth is None else _moved(truth.loc[history.index, history.columns])
    )
    steps = seen[:-1] & seen[1:]
    ever, met = np.asarray(moved.any(axis=0)), np.asarray(steps.any(axis=0))
    calm = met & ~np.asarray((stirred & steps).any(axis=0))
    return Steadiness(
        changed_steps=_share(moved, steps),
        idle_steps=_share(moved & ~stirred, steps),
        changed_clients=_share(ever, met),
        idle_clients=_share(ever, calm),
    )


def _codes(history: pd.DataFrame, kinds: Sequence[str]) -> IntArray:
    values = history.to_numpy(dtype=object)
    codes = np.full(values.shape, -1, dtype=np.int64)
    for code, kind in enumerate(kinds):
        codes[values == kind] = code
    return codes


def _moved(history: pd.DataFrame) -> BoolArray:
    values, seen = history.to_numpy(dtype=object), history.notna().to_numpy()
    return np.asarray((values[1:] != values[:-1]) & seen[1:] & seen[:-1], dtype=np.bool_)


def _share(chosen: BoolArray, among: BoolArray) -> float:
    return float((chosen & among).sum() / among.sum()) if among.any() else float("nan")
