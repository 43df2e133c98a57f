"""Paths to the leaves of a tree, with one merged condition per feature."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.compiling import compiled
from models.learners.shapley.forest import Forest, Rules, goes_left
from models.vocab import BoolArray, FloatArray, IntArray


class TreePaths(NamedTuple):
    """The leaves of one tree from left to right, with their conditions merged by feature.

    Leaf l has value ``value[l]`` and the conditions ``first[l]:first[l + 1]``, each on ``place``, a place in the tree's
    own list of ``columns``; ``cover`` is the share of training rows that take the path at the nodes of that column.
    Codes of the column at place p that no node of the tree tells apart form a state, from ``code[state_first[p]]`` on;
    ``meets[meets_first[k] + s]`` says whether state s of its column meets condition k.
    """

    value: FloatArray
    first: IntArray
    place: IntArray
    cover: FloatArray
    columns: IntArray
    state_first: IntArray
    code: IntArray
    meets_first: IntArray
    meets: BoolArray


class Tree(NamedTuple):
    """One tree: its part of ``Forest`` and of ``Rules``, and each node's ``place`` among the tree's ``columns``.

    ``counts``: how many codes each of these columns has.
    """

    left: IntArray
    right: IntArray
    node_count: FloatArray
    leaf_value: FloatArray
    leaf_count: FloatArray
    rules: Rules
    place: IntArray
    columns: IntArray
    counts: IntArray


class _Walk(NamedTuple):
    """How the leaves of a tree are reached.

    ``order``: leaves from left to right. Each node and leaf has a parent, -1 for the root, and is its left child or
    not.
    """

    order: IntArray
    node_parent: IntArray
    node_left: BoolArray
    leaf_parent: IntArray
    leaf_left: BoolArray


class _States(NamedTuple):
    first: IntArray
    code: IntArray


class _Conditions(NamedTuple):
    first: IntArray
    place: IntArray
    cover: FloatArray


def tree_of(forest: Forest, rules: Rules, counts: IntArray, number: int) -> Tree:
    """One tree of the forest. ``counts``: codes per column."""
    nodes = slice(forest.node_start[number], forest.node_start[number + 1])
    leaves = slice(forest.leaf_start[number], forest.leaf_start[number + 1])
    columns, place = np.unique(rules.column[nodes], return_inverse=True)
    return Tree(
        left=forest.left[nodes],
        right=forest.right[nodes],
        node_count=forest.node_count[nodes],
        leaf_value=forest.leaf_value[leaves],
        leaf_count=forest.leaf_count[leaves],
        rules=rules.of(nodes),
        place=place,
        columns=columns,
        counts=counts[columns],
    )


@compiled
def paths_of(tree: Tree) -> TreePaths:
    """The paths of a tree with at least two leaves."""
    walk = _walk(tree.left, tree.right)
    states = _states(tree.rules, tree.place, tree.counts)
    conditions = _conditions(tree.leaf_count, tree.node_count, tree.place, walk)
    meets_first, meets = _meets(tree.rules, tree.place, walk, states, conditions)
    return TreePaths(
        tree.leaf_value[walk.order],
        conditions.first,
        conditions.place,
        conditions.cover,
        tree.columns,
        states.first,
        states.code,
        meets_first,
        meets,
    )


@compiled
def _walk(left: IntArray, right: IntArray) -> _Walk:
    nodes = len(left)
    node_parent, node_left = np.full(nodes, -1), np.zeros(nodes, dtype=np.bool_)
    leaf_parent, leaf_left = np.full(nodes + 1, -1), np.zeros(nodes + 1, dtype=np.bool_)
    for node in range(nodes):
        for is_left in (True, False):
            child = left[node] if is_left else right[node]
            if child >= 0:
                node_parent[child], node_left[child] = node, is_left
            else:
                leaf_parent[~child], leaf_left[~child] = node, is_left
    return _Walk(_leaves_from_left(left, right), node_parent, node_left, leaf_parent, leaf_left)


@compiled
def _leaves_from_left(left: IntArray, right: IntArray) -> IntArray:
    order, waiting = np.empty(len(left) + 1, dtype=np.int64), np.zeros(len(left) + 2, dtype=np.int64)
    found, held = 0, 1  # the root waits
    while held:
        held -= 1
        child = waiting[held]
        if child < 0:
            order[found] = ~child
            found += 1
        else:
            waiting[held], waiting[held + 1] = right[child], left[child]
            held += 2
    return order


@compiled
def _states(rules: Rules, place: IntArray, counts: IntArray) -> _States:
    """The codes of each column at which the answer of some node of the tree may change."""
    start = _starts(counts)
    begins = np.zeros(start[-1], dtype=np.bool_)
    for node, own in enumerate(place):
        _mark_states(rules, node, begins[start[own] : start[own + 1]])
    first, code = np.zeros(len(counts) + 1, dtype=np.int64), np.empty(len(begins), dtype=np.int64)
    filled = 0
    for own in range(len(counts)):
        for each in range(counts[own]):
            if begins[start[own] + each]:
                code[filled] = each
                filled += 1
        first[own + 1] = filled
    return _States(first, code[:filled].copy())


@compiled
def _starts(sizes: IntArray) -> IntArray:
    start = np.zeros(len(sizes) + 1, dtype=np.int64)
    for each in range(len(sizes)):
        start[each + 1] = start[each] + sizes[each]
    return start


@compiled
def _mark_states(rules: Rules, node: int, begins: BoolArray) -> None:
    begins[0] = True
    if rules.left_start[node] >= 0:
        begins[:] = True
        return
    begins[rules.position[node] + 1] = True
    begins[rules.last[node]] = True
    if rules.zero_way[node] >= 0:
        begins[rules.zero[node]] = True
        begins[rules.zero[node] + 1] = True


@compiled
def _conditions(leaf_count: FloatArray, node_count: FloatArray, place: IntArray, walk: _Walk) -> _Conditions:
    """From each leaf up to the root: the columns that are asked for, and the share of rows that came this way."""
    most = _step_count(walk)
    first, own_place, cover = (
        np.zeros(len(leaf_count) + 1, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.ones(most),
    )
    filled = 0
    for rank, leaf in enumerate(walk.order):
        count, node = leaf_count[leaf], walk.leaf_parent[leaf]
        while node >= 0:
            at = _found(own_place, first[rank], filled, place[node])
            if at == filled:
                own_place[at] = place[node]
                filled += 1
            cover[at] *= count / node_count[node]
            count, node = node_count[node], walk.node_parent[node]
        first[rank + 1] = filled
    return _Conditions(first, own_place[:filled].copy(), cover[:filled].copy())


@compiled
def _step_count(walk: _Walk) -> int:
    """Steps to all leaves together: not fewer than their conditions."""
    depth = np.ones(len(walk.node_parent), dtype=np.int64)
    steps = 0
    for node in range(1, len(depth)):  # LightGBM numbers a node after its parent
        depth[node] += depth[walk.node_parent[node]]
    for parent in walk.leaf_parent:
        steps += depth[parent]
    return steps


@compiled
def _found(places: IntArray, first: int, stop: int, wanted: int) -> int:
    """Where ``wanted`` stands in ``places[first:stop]``; ``stop`` if nowhere."""
    for at in range(first, stop):
        if places[at] == wanted:
            return at
    return stop


@compiled
def _meets(
    rules: Rules, place: IntArray, walk: _Walk, states: _States, conditions: _Conditions
) -> tuple[IntArray, BoolArray]:
    """For each condition, which states of its column go the leaf's way at all its nodes."""
    meets_first = np.zeros(len(conditions.place) + 1, dtype=np.int64)
    for at, own in enumerate(conditions.place):
        meets_first[at + 1] = meets_first[at] + states.first[own + 1] - states.first[own]
    meets = np.ones(meets_first[-1], dtype=np.bool_)
    for rank, leaf in enumerate(walk.order):
        left, node = walk.leaf_left[leaf], walk.leaf_parent[leaf]
        while node >= 0:
            own = place[node]
            at = _found(conditions.place, conditions.first[rank], conditions.first[rank + 1], own)
            for state in range(states.first[own], states.first[own + 1]):
                if goes_left(rules, node, states.code[state]) != left:
                    meets[meets_first[at] + state - states.first[own]] = False
            left, node = walk.node_left[node], walk.node_parent[node]
    return meets_first, meets
