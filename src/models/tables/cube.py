"""The ledger of a block of clients as a dense array: periods x measures x clients, summed up from the left.

A window is then the difference of two rows, at every as-of date alike. Totals are whole steps (64-bit integers), so
that differences are exact. Nothing here knows an as-of date: ``cutoff`` cuts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.tables.measures import ACTIVITY, Cell, Measure, MeasureBook
from models.vocab import FloatArray, IntArray

NEVER = np.iinfo(np.int32).min
"""Stands for a day that has not come."""


@dataclass(frozen=True, kw_only=True)
class FlowRows:
    """Rows of the flow ledger. Shapes (n_rows,); ``client`` counts from 0 within the block."""

    client: IntArray
    period: IntArray
    cell: IntArray
    total: IntArray
    events: IntArray
    last_day: IntArray


@dataclass(frozen=True, kw_only=True)
class StateRows:
    """Rows of the state ledger. Shapes (n_rows,); ``last_day`` is the day of the value, in days since 1970."""

    client: IntArray
    period: IntArray
    cell: IntArray
    value: FloatArray
    last_day: IntArray


@dataclass(frozen=True, kw_only=True)
class Cube:
    """Everything measured of a block of clients, from period ``first`` on.

    Row r of each array tells what is known at the start of period ``first + r``.

    Attributes:
        totals: (periods + 1, flows, clients), cumulated whole steps.
        events: same shape, cumulated number of events.
        last_day: same shape, day of the latest event, in days since 1970, or ``NEVER``.
        states: (periods + 1, states, clients), last known value or NaN.
        state_day: same shape, the day it became known, or ``NEVER``.
        rhythm: (periods + 1, 3, clients), cumulated over active periods: how many gaps between them, the sum of the
            gaps and of their squares, in periods.
    """

    first: int
    measures: MeasureBook
    totals: IntArray
    events: NDArray[np.int32]
    last_day: NDArray[np.int32]
    states: FloatArray
    state_day: NDArray[np.int32]
    rhythm: IntArray

    @property
    def clients(self) -> int:
        """How many clients the block holds."""
        return int(self.totals.shape[2])


def build_cube(
    measures: MeasureBook,
    flows: FlowRows,
    states: StateRows | None,
    *,
    first: int,
    last: int,
    clients: int,
) -> Cube:
    """Lay ledger rows of the periods ``first`` to ``last - 1`` out as a cube; rows outside are left away.

    Only a state of before ``first`` stays: it is what is known when the book begins.
    """
    shape = (last - first + 1, len(measures.flows), clients)
    totals = np.zeros(shape, dtype=np.int64)
    events = np.zeros(shape, dtype=np.int32)
    last_day = np.full(shape, NEVER, dtype=np.int32)
    flat_totals, flat_events, flat_last = (array.reshape(-1) for array in (totals, events, last_day))
    position = (flows.period - first + 1) * (shape[1] * clients) + flows.client
    started: set[int] = set()
    for places, measure in _by_cell(measures.flow_cells, measures.flows, flows.cell, flows.period, first, last):
        at = position[places] + measure * clients
        total, count, day = flows.total[places], flows.events[places].astype(np.int32), flows.last_day[places]
        if measure in started:
            total, count, day = total + flat_totals[at], count + flat_events[at], np.maximum(day, flat_last[at])
        flat_totals[at], flat_events[at], flat_last[at] = total, count, day
        started.add(measure)
    rhythm = _rhythm(events[:, measures.flow_index(ACTIVITY)] > 0)
    for row in range(1, shape[0]):
        totals[row] += totals[row - 1]
        events[row] += events[row - 1]
        np.maximum(last_day[row], last_day[row - 1], out=last_day[row])
    values, days = _states(measures, states, first, last, clients)
    return Cube(
        first=first,
        measures=measures,
        totals=totals,
        events=events,
        last_day=last_day,
        states=values,
        state_day=days,
        rhythm=rhythm,
    )


def _by_cell(
    cells: tuple[Cell, ...],
    measures: Sequence[Measure],
    cell: IntArray,
    period: IntArray,
    first: int,
    last: int,
) -> list[tuple[IntArray, int]]:
    """Pairs of row places and the measure they add to; within one pair no (client, period) comes twice."""
    order = np.argsort(cell.astype(np.int16), kind="stable")  # few values: numpy counts instead of comparing
    order = order[(period[order] >= first) & (period[order] < last)]
    bounds = np.searchsorted(cell[order], np.arange(len(cells) + 1))
    code = {known: place for place, known in enumerate(cells)}
    return [
        (order[bounds[code[part]] : bounds[code[part] + 1]], place)
        for place, measure in enumerate(measures)
        for part in measure.cells
    ]


def _states(
    measures: MeasureBook, rows: StateRows | None, first: int, last: int, clients: int
) -> tuple[FloatArray, NDArray[np.int32]]:
    """Values and the days they became known, each carried forward until the next; of one day the largest."""
    values = np.full((last - first + 1, len(measures.states), clients), np.nan)
    days = np.full(values.shape, NEVER, dtype=np.int32)
    if rows is None:
        return values, days
    period_row = np.maximum(rows.period - first + 1, 0)
    order = np.lexsort((rows.value, rows.last_day))
    order = order[period_row[order] < values.shape[0]]
    code = {known: place for place, known in enumerate(measures.state_cells)}
    for state, measure in enumerate(measures.states):
        places = order[np.isin(rows.cell[order], [code[part] for part in measure.cells])]
        at = (period_row[places], state, rows.client[places])
        values[at] = rows.value[places]  # of several in one place the last, which is the latest, stays
        days[at] = rows.last_day[places]
    for row in range(1, values.shape[0]):
        missing = np.isnan(values[row])
        values[row][missing] = values[row - 1][missing]
        days[row][missing] = days[row - 1][missing]
    return values, days


def _rhythm(active: NDArray[np.bool_]) -> IntArray:
    """Cumulated number, sum and sum of squares of the gaps between active periods. (rows, 3, clients)."""
    result = np.zeros((active.shape[0], 3, active.shape[1]), dtype=np.int64)
    latest = np.full(active.shape[1], -1, dtype=np.int64)
    for row in range(1, active.shape[0]):
        repeated = active[row] & (latest >= 0)
        gap = np.where(repeated, row - latest, 0)
        result[row, 0] = result[row - 1, 0] + repeated
        result[row, 1] = result[row - 1, 1] + gap
        result[row, 2] = result[row - 1, 2] + gap * gap
        latest = np.where(active[row], row, latest)
    return result
