"""Mixture: the weighted mean of the log-odds of boosted trees and of a simple model."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import ClassVar

from models.learners.boosting import shares
from models.learners.calibration import PlattCalibration
from models.learners.contributions import Contributions, as_probability
from models.learners.decline.learner import DeclineLearner
from models.learners.decline.whether import MODEL
from models.vocab import BoolArray, FloatArray


@dataclass(frozen=True, kw_only=True)
class DeclineMixture:
    """Log-odds of decline = ``share`` * leader + (1 - ``share``) * simple, then calibrated; 0 < ``share`` < 1.

    Both parts stand as they were fitted, not calibrated. Source: Satopaa et al. (2014), pooling in log-odds.
    """

    name: ClassVar[str] = "mixture"

    leader: DeclineLearner
    simple: DeclineLearner
    share: float
    calibration: PlattCalibration = field(default_factory=PlattCalibration)

    @property
    def tree_count(self) -> int:
        """How many trees, of both."""
        return self.leader.tree_count + self.simple.tree_count

    def margin(self, matrix: FloatArray) -> FloatArray:
        """Log-odds before calibration. (n, n_features) -> (n,)."""
        return self.share * self.leader.margin(matrix) + (1 - self.share) * self.simple.margin(matrix)

    def calibrated_by(self, calibration: PlattCalibration) -> DeclineMixture:
        """The same model with a calibration that was fitted elsewhere."""
        return replace(self, calibration=calibration)

    def calibrated_on(self, margin: FloatArray, declined: BoolArray) -> DeclineMixture:
        """The same model, calibrated on ``margin`` (m,) of later origins and what came of it, ``declined`` (m,)."""
        return self.calibrated_by(PlattCalibration.fit(margin, declined.astype(float)))

    def predict(self, matrix: FloatArray) -> FloatArray:
        """Probability of decline within the horizon, between 0 and 1. (n, n_features) -> (n,)."""
        return self.calibration.probability(self.margin(matrix))

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of the calibrated log-odds: those of both, by their weights."""
        leader, simple, slope = self.leader.explain(matrix), self.simple.explain(matrix), self.calibration.slope
        base = self.share * leader.base + (1 - self.share) * simple.base
        return Contributions(
            model=MODEL,
            unit="log-odds",
            base=slope * base + self.calibration.intercept,
            values=slope * (self.share * leader.values + (1 - self.share) * simple.values),
            prediction=self.calibration.log_odds(self.share * leader.prediction + (1 - self.share) * simple.prediction),
        )

    def in_served_unit(self, parts: Contributions) -> Contributions:
        """The parts of ``explain`` as probability; a feature keeps its share of the way from the base."""
        return as_probability(parts)

    def importance(self) -> FloatArray:
        """Mean of both, by their weights, (n_features,)."""
        return shares(self.share * self.leader.importance() + (1 - self.share) * self.simple.importance())

    def to_texts(self) -> dict[str, str]:
        """The texts of both, each file under its part, how they are weighed, and the calibration."""
        facts = {
            "leader": self.leader.name,
            "simple": self.simple.name,
            "share": self.share,
            "calibration": asdict(self.calibration),
        }
        parts = {"leader": self.leader, "simple": self.simple}
        return {"mixture.json": json.dumps(facts)} | {
            f"{part}.{file}": text for part, model in parts.items() for file, text in model.to_texts().items()
        }
