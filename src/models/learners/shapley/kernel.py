"""Shapley values of a booster's trees for blocks of rows on several threads."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.compiling import compiled
from models.errors import FeatureContractError
from models.learners.shapley.forest import CodeArray, Codes, Forest, codes_of, encode, forest_of
from models.learners.shapley.program import TABLE_BYTES, Prepared, Program, prepared
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


_BLOCK_ROWS = 4096
_FEWEST_ROWS = 256
_BLOCK_BYTES = 64 * 2**20
"""What one thread may work in, beside the tables, which all threads share, and the results."""


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What the features of each row add to its raw score, and the score itself, summed from other numbers.

    Shapes: ``contributions`` (n, outputs * (features + 1)), for each output the features and then the base, as
    LightGBM's ``pred_contrib``; ``raw`` (n, outputs).
    """

    contributions: FloatArray
    raw: FloatArray


@dataclass(frozen=True, kw_only=True)
class ShapleyKernel:
    """Path-dependent tree Shapley values of one booster, exact.

    Source: Lundberg et al. (2020), algorithm 2; see ``weighing`` for the integral it is computed by here. What the
    leaves of a tree add depends only on how a row answers the conditions on their paths. So the answers of several
    neighbouring leaves number a state, and a table holds what that state adds: made once per booster, read for each
    row. Leaves with so many conditions that a table would not fit are integrated for every row.
    """

    forest: Forest
    codes: Codes
    prepared: Prepared

    @classmethod
    def of(cls, text: str, *, table_bytes: int = TABLE_BYTES) -> ShapleyKernel:
        """Make a LightGBM booster's text ready, all its trees; the tables take at most ``table_bytes``.

        Fewer bytes are ready sooner and slower per row: 0 suits a single row. Raises ``InternalError`` for a booster
        that has linear leaves or reads one feature both as a number and as a category.
        """
        forest = forest_of(text)
        codes = codes_of(forest)
        return cls(forest=forest, codes=codes, prepared=prepared(forest, codes, table_bytes=table_bytes))

    @property
    def table_bytes(self) -> int:
        """Memory that the tables take."""
        return self.prepared.program.table.nbytes

    def bases(self) -> FloatArray:
        """What the trees say on average over their training rows, the base of each output. Shape (outputs,)."""
        forest, trees = self.forest, len(self.forest.node_start) - 1
        tree = np.repeat(np.arange(trees), np.diff(forest.leaf_start))
        share = forest.leaf_count / np.add.reduceat(forest.leaf_count, forest.leaf_start[:-1])[tree]
        expected = np.bincount(tree, weights=share * forest.leaf_value, minlength=trees)
        return np.asarray(expected.reshape(-1, forest.output_count).sum(axis=0))

    def contributions(self, matrix: FloatArray, *, threads: int = 0) -> FloatArray:
        """(n, features) -> (n, outputs * (features + 1)), as LightGBM's ``pred_contrib``. See ``explained``."""
        return self.explained(matrix, threads=threads).contributions

    def explained(self, matrix: FloatArray, *, threads: int = 0) -> Explained:
        """Contributions and raw scores of the rows of a matrix (n, features); NaN is missing.

        A row's result is its own: the same bits alone, in another order, and on any number of ``threads`` (0: one per
        core). Raises ``FeatureContractError`` if the matrix has other than the booster's number of features.
        """
        self._require_features(matrix)
        forest = self.forest
        contributions = np.zeros((len(matrix), forest.output_count, forest.feature_count + 1))
        raw, bases, workers = np.empty((len(matrix), forest.output_count)), self.bases(), threads or os.cpu_count() or 1
        block = self._block_rows(len(matrix), workers)

        def explain(start: int) -> None:
            rows = slice(start, start + block)
            self._explain_block(matrix[rows], contributions[rows], raw[rows])
            contributions[rows, :, -1] = bases

        starts = range(0, len(matrix), block)
        if min(workers, len(starts)) <= 1:
            for start in starts:
                explain(start)
        else:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(explain, starts))
        flat = contributions.reshape(len(matrix), forest.output_count * (forest.feature_count + 1))
        return Explained(contributions=flat, raw=raw)

    def _explain_block(self, matrix: FloatArray, contributions: FloatArray, raw: FloatArray) -> None:
        """Fill the rows of a block."""
        columns, outputs = len(self.codes.feature), self.forest.output_count
        coded = np.empty((columns, len(matrix)), dtype=self.codes.dtype)
        sums, scores = np.zeros((outputs, columns, len(matrix))), np.zeros((outputs, len(matrix)))
        scores += self._constants()[:, np.newaxis]
        sum_block(np.ascontiguousarray(matrix, dtype=np.float64), self.codes, self.prepared, coded, sums, scores)
        contributions[:, :, self.codes.feature] = sums.transpose(2, 0, 1)
        raw[:] = scores.T

    def _constants(self) -> FloatArray:
        """What trees of one leaf say. Shape (outputs,)."""
        forest = self.forest
        value = np.where(np.diff(forest.node_start) == 0, forest.leaf_value[forest.leaf_start[:-1]], 0.0)
        return np.asarray(value.reshape(-1, forest.output_count).sum(axis=0))

    def _block_rows(self, rows: int, workers: int) -> int:
        """As many rows as one thread takes at a time: enough to read each table often, few enough to stay in bounds."""
        numbers_per_row = len(self.codes.feature) * (self.forest.output_count + 1) + 1
        most = max(1, min(_BLOCK_ROWS, _BLOCK_BYTES // (8 * numbers_per_row)))
        return min(most, max(_FEWEST_ROWS, -(-rows // workers)))

    def _require_features(self, matrix: FloatArray) -> None:
        if matrix.ndim != 2 or matrix.shape[1] != self.forest.feature_count:  # noqa: PLR2004
            raise FeatureContractError(
                rule=f"a matrix of {self.forest.feature_count} features is needed",
                got=f"shape {matrix.shape}",
                remedy="encode the features with the contract of the model's bundle",
            )
