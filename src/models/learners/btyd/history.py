"""Purchase histories as frequency, recency, age and mean amount, the inputs of buy-till-you-die models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.errors import UserError
from models.vocab import BoolArray, FloatArray


@dataclass(frozen=True, kw_only=True)
class PurchaseHistory:
    """Purchases of clients between their first one and the as-of date. Shapes (n_clients,).

    ``purchases`` counts the repeat purchases: the first one opens the history and is not counted. ``recency``
    is the time from the first purchase to the last one, as this literature has it (0 without a repeat), and
    ``age`` from the first purchase to the as-of date, both in periods. ``size`` is the mean size of the repeat
    purchases in currency (0 without a repeat). Raises ``UserError`` for what no history can be.

    >>> PurchaseHistory(
    ...     purchases=np.array([2.0]), recency=np.array([30.0]), age=np.array([39.0]), size=np.array([22.3])
    ... ).clients
    1
    """

    purchases: FloatArray
    recency: FloatArray
    age: FloatArray
    size: FloatArray

    def __post_init__(self) -> None:
        columns = self._columns()
        if self.purchases.ndim != 1 or any(column.shape != self.purchases.shape for column in columns):
            shapes = ", ".join(str(column.shape) for column in columns)
            raise UserError(
                rule="purchases, recency, age and size must have one number per client",
                got=f"the shapes {shapes}",
                remedy="bring four arrays of one length",
            )
        never = self.purchases == 0
        below = np.asarray(np.stack(columns).min(axis=0) < 0)
        odd = (self.purchases != np.floor(self.purchases)) | (never & (self.recency > 0))
        self._refuse(
            np.asarray(~np.isfinite(np.stack(columns)).all(axis=0)), "purchases, recency, age and size must be finite"
        )
        self._refuse(below, "purchases, recency, age and size must not be negative")
        self._refuse(self.recency > self.age, "recency must not exceed age: both count from the first purchase")
        self._refuse(odd, "purchases must be whole and recency 0 without a repeat")

    @property
    def clients(self) -> int:
        """Number of clients."""
        return int(self.purchases.size)

    def of(self, rows: BoolArray) -> PurchaseHistory:
        """The clients that ``rows`` (n_clients,) marks."""
        return PurchaseHistory(
            purchases=self.purchases[rows], recency=self.recency[rows], age=self.age[rows], size=self.size[rows]
        )

    def _columns(self) -> list[FloatArray]:
        return [self.purchases, self.recency, self.age, self.size]

    def _refuse(self, broken: BoolArray, rule: str) -> None:
        count = int(np.count_nonzero(broken))
        if count:
            raise UserError(
                rule=rule,
                got=f"{count:,} of {self.clients:,} clients that break it",
                remedy="build the history from the purchases before the as-of date",
            )


@dataclass(frozen=True, kw_only=True)
class Grouped:
    """Distinct rows of some columns, sorted, and how many clients share each: sums do not depend on row order.

    Shapes: ``columns`` (n_columns, n_distinct), ``counts`` (n_distinct,).
    """

    columns: FloatArray
    counts: FloatArray

    @classmethod
    def of(cls, *columns: FloatArray) -> Grouped:
        """Group clients that are alike in all ``columns``, each (n_clients,).

        >>> Grouped.of(np.array([1.0, 0.0, 1.0])).counts
        array([1., 2.])
        """
        ordered = np.stack(columns)[:, np.lexsort(columns)]
        first = np.ones(ordered.shape[1], dtype=bool)
        first[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
        starts = np.flatnonzero(first)
        counts = np.diff(starts, append=ordered.shape[1])
        return cls(columns=np.ascontiguousarray(ordered[:, starts]), counts=counts.astype(np.float64))

    @property
    def clients(self) -> float:
        """Number of clients over all groups."""
        return float(self.counts.sum())

    def total(self, terms: FloatArray) -> float:
        """Sum over clients of ``terms`` (n_distinct,), one for each group."""
        return float((self.counts * terms).sum())

    def totals(self, terms: FloatArray) -> FloatArray:
        """Sums over clients of ``terms`` (n_parameters, n_distinct). Shape (n_parameters,)."""
        return np.asarray((self.counts * terms).sum(axis=1))


PURCHASE_FEATURES = ("tenure_days", "activity_recency_days", "activity_active_periods", "value_sum_ever")
"""Days since the first activity and since the last, periods with activity, and value so far in currency."""


def history_from_features(features: Mapping[str, FloatArray], *, days_per_period: float) -> PurchaseHistory:
    """Clients as "buy till you die" models see them, from ``PURCHASE_FEATURES``, each (n,) and known.

    A period with activity counts as one purchase; all purchases of a client are taken to be of its mean size. Features
    that contradict each other are kept to what a history can be: the last activity is not before the first, counts
    are whole, nothing is negative.

    >>> reported = {"tenure_days": [360.0], "activity_recency_days": [60.0]}
    >>> reported |= {"activity_active_periods": [3.0], "value_sum_ever": [900.0]}
    >>> history = history_from_features({name: np.array(what) for name, what in reported.items()}, days_per_period=30.0)
    >>> history.purchases, history.recency, history.age, history.size
    (array([2.]), array([10.]), array([12.]), array([300.]))
    """
    tenure, idle, active, total = (np.maximum(features[name], 0.0) for name in PURCHASE_FEATURES)
    periods = np.floor(active)
    again = periods > 1
    return PurchaseHistory(
        purchases=np.maximum(periods - 1, 0.0),
        recency=np.where(again, np.maximum(tenure - idle, 0.0) / days_per_period, 0.0),
        age=tenure / days_per_period,
        size=np.where(again, total / np.maximum(periods, 1.0), 0.0),
    )
