"""Adapter that makes a learner of a plug-in from a linear estimator of scikit-learn, explained exactly.

What is stored is JSON: the estimator itself is asked for its line once, and neither it nor any pickle is needed later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from models.config.plugins import Setting
from models.learners.contract import ContractFeature
from models.learners.protocol import Lessons, ScorerParts
from models.learners.scaling import signed_log
from models.vocab import FloatArray

_FILE = "line.json"
_FARTHEST = 5.0
"""A line knows nothing beyond what it learned from: farther out it is taken to stay as it is."""
_SAME = 1e-9
"""Figures that differ by less, as a share of them, are one."""
LEAST_VALUE = 1.0
"""In currency: a client that brought nothing counts as much where a logarithm of its value is learned."""


class LinearEstimator(Protocol):
    """What of an estimator of scikit-learn is used: ``LogisticRegression``, ``Ridge``, ``Lasso``, ..."""

    coef_: FloatArray
    intercept_: float | FloatArray

    def fit(self, x: FloatArray, y: FloatArray, sample_weight: FloatArray) -> object:
        """Fit the line."""


@dataclass(frozen=True, kw_only=True)
class FittedLine:
    """A fitted line over the signed logarithms of features: log-odds, or the logarithm of the value. Shapes (n_used,).

    ``columns`` are places among ``feature_count``; a figure that is not known counts as the mean, and so adds nothing;
    one far out counts as the farthest that a line can speak of.
    """

    columns: tuple[int, ...]
    unit: tuple[float, ...]
    centre: tuple[float, ...]
    spread: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float
    feature_count: int

    def score(self, matrix: FloatArray) -> FloatArray:
        """The line's value of each row, (n,)."""
        parts = self.parts(matrix)
        total = np.full(len(matrix), parts.base)
        for column in self.columns:  # in order: one client alone gives the same bits
            total += parts.values[:, column]
        return total

    def parts(self, matrix: FloatArray) -> ScorerParts:
        """What each feature adds to the mean client's."""
        values = np.zeros((len(matrix), self.feature_count))
        logs = signed_log(matrix[:, list(self.columns)], np.asarray(self.unit))
        standing = _standing(logs, np.asarray(self.centre), np.asarray(self.spread))
        values[:, list(self.columns)] = standing * self.coefficients
        return ScorerParts(base=self.intercept, values=values)

    def to_texts(self) -> dict[str, str]:
        """All parameters; numbers come back to the bit."""
        return {_FILE: json.dumps(asdict(self))}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> FittedLine:
        """Read what ``to_texts`` wrote."""
        facts: dict[str, Any] = json.loads(texts[_FILE])
        figures: dict[str, Any] = {name: tuple(each) for name, each in facts.items() if isinstance(each, list)}
        return cls(**figures, intercept=facts["intercept"], feature_count=facts["feature_count"])


@dataclass(frozen=True)
class LinearLearner:
    """A learner of a plug-in from a maker of linear estimators, which is given the settings of the config.

    ``of_value``: whether it learns the logarithm of the value, which is at least ``LEAST_VALUE``; else decline, of
    which a classifier such as ``LogisticRegression`` learns the log-odds. Categories are left out.

    >>> learner = LinearLearner(lambda settings: linear_model.LogisticRegression(C=settings["c"]))  # doctest: +SKIP
    """

    make: Callable[[Mapping[str, Setting]], LinearEstimator]
    of_value: bool = False

    def fit(self, lessons: Lessons) -> FittedLine:
        """The line that the estimator finds."""
        columns = _numbers(lessons.features)
        known = lessons.matrix[:, columns]
        unit = np.array([_typical_size(column) for column in known.T])
        logs = signed_log(known, unit)
        centre, spread = _spread(logs)
        outcome = np.log(np.maximum(lessons.outcome, LEAST_VALUE)) if self.of_value else lessons.outcome
        estimator = self.make(lessons.settings)
        estimator.fit(_standing(logs, centre, spread), outcome, sample_weight=lessons.weight)
        return FittedLine(
            columns=tuple(columns),
            unit=tuple(unit.tolist()),
            centre=tuple(centre.tolist()),
            spread=tuple(spread.tolist()),
            coefficients=tuple(np.ravel(estimator.coef_).tolist()),
            intercept=float(np.ravel(estimator.intercept_)[0]),
            feature_count=lessons.matrix.shape[1],
        )

    def from_texts(self, texts: Mapping[str, str]) -> FittedLine:
        """Read what ``FittedLine.to_texts`` wrote."""
        return FittedLine.from_texts(texts)


def _spread(logs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of what is known of each column; 0 and 1 where nothing is, or all is the same."""
    known = np.isfinite(logs)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, logs, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, logs - centre, 0.0) ** 2).sum(axis=0) / count)
    return centre, np.where(spread > _SAME * np.maximum(np.abs(centre), 1.0), spread, 1.0)


def _standing(logs: FloatArray, centre: FloatArray, spread: FloatArray) -> FloatArray:
    """How many standard deviations from the mean, at most ``_FARTHEST``; what is not known stands at the mean."""
    return np.nan_to_num(np.clip((logs - centre) / spread, -_FARTHEST, _FARTHEST), nan=0.0)


def _numbers(features: Sequence[ContractFeature]) -> list[int]:
    return [place for place, feature in enumerate(features) if feature.kind == "number"]


def _typical_size(column: FloatArray) -> float:
    """Median size of what is known and not zero, so that the currency changes nothing; 1 where nothing is."""
    sizes = np.abs(column[np.isfinite(column) & (column != 0)])
    return float(np.median(sizes)) if sizes.size else 1.0
