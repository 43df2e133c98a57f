"""Protocol of learners that plug-ins bring, and the check of what they hand over.

An author writes a fit, a score, its parts and texts; calibration, intervals, peers, tiers and pages come from here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.config.plugins import Setting
from models.errors import InternalError
from models.learners.boosting import shares
from models.learners.contract import ContractFeature, FeatureContract
from models.learners.contributions import require_sums
from models.plugins import PluginGroup, load_plugin
from models.vocab import FloatArray

SHARES = "importance.json"
_TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True)
class ScorerParts:
    """``base`` + the row's ``values`` = its score. ``values``: (n, n_features), in the order of the contract."""

    base: float
    values: FloatArray


class Scorer(Protocol):
    """A fitted model of one number per client: log-odds of decline, or the logarithm of the value in currency."""

    def score(self, matrix: FloatArray) -> FloatArray:
        """(n, n_features) -> (n,), finite; a row's result is its own. NaN is a figure that is not known."""

    def parts(self, matrix: FloatArray) -> ScorerParts:
        """The explainer of the learner: what each feature adds. They sum to ``score`` exactly, but for rounding.

        Adapters bring one for linear estimators (``LinearLearner``) and forests (``ForestLearner``) of scikit-learn.
        """

    def to_texts(self) -> Mapping[str, str]:
        """File name -> text, such as JSON, of which the same model is read. No pickle."""


@dataclass(frozen=True, kw_only=True)
class Lessons:
    """What a learner of a plug-in learns from; rows in a fixed order.

    ``matrix`` holds ``features`` (n, n_features): numbers, and the codes of categories. ``outcome`` (n,) is 0 or 1 of
    decline, value in currency, not below 0, of value. Rows count by ``weight`` (n,). ``seed`` makes chance the same.
    """

    matrix: FloatArray
    outcome: FloatArray
    features: Sequence[ContractFeature]
    weight: FloatArray
    seed: int
    settings: Mapping[str, Setting]


@dataclass(frozen=True, kw_only=True)
class TunedSetting:
    """A setting that ``tune`` may change: its default, whole where that is, and the bounds, both included."""

    default: int | float
    low: float
    high: float
    log: bool = False


class LearnerPlugin(Protocol):
    """The object behind an entry point of ``clientvalue.decline_learners`` or ``clientvalue.value_learners``.

    What a learner of decline has as ``tuned``, name of a setting -> ``TunedSetting``, ``tune`` searches.
    """

    def fit(self, lessons: Lessons) -> Scorer:
        """The fitted model. Raises ``TooLittleDataError`` where this book does not determine it."""

    def from_texts(self, texts: Mapping[str, str]) -> Scorer:
        """Read what ``Scorer.to_texts`` wrote, once it is known to be whole; code outside of it is never run."""


@dataclass(frozen=True, kw_only=True)
class PluggedScorer:
    """A scorer with the plug-in's name, what of it each feature makes up, and its parts checked."""

    name: str
    scorer: Scorer
    shares: tuple[float, ...]

    @classmethod
    def fit(cls, group: PluginGroup, name: str, lessons: Lessons) -> PluggedScorer:
        """Fit the plug-in of that name. Raises what it raises, ``MissingPluginError`` where it is not installed."""
        plugin: LearnerPlugin = load_plugin(group, name)
        scorer = plugin.fit(lessons)
        made = cls(name=name, scorer=scorer, shares=())
        sizes = np.abs(made.checked_parts(lessons.matrix).values).mean(axis=0)
        return cls(name=name, scorer=scorer, shares=tuple(shares(sizes).tolist()))

    def score(self, matrix: FloatArray) -> FloatArray:
        """What the scorer says, (n,). Raises ``InternalError`` where that is not finite, or of another shape."""
        found = np.asarray(self.scorer.score(matrix), dtype=np.float64)
        if found.shape != (len(matrix),) or not np.isfinite(found).all():
            raise InternalError(f"the plug-in {self.name} must score each of {len(matrix)} rows by a finite number")
        return found

    def checked_parts(self, matrix: FloatArray) -> ScorerParts:
        """The parts of the score, by the plug-in's own explainer.

        Raises ``InternalError`` unless each feature has one, ``AdditivityError`` where they do not sum to the score.
        """
        parts, score = self.scorer.parts(matrix), self.score(matrix)
        if parts.values.shape != matrix.shape:
            raise InternalError(f"the plug-in {self.name} must give each feature a part, got {parts.values.shape}")
        sums = parts.base + parts.values.sum(axis=1)
        require_sums(self.name, sums[:, np.newaxis], score[:, np.newaxis], _TOLERANCE)
        return parts

    def to_texts(self) -> dict[str, str]:
        """File name -> text: those of the scorer, and the shares of its features."""
        return {**self.scorer.to_texts(), SHARES: json.dumps(self.shares)}

    @classmethod
    def from_texts(cls, group: PluginGroup, name: str, texts: Mapping[str, str]) -> PluggedScorer:
        """Read what ``to_texts`` wrote. Raises ``MissingPluginError``."""
        plugin: LearnerPlugin = load_plugin(group, name)
        return cls(name=name, scorer=plugin.from_texts(texts), shares=tuple(json.loads(texts[SHARES])))


def lessons_of(
    matrix: FloatArray,
    outcome: FloatArray,
    contract: FeatureContract,
    *,
    weight: FloatArray | None,
    seed: int,
    settings: Mapping[str, Setting],
) -> Lessons:
    """What a plug-in learns from; without ``weight`` all rows count alike."""
    return Lessons(
        matrix=matrix,
        outcome=outcome,
        features=contract.features,
        weight=np.ones(len(matrix)) if weight is None else weight,
        seed=seed,
        settings=settings,
    )
