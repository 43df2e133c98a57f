"""Rows of a state table of a block of clients as arrays, and what of them holds at the as-of date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.vocab import BoolArray, FloatArray, IntArray

FRESH_DAYS: Final = 100
"""A table whose latest row is older than a quarter and a week says nothing of today."""
SAME_CLOSE_DAYS: Final = 7
"""Systems close a month on its last working day, or on its last: both are one reporting date."""
MONTH_END_SHARE: Final = 0.95
FEW_ROWS: Final = 5
"""A close with so few rows may be followed by one with none."""
MOST_SKIPPED: Final = 0.5
"""A table that skips a larger share of the closes of another follows a rhythm of its own."""
_LAST_DAYS: Final = 3
"""The first day of a month, and its last three, count as its end."""


@dataclass(frozen=True)
class ReportingDays:
    """The days on which a table reports anything of anybody, rising, and how many rows each has. Shapes (n_days,)."""

    day: IntArray
    rows: IntArray

    @classmethod
    def of(cls, counted: Any) -> ReportingDays:
        """Pairs of a day since 1970 and its rows."""
        pairs = np.asarray(counted, dtype=np.int64).reshape(-1, 2)
        return cls(pairs[:, 0], pairs[:, 1])

    def latest_before(self, day: int) -> int | None:
        """The last of the days before ``day``; None where there is none."""
        place = int(np.searchsorted(self.day, day))
        return int(self.day[place - 1]) if place else None

    def close_before(self, day: int, closes: ReportingDays) -> int | None:
        """The last close before ``day``: one that only ``closes`` has where ``lists_none_at`` believes it."""
        own, other = self.latest_before(day), self.unlisted_close(day, closes)
        return other if other is not None and self.lists_none_at(day, closes) else own

    def unlisted_close(self, day: int, closes: ReportingDays) -> int | None:
        """The last month end before ``day`` of ``closes``, where this table has no row of it yet; None: it has."""
        own, other = self.latest_before(day), closes.month_ends.latest_before(day)
        later = own is not None and other is not None and other - own >= SAME_CLOSE_DAYS
        return other if later else None

    def lists_none_at(self, day: int, closes: ReportingDays) -> bool:
        """Whether a close that this table skips had no rows to list, rather than not being delivered yet.

        Its last close had fewer than ``FEW_ROWS``, or it skipped closes before, though not most of them.
        """
        known = self.day[self.day < day]
        if not len(known):
            return False
        lately = (self.day > known[-1] - SAME_CLOSE_DAYS) & (self.day < day)
        between = closes.month_ends.day
        between = between[(between >= known[0]) & (between <= known[-1])]
        nearest = np.searchsorted(known, between - SAME_CLOSE_DAYS, side="right").clip(max=len(known) - 1)
        skipped = np.abs(known[nearest] - between) >= SAME_CLOSE_DAYS
        often = float(skipped.mean()) if len(skipped) else 0.0
        return bool(self.rows[lately].sum() < FEW_ROWS or 0.0 < often <= MOST_SKIPPED)

    @cached_property
    def month_ends(self) -> ReportingDays:
        """Those of the days that are ends of months."""
        return ReportingDays(self.day[self._is_month_end], self.rows[self._is_month_end])

    def by_month_ends(self, day: int) -> bool:
        """Whether what was reported before ``day`` was, but for slips, as of ends of months."""
        known = self.day < day
        return (
            bool(known.any())
            and self.rows[known & self._is_month_end].sum() >= MONTH_END_SHARE * self.rows[known].sum()
        )

    @cached_property
    def _is_month_end(self) -> BoolArray:
        months = [(self.day + ahead).astype("datetime64[D]").astype("datetime64[M]") for ahead in (-1, _LAST_DAYS)]
        return np.asarray(months[0] != months[1])


@dataclass(frozen=True, kw_only=True)
class Reports:
    """Rows of one state table of a block of clients, by rising day. Shapes (n_rows,); days since 1970.

    Attributes:
        client, facility: places in the block; a facility that is not named, or not known yet, is -1.
        holder: the number of what a row is of: a facility, or a client; of it the kind of collateral, the covenant, ...
        reporting: when the table reports anything of anybody; ``closes``: when it could have.
        is_reported: whether the table has anything to say of the day at which it was cut.
    """

    client: IntArray
    facility: IntArray
    holder: IntArray
    day: NDArray[np.int32]
    numbers: Mapping[str, FloatArray]
    words: Mapping[str, NDArray[np.object_]]
    reporting: ReportingDays
    closes: ReportingDays
    lists_what_stands: bool
    is_reported: bool = False
    cut_at: int = 0

    def __len__(self) -> int:
        return len(self.client)

    def known_before(self, day: int, moved: IntArray | None = None) -> Reports:
        """The rows before ``day``; ``moved`` is where each facility stands among those that are known, -1: not yet."""
        end = int(np.searchsorted(self.day, day))
        latest = self.reporting.latest_before(day)
        facility = self.facility[:end]
        return replace(
            self._where(slice(end)),
            facility=facility if moved is None else np.append(moved, -1)[facility],
            is_reported=latest is not None and day - latest <= FRESH_DAYS,
            cut_at=day,
        )

    def standing(self) -> Reports:
        """The rows that hold: the latest of each holder, all of one day, unless a later month end lists it no more."""
        last = np.full(int(self.holder.max(initial=-1)) + 1, -1, dtype=np.int64)
        np.maximum.at(last, self.holder, self.day.astype(np.int64))
        chosen = self.day == last[self.holder]
        latest = self.reporting.close_before(self.cut_at, self.closes)
        if self.lists_what_stands and latest is not None and self.reporting.by_month_ends(self.cut_at):
            chosen &= self.day > latest - SAME_CLOSE_DAYS
        return self._where(chosen)

    def since(self, day: float) -> Reports:
        """The rows from ``day`` on."""
        return self._where(slice(int(np.searchsorted(self.day, day)), None))

    def where(self, chosen: BoolArray) -> Reports:
        """Some of the rows."""
        return self._where(chosen)

    def covered(self, clients: int) -> BoolArray:
        """Of whom there is any row. Shape (clients,)."""
        return np.bincount(self.client, minlength=clients) > 0

    def total(self, values: FloatArray, clients: int) -> FloatArray:
        """Sum of one number per row by client; what is not known counts as nothing. Shape (clients,)."""
        return np.bincount(self.client, weights=np.nan_to_num(values), minlength=clients).astype(np.float64)

    def extreme(self, values: FloatArray, clients: int, way: np.ufunc = np.maximum) -> FloatArray:
        """The largest, or by ``np.minimum`` smallest, of each client; NaN where none is known. Shape (clients,)."""
        start = -np.inf if way is np.maximum else np.inf
        found, known = np.full(clients, start), ~np.isnan(values)
        way.at(found, self.client[known], values[known])
        return np.where(np.isfinite(found), found, np.nan)

    def _where(self, chosen: BoolArray | slice) -> Reports:
        return replace(
            self,
            **{name: getattr(self, name)[chosen] for name in ("client", "facility", "holder", "day")},
            numbers={name: values[chosen] for name, values in self.numbers.items()},
            words={name: values[chosen] for name, values in self.words.items()},
        )
