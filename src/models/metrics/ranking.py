"""Discrimination: ranking of clients by risk or value."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike

from models.errors import TooLittleDataError
from models.metrics.inputs import Sample, descending, gains, mean_ranks, outcomes, sample, tie_starts
from models.vocab import FloatArray

DECILES = 10


def auc(actual: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Probability that a client with the outcome scores above one without it, ties counting half.

    Shapes (n_clients,); ``actual`` is 0 or 1. 1 is a perfect ranking, 0.5 a random one.
    Raises ``TooLittleDataError`` if only one outcome was seen.
    Source: Hanley and McNeil (1982), the trapezoidal area under the ROC curve.

    >>> auc([0, 1, 0, 1], [0.1, 0.8, 0.4, 0.4])
    0.875
    """
    checked = outcomes("AUC", actual, score, weight)
    curve = gains(checked.actual, checked.score, checked.weight)
    others = curve.clients - curve.amount
    return float(np.trapezoid(curve.amount, others)) / float(curve.amount[-1] * others[-1])


def pr_auc(actual: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Average precision: precision at each distinct score, weighted by the recall that it adds.

    Shapes (n_clients,); ``actual`` is 0 or 1. 1 is perfect; a random ranking reaches the share of the
    outcome. Raises ``TooLittleDataError`` if only one outcome was seen. Source: Davis and Goadrich (2006);
    stepwise, because straight lines between the points flatter.

    >>> pr_auc([0, 1, 1], [0.5, 0.9, 0.1])
    0.8333333333333333
    """
    checked = outcomes("PR-AUC", actual, score, weight)
    curve = gains(checked.actual, checked.score, checked.weight)
    counted = curve.clients > 0
    precision = curve.amount[counted] / curve.clients[counted]
    recall_added = np.diff(curve.amount, prepend=0.0)[counted] / curve.amount[-1]
    return float(precision @ recall_added)


def h_measure(actual: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Share of the loss of a blind decision that the ranking saves, over costs drawn from Beta(2, 2).

    Shapes (n_clients,); ``actual`` is 0 or 1. 1 is perfect, 0 no better than treating all alike; unlike AUC,
    the weighing of costs is the same for every model. The best threshold for each cost lies on the convex
    hull of the ROC curve, whose segments are the blocks of an isotonic fit of the outcome on the score;
    within a block with a share p of outcomes the expected loss integrates to (1 - p) A(p) + p A(1 - p) with
    A(p) = 2 p^3 - 1.5 p^4. Raises ``TooLittleDataError`` if only one outcome was seen. Source: Hand (2009),
    Machine Learning 77, section 6.

    >>> h_measure([0, 0, 1, 1], [1, 2, 3, 4])
    1.0
    >>> h_measure([0, 1, 0, 1], [1, 1, 1, 1])
    0.0
    """
    checked = outcomes("H-measure", actual, score, weight)
    share, counted = _hull_blocks(checked)
    prior = checked.mean(checked.actual)
    loss = float(counted @ _beta_loss(share)) / checked.total_weight
    return 1.0 - loss / float(_beta_loss(np.array([prior]))[0])


def _hull_blocks(checked: Sample) -> tuple[FloatArray, FloatArray]:
    """Share of the outcome and clients at each distinct score, after pooling to the convex hull."""
    used = checked.weight > 0
    actual, score, weight = checked.actual[used], checked.score[used], checked.weight[used]
    order = descending(score)
    starts = tie_starts(score[order])
    counted = np.add.reduceat(weight[order], starts)
    share = np.add.reduceat((weight * actual)[order], starts) / counted
    return scipy.optimize.isotonic_regression(share, weights=counted, increasing=False).x, counted


def _beta_loss(share: FloatArray) -> FloatArray:
    other = 1.0 - share
    return other * (2 * share**3 - 1.5 * share**4) + share * (2 * other**3 - 1.5 * other**4)


def normalized_gini(actual: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Gini of the value ranked by ``score``, as a share of the best possible Gini.

    Shapes (n_clients,). ``actual`` is in currency; amounts below zero are allowed, because the ratio does not
    change when all amounts are shifted. Ties in ``score`` share their mean rank, so row order does not
    matter. 1 is a perfect ranking, 0 a random one, -1 a perfectly wrong one. Raises ``TooLittleDataError`` if
    all clients brought the same. Source: Wang, Liu and Miao (2019), section 4.2.

    >>> normalized_gini([0.0, 1.0, 3.0], [1, 2, 3])
    1.0
    >>> normalized_gini([0.0, 1.0, 3.0], [3, 2, 1])
    -1.0
    """
    checked = sample("normalized Gini", actual, score, weight)
    reached, best = (
        gains(checked.actual, order, checked.weight).excess_area for order in (checked.score, checked.actual)
    )
    if not best > 0 or np.ptp(checked.actual[checked.weight > 0]) == 0:
        raise TooLittleDataError(
            rule="normalized Gini needs clients that differ in value",
            got="the same value for all",
            remedy="take more clients or a longer horizon",
        )
    return reached / best


def spearman(actual: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Correlation of the ranks of ``actual`` and ``score``, ties sharing their mean rank.

    Shapes (n_clients,), any units. Between -1 and 1.
    Raises ``TooLittleDataError`` if either is the same for all clients.
    Source: Spearman (1904).

    >>> round(spearman([1.0, 5.0, 3.0], [10, 20, 30]), 6)
    0.5
    """
    checked = sample("Spearman", actual, score, weight)
    ranks = np.stack([mean_ranks(values, checked.weight) for values in (checked.actual, checked.score)])
    centred = ranks - (ranks @ checked.weight / checked.total_weight)[:, None]
    covariance = (centred * checked.weight) @ centred.T
    spread = float(covariance[0, 0] * covariance[1, 1])
    if not spread > 0:
        raise TooLittleDataError(
            rule="Spearman needs clients that differ in value and in score",
            got="the same for all",
            remedy="take more clients or a longer horizon",
        )
    return float(np.clip(covariance[0, 1] / np.sqrt(spread), -1.0, 1.0))


def top_decile_lift(actual: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Mean of ``actual`` among the tenth of clients with the highest score, over the mean of all.

    Shapes (n_clients,). ``actual`` is an outcome of 0 or 1, or an amount in currency. A random ranking
    reaches 1, the highest possible is 10. Clients tied at the border count in proportion. Raises
    ``TooLittleDataError`` unless the sum of ``actual`` is above zero. Source: Neslin et al. (2006).

    >>> top_decile_lift([1, 0, 0, 0, 0, 0, 0, 0, 0, 1], [9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    5.0
    """
    checked = sample("top-decile lift", actual, score, weight)
    curve = gains(checked.actual, checked.score, checked.weight)
    total = float(curve.amount[-1])
    if not total > 0:
        raise TooLittleDataError(
            rule="top-decile lift needs a sum above zero",
            got=total,
            remedy="take more clients or a longer horizon",
        )
    tenth = curve.clients[-1] / DECILES
    return float(curve.amount_at(np.array([tenth]))[0]) / total * DECILES
