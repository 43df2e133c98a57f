"""Models of clients without activity: few trees that begin at the mean of clients who began alike.

Of such clients little is known and much of it by few examples. What came of those who began alike is drawn to what came
of all, the less of them were seen the more (Buhlmann's credibility), and trees on what else is known add to it.
Value and decline are models of the same protocols as those of active clients, so that all that reads them reads these.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from scipy.special import expit, logit

from models.config.learners import ColdStartConfig
from models.config.sections import RunConfig
from models.errors import TooLittleDataError
from models.learners.boosting import BoostedTrees, fit_booster, shares
from models.learners.calibration import PlattCalibration
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions, logistic_rate
from models.learners.value.candidate import log_parts
from models.vocab import BoolArray, FloatArray

_FURTHEST = 1e-3
"""No mean is taken for nearer to nothing than this share of that of all, nor a chance for nearer to 0 or 1 than it."""
_POWER = 1.5


@dataclass(frozen=True, kw_only=True)
class AlikeMeans:
    """The mean outcome of clients who began alike, drawn to that of all; ``means`` by code of the category.

    A mean of n clients keeps n / (n + ``shrinkage``) of its distance from ``overall``. Whoever began as nobody did has
    ``overall``. Source: Buhlmann (1967), with the constant given.

    >>> AlikeMeans.fit(np.array([0.0, 0.0, 1.0]), np.array([1.0, 1.0, 0.0]), place=0, categories=2, shrinkage=1.0).means
    (0.8888888888888888, 0.3333333333333333)
    """

    place: int
    means: tuple[float, ...]
    overall: float

    @classmethod
    def fit(
        cls, codes: FloatArray, outcome: FloatArray, *, place: int, categories: int, shrinkage: float,
        weight: FloatArray | None = None,
    ) -> AlikeMeans:  # fmt: skip
        """Learn from the category codes (n,), NaN where unknown, in column ``place``, and outcomes (n,)."""
        rows = np.ones(len(outcome)) if weight is None else weight
        overall = math.fsum(rows * outcome) / math.fsum(rows)
        known = ~np.isnan(codes)
        of = codes[known].astype(np.int64)
        total = np.bincount(of, weights=(rows * outcome)[known], minlength=categories)
        count = np.bincount(of, weights=rows[known], minlength=categories)
        return cls(
            place=place, means=tuple(((total + shrinkage * overall) / (count + shrinkage)).tolist()), overall=overall
        )

    def of(self, matrix: FloatArray) -> FloatArray:
        """The mean at which each client begins. (n, n_features) -> (n,)."""
        with_unknown = np.array([*self.means, self.overall])
        codes = matrix[:, self.place]
        known = ~np.isnan(codes) & (codes < len(self.means))
        return with_unknown[np.where(known, np.nan_to_num(codes), len(self.means)).astype(np.int64)]


@dataclass(frozen=True, kw_only=True)
class _Explained:
    """Raw scores of trees that begin at a start of each row, and their parts."""

    base: float
    values: FloatArray
    prediction: FloatArray

    @classmethod
    def of(cls, trees: BoostedTrees, matrix: FloatArray, start: FloatArray, usual: float, place: int) -> _Explained:
        """The start above ``usual``, that of a client of whom nothing is known, is a part of the feature ``place``."""
        parts = trees.explained(matrix)
        values = parts.values[:, 0].copy()
        values[:, place] += start - usual
        return cls(base=float(parts.bases[0]) + usual, values=values, prediction=parts.raw[:, 0] + start)


@dataclass(frozen=True, kw_only=True)
class ColdDecline:
    """Chance that nothing comes of a client within the horizon: log-odds = slope * (start + trees) + intercept.

    Who never was active has nothing to fall below, so that decline means that no activity comes within the horizon at
    all; for a client that has gone quiet it means the same. So the rules of decline say: no activity is below any share
    of nothing.
    """

    name: ClassVar[str] = "cold_start"

    trees: BoostedTrees
    alike: AlikeMeans
    calibration: PlattCalibration = field(default_factory=PlattCalibration)

    @classmethod
    def fit(
        cls,
        matrix: FloatArray,
        declined: BoolArray,
        *,
        alike: int,
        config: ColdStartConfig,
        contract: FeatureContract,
        run: RunConfig,
        weight: FloatArray | None = None,
    ) -> ColdDecline:
        """Learn from features (n, n_features) and ``declined`` (n,); column ``alike`` says how each client began.

        Raises ``TooLittleDataError`` if of all or of none of them anything came, or there are too few.
        """
        events = int(np.count_nonzero(declined))
        if events in (0, len(declined)):
            raise TooLittleDataError(
                rule="a cold start needs clients of whom something came within the horizon, and others",
                got=f"nothing of {events:,} of {len(declined):,}",
                remedy="take more origins or a longer horizon",
            )
        outcome = declined.astype(np.float64)
        means = _alike_means(matrix, outcome, alike, config, contract, weight)
        trees = fit_booster(
            matrix, outcome, objective={"objective": "binary"}, config=config, contract=contract, run=run,
            weight=weight, start=_log_odds(means.of(matrix)),
        )  # fmt: skip
        return cls(trees=trees, alike=means)

    @property
    def tree_count(self) -> int:
        """How many trees it is made of."""
        return self.trees.tree_count

    def margin(self, matrix: FloatArray) -> FloatArray:
        """Log-odds before calibration. (n, n_features) -> (n,)."""
        return self.trees.raw_predict(matrix) + _log_odds(self.alike.of(matrix))

    def calibrated_on(self, margin: FloatArray, declined: BoolArray) -> ColdDecline:
        """The same model, calibrated on ``margin`` (m,) of later origins and what came of it."""
        return self.calibrated_by(PlattCalibration.fit(margin, declined.astype(np.float64)))

    def calibrated_by(self, calibration: PlattCalibration) -> ColdDecline:
        """The same model with a calibration that was fitted elsewhere."""
        return replace(self, calibration=calibration)

    def predict(self, matrix: FloatArray) -> FloatArray:
        """Probability that nothing comes of each client within the horizon. (n, n_features) -> (n,)."""
        return self.calibration.probability(self.margin(matrix))

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of the calibrated log-odds; how a client began is one of them."""
        start, usual = _log_odds(self.alike.of(matrix)), float(_log_odds(np.array([self.alike.overall]))[0])
        parts = _Explained.of(self.trees, matrix, start, usual, self.alike.place)
        return Contributions(
            model="decline",
            unit="log-odds",
            base=float(self.calibration.log_odds(np.array([parts.base]))[0]),
            values=self.calibration.slope * parts.values,
            prediction=self.calibration.log_odds(parts.prediction),
        )

    def in_served_unit(self, parts: Contributions) -> Contributions:
        """The parts of ``explain`` as probability; a feature keeps its share of the way from the base."""
        return parts.rescaled(
            unit="probability",
            base=float(expit(parts.base)),
            prediction=np.asarray(expit(parts.prediction)),
            rate=logistic_rate(parts.base, parts.values.sum(axis=1)),
        )

    def importance(self) -> FloatArray:
        """Each feature's share of what splits gained, summing to 1; zeros where there is no split."""
        return shares(self.trees.gain_importance())

    def to_texts(self) -> dict[str, str]:
        """The trees, the means that they begin at, and the calibration."""
        facts = {"alike": asdict(self.alike), "calibration": asdict(self.calibration)}
        return {"trees.txt": self.trees.to_text(), "settings.json": json.dumps(facts)}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int = 0) -> ColdDecline:
        """Read what ``to_texts`` wrote, once it is known to be whole."""
        facts = json.loads(texts["settings.json"])
        return cls(
            trees=BoostedTrees.from_text(texts["trees.txt"], threads=threads),
            alike=_means_of(facts["alike"]),
            calibration=PlattCalibration(**facts["calibration"]),
        )


@dataclass(frozen=True, kw_only=True)
class ColdValue:
    """Value of a client within the horizon: log value = log start + trees. A candidate, calibrated like all others."""

    name: ClassVar[str] = "cold_start"

    trees: BoostedTrees
    alike: AlikeMeans

    @classmethod
    def fit(
        cls,
        matrix: FloatArray,
        value: FloatArray,
        *,
        alike: int,
        config: ColdStartConfig,
        contract: FeatureContract,
        run: RunConfig,
        weight: FloatArray | None = None,
    ) -> ColdValue:
        """Learn from features (n, n_features) and ``value`` (n,) in currency, losses below zero.

        Losses are learned as nothing; the calibration counts them. Raises ``TooLittleDataError`` if no client brought
        anything, or there are too few.
        """
        earned = np.maximum(value, 0.0)
        if not earned.any():
            raise TooLittleDataError(
                rule="a cold start needs clients that brought something within the horizon",
                got=f"0 of {len(value):,}",
                remedy="take more origins or a longer horizon, or check value.kinds and their signs",
            )
        means = _alike_means(matrix, earned, alike, config, contract, weight)
        trees = fit_booster(
            matrix, earned / means.overall, objective={"objective": "tweedie", "tweedie_variance_power": _POWER},
            config=config, contract=contract, run=run, weight=weight, start=_log_share(means, matrix),
        )  # fmt: skip
        return cls(trees=trees, alike=means)

    @property
    def tree_count(self) -> int:
        """How many trees it is made of."""
        return self.trees.tree_count

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value in currency. (n, n_features) -> (n,)."""
        return self.trees.raw_predict(matrix) + _log_share(self.alike, matrix) + math.log(self.alike.overall)

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of ``log_value``; how a client began is one of them."""
        parts = _Explained.of(self.trees, matrix, _log_share(self.alike, matrix), 0.0, self.alike.place)
        scale = math.log(self.alike.overall)
        return log_parts(base=parts.base + scale, values=parts.values, prediction=parts.prediction + scale)

    def importance(self) -> FloatArray:
        """Each feature's share of what splits gained, summing to 1; zeros where there is no split."""
        return shares(self.trees.gain_importance())

    def to_texts(self) -> dict[str, str]:
        """The trees, and the means that they begin at."""
        return {"trees.txt": self.trees.to_text(), "settings.json": json.dumps({"alike": asdict(self.alike)})}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int = 0) -> ColdValue:
        """Read what ``to_texts`` wrote, once it is known to be whole."""
        return cls(
            trees=BoostedTrees.from_text(texts["trees.txt"], threads=threads),
            alike=_means_of(json.loads(texts["settings.json"])["alike"]),
        )


def _alike_means(
    matrix: FloatArray,
    outcome: FloatArray,
    place: int,
    config: ColdStartConfig,
    contract: FeatureContract,
    weight: FloatArray | None,
) -> AlikeMeans:
    feature = contract.features[place]
    return AlikeMeans.fit(
        matrix[:, place],
        outcome,
        place=place,
        categories=len(feature.categories) + bool(feature.pooled),
        shrinkage=config.shrinkage,
        weight=weight,
    )


def _log_odds(means: FloatArray) -> FloatArray:
    return np.asarray(logit(np.clip(means, _FURTHEST, 1 - _FURTHEST)))


def _log_share(alike: AlikeMeans, matrix: FloatArray) -> FloatArray:
    """Logarithm of each client's start over the mean of all. (n,)."""
    return np.log(np.maximum(alike.of(matrix) / alike.overall, _FURTHEST))


def _means_of(facts: Mapping[str, Any]) -> AlikeMeans:
    return AlikeMeans(place=facts["place"], means=tuple(facts["means"]), overall=facts["overall"])
