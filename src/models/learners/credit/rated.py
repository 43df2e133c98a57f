"""PD of books that tell ratings and no defaults: the rating's own, over the horizon."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
from scipy.special import expit, logit

from models.learners.calibration import PlattCalibration
from models.learners.contributions import Contributions
from models.vocab import BoolArray, FloatArray

_LEAST = 1e-6


@dataclass(frozen=True, kw_only=True)
class RatedDefault:
    """PD over ``years`` = 1 - (1 - PD of 12 months) ^ years; clients without a rating have ``usual``.

    ``feature`` is the place of the rating's PD among ``features`` features.
    """

    name: ClassVar[str] = "rated"

    feature: int
    features: int
    years: float
    usual: float
    calibration: PlattCalibration = field(default_factory=PlattCalibration)

    @property
    def tree_count(self) -> int:
        """There are none."""
        return 0

    def margin(self, matrix: FloatArray) -> FloatArray:
        """Log-odds before calibration. (n, n_features) -> (n,)."""
        rated = matrix[:, self.feature]
        yearly = np.clip(np.where(np.isnan(rated), self.usual, rated), _LEAST, 1.0 - _LEAST)
        return np.asarray(logit(-np.expm1(self.years * np.log1p(-yearly))))

    def in_default(self, matrix: FloatArray) -> BoolArray:
        """Whether each client is rated as in default already, by a PD of 1. (n, n_features) -> (n,)."""
        return np.asarray(matrix[:, self.feature] >= 1.0 - _LEAST)

    def calibrated_by(self, calibration: PlattCalibration) -> RatedDefault:
        """The same with a calibration that was fitted elsewhere."""
        return replace(self, calibration=calibration)

    def calibrated_on(self, margin: FloatArray, declined: BoolArray) -> RatedDefault:
        """The same, calibrated on ``margin`` (m,) and what came of it."""
        return self.calibrated_by(PlattCalibration.fit(margin, declined.astype(np.float64)))

    def predict(self, matrix: FloatArray) -> FloatArray:
        """PD within the horizon. (n, n_features) -> (n,)."""
        return self.calibration.probability(self.margin(matrix))

    def explain(self, matrix: FloatArray) -> Contributions:
        """Log-odds: all that differs from the usual PD is the rating's."""
        base = float(self.calibration.log_odds(self.margin(np.full((1, self.features), np.nan)))[0])
        prediction = self.calibration.log_odds(self.margin(matrix))
        values = np.zeros(matrix.shape)
        values[:, self.feature] = prediction - base
        return Contributions(model="default", unit="log-odds", base=base, values=values, prediction=prediction)

    def in_served_unit(self, parts: Contributions) -> Contributions:
        """The parts as probability."""
        base, prediction = float(expit(parts.base)), np.asarray(expit(parts.prediction))
        values = np.zeros(parts.values.shape)
        values[:, self.feature] = prediction - base
        return Contributions(model=parts.model, unit="probability", base=base, values=values, prediction=prediction)

    def importance(self) -> FloatArray:
        """All of it the rating's."""
        shares = np.zeros(self.features)
        shares[self.feature] = 1.0
        return shares

    def to_texts(self) -> dict[str, str]:
        """One text."""
        facts = {name: getattr(self, name) for name in ("feature", "features", "years", "usual")}
        return {"rated.json": json.dumps(facts | {"calibration": vars(self.calibration)})}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> RatedDefault:
        """Read what ``to_texts`` wrote."""
        facts = json.loads(texts["rated.json"])
        return cls(**{**facts, "calibration": PlattCalibration(**facts["calibration"])})
