"""Rank statistics between features and outcomes: AUC, partial correlation and population stability index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import rankdata

from models.vocab import BoolArray, FloatArray, IntArray

CATEGORY_SMOOTHING = 20.0
"""Clients at the book's mean by which a category's mean is held back."""
ENCODING_FOLDS = 5
PSI_BINS = 10
_FLOOR = 1e-4
"""Share given to an empty bin, so that one lone client does not make a distribution look broken."""


@dataclass(frozen=True)
class RankScores:
    """Centred mean ranks of columns. Shape (n_rows, n_columns)."""

    ranks: FloatArray

    @property
    def norms(self) -> FloatArray:
        """Length of each column, 0 where all rows are the same. Shape (n_columns,)."""
        return np.asarray(np.sqrt(np.einsum("ij,ij->j", self.ranks, self.ranks)))

    def correlation(self, other: RankScores) -> FloatArray:
        """Spearman's correlation of every column with every other one, 0 for constants."""
        scale = np.outer(self.norms, other.norms)
        product = self.ranks.T @ other.ranks
        return np.clip(np.divide(product, scale, out=np.zeros_like(product), where=scale > 0), -1.0, 1.0)


def rank_scores(values: FloatArray) -> RankScores:
    """Mean ranks of each column; what is missing stands in the middle, so that it speaks for neither side.

    ``values`` is (n_rows, n_columns); missing is NaN.

    >>> rank_scores(np.array([[1.0], [5.0], [np.nan], [9.0]])).ranks[:, 0]
    array([-1.5,  0. ,  0. ,  1.5])
    """
    missing = np.isnan(values)
    filled = np.where(missing, _medians(values, missing), values)
    ranks = rankdata(filled, axis=0) if len(values) else filled
    return RankScores(ranks - (len(values) + 1) / 2)


def _medians(values: FloatArray, missing: BoolArray) -> FloatArray:
    empty = missing.all(axis=0)
    return np.nanmedian(np.where(empty, 0.0, values), axis=0) if len(values) else np.zeros(values.shape[1])


def single_auc(scores: RankScores, outcome: BoolArray) -> FloatArray:
    """AUC of each column alone for a yes-or-no outcome, ties counting half. Shape (n_columns,).

    >>> single_auc(rank_scores(np.array([[1.0], [2.0], [3.0]])), np.array([False, True, True]))
    array([1.])
    """
    with_it = int(outcome.sum())
    pairs = with_it * (len(outcome) - with_it)
    return np.asarray(0.5 + scores.ranks[outcome].sum(axis=0) / pairs)


def auc_error(scores: RankScores, outcome: BoolArray) -> FloatArray:
    """Standard error of the AUC of a column that says nothing, with its ties. Shape (n_columns,).

    Source: Mann and Whitney (1947); the correction for ties as in Lehmann (1975), section 1.4.
    """
    rows, with_it = len(outcome), int(outcome.sum())
    pairs = with_it * (rows - with_it)
    return np.asarray(scores.norms / np.sqrt(rows * (rows - 1) * pairs))


def noise_factor(tests: int, *, level: float = 0.95) -> float:
    """Standard errors within which the largest of ``tests`` figures without meaning stays, at ``level``.

    Bonferroni's bound, which needs no independence.

    >>> round(noise_factor(1), 2), round(noise_factor(500), 2)
    (1.96, 3.89)
    """
    return float(-ndtri((1.0 - level) / 2 / max(tests, 1)))


def category_means(categories: pd.Series, target: FloatArray, fold: IntArray) -> FloatArray:
    """Each row's category as the mean target of that category in the other folds. Shape (n_rows,).

    The row's own outcome never enters, so that a category of one says nothing of itself. An absent value is a
    category, too.
    """
    codes = pd.factorize(categories, use_na_sentinel=False, sort=False)[0].astype(np.int64)
    levels, folds = int(codes.max(initial=0)) + 1, int(fold.max(initial=0)) + 1
    cell = codes * folds + fold
    count = np.bincount(cell, minlength=levels * folds).reshape(levels, folds)
    total = np.bincount(cell, weights=target, minlength=levels * folds).reshape(levels, folds)
    others_count, others_total = (part.sum(axis=1, keepdims=True) - part for part in (count, total))
    everyone = others_total.sum(axis=0) / np.maximum(others_count.sum(axis=0), 1)
    means = (others_total + CATEGORY_SMOOTHING * everyone) / (others_count + CATEGORY_SMOOTHING)
    return np.asarray(means[codes, fold] - everyone[fold])


def partial_correlation(features: FloatArray, with_target: FloatArray, candidate: int, chosen: list[int]) -> float:
    """Correlation of a feature with a target once the ``chosen`` features are taken out of both.

    ``features`` (n, n) are correlations between features, ``with_target`` (n,) with the target. 0 where
    nothing of the feature is left.
    """
    if not chosen:
        return float(with_target[candidate])
    among = features[np.ix_(chosen, chosen)]
    right = np.stack([features[chosen, candidate], with_target[chosen]], axis=1)
    explained = right.T @ np.linalg.lstsq(among, right, rcond=None)[0]
    left = (1.0 - explained[0, 0]) * (1.0 - explained[1, 1])
    if left <= _FLOOR:
        return 0.0
    return float((with_target[candidate] - explained[0, 1]) / np.sqrt(left))


def number_psi(before: FloatArray, now: FloatArray) -> float:
    """Population stability index of a number, over tenths of ``before`` and what is missing.

    >>> number_psi(np.arange(100.0), np.arange(100.0))
    0.0
    """
    known = before[~np.isnan(before)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, PSI_BINS + 1)[1:-1])) if len(known) else np.empty(0)
    return _psi(_places(before, edges), _places(now, edges), len(edges) + 2)


def category_psi(before: pd.Series, now: pd.Series) -> float:
    """The same for a category; each value is a bin, and so is what is missing."""
    codes, values = pd.factorize(pd.concat([before, now], ignore_index=True), use_na_sentinel=False)
    return _psi(codes[: len(before)], codes[len(before) :], len(values))


def _places(values: FloatArray, edges: FloatArray) -> IntArray:
    """Bin of each value; a value on an edge lies above it, what is missing in a bin of its own."""
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right")).astype(np.int64)


def _psi(before: IntArray, now: IntArray, bins: int) -> float:
    shares = [np.bincount(each, minlength=bins) / max(len(each), 1) for each in (before, now)]
    old, new = (np.maximum(share, _FLOOR) for share in shares)
    return float(((new - old) * np.log(new / old)).sum())
