"""A booster compiled for Shapley values: comparisons and tables of every group of leaves."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from models.compiling import compiled
from models.learners.shapley.forest import CodeArray, Codes, Forest, rules_of
from models.learners.shapley.grouping import (
    BYTES,
    COLUMNS,
    STATES,
    Classes,
    Cut,
    add_leaf,
    best_cut,
    no_classes,
    table_size,
)
from models.learners.shapley.paths import TreePaths, paths_of, tree_of
from models.learners.shapley.weighing import LeafRule, rule_of, shares_by_pattern
from models.vocab import FloatArray, IntArray

TABLE_BYTES = 512 * 2**20
"""The tables of all trees of a booster take at most this much memory, each tree at most an equal share of it ..."""
TREE_BYTES = 2 * 2**20
"""... and at most this much; leaves that find no room are summed without a table. Made ready, they take it twice."""
_PRICE = 6e-5
_DEARER = 4.0
_WRAP = 2**16

Number = TypeVar("Number", bound=np.generic)


class Program(NamedTuple):
    """All groups of leaves of a booster, or of one tree.

    Group g has the columns k in ``column_first[g]:column_first[g + 1]``, ``column[k]`` of the codes. A row's state is
    the sum of ``step`` over the comparisons with ``from_code`` not above its code, those of k being
    ``compare_first[k]:compare_first[k + 1]``; steps wrap round at 2**16. Where ``states[g]`` is above 0, the group has
    a table: from ``table_first[g]`` on for each column what it adds by state, and at last the raw score by state.
    Where it is 0, the group is one leaf of ``value[g]``: the steps of each column sum to 1 where its condition is met
    and to 0 elsewhere, and ``cover[k]`` is the condition's share of the training rows.
    """

    column_first: IntArray
    column: IntArray
    cover: FloatArray
    compare_first: IntArray
    from_code: CodeArray
    step: NDArray[np.uint16]
    states: IntArray
    table_first: IntArray
    table: FloatArray
    value: FloatArray


class Prepared(NamedTuple):
    """The program of a booster, the ``output`` that each of its groups belongs to, and the rule of all its paths."""

    program: Program
    output: IntArray
    rule: LeafRule


def prepared(forest: Forest, codes: Codes, *, table_bytes: int = TABLE_BYTES) -> Prepared:
    """Cut the leaves of all trees into groups and weigh them; the tables take at most ``table_bytes`` together."""
    rules, counts = rules_of(forest, codes), codes.counts
    trees = np.flatnonzero(np.diff(forest.node_start))
    paths = [paths_of(tree_of(forest, rules, counts, tree)) for tree in trees.tolist()]
    rule = rule_of(np.concatenate([np.diff(each.first) for each in paths] or [np.empty(0, dtype=np.int64)]))
    most = min(TREE_BYTES, table_bytes // max(len(trees), 1))
    parts = [_tree_program(each, _cut(each, most), rule) for each in paths]
    groups = np.array([len(part.states) for part in parts], dtype=np.int64)
    output = np.repeat(trees % forest.output_count, groups)
    return Prepared(_joined(parts, codes), output, rule)


def _cut(paths: TreePaths, most_bytes: int) -> Cut:
    """The cheapest cut whose tables fit: memory gets dearer until they do."""
    price = _PRICE
    cut = best_cut(paths, price, most_bytes)
    while cut.table_bytes > most_bytes:
        price *= _DEARER
        cut = best_cut(paths, price, most_bytes)
    return cut


def _joined(parts: list[Program], codes: Codes) -> Program:
    """The groups of all trees as one program."""

    def joined(name: str, kind: type[Number]) -> NDArray[Number]:
        return np.concatenate([getattr(part, name) for part in parts] or [np.empty(0)]).astype(kind)

    def starts(name: str, target: str) -> IntArray:
        before = [0, *accumulate(len(getattr(part, target)) for part in parts)]
        moved = [getattr(part, name)[:-1] + start for part, start in zip(parts, before, strict=False)]
        return np.concatenate([*moved, [before[-1]]]).astype(np.int64)

    return Program(
        column_first=starts("column_first", "column"),
        column=joined("column", np.int64),
        cover=joined("cover", np.float64),
        compare_first=starts("compare_first", "from_code"),
        from_code=joined("from_code", codes.dtype),
        step=joined("step", np.uint16),
        states=joined("states", np.int64),
        table_first=starts("table_first", "table"),
        table=joined("table", np.float64),
        value=joined("value", np.float64),
    )


class _Columns(NamedTuple):
    """The columns of a tree's groups, and their comparisons, as they are found."""

    column: list[int]
    cover: list[float]
    compare_first: list[int]
    from_code: list[int]
    step: list[int]


@compiled
def _tree_program(paths: TreePaths, cut: Cut, rule: LeafRule) -> Program:
    """The groups of one tree. Everything is counted from the tree's own start."""
    groups = len(cut.tabled)
    states, value = np.zeros(groups, dtype=np.int64), np.zeros(groups)
    column_first, table_first = np.zeros(groups + 1, dtype=np.int64), np.zeros(groups + 1, dtype=np.int64)
    table = np.empty(cut.table_bytes // BYTES)
    found = _Columns([0][:0], [0.0][:0], [0], [0][:0], [0][:0])
    for group in range(groups):
        first, table_first[group + 1] = cut.bounds[group], table_first[group]
        if cut.tabled[group]:
            classes = _classes(paths, first, cut.bounds[group + 1])
            _add_tabled(paths, classes, found)
            states[group] = classes.size[STATES]
            table_first[group + 1] += table_size(classes.size[COLUMNS], classes.size[STATES])
            own = table[table_first[group] : table_first[group + 1]]
            _fill(paths, first, cut.bounds[group + 1], classes, rule, own)
        else:
            _add_leaf_alone(paths, first, found)
            value[group] = paths.value[first]
        column_first[group + 1] = len(found.column)
    return Program(
        column_first,
        np.array(found.column),
        np.array(found.cover),
        np.array(found.compare_first),
        np.array(found.from_code),
        np.array(found.step),
        states,
        table_first,
        table,
        value,
    )


@compiled
def _classes(paths: TreePaths, first: int, stop: int) -> Classes:
    classes = no_classes(paths)
    for leaf in range(first, stop):
        add_leaf(paths, leaf, classes)
    return classes


@compiled
def _add_tabled(paths: TreePaths, classes: Classes, found: _Columns) -> None:
    """Add the columns of a group with a table; their steps lead to the row's state."""
    strides = _strides(classes)
    for place in np.flatnonzero(classes.joined):
        found.column.append(paths.columns[place])
        found.cover.append(0.0)
        for state in range(paths.state_first[place] + 1, paths.state_first[place + 1]):
            change = classes.of_state[state] - classes.of_state[state - 1]
            if change:
                found.from_code.append(paths.code[state])
                found.step.append(change * strides[place] % _WRAP)
        found.compare_first.append(len(found.step))


@compiled
def _add_leaf_alone(paths: TreePaths, leaf: int, found: _Columns) -> None:
    """Add the columns of a leaf without a table; their steps lead to 1 where the condition is met."""
    for at in range(paths.first[leaf], paths.first[leaf + 1]):
        place, before = paths.place[at], False
        found.column.append(paths.columns[place])
        found.cover.append(paths.cover[at])
        for state in range(paths.state_first[place], paths.state_first[place + 1]):
            meets = paths.meets[paths.meets_first[at] + state - paths.state_first[place]]
            if meets != before:
                found.from_code.append(paths.code[state])
                found.step.append(1 if meets else _WRAP - 1)
            before = meets
        found.compare_first.append(len(found.step))


@compiled
def _strides(classes: Classes) -> IntArray:
    """How far apart in the table two classes of each column stand that follow one another."""
    strides = np.ones(len(classes.class_count), dtype=np.int64)
    for place in range(1, len(strides)):
        strides[place] = strides[place - 1] * classes.class_count[place - 1]
    return strides


@compiled
def _fill(
    paths: TreePaths, first_leaf: int, stop_leaf: int, classes: Classes, rule: LeafRule, table: FloatArray
) -> None:
    """Write the table of a group: the sum over its leaves, in their order."""
    strides, slot = _strides(classes), np.cumsum(classes.joined) - 1
    states = classes.size[STATES]
    table[:] = 0.0
    for leaf in range(first_leaf, stop_leaf):
        first, stop = paths.first[leaf], paths.first[leaf + 1]
        patterns = np.zeros(states, dtype=np.int64)
        for at in range(first, stop):
            place = paths.place[at]
            answers = _answers_by_class(paths, at, classes)
            _add_bit(patterns, answers, strides[place], at - first)
        shares = shares_by_pattern(paths.cover[first:stop], paths.value[leaf], rule)
        for at in range(first, stop):
            start = slot[paths.place[at]] * states
            for state in range(states):
                table[start + state] += shares[patterns[state], at - first]
        for state in range(states):
            if patterns[state] == len(shares) - 1:
                table[len(table) - states + state] += paths.value[leaf]


@compiled
def _answers_by_class(paths: TreePaths, at: int, classes: Classes) -> NDArray[np.bool_]:
    """Whether each class of the column meets a condition; all codes of a class give the same answer."""
    place = paths.place[at]
    answers = np.zeros(classes.class_count[place], dtype=np.bool_)
    for state in range(paths.state_first[place], paths.state_first[place + 1]):
        answers[classes.of_state[state]] = paths.meets[paths.meets_first[at] + state - paths.state_first[place]]
    return answers


@compiled
def _add_bit(patterns: IntArray, answers: NDArray[np.bool_], stride: int, bit: int) -> None:
    """Set the bit in the patterns of all states whose class says yes."""
    for start in range(0, len(patterns), stride * len(answers)):
        for number in range(len(answers)):
            if answers[number]:
                for state in range(start + number * stride, start + (number + 1) * stride):
                    patterns[state] |= 1 << bit
