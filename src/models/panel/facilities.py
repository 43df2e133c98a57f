"""The facilities of a block of clients as arrays, and what of them is known at a day."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.panel.facility_flows import FacilityFlows
from models.panel.targets import EXIT_CAUSES, NO_CAUSE, Endings
from models.vocab import BoolArray, ExitCause, FloatArray, IntArray

FOREVER = np.iinfo(np.int32).max
"""Stands for a day that is not known to come."""
MATURED, DEFAULTED = EXIT_CAUSES.index(ExitCause.MATURED), EXIT_CAUSES.index(ExitCause.DEFAULT)


@dataclass(frozen=True, kw_only=True)
class Facilities:
    """Facilities in order of client and id. Shapes (n_facilities,); days since 1970; ``limit_steps`` in whole steps."""

    client: IntArray
    limit_steps: IntArray
    signed: NDArray[np.int32]
    maturity: NDArray[np.int32]
    closed: NDArray[np.int32]
    written_off: NDArray[np.int32]
    """The first day on which something of it was written off."""
    cause: NDArray[np.int8]
    """How it ended, as a place in ``EXIT_CAUSES``; -1 where it has not or it is not known how."""
    spread_bp: FloatArray
    collateral_cover: FloatArray
    counted: BoolArray
    """Whether it belongs to each of ``features.facility_counts``. Shape (n_facilities, n_counts)."""
    own: FloatArray
    """The numbers of ``features.facility_means``. Shape (n_facilities, n_means)."""
    lgd: FloatArray
    """Loss given default, from 0 to 1."""
    unsecured: FloatArray
    """LGD of what no collateral covers, where ``lgd`` follows from it; NaN where the book tells ``lgd`` itself."""
    conversion: FloatArray
    """Share of the undrawn limit that is drawn by a default (CCF)."""
    revolving: BoolArray
    amortising: BoolArray
    country: NDArray[np.object_]
    """Where it is; None where the book does not tell."""
    flows: FacilityFlows = field(default_factory=FacilityFlows.none)
    """What moved on each, where cashflows name facilities."""

    @classmethod
    def none(cls, counts: int, means: int) -> Facilities:
        """No facilities, of a book that counts so many kinds of them apart and has so many own numbers of them."""
        empty, never = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
        return cls(
            client=empty,
            limit_steps=empty,
            signed=never,
            maturity=never,
            closed=never,
            written_off=never,
            cause=np.empty(0, dtype=np.int8),
            spread_bp=np.empty(0),
            collateral_cover=np.empty(0),
            counted=np.empty((0, counts), dtype=np.bool_),
            own=np.empty((0, means)),
            lgd=np.empty(0),
            unsecured=np.empty(0),
            conversion=np.empty(0),
            revolving=np.empty(0, dtype=np.bool_),
            amortising=np.empty(0, dtype=np.bool_),
            country=np.empty(0, dtype=np.object_),
        )

    def __len__(self) -> int:
        return len(self.client)

    def known_before(self, day: int) -> Facilities:
        """Facilities signed before ``day``; an end or a loss on or after it is not known."""
        signed = self.signed < day
        known = replace(self._where(signed), flows=self.flows.known_before(day, signed))
        ended = known.closed < day
        return replace(
            known,
            closed=np.where(ended, known.closed, FOREVER).astype(np.int32),
            written_off=np.where(known.written_off < day, known.written_off, FOREVER).astype(np.int32),
            cause=np.where(ended, known.cause, NO_CAUSE).astype(np.int8),
        )

    def places_before(self, day: int) -> IntArray:
        """Where each stands among those that ``known_before`` keeps; -1 where it does not. Shape (n_facilities,)."""
        signed = self.signed < day
        return np.where(signed, np.cumsum(signed) - 1, -1)

    def endings(self, start: int, end: int, clients: int) -> Endings:
        """What became of ``clients`` clients' facilities in [start, end), those signed within it included."""
        ended = _within(self.closed, start, end)
        lost = (ended & (self.cause == DEFAULTED)) | _within(self.written_off, start, end)
        return Endings(
            only_matured=self._only_matured(ended & (self.signed < start), clients),
            defaulted=self._any(lost, clients),
            still_open=self._any((self.signed < end) & (self.closed >= end), clients),
            last_cause=self._last_cause(ended & (self.cause != MATURED) & (self.cause != NO_CAUSE), clients),
        )

    def defaulted_anew(self, start: int, end: int, clients: int) -> BoolArray:
        """Of whom a facility ended in default in [start, end) and nothing was written off before. Shape (clients,).

        An end in default comes when the workout is over, long after the default.
        """
        ended = self._any(_within(self.closed, start, end) & (self.cause == DEFAULTED), clients)
        return ended & ~self._any(self.written_off < start, clients)

    def _only_matured(self, ended: BoolArray, clients: int) -> BoolArray:
        off_schedule = self._any(ended & (self.cause != MATURED), clients)
        return self._any(ended, clients) & ~off_schedule

    def _last_cause(self, ended: BoolArray, clients: int) -> IntArray:
        latest = np.full(clients, NO_CAUSE, dtype=np.int64)
        np.maximum.at(latest, self.client[ended], end_key(self.closed[ended], self.cause[ended]))
        return cause_of_key(latest)

    def _any(self, chosen: BoolArray, clients: int) -> BoolArray:
        return np.bincount(self.client[chosen], minlength=clients) > 0

    def _where(self, chosen: BoolArray) -> Facilities:
        """Some facilities, without what moved on them."""
        return Facilities(
            **{each.name: getattr(self, each.name)[chosen] for each in fields(self) if each.name != "flows"}
        )


def end_key(time: NDArray[np.integer[Any]], cause: NDArray[np.integer[Any]]) -> IntArray:
    """One number for an end and its cause, larger the later; of one day the cause of the larger code wins.

    >>> cause_of_key(np.maximum(end_key(np.array([7]), np.array([2])), end_key(np.array([8]), np.array([1])))).tolist()
    [1]
    """
    return time.astype(np.int64) * len(EXIT_CAUSES) + cause


def cause_of_key(key: IntArray) -> IntArray:
    """The cause in what ``end_key`` made; -1 stays."""
    return np.where(key < 0, NO_CAUSE, key % len(EXIT_CAUSES))


def _within(day: NDArray[np.int32], start: int, end: int) -> BoolArray:
    return (day >= start) & (day < end)


def days_or(values: NDArray[np.datetime64], missing: int) -> NDArray[np.int32]:
    """Dates as days since 1970, with ``missing`` for none.

    >>> days_or(np.array(["1970-01-03", "NaT"], dtype="datetime64[D]"), FOREVER).tolist()
    [2, 2147483647]
    """
    known = ~np.isnat(values)
    days = np.where(known, values.astype("datetime64[D]").astype(np.int64), missing)
    return days.astype(np.int32)
