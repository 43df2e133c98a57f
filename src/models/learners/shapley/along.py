"""Raw scores of rows at several values of one feature, by one walk where a tree does not split on it.

Curves ask the same trees about the same client at every step of the horizon, and few of the trees ask for the step.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from models.compiling import compiled
from models.errors import FeatureContractError, InternalError
from models.learners.shapley.forest import (
    CodeArray,
    Codes,
    Forest,
    Rules,
    codes_of,
    encode,
    forest_of,
    goes_left,
    rules_of,
)
from models.vocab import FloatArray, IntArray

_BLOCK_ROWS = 1024


@dataclass(frozen=True, kw_only=True)
class ScoresAlong:
    """The trees of one booster, read at several values of its last feature, a number."""

    forest: Forest
    codes: Codes
    rules: Rules

    @classmethod
    def of(cls, text: str) -> ScoresAlong:
        """Make a LightGBM booster's text ready. Raises ``InternalError`` where its last feature is a category."""
        forest = forest_of(text)
        codes = codes_of(forest)
        if (forest.categorical & (forest.feature == forest.feature_count - 1)).any():
            raise InternalError("scores along a feature need a number, the last feature is a category")
        return cls(forest=forest, codes=codes, rules=rules_of(forest, codes))

    def raw(self, matrix: FloatArray, values: FloatArray, *, threads: int = 0) -> FloatArray:
        """(n, features - 1) and (m,) -> (n, m, outputs): the raw score with each value in the last feature.

        ``values`` rise and are above zero. The bits are LightGBM's: leaves are summed tree by tree. Raises
        ``FeatureContractError`` if the matrix has another number of features.
        """
        self._require(matrix, values)
        workers = threads or os.cpu_count() or 1
        scores = np.zeros((len(matrix), len(values), self.forest.output_count))
        stop = np.searchsorted(values, self.forest.threshold, side="right")
        last = self.forest.feature_count - 1
        stops = np.where(self.forest.feature == last, stop, -1).astype(np.int64)

        def sum_block_from(start: int) -> None:
            """Fill the scores of the block of rows that begins there."""
            rows = slice(start, start + _BLOCK_ROWS)
            block = np.zeros((len(matrix[rows]), last + 1))
            block[:, :-1] = matrix[rows]
            coded = np.empty((len(self.codes.feature), len(block)), dtype=self.codes.dtype)
            total = np.zeros((self.forest.output_count, len(block), len(values)))
            encode(block, self.codes, coded)
            _walk(self.forest, self.rules, stops, coded, total)
            scores[rows] = total.transpose(1, 2, 0)

        starts = range(0, len(matrix), _BLOCK_ROWS)
        if min(workers, len(starts)) <= 1:
            for start in starts:
                sum_block_from(start)
        else:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(sum_block_from, starts))
        return scores

    def _require(self, matrix: FloatArray, values: FloatArray) -> None:
        wanted = self.forest.feature_count - 1
        if matrix.ndim != 2 or matrix.shape[1] != wanted:  # noqa: PLR2004
            raise FeatureContractError(
                rule=f"a matrix of {wanted} features is needed, beside the one whose values are given",
                got=f"shape {matrix.shape}",
                remedy="encode the features with the contract of the model's bundle",
            )
        if not (values > 0).all() or not (np.diff(values) > 0).all():
            raise InternalError(f"values of the last feature must rise from above zero, got {values.tolist()}")


@compiled
def _walk(forest: Forest, rules: Rules, stops: IntArray, coded: CodeArray, total: FloatArray) -> None:
    """Add the leaves that the rows reach to ``total`` (outputs, n, m), tree by tree.

    Of a node that asks for the last feature ``stops`` is how many of the values go left, of the others -1.
    """
    outputs, rows, count = total.shape
    for tree in range(len(forest.leaf_start) - 1):
        own, leaf_start = total[tree % outputs], forest.leaf_start[tree]
        for row in range(rows):
            first = 0
            while first < count:
                leaf, stop = _leaf(forest, rules, stops, coded, tree, row, first, count)
                value = forest.leaf_value[leaf_start + leaf]
                for place in range(first, stop):
                    own[row, place] += value
                first = stop


@compiled
def _leaf(  # noqa: PLR0917 - machine code knows no keywords
    forest: Forest, rules: Rules, stops: IntArray, coded: CodeArray, tree: int, row: int, first: int, count: int
) -> tuple[int, int]:
    """The leaf that the row reaches with the value at place ``first``, and up to which place the values share it."""
    start = forest.node_start[tree]
    node = 0 if forest.node_start[tree + 1] > start else -1
    stop = count
    while node >= 0:
        at = start + node
        if stops[at] < 0:
            left = goes_left(rules, at, coded[rules.column[at], row])
        else:
            left = first < stops[at]
            if left:
                stop = min(stop, stops[at])
        node = forest.left[at] if left else forest.right[at]
    return ~node, stop
