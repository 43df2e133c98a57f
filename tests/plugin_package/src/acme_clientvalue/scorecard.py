"""A logistic scorecard: each feature in bins, each bin with points. Its parts are its points: exact by what it is.

Bins are quantiles; what is not known is a bin of its own. Weights of evidence go into a logistic regression with
coefficients that are not below zero, so that a bin with more declines never speaks for a client.
Source: Siddiqi (2006), Credit Risk Scorecards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from models.learners.contract import ContractFeature
from models.learners.protocol import Lessons, ScorerParts, TunedSetting
from models.vocab import FloatArray, IntArray

_FILE = "scorecard.json"
_LEAST = 0.5
"""So many clients are added to each bin on either side: a bin without declines is no proof."""


@dataclass(frozen=True)
class Card:
    """``edges`` of the bins and their ``points``, the last those of what is not known, of each feature that counts."""

    intercept: float
    edges: dict[str, list[float]]
    points: dict[str, list[float]]
    columns: dict[str, int]
    feature_count: int

    def score(self, matrix: FloatArray) -> FloatArray:
        """Log-odds of decline, (n,)."""
        parts = self.parts(matrix)
        total = np.full(len(matrix), parts.base)
        for column in self.columns.values():
            total += parts.values[:, column]
        return total

    def parts(self, matrix: FloatArray) -> ScorerParts:
        """The points of each feature."""
        values = np.zeros((len(matrix), self.feature_count))
        for name, column in self.columns.items():
            values[:, column] = np.asarray(self.points[name])[bins_of(matrix[:, column], self.edges[name])]
        return ScorerParts(base=self.intercept, values=values)

    def to_texts(self) -> dict[str, str]:
        """The card as JSON: a validator reads it."""
        return {_FILE: json.dumps(asdict(self), indent=1)}


class Scorecard:
    """The learner behind the entry point; ``tuned`` is what ``clientvalue tune`` may change."""

    tuned: Mapping[str, TunedSetting] = {
        "bins": TunedSetting(default=5, low=3, high=8),
        "most_features": TunedSetting(default=12, low=2, high=20),
        "c": TunedSetting(default=1.0, low=0.01, high=10.0, log=True),
    }

    def fit(self, lessons: Lessons) -> Card:
        """Bins, weights of evidence, and what each feature weighs: ``settings``: bins, most_features, c."""
        bins, most = int(str(lessons.settings.get("bins", 5))), int(str(lessons.settings.get("most_features", 12)))
        declined, weight = lessons.outcome, lessons.weight
        edges = {
            feature.name: _edges(lessons.matrix[:, place], feature, bins)
            for place, feature in enumerate(lessons.features)
        }
        places = {feature.name: place for place, feature in enumerate(lessons.features)}
        binned = {name: bins_of(lessons.matrix[:, places[name]], each) for name, each in edges.items()}
        evidence = {name: _evidence(binned[name], len(edges[name]) + 2, declined, weight) for name in edges}
        tells = {name: float(np.std(evidence[name][binned[name]])) for name in edges}
        chosen = sorted((name for name in edges if tells[name] > 0), key=lambda name: (-tells[name], name))[:most]
        chosen.sort(key=places.__getitem__)
        design = np.column_stack([evidence[name][binned[name]] for name in chosen])
        line = LogisticRegression(C=float(str(lessons.settings.get("c", 1.0))), max_iter=1_000)
        line.fit(design, declined, sample_weight=weight)
        slopes = np.maximum(line.coef_[0], 0.0)
        return Card(
            intercept=float(line.intercept_[0]),
            edges={name: edges[name] for name in chosen},
            points={name: (slope * evidence[name]).tolist() for name, slope in zip(chosen, slopes, strict=True)},
            columns={name: places[name] for name in chosen},
            feature_count=lessons.matrix.shape[1],
        )

    def from_texts(self, texts: Mapping[str, str]) -> Card:
        """Read what ``Card.to_texts`` wrote."""
        return Card(**json.loads(texts[_FILE]))


SCORECARD = Scorecard()


def bins_of(values: FloatArray, edges: list[float]) -> IntArray:
    """The bin of each value, from 0; the one behind the last is that of what is not known."""
    places = np.searchsorted(np.asarray(edges), values, side="right")
    return np.where(np.isnan(values), len(edges) + 1, places)


def _edges(values: FloatArray, feature: ContractFeature, bins: int) -> list[float]:
    """Between categories, and between as many quantiles of numbers."""
    if feature.kind == "category":
        return [place - 0.5 for place in range(1, len(feature.categories) + 1)]
    known = values[~np.isnan(values)]
    if not known.size:
        return []
    return np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1])).tolist()


def _evidence(binned: IntArray, bins: int, declined: FloatArray, weight: FloatArray) -> FloatArray:
    """Weight of evidence of each bin: the logarithm of its odds over the odds of all."""
    bad = np.bincount(binned, weights=weight * declined, minlength=bins)
    good = np.bincount(binned, weights=weight * (1 - declined), minlength=bins)
    share = (bad.sum() + _LEAST) / (good.sum() + _LEAST)
    return np.log((bad + _LEAST * share) / (good + _LEAST)) - np.log(share)
