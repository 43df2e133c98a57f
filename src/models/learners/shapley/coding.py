"""Numbers as codes: all values of a feature that no node of the booster tells apart share one; leaves are not known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.compiling import compiled
from models.errors import InternalError
from models.learners.shapley.forest import MISSING_NAN, MISSING_ZERO, Forest, WordArray
from models.vocab import FloatArray, IntArray

NEAR_ZERO = float(np.float32(1e-35))  # LightGBM reads what is not farther from 0 as 0
_WORD_BITS = 32
_CATEGORY_LIMIT = 2.0**31
_SHORT_CODES = 2**15

CodeArray = NDArray[np.int16 | np.int32]


class Codes(NamedTuple):
    """One column of codes per feature that some node asks for.

    A number's code is how many of the feature's ``cuts`` lie below it; one more for a missing number. A category's
    code is its place among the ``cuts``, the categories that some node names; one more for all others.
    Column c has ``cuts[cut_start[c]:cut_start[c + 1]]``; ``zero`` is the code of 0.
    """

    feature: IntArray
    categorical: NDArray[np.bool_]
    cut_start: IntArray
    cuts: FloatArray
    zero: IntArray

    @property
    def counts(self) -> IntArray:
        """How many codes each column has. Shape (columns,)."""
        return np.diff(self.cut_start) + np.where(self.categorical, 1, 2)

    @property
    def dtype(self) -> type[np.int16 | np.int32]:
        """The smallest whole numbers that hold every code; compared many at once, so small is fast."""
        return np.int16 if self.counts.max(initial=0) < _SHORT_CODES else np.int32


class Rules(NamedTuple):
    """What each node of the forest asks, in codes.

    Numbers: codes up to ``position`` go left, but the last code (missing) as ``missing_left`` says and, if
    ``zero_way`` is not -1, code ``zero`` by it (1 left, 0 right). Categories: ``left_codes`` from ``left_start``, which
    is -1 for numbers.
    """

    column: IntArray
    position: IntArray
    missing_left: NDArray[np.bool_]
    zero_way: IntArray
    zero: IntArray
    last: IntArray
    left_start: IntArray
    left_codes: NDArray[np.bool_]

    def of(self, nodes: slice) -> Rules:
        """The rules of some nodes."""
        return Rules(
            column=self.column[nodes],
            position=self.position[nodes],
            missing_left=self.missing_left[nodes],
            zero_way=self.zero_way[nodes],
            zero=self.zero[nodes],
            last=self.last[nodes],
            left_start=self.left_start[nodes],
            left_codes=self.left_codes,
        )


def codes_of(forest: Forest) -> Codes:
    """The columns of a forest. Raises ``InternalError`` if a feature is a number in one node, a category in another."""
    features = np.unique(forest.feature)
    cuts, categorical = [], np.zeros(len(features), dtype=bool)
    order = np.argsort(forest.feature, kind="stable")
    bounds = np.searchsorted(forest.feature[order], features)
    for column, nodes in enumerate(np.split(order, bounds[1:]) if len(features) else []):
        categorical[column] = forest.categorical[nodes[0]]
        if (forest.categorical[nodes] != categorical[column]).any():
            raise InternalError(f"feature {features[column]} must be a number or a category in all trees, it is both")
        cuts.append(_categories(forest, nodes) if categorical[column] else _thresholds(forest, nodes))
    start = np.concatenate([[0], np.cumsum([len(each) for each in cuts])]).astype(np.int64)
    zero = np.array([np.searchsorted(each, 0.0) for each in cuts], dtype=np.int64)
    return Codes(features, categorical, start, np.concatenate([*cuts, np.empty(0)]), zero)


def _thresholds(forest: Forest, nodes: IntArray) -> FloatArray:
    """Cuts of a number; where zeros are missing, they are cut off from both neighbours."""
    around_zero = (
        [np.nextafter(-NEAR_ZERO, -np.inf), NEAR_ZERO] if (forest.missing[nodes] == MISSING_ZERO).any() else []
    )
    return np.unique(np.concatenate([forest.threshold[nodes], around_zero]))


def _categories(forest: Forest, nodes: IntArray) -> FloatArray:
    named = [_members(forest.words[forest.word_start[node] : forest.word_stop[node]]) for node in nodes]
    return np.unique(np.concatenate(named)).astype(np.float64)


def _members(words: WordArray) -> IntArray:
    """The numbers whose bit is set.

    >>> _members(np.array([5, 1], dtype=np.uint32)).tolist()
    [0, 2, 32]
    """
    return np.flatnonzero(words[:, np.newaxis] >> np.arange(_WORD_BITS, dtype=np.uint32) & np.uint32(1))


def rules_of(forest: Forest, codes: Codes) -> Rules:
    """Every node's question in codes."""
    column = np.searchsorted(codes.feature, forest.feature)
    position = np.zeros(len(column), dtype=np.int64)
    left_start = np.full(len(column), -1, dtype=np.int64)
    left_codes: list[NDArray[np.bool_]] = []
    filled = 0
    for each in range(len(codes.feature)):
        cuts = codes.cuts[codes.cut_start[each] : codes.cut_start[each + 1]]
        nodes = np.flatnonzero(column == each)
        if not codes.categorical[each]:
            position[nodes] = np.searchsorted(cuts, forest.threshold[nodes])
            continue
        for node in nodes:
            members = _members(forest.words[forest.word_start[node] : forest.word_stop[node]])
            left_codes.append(np.append(np.isin(cuts, members), False))
            left_start[node] = filled
            filled += len(cuts) + 1
    zero = codes.zero[column]
    missing_as_zero = zero <= position
    zero_way = np.where(forest.missing == MISSING_ZERO, forest.default_left, -1).astype(np.int64)
    missing_left = np.where(
        np.isin(forest.missing, (MISSING_ZERO, MISSING_NAN)), forest.default_left, missing_as_zero
    ).astype(np.bool_)
    return Rules(
        column=column.astype(np.int64),
        position=position,
        missing_left=missing_left,
        zero_way=zero_way,
        zero=zero,
        last=codes.counts[column] - 1,
        left_start=left_start,
        left_codes=np.concatenate([*left_codes, np.empty(0, dtype=np.bool_)]),
    )


@compiled
def goes_left(rules: Rules, node: int, code: int) -> bool:
    """Which way a row with this code takes at a node."""
    if rules.left_start[node] >= 0:
        return bool(rules.left_codes[rules.left_start[node] + code])
    if code == rules.last[node]:
        return bool(rules.missing_left[node])
    if code == rules.zero[node] and rules.zero_way[node] >= 0:
        return bool(rules.zero_way[node] == 1)
    return bool(code <= rules.position[node])


@compiled
def encode(matrix: FloatArray, codes: Codes, coded: CodeArray) -> None:
    """Fill ``coded`` (columns, n) with the codes of ``matrix`` (n, features)."""
    for column in range(len(codes.feature)):
        cuts = codes.cuts[codes.cut_start[column] : codes.cut_start[column + 1]]
        values = matrix[:, codes.feature[column]]
        if codes.categorical[column]:
            _encode_categories(values, cuts, coded[column])
        else:
            _encode_numbers(values, cuts, coded[column])


@compiled
def _encode_numbers(values: FloatArray, cuts: FloatArray, coded: CodeArray) -> None:
    missing = len(cuts) + 1
    for row in range(len(values)):
        value = values[row]
        if np.isnan(value):
            coded[row] = missing
        else:
            coded[row] = _cuts_below(cuts, 0.0 if abs(value) <= NEAR_ZERO else value)


@compiled
def _cuts_below(cuts: FloatArray, value: float) -> int:
    """How many cuts are less than the value: halving without a branch that a processor could guess wrong."""
    low, size = 0, len(cuts)
    while size > 1:
        half = size >> 1
        low += half * (cuts[low + half - 1] < value)
        size -= half
    return low + (size == 1 and cuts[low] < value)


@compiled
def _encode_categories(values: FloatArray, cuts: FloatArray, coded: CodeArray) -> None:
    others = len(cuts)
    for row in range(len(values)):
        value = values[row]
        coded[row] = others
        if value > -1.0 and value < _CATEGORY_LIMIT:  # not so if missing
            category = np.trunc(value)
            place = _cuts_below(cuts, category)
            if place < others and cuts[place] == category:
                coded[row] = place
