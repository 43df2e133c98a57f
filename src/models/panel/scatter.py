"""The loops over ledger rows that numpy has no call for, compiled: laying rows out in a cube, summed up from the left.

Only plain arrays come in and are changed in place; ``cube`` says what they mean. They add whole numbers only, so
that no order of rows changes a result.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.compiling import compiled

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
NEVER = np.iinfo(np.int32).min
"""Stands for a day that has not come."""


@compiled
def by_row(period: Int32, first: int, rows: int) -> Int64:
    """Places of ledger rows in order of the row of the cube they fall into, from 1 on; those outside are left away.

    Shapes: ``period`` (n,), result (at most n,).
    """
    start = np.zeros(rows + 1, dtype=np.int64)
    for number in period:
        if first <= number < first + rows - 1:
            start[number - first + 2] += 1
    for row in range(1, rows + 1):
        start[row] += start[row - 1]
    order = np.empty(start[rows], dtype=np.int64)
    for place in range(period.size):
        row = period[place] - first + 1
        if 1 <= row < rows:
            order[start[row]] = place
            start[row] += 1
    return order


@compiled
def lay_out(
    keys: tuple[Int32, Int32, Int32],
    numbers: tuple[Int64, Int32, Int32],
    flows_of_cells: tuple[Int64, Int64],
    first: int,
    cube: tuple[Int64, Int32, Int32],
    fresh: bool,
) -> None:
    """Add ledger rows, summed up over periods, to the ``cube``; if ``fresh``, whatever its memory held is overwritten.

    ``keys`` are client, period and cell of each row, ``numbers`` total, events and last day, all (n,). Cell c adds to
    ``flows[starts[c]:starts[c + 1]]`` of ``flows_of_cells`` (starts, flows). The ``cube`` (totals, events, last day)
    has shape (rows, flows, clients). What is known so far stays in the processor's cache and is copied out once a row:
    rows scattered over a whole cube would each wait for memory.
    """
    client, period, cell = keys
    total, count, day = numbers
    starts, flows = flows_of_cells
    totals, events, last_day = cube
    shape = totals.shape[1:]
    known, counted, latest = np.zeros(shape, np.int64), np.zeros(shape, np.int32), np.full(shape, NEVER, np.int32)
    order = by_row(period, first, totals.shape[0])
    upcoming = 0
    for row in range(totals.shape[0]):
        while upcoming < order.size and period[order[upcoming]] - first + 1 == row:
            place = order[upcoming]
            column = client[place]
            for part in range(starts[cell[place]], starts[cell[place] + 1]):
                flow = flows[part]
                known[flow, column] += total[place]
                counted[flow, column] += count[place]
                latest[flow, column] = max(latest[flow, column], day[place])
            upcoming += 1
        for flow in range(shape[0]):
            for column in range(shape[1]):
                sofar = (
                    (0, 0, NEVER)
                    if fresh
                    else (totals[row, flow, column], events[row, flow, column], last_day[row, flow, column])
                )
                totals[row, flow, column] = sofar[0] + known[flow, column]
                events[row, flow, column] = sofar[1] + counted[flow, column]
                last_day[row, flow, column] = max(sofar[2], latest[flow, column])


@compiled
def first_days(client: Int32, cell: Int32, day: Int32, wanted: NDArray[np.bool_], earliest: Int32) -> None:
    """Lower ``earliest`` (clients,) to the earliest day of each client's rows in ``wanted`` cells (cells,)."""
    for place in range(client.size):
        if wanted[cell[place]]:
            earliest[client[place]] = min(earliest[client[place]], day[place])


@compiled
def gaps(events: Int32, rhythm: Int64) -> None:
    """Fill ``rhythm`` (rows, 3, clients) with number, sum and sum of squares of the gaps between rows with events.

    ``events`` (rows, clients) is summed up: a row holds events if it is larger than the one before.
    """
    latest = np.full(events.shape[1], -1, dtype=np.int64)
    for row in range(events.shape[0]):
        for client in range(events.shape[1]):
            for part in range(3):  # to copy whole rows takes ten times as long to compile
                rhythm[row, part, client] = rhythm[row - 1, part, client] if row else 0
            if row and events[row, client] > events[row - 1, client]:
                if latest[client] >= 0:
                    gap = row - latest[client]
                    rhythm[row, 0, client] += 1
                    rhythm[row, 1, client] += gap
                    rhythm[row, 2, client] += gap * gap
                latest[client] = row
