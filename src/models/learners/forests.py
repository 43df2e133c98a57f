"""Adapter that makes a learner of a plug-in from a forest of scikit-learn, explained by exact Shapley values of trees.

What is stored are the nodes of its trees as JSON: neither the estimator nor any pickle is needed later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from models.config.plugins import Setting
from models.lazy import lazy
from models.learners.estimators import LEAST_VALUE
from models.learners.protocol import Lessons, ScorerParts
from models.vocab import FloatArray, IntArray

if TYPE_CHECKING:
    import shap
else:
    shap = lazy("shap")

_FILE = "forest.json"
_LEAF = -1


class ForestEstimator(Protocol):
    """What of an estimator of scikit-learn is used: random forests and extra trees, of regressors or classifiers."""

    estimators_: Sequence[Any]

    def fit(self, x: FloatArray, y: FloatArray, sample_weight: FloatArray) -> object:
        """Fit the trees."""


@dataclass(frozen=True, kw_only=True)
class TreeNodes:
    """The nodes of one tree, the root first. Shapes (n_nodes,); ``left`` is -1 at a leaf.

    Left is what is not above the ``threshold``, in the single precision of scikit-learn; ``unknown`` is where a figure
    goes that is not known. ``value`` is that of a leaf, ``rows`` the weight of what a node learned from.
    """

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    unknown: tuple[int, ...]
    value: tuple[float, ...]
    rows: tuple[float, ...]

    @classmethod
    def of(cls, tree: Any) -> TreeNodes:
        """The nodes of a ``tree_`` of scikit-learn; of classes the share of the last one counts."""
        unknown = np.where(tree.missing_go_to_left, tree.children_left, tree.children_right)
        return cls(
            feature=tuple(tree.feature.tolist()),
            threshold=tuple(tree.threshold.tolist()),
            left=tuple(tree.children_left.tolist()),
            right=tuple(tree.children_right.tolist()),
            unknown=tuple(unknown.tolist()),
            value=tuple(tree.value[:, 0, -1].tolist()),
            rows=tuple(tree.weighted_n_node_samples.tolist()),
        )

    def leaves(self, matrix: FloatArray) -> IntArray:
        """The leaf of each row, (n,), all rows one level at a time."""
        feature, threshold = np.array(self.feature), np.array(self.threshold)
        left, right, unknown = np.array(self.left), np.array(self.right), np.array(self.unknown)
        at = np.zeros(len(matrix), dtype=np.int64)
        while (on := np.flatnonzero(left[at] != _LEAF)).size:
            node = at[on]
            figure = matrix[on, feature[node]]
            known = np.where(figure <= threshold[node], left[node], right[node])
            at[on] = np.where(np.isnan(figure), unknown[node], known)
        return at


@dataclass(frozen=True, kw_only=True)
class FittedForest:
    """A fitted forest: its score is the mean of what its trees say, over ``feature_count`` features."""

    trees: tuple[TreeNodes, ...]
    feature_count: int

    def score(self, matrix: FloatArray) -> FloatArray:
        """The mean of the trees, (n,)."""
        single = _single(matrix)
        total = np.zeros(len(matrix))
        for tree in self.trees:
            total += np.array(tree.value)[tree.leaves(single)]
        return total / len(self.trees)

    def parts(self, matrix: FloatArray) -> ScorerParts:
        """Shapley values of the trees, path-dependent. Source: Lundberg et al. (2020), Nat. Mach. Intell. 2."""
        values = np.asarray(self._explainer.shap_values(_single(matrix), check_additivity=False), dtype=np.float64)
        base = float(np.ravel(self._explainer.expected_value)[0])
        return ScorerParts(base=base, values=values.reshape(len(matrix), self.feature_count))

    def to_texts(self) -> dict[str, str]:
        """All nodes; numbers come back to the bit."""
        return {_FILE: json.dumps(asdict(self))}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> FittedForest:
        """Read what ``to_texts`` wrote."""
        facts: dict[str, Any] = json.loads(texts[_FILE])
        trees = tuple(TreeNodes(**{name: tuple(numbers) for name, numbers in tree.items()}) for tree in facts["trees"])
        return cls(trees=trees, feature_count=facts["feature_count"])

    @cached_property
    def _explainer(self) -> Any:
        trees = [_for_shap(tree, len(self.trees)) for tree in self.trees]
        return shap.TreeExplainer({"trees": trees}, feature_perturbation="tree_path_dependent")


@dataclass(frozen=True)
class ForestLearner:
    """A learner of a plug-in from a maker of forests, which is given the settings of the config and a seed.

    ``of_value``: whether it learns the logarithm of the value, which is at least ``LEAST_VALUE``; else decline, whose
    share among the trees is calibrated to a probability as any score is. Figures that are not known stay so; the
    codes of categories count as numbers.

    >>> learner = ForestLearner(lambda settings, seed: RandomForestClassifier(random_state=seed))  # doctest: +SKIP
    """

    make: Callable[[Mapping[str, Setting], int], ForestEstimator]
    of_value: bool = False

    def fit(self, lessons: Lessons) -> FittedForest:
        """The forest that the estimator finds."""
        outcome = np.log(np.maximum(lessons.outcome, LEAST_VALUE)) if self.of_value else lessons.outcome
        forest = self.make(lessons.settings, lessons.seed)
        forest.fit(lessons.matrix, outcome, sample_weight=lessons.weight)
        return FittedForest(
            trees=tuple(TreeNodes.of(each.tree_) for each in forest.estimators_), feature_count=lessons.matrix.shape[1]
        )

    def from_texts(self, texts: Mapping[str, str]) -> FittedForest:
        """Read what ``FittedForest.to_texts`` wrote."""
        return FittedForest.from_texts(texts)


def _single(matrix: FloatArray) -> FloatArray:
    """In single precision, as scikit-learn's trees look at figures."""
    return np.asarray(matrix.astype(np.float32), dtype=np.float64)


def _for_shap(tree: TreeNodes, trees: int) -> dict[str, Any]:
    """A tree as ``shap.TreeExplainer`` reads it, which sums trees up."""
    return {
        "children_left": np.array(tree.left, dtype=np.int32),
        "children_right": np.array(tree.right, dtype=np.int32),
        "children_default": np.array(tree.unknown, dtype=np.int32),
        "features": np.array(tree.feature, dtype=np.int32),
        "thresholds": np.array(tree.threshold),
        "values": np.array(tree.value)[:, np.newaxis] / trees,
        "node_sample_weight": np.array(tree.rows),
    }
