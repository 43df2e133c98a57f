"""A booster's text parsed into flat arrays of nodes and leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.compiling import compiled
from models.errors import InternalError
from models.vocab import FloatArray, IntArray

_END = "end of trees"
_CATEGORICAL, _DEFAULT_LEFT, _MISSING_SHIFT, _MISSING_MASK = 1, 2, 2, 3
MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2

WordArray = NDArray[np.uint32]


class Forest(NamedTuple):
    """All trees of a booster, one after the other; tree t has the nodes ``node_start[t]:node_start[t + 1]``.

    Per node: ``feature``; ``threshold``, left is not above it; ``categorical``, then left are the numbers whose bit
    is set in ``words[word_start:word_stop]``; ``missing`` (a MISSING_ kind) and ``default_left``, the way of the
    missing; ``left`` and ``right``, a node of the same tree or ``~leaf``; ``node_count`` rows of the training.
    Per leaf ``leaf_value`` and ``leaf_count``. A tree of one leaf has no nodes.
    """

    feature_count: int
    output_count: int
    node_start: IntArray
    leaf_start: IntArray
    feature: IntArray
    threshold: FloatArray
    categorical: NDArray[np.bool_]
    missing: IntArray
    default_left: NDArray[np.bool_]
    left: IntArray
    right: IntArray
    node_count: FloatArray
    leaf_value: FloatArray
    leaf_count: FloatArray
    words: WordArray
    word_start: IntArray
    word_stop: IntArray


def forest_of(text: str) -> Forest:
    """Read the text of a LightGBM booster (version 4), all its trees.

    A random forest's trees, too, are to be summed: that is its raw score. Raises ``InternalError`` for trees whose
    leaves are linear or whose nodes do not say how many rows they were fitted on, which have no Shapley values of this
    kind, and for a text that is cut.
    """
    body, mark, _ = text.partition(f"\n{_END}")
    header, *trees = body.split("\nTree=")
    if not mark or not trees:
        raise InternalError("a booster's text must hold trees and their end: this one is cut or empty")
    about = _fields(header)
    trees_fields = [_fields(tree) for tree in trees]
    return _joined(trees_fields, int(about["max_feature_idx"]) + 1, int(about["num_tree_per_iteration"]))


def _fields(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def _joined(trees: list[dict[str, str]], features: int, outputs: int) -> Forest:
    if any(int(tree.get("is_linear", "0")) for tree in trees):
        raise InternalError("Shapley values need constant leaves: this booster was fitted with linear_tree")
    decision = _joined_field(trees, "decision_type", _whole).astype(np.int64)
    node_count = _joined_field(trees, "internal_count", float)
    if len(node_count) != len(decision) or not (node_count > 0).all():
        raise InternalError("Shapley values need the number of training rows of every node: this booster lacks some")
    words, word_start, word_stop = _bitsets(trees, decision & _CATEGORICAL != 0)
    leaves = np.array([int(tree["num_leaves"]) for tree in trees])
    return Forest(
        feature_count=features,
        output_count=outputs,
        node_start=_starts(leaves - 1),
        leaf_start=_starts(leaves),
        feature=_joined_field(trees, "split_feature", _whole).astype(np.int64),
        threshold=_joined_field(trees, "threshold", float),
        categorical=decision & _CATEGORICAL != 0,
        missing=decision >> _MISSING_SHIFT & _MISSING_MASK,
        default_left=decision & _DEFAULT_LEFT != 0,
        left=_joined_field(trees, "left_child", _whole).astype(np.int64),
        right=_joined_field(trees, "right_child", _whole).astype(np.int64),
        node_count=node_count,
        leaf_value=_joined_field(trees, "leaf_value", float),
        leaf_count=np.concatenate([_leaf_counts(tree) for tree in trees]),
        words=words,
        word_start=word_start,
        word_stop=word_stop,
    )


def _whole(text: str) -> float:
    return float(int(text))


def _joined_field(trees: list[dict[str, str]], name: str, read: Callable[[str], float]) -> FloatArray:
    return np.array([read(value) for tree in trees for value in tree.get(name, "").split()], dtype=np.float64)


def _leaf_counts(tree: dict[str, str]) -> FloatArray:
    """Rows per leaf; a tree of one leaf may leave them out, and then they decide nothing."""
    if int(tree["num_leaves"]) == 1:
        return np.ones(1)
    return np.array(tree["leaf_count"].split(), dtype=np.float64)


def _bitsets(trees: list[dict[str, str]], categorical: NDArray[np.bool_]) -> tuple[WordArray, IntArray, IntArray]:
    """The words of all categorical nodes, and where each node's begin and end (0 to 0 for the others).

    The threshold of such a node is the number of its bitset in its tree.
    """
    words = np.array([int(word) for tree in trees for word in tree.get("cat_threshold", "").split()], dtype=np.uint32)
    start, stop = np.zeros(len(categorical), dtype=np.int64), np.zeros(len(categorical), dtype=np.int64)
    node, words_before = 0, 0
    for tree in trees:
        nodes = slice(node, node + int(tree["num_leaves"]) - 1)
        node = nodes.stop
        if int(tree.get("num_cat", "0")):
            bounds = words_before + np.array(tree["cat_boundaries"].split(), dtype=np.int64)
            own = np.flatnonzero(categorical[nodes])
            place = np.array(tree["threshold"].split(), dtype=np.float64)[own].astype(np.int64)
            start[nodes][own], stop[nodes][own] = bounds[place], bounds[place + 1]
            words_before = int(bounds[-1])
    return words, start, stop


def _starts(sizes: IntArray) -> IntArray:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


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
