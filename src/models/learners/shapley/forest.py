"""A booster's text as flat arrays: what every node asks and every leaf says; nothing is evaluated here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
