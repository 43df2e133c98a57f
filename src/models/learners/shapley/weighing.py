"""Shapley values of one leaf: the contribution of each condition on its path."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.compiling import compiled
from models.vocab import FloatArray, IntArray


class LeafRule(NamedTuple):
    """Points in (0, 1) and their weights, exact for what a path of ``2 * row`` conditions needs; row 0 is empty.

    A leaf of value v with conditions g of cover z_g, met (o_g = 1) or not (0), is the game S -> v times the product of
    o_g over g in S and z_g over the others. The Shapley value of f is the integral over t in (0, 1) of
    v (o_f - z_f) times the product over g != f of (o_g t + z_g (1 - t)): the multilinear form of Owen (1972). For D
    conditions that is a polynomial of degree D - 1, which Gauss and Legendre integrate exactly with D / 2 points, all
    terms having one sign, so that nothing cancels.
    """

    points: FloatArray
    weights: FloatArray


def rule_of(condition_counts: IntArray) -> LeafRule:
    """The rule for paths with these numbers of conditions.

    >>> rule = rule_of(np.array([1, 3]))
    >>> rule.points[1:].round(4).tolist(), rule.weights[1:].tolist()
    ([[0.5, 0.0], [0.2113, 0.7887]], [[1.0, 0.0], [0.5, 0.5]])
    """
    sizes = np.unique((condition_counts + 1) // 2)
    points = np.zeros((sizes.max(initial=0) + 1, sizes.max(initial=0)))
    weights = np.zeros_like(points)
    for size in sizes[sizes > 0]:
        place, weight = np.polynomial.legendre.leggauss(int(size))
        points[size, :size], weights[size, :size] = (place + 1) / 2, weight / 2
    return LeafRule(points, weights)


class LeafPoints(NamedTuple):
    """One leaf's integrand at the points of its rule.

    Shapes: ``place`` and ``weight`` (points,), the weight holding the leaf's value; ``missed`` (D, points), a
    condition's factor if not met, to which ``place`` is added if met. The product of all factors times ``if_met``
    (D, points) or ``if_missed`` (points,), which is the same for all conditions, is a condition's own share: (o - z)
    over its factor.
    """

    place: FloatArray
    weight: FloatArray
    missed: FloatArray
    if_met: FloatArray
    if_missed: FloatArray


@compiled
def leaf_points(cover: FloatArray, value: float, rule: LeafRule) -> LeafPoints:
    """The points of a leaf with conditions of these covers."""
    size = (len(cover) + 1) // 2
    place = rule.points[size, :size].copy()
    missed, if_met = np.empty((len(cover), size)), np.empty((len(cover), size))
    for each in range(len(cover)):
        missed[each] = cover[each] * (1 - place)
        if_met[each] = (1 - cover[each]) / (place + missed[each])
    return LeafPoints(place, value * rule.weights[size, :size], missed, if_met, -1 / (1 - place))


@compiled
def shares_by_pattern(cover: FloatArray, value: float, rule: LeafRule) -> FloatArray:
    """What each condition adds, for every pattern of conditions met: bit f is condition f. Shape (2**D, D)."""
    points = leaf_points(cover, value, rule)
    product = _products(points)
    shares = np.empty((len(product), len(cover)))
    for pattern in range(len(product)):
        if_missed = _weighed(product[pattern], points.if_missed)
        for each in range(len(cover)):
            is_met = pattern >> each & 1
            shares[pattern, each] = _weighed(product[pattern], points.if_met[each]) if is_met else if_missed
    return shares


@compiled
def _products(points: LeafPoints) -> FloatArray:
    """The product of all factors at every point, for every pattern. Shape (2**D, points)."""
    count, size = points.missed.shape
    product = np.empty((1 << count, size))
    product[0] = points.weight
    for each in range(count):
        for pattern in range(1 << each):
            for point in range(size):
                missed = points.missed[each, point]
                product[pattern | 1 << each, point] = product[pattern, point] * (missed + points.place[point])
                product[pattern, point] *= missed
    return product


@compiled
def _weighed(product: FloatArray, weights: FloatArray) -> float:
    total = 0.0
    for point in range(len(weights)):
        total += product[point] * weights[point]
    return total
