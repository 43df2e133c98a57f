"""The ledger of a block of clients as a dense array: periods x measures x clients, summed up from the left.

A window is then the difference of two rows, at every as-of date alike. Totals are whole steps (64-bit integers), so
that differences are exact. Nothing here knows an as-of date: ``cutoff`` cuts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.book.measures import ACTIVITY, MeasureBook
from models.panel import scatter as laying
from models.panel.memory import Memory
from models.vocab import BoolArray, FloatArray, IntArray

NEVER = laying.NEVER
"""Stands for a day that has not come."""
_NOT_YET = np.iinfo(np.int32).max
"""The same while the earliest of some days is looked for."""


@dataclass(frozen=True, kw_only=True)
class FlowRows:
    """Rows of the flow ledger. Shapes (n_rows,); ``client`` counts from 0 within the block.

    Several rows of one client, period and cell add up.
    """

    client: NDArray[np.int32]
    period: NDArray[np.int32]
    cell: NDArray[np.int32]
    total: NDArray[np.int64]
    events: NDArray[np.int32]
    first_day: NDArray[np.int32]
    last_day: NDArray[np.int32]

    @classmethod
    def read(cls, table: Any) -> FlowRows:
        """The columns of a frame, table or batch, copied in the types that the compiled loops are made for."""
        columns: dict[str, Any] = {
            field.name: np.array(table[field.name], dtype=np.int64 if field.name == "total" else np.int32)
            for field in fields(cls)
        }
        return cls(**columns)


@dataclass(frozen=True, kw_only=True)
class StateRows:
    """Rows of the state ledger. Shapes (n_rows,); ``last_day`` is the day of the value, in days since 1970."""

    client: IntArray
    period: IntArray
    cell: IntArray
    value: FloatArray
    last_day: IntArray


_NO_ROWS = FlowRows.read({field.name: () for field in fields(FlowRows)})


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
        first_day: (clients,), the first day of activity at any time, even beyond the last row, or ``NEVER``.
    """

    first: int
    measures: MeasureBook
    totals: IntArray
    events: NDArray[np.int32]
    last_day: NDArray[np.int32]
    states: FloatArray
    state_day: NDArray[np.int32]
    rhythm: IntArray
    first_day: NDArray[np.int32]

    @property
    def clients(self) -> int:
        """How many clients the block holds."""
        return int(self.totals.shape[2])


def build_cube(
    measures: MeasureBook,
    flows: Iterable[FlowRows],
    states: StateRows | None,
    *,
    first: int,
    last: int,
    clients: int,
    memory: Memory | None = None,
) -> Cube:
    """Lay ledger rows of the periods ``first`` to ``last - 1`` out as a cube; rows outside are left away.

    ``flows`` may come piece by piece, so that however many rows there are, few are in memory. Only a state of before
    ``first`` stays: it is what is known when the book begins. ``memory`` lends the large arrays.
    """
    rows, memory = last - first + 1, memory or Memory()
    shape = (rows, len(measures.flows), clients)
    sums = memory.array(shape, np.int64), memory.array(shape, np.int32), memory.array(shape, np.int32)
    first_day = _lay_out(measures, flows, first, sums)
    rhythm = memory.array((rows, 3, clients), np.int64)
    laying.gaps(sums[1][:, measures.flow_index(ACTIVITY)], rhythm)
    values, days = _states(measures, states, first, last, clients)
    return Cube(
        first=first,
        measures=measures,
        totals=sums[0],
        events=sums[1],
        last_day=sums[2],
        states=values,
        state_day=days,
        rhythm=rhythm,
        first_day=first_day,
    )


def _lay_out(
    measures: MeasureBook,
    flows: Iterable[FlowRows],
    first: int,
    sums: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]],
) -> NDArray[np.int32]:
    """Fill totals, events and last days; returned are the first days of activity."""
    of_cells, active = _flows_of_cells(measures), _cells_of(measures, ACTIVITY)
    first_day = np.full(sums[0].shape[2], _NOT_YET, dtype=np.int32)
    pieces = iter(flows)
    for number, rows in enumerate(chain([next(pieces, _NO_ROWS)], pieces)):
        keys, numbers = (rows.client, rows.period, rows.cell), (rows.total, rows.events, rows.last_day)
        laying.lay_out(keys, numbers, of_cells, first, sums, number == 0)
        laying.first_days(rows.client, rows.cell, rows.first_day, active, first_day)
    return np.where(first_day == _NOT_YET, NEVER, first_day).astype(np.int32)


def _flows_of_cells(measures: MeasureBook) -> tuple[IntArray, IntArray]:
    """Which flows each cell adds to: those of cell c stand at ``starts[c]`` to ``starts[c + 1] - 1``."""
    found = [[place for place, flow in enumerate(measures.flows) if cell in flow.cells] for cell in measures.flow_cells]
    starts = np.cumsum([0, *map(len, found)], dtype=np.int64)
    return starts, np.array([place for places in found for place in places], dtype=np.int64)


def _cells_of(measures: MeasureBook, name: str) -> BoolArray:
    """Whether each cell adds to the flow of that name. Shape (n_cells,)."""
    cells = measures.flows[measures.flow_index(name)].cells
    return np.array([cell in cells for cell in measures.flow_cells], dtype=np.bool_)


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
