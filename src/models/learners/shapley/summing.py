"""Runs the program of a booster on a block of rows; what the tables hold was decided before.

Within a block, columns stand in rows of memory, so that comparisons of many rows go into one instruction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.compiling import compiled
from models.learners.shapley.coding import CodeArray, Codes, encode
from models.learners.shapley.program import Prepared, Program
from models.learners.shapley.weighing import LeafPoints, LeafRule, leaf_points
from models.vocab import FloatArray

StateArray = NDArray[np.uint16]
_CHUNK = 64


@compiled
def sum_block(
    matrix: FloatArray, codes: Codes, prepared: Prepared, coded: CodeArray, sums: FloatArray, raw: FloatArray
) -> None:
    """Add what each column adds to each row of ``matrix`` to ``sums``, and the rows' scores to ``raw``.

    Shapes: ``sums`` (outputs, columns, n), ``raw`` (outputs, n); ``coded`` (columns, n) is written over.
    """
    encode(matrix, codes, coded)
    program = prepared.program
    rows = len(matrix)
    state = np.empty(rows, dtype=np.uint16)
    for group in range(len(program.states)):
        output = prepared.output[group]
        if program.states[group]:
            _find_states(program, group, coded, state)
            _add_from_table(program, group, state, sums[output], raw[output])
        else:
            _add_leaf(program, group, prepared.rule, coded, state, sums[output], raw[output])


@compiled
def _find_states(program: Program, group: int, coded: CodeArray, state: StateArray) -> None:
    state[:] = 0
    for k in range(program.column_first[group], program.column_first[group + 1]):
        _add_steps(program, k, coded[program.column[k]], state)


@compiled
def _add_steps(program: Program, k: int, code: CodeArray, state: StateArray) -> None:
    for at in range(program.compare_first[k], program.compare_first[k + 1]):
        from_code, step = program.from_code[at], program.step[at]
        for row in range(len(state)):
            state[row] += step if code[row] >= from_code else np.uint16(0)


@compiled
def _add_from_table(program: Program, group: int, state: StateArray, sums: FloatArray, raw: FloatArray) -> None:
    states, start = program.states[group], program.table_first[group]
    for k in range(program.column_first[group], program.column_first[group + 1]):
        _look_up(program.table[start : start + states], state, sums[program.column[k]])
        start += states
    _look_up(program.table[start : start + states], state, raw)


@compiled
def _look_up(table: FloatArray, state: StateArray, total: FloatArray) -> None:
    for row in range(len(total)):
        total[row] += table[state[row]]


@compiled
def _add_leaf(  # noqa: PLR0917 - machine code knows no keywords
    program: Program,
    group: int,
    rule: LeafRule,
    coded: CodeArray,
    state: StateArray,
    sums: FloatArray,
    raw: FloatArray,
) -> None:
    """Add what the conditions of one leaf add, without a table."""
    first, stop = program.column_first[group], program.column_first[group + 1]
    met = np.empty((stop - first, len(state)))
    for k in range(first, stop):
        state[:] = 0
        _add_steps(program, k, coded[program.column[k]], state)
        met[k - first] = state
    points = leaf_points(program.cover[first:stop], program.value[group], rule)
    product, if_missed, if_met = np.empty((len(points.place), _CHUNK)), np.empty(_CHUNK), np.empty(_CHUNK)
    for start in range(0, len(state), _CHUNK):
        stop_row = min(start + _CHUNK, len(state))
        _multiply(met, start, stop_row, points, product)
        _weigh(product, points.if_missed, if_missed)
        for k in range(first, stop):
            _weigh(product, points.if_met[k - first], if_met)
            _choose(met[k - first, start:stop_row], if_met, if_missed, sums[program.column[k], start:stop_row])
    _add_value(met, program.value[group], raw)


@compiled
def _multiply(met: FloatArray, start: int, stop: int, points: LeafPoints, product: FloatArray) -> None:
    """At every point, the product over all conditions. Shapes: ``met`` (D, n), ``product`` (points, _CHUNK)."""
    for point in range(len(points.place)):
        own, place = product[point], points.place[point]
        own[:] = points.weight[point]
        for each in range(len(met)):
            missed, answer = points.missed[each, point], met[each, start:stop]
            for row in range(len(answer)):
                own[row] *= missed + place * answer[row]


@compiled
def _weigh(product: FloatArray, weights: FloatArray, total: FloatArray) -> None:
    """Sum of the products over the points, each times its weight."""
    total[:] = 0.0
    for point in range(len(weights)):
        own, weight = product[point], weights[point]
        for row in range(len(total)):
            total[row] += own[row] * weight


@compiled
def _choose(met: FloatArray, if_met: FloatArray, if_missed: FloatArray, total: FloatArray) -> None:
    for row in range(len(total)):
        total[row] += if_met[row] if met[row] > 0 else if_missed[row]


@compiled
def _add_value(met: FloatArray, value: float, raw: FloatArray) -> None:
    """Add the value where all conditions are met."""
    whole = np.full(len(raw), value)
    for each in range(len(met)):
        answer = met[each]
        for row in range(len(raw)):
            whole[row] *= answer[row]
    raw += whole
