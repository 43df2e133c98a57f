"""Groups the leaves of a tree that share a look-up table, by the cheapest cut; the rest are summed one by one.

The codes of a column fall into classes that no leaf of a group tells apart; a group's table has one state for each
combination of classes. More leaves in a group mean fewer look-ups per row and more states to keep.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.compiling import compiled
from models.learners.shapley.paths import TreePaths
from models.vocab import BoolArray, IntArray

MOST_STATES = 2**14
"""Of one group: two bytes number them all."""
MOST_LEAVES = 32
"""Of one group: the time to find the best cut grows with their square."""
_LOOK_UP, _COMPARE, _GROUP, _OWN_STEP = 1.9, 0.1, 2.0, 2.0
"""Measured per row, about cycles: a look-up and its addition, a comparison, a group, a step of a leaf on its own."""
BYTES = 8


class Classes(NamedTuple):
    """The classes of a group of leaves.

    ``of_state`` for each state of each column, ``class_count`` per column, which columns are ``joined``, and in
    ``size`` how many COLUMNS, STATES of the table, and COMPARISONS the group has.
    """

    of_state: IntArray
    class_count: IntArray
    joined: BoolArray
    size: IntArray


COLUMNS, STATES, COMPARISONS = 0, 1, 2


class Cut(NamedTuple):
    """Groups of a tree, from left to right: group g has the leaves ``bounds[g]:bounds[g + 1]``.

    ``tabled`` says which have a table; the others are one leaf each. ``table_bytes`` is the size of all tables.
    """

    bounds: IntArray
    tabled: BoolArray
    table_bytes: int


@compiled
def no_classes(paths: TreePaths) -> Classes:
    """Of a group without leaves."""
    places = len(paths.columns)
    return Classes(
        np.zeros(len(paths.code), dtype=np.int64),
        np.ones(places, dtype=np.int64),
        np.zeros(places, dtype=np.bool_),
        np.array([0, 1, 0], dtype=np.int64),
    )


@compiled
def add_leaf(paths: TreePaths, leaf: int, classes: Classes) -> None:
    """Take one more leaf into the group: classes split where it tells their codes apart."""
    for at in range(paths.first[leaf], paths.first[leaf + 1]):
        place = paths.place[at]
        own = classes.of_state[paths.state_first[place] : paths.state_first[place + 1]]
        if not classes.joined[place]:
            classes.joined[place] = True
            classes.size[COLUMNS] += 1
        before, comparisons = classes.class_count[place], _comparisons(own)
        classes.class_count[place] = _split(own, paths.meets[paths.meets_first[at] : paths.meets_first[at + 1]], before)
        classes.size[STATES] = min(classes.size[STATES] // before * classes.class_count[place], 2 * MOST_STATES)
        classes.size[COMPARISONS] += _comparisons(own) - comparisons


@compiled
def _split(own: IntArray, meets: BoolArray, before: int) -> int:
    """Number the pairs of class and answer in the order of their first code; how many there are."""
    number = np.full(2 * before, -1, dtype=np.int64)
    count = 0
    for state in range(len(own)):
        pair = 2 * own[state] + (1 if meets[state] else 0)
        if number[pair] < 0:
            number[pair] = count
            count += 1
        own[state] = number[pair]
    return count


@compiled
def _comparisons(own: IntArray) -> int:
    changes = 0
    for state in range(1, len(own)):
        changes += own[state] != own[state - 1]
    return changes


@compiled
def table_size(columns: int, states: int) -> int:
    """Numbers in a group's table: for every state one per column and their sum, the raw score."""
    return (columns + 1) * states


@compiled
def best_cut(paths: TreePaths, price: float, most_bytes: int) -> Cut:
    """The cheapest way to cut the leaves into groups, where a byte of table costs ``price`` cycles per row.

    A group larger than ``most_bytes`` has no table. The best cut of the first leaves goes on to be the best of more.
    """
    leaves = len(paths.value)
    cost, came_from = np.full(leaves + 1, np.inf), np.zeros(leaves + 1, dtype=np.int64)
    by_table, table_bytes = np.zeros(leaves + 1, dtype=np.bool_), np.zeros(leaves + 1, dtype=np.int64)
    cost[0] = 0.0
    for first in range(leaves):
        cost_alone = cost[first] + _cost_alone(paths, first)
        if cost_alone < cost[first + 1]:
            cost[first + 1], came_from[first + 1], by_table[first + 1] = cost_alone, first, False
            table_bytes[first + 1] = table_bytes[first]
        classes = no_classes(paths)
        for last in range(first, min(first + MOST_LEAVES, leaves)):
            add_leaf(paths, last, classes)
            size = BYTES * table_size(classes.size[COLUMNS], classes.size[STATES])
            if classes.size[STATES] > MOST_STATES or size > most_bytes:
                break
            total = cost[first] + _cost_of(classes) + price * size
            if total < cost[last + 1]:
                cost[last + 1], came_from[last + 1], by_table[last + 1] = total, first, True
                table_bytes[last + 1] = table_bytes[first] + size
    return _followed_back(came_from, by_table, table_bytes[leaves])


@compiled
def _cost_alone(paths: TreePaths, leaf: int) -> float:
    count = paths.first[leaf + 1] - paths.first[leaf]
    return float(_GROUP + _OWN_STEP * count * ((count + 1) // 2 + 2))


@compiled
def _cost_of(classes: Classes) -> float:
    return float(_GROUP + _LOOK_UP * (classes.size[COLUMNS] + 1) + _COMPARE * classes.size[COMPARISONS])


@compiled
def _followed_back(came_from: IntArray, by_table: BoolArray, table_bytes: int) -> Cut:
    bounds, tabled = [len(came_from) - 1], [by_table[-1]]
    while came_from[bounds[-1]] > 0:
        bounds.append(came_from[bounds[-1]])
        tabled.append(by_table[bounds[-1]])
    bounds.append(0)
    return Cut(np.array(bounds[::-1]), np.array(tabled[::-1]), table_bytes)
