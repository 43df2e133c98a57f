"""Flows of each facility period by period: drawn, repaid, written off and recovered."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from models.vocab import BoolArray, FloatArray, IntArray

MOVES = {"drawn": "drawdown", "repaid": "repayment", "written_off": "write_off", "recovered": "recovery"}
"""Column of ``FacilityFlows`` -> kind of cashflow."""


@dataclass(frozen=True, kw_only=True)
class FacilityFlows:
    """Rows of one facility and period each. Shapes (n_rows,); amounts in whole steps, days since 1970.

    ``facility`` is a place among facilities that are given apart, ``period`` a number of the book's grid, ``last_day``
    the latest day of the row. Cashflows that name no facility are not here.
    """

    facility: IntArray
    period: IntArray
    last_day: NDArray[np.int32]
    drawn: IntArray
    repaid: IntArray
    written_off: IntArray
    recovered: IntArray

    @classmethod
    def none(cls) -> FacilityFlows:
        """No rows."""
        empty = np.empty(0, dtype=np.int64)
        return cls(
            facility=empty,
            period=empty,
            last_day=empty.astype(np.int32),
            drawn=empty,
            repaid=empty,
            written_off=empty,
            recovered=empty,
        )

    def known_before(self, day: int, kept: BoolArray) -> FacilityFlows:
        """The rows before ``day``, the first of a period, of the ``kept`` facilities (n_facilities,), which move up."""
        return self._where((self.last_day < day) & kept[self.facility], np.cumsum(kept) - 1)

    def balance(self, facilities: int) -> IntArray:
        """Drawn and neither repaid nor written off, of each of so many facilities, in whole steps."""
        return self._sum(self.drawn - self.repaid - self.written_off, facilities)

    def ever_drawn(self, facilities: int) -> IntArray:
        """All that was drawn of each facility, in whole steps."""
        return self._sum(self.drawn, facilities)

    def recovered_by_client(self, chosen: BoolArray, client: IntArray, shape: tuple[int, int], first: int) -> IntArray:
        """Recoveries of the ``chosen`` facilities per period from ``first`` on and client, in whole steps.

        ``chosen`` and ``client`` are of facilities; ``shape`` is (periods, n_clients), and so is the result.
        """
        ahead = self.period - first
        rows = (ahead >= 0) & (ahead < shape[0]) & chosen[self.facility]
        place = ahead[rows] * shape[1] + client[self.facility[rows]]
        total = np.bincount(place, weights=self.recovered[rows].astype(np.float64), minlength=shape[0] * shape[1])
        return total.astype(np.int64).reshape(shape)

    def _sum(self, steps: IntArray, facilities: int) -> IntArray:
        """Whole steps stay exact below 2^53."""
        weights: FloatArray = steps.astype(np.float64)
        return np.bincount(self.facility, weights=weights, minlength=facilities).astype(np.int64)

    def _where(self, chosen: BoolArray, moved: IntArray) -> FacilityFlows:
        rows = {each.name: getattr(self, each.name)[chosen] for each in fields(self)}
        return FacilityFlows(**{**rows, "facility": moved[rows["facility"]]})
