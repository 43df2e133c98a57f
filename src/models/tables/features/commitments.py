"""What is open: facilities signed and not ended, their tenor and terms, and what is drawn of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.tables.facilities import FOREVER, Facilities
from models.tables.features.known import Feature, Known, ratio
from models.vocab import BoolArray, FloatArray

_PERIOD_DAYS = 365.25


def commitment_features(known: Known) -> Iterator[Feature]:
    """Count, limit, remaining tenor, maturing share and terms of the open facilities. None without the table."""
    facilities = known.past.facilities
    if facilities is None:
        return
    sums = _Sums(facilities, known.past.clients)
    day = known.past.day
    still_open = (facilities.closed == FOREVER) & (facilities.maturity > day)
    limit = sums.of(facilities.limit_steps, still_open)
    count = sums.of(np.ones(len(facilities.client)), still_open)
    yield Feature("facility_open_count", "facilities", count)
    yield Feature("facility_open_limit", known.currency, limit * known.past.measures.money_step)
    yield Feature("facility_limit_mean", known.currency, _mean_limit(known, facilities, sums))
    yield from _tenor_features(known, facilities, sums, still_open)
    yield from _term_features(facilities, sums, still_open, limit)
    yield from _drawn_features(known, limit * known.past.measures.money_step)


class _Sums:
    """Sums facilities up to their clients; whole steps stay exact below 2^53."""

    def __init__(self, facilities: Facilities, clients: int) -> None:
        self._client = facilities.client
        self._clients = clients

    def of(self, values: object, chosen: BoolArray) -> FloatArray:
        weights = np.where(chosen, np.nan_to_num(np.asarray(values, dtype=np.float64)), 0.0)
        return np.bincount(self._client, weights=weights, minlength=self._clients).astype(np.float64)


def _mean_limit(known: Known, facilities: Facilities, sums: _Sums) -> FloatArray:
    everything = np.ones(len(facilities.client), dtype=np.bool_)
    total = sums.of(facilities.limit_steps, everything)
    return ratio(total, sums.of(everything, everything)) * known.past.measures.money_step


def _tenor_features(known: Known, facilities: Facilities, sums: _Sums, still_open: BoolArray) -> Iterator[Feature]:
    remaining = (facilities.maturity.astype(np.float64) - known.past.day) / _PERIOD_DAYS
    dated = still_open & (facilities.maturity != FOREVER)
    limit = sums.of(facilities.limit_steps, dated)
    tenor = ratio(sums.of(facilities.limit_steps * remaining, dated), limit)
    yield Feature("facility_remaining_tenor", "years", tenor)
    for years in (1, 3):
        soon = sums.of(facilities.limit_steps, dated & (remaining < years))
        yield Feature(f"facility_maturing_share_{years}y", "share", ratio(soon, limit))


def _term_features(facilities: Facilities, sums: _Sums, still_open: BoolArray, limit: FloatArray) -> Iterator[Feature]:
    largest = np.zeros(len(limit))
    np.maximum.at(largest, facilities.client[still_open], facilities.limit_steps[still_open].astype(np.float64))
    yield Feature("facility_largest_share", "share", ratio(largest, limit))
    for name, values in (
        ("spread_bp", facilities.spread_bp),
        ("collateral_cover", facilities.collateral_cover),
    ):
        known_terms = still_open & ~np.isnan(values)
        weighted = sums.of(facilities.limit_steps * np.nan_to_num(values), known_terms)
        mean = ratio(weighted, sums.of(facilities.limit_steps, known_terms))
        yield Feature(f"facility_{name}_mean", "basis points" if name == "spread_bp" else "ratio", mean)


def _drawn_features(known: Known, open_limit: FloatArray) -> Iterator[Feature]:
    """Drawn and not yet repaid, where the config measures both."""
    names = {flow.name for flow in known.past.measures.flows}
    if not {"drawdown", "repayment"} <= names:
        return
    outstanding = known.past.total("drawdown") - known.past.total("repayment")
    if "write_off" in names:
        outstanding = outstanding - known.past.total("write_off")
    yield Feature("facility_outstanding", known.currency, outstanding)
    yield Feature("facility_utilisation", "share", ratio(outstanding, open_limit))
