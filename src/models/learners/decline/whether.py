"""Classifier of decline within the horizon: boosted trees, calibrated on later origins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import ClassVar

import numpy as np

from models.config.learners import DeclineLearnerConfig
from models.config.sections import RunConfig
from models.errors import TooLittleDataError
from models.learners.boosting import BoostedTrees, fit_booster, shares
from models.learners.calibration import PlattCalibration
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions, as_probability
from models.vocab import BoolArray, FloatArray

MODEL = "decline"


@dataclass(frozen=True, kw_only=True)
class DeclineModel:
    """Log-odds of decline = slope * trees + intercept, fitted on a later origin than the trees."""

    name: ClassVar[str] = "boosted"

    trees: BoostedTrees
    calibration: PlattCalibration = field(default_factory=PlattCalibration)

    @classmethod
    def fit(
        cls,
        matrix: FloatArray,
        declined: BoolArray | FloatArray,
        *,
        config: DeclineLearnerConfig,
        contract: FeatureContract,
        run: RunConfig,
        weight: FloatArray | None = None,
    ) -> DeclineModel:
        """Learn from features (n, n_features) and ``declined`` (n,); bring rows in a fixed order.

        An outcome that is not complete is a chance between 0 and 1. The risk keeps the directions of
        ``config.monotone``. Raises ``TooLittleDataError`` if all or none declined or there are too few clients,
        ``FeatureContractError`` for a direction of a feature that has none.
        """
        events = int(np.count_nonzero(declined == 1))
        if events in (0, declined.size):
            raise TooLittleDataError(
                rule="the decline model needs clients that declined and clients that did not",
                got=f"{events:,} of {declined.size:,} declined",
                remedy="take more clients or origins, or change the horizon or the rule of decline",
            )
        trees = fit_booster(
            matrix,
            declined.astype(np.float64),
            objective={"objective": "binary" if declined.dtype == np.bool_ else "cross_entropy"},
            config=config,
            contract=contract,
            run=run,
            weight=weight,
            monotone=config.monotone,
        )
        return cls(trees=trees)

    def margin(self, matrix: FloatArray) -> FloatArray:
        """Log-odds before calibration. (n, n_features) -> (n,)."""
        return self.trees.raw_predict(matrix)

    @property
    def tree_count(self) -> int:
        """How many trees it is made of."""
        return self.trees.tree_count

    def importance(self) -> FloatArray:
        """Each feature's share of what splits gained, summing to 1; zeros where there is no split."""
        return shares(self.trees.gain_importance())

    def calibrated_by(self, calibration: PlattCalibration) -> DeclineModel:
        """The same model with a calibration that was fitted elsewhere."""
        return replace(self, calibration=calibration)

    def calibrated_on(self, margin: FloatArray, declined: BoolArray) -> DeclineModel:
        """The same model, put right by what models like it said of later origins; the ranking stays.

        ``margin`` (m,) is theirs, pooled; ``declined`` (m,) what came of it.
        """
        return replace(self, calibration=PlattCalibration.fit(margin, declined.astype(np.float64)))

    def calibrated(self, matrix: FloatArray, declined: BoolArray) -> DeclineModel:
        """The same, on clients of one later origin."""
        return self.calibrated_on(self.margin(matrix), declined)

    def predict(self, matrix: FloatArray) -> FloatArray:
        """Probability of decline within the horizon, between 0 and 1. (n, n_features) -> (n,)."""
        return self.calibration.probability(self.margin(matrix))

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of the calibrated log-odds; a positive part makes decline more likely."""
        parts = self.trees.explained(matrix)
        return Contributions(
            model=MODEL,
            unit="log-odds",
            base=float(self.calibration.log_odds(parts.bases)[0]),
            values=self.calibration.slope * parts.values[:, 0],
            prediction=self.calibration.log_odds(parts.raw[:, 0]),
        )

    def in_served_unit(self, parts: Contributions) -> Contributions:
        """The parts of ``explain`` as probability; a feature keeps its share of the way from the base."""
        return as_probability(parts)

    def to_texts(self) -> dict[str, str]:
        """The model as two texts: ``trees.txt`` and ``settings.json``."""
        return {"trees.txt": self.trees.to_text(), "settings.json": json.dumps(asdict(self.calibration))}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int = 0) -> DeclineModel:
        """Read what ``to_texts`` wrote, once it is known to be whole."""
        trees = BoostedTrees.from_text(texts["trees.txt"], threads=threads)
        return cls(trees=trees, calibration=PlattCalibration(**json.loads(texts["settings.json"])))
