"""Decline by the learner of a plug-in: its log-odds, calibrated and explained as those of our own are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import ClassVar

import numpy as np

from models.config.plugins import Setting
from models.errors import TooLittleDataError
from models.learners.calibration import PlattCalibration
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions, as_probability
from models.learners.decline.whether import MODEL
from models.learners.protocol import PluggedScorer, lessons_of
from models.plugins import PluginGroup
from models.vocab import BoolArray, FloatArray

_CALIBRATION = "calibration.json"
_GROUP = PluginGroup.DECLINE_LEARNERS


@dataclass(frozen=True, kw_only=True)
class PluggedDecline:
    """A decline learner of a plug-in; log-odds = slope * its score + intercept."""

    tree_count: ClassVar[int] = 0

    scorer: PluggedScorer
    calibration: PlattCalibration = field(default_factory=PlattCalibration)

    @property
    def name(self) -> str:
        """That of the plug-in."""
        return self.scorer.name

    @classmethod
    def fit(
        cls,
        name: str,
        matrix: FloatArray,
        declined: BoolArray | FloatArray,
        *,
        contract: FeatureContract,
        settings: Mapping[str, Setting],
        seed: int,
        weight: FloatArray | None = None,
    ) -> PluggedDecline:
        """Fit the plug-in ``name`` on features (n, n_features) and ``declined`` (n,).

        Raises ``TooLittleDataError`` if all or none declined, and what the plug-in raises.
        """
        events = int(np.count_nonzero(declined == 1))
        if events in (0, declined.size):
            raise TooLittleDataError(
                rule=f"the decline learner {name} needs clients that declined and clients that did not",
                got=f"{events:,} of {declined.size:,} declined",
                remedy="take more clients or origins, or change the horizon or the rule of decline",
            )
        lessons = lessons_of(matrix, declined.astype(np.float64), contract, weight=weight, seed=seed, settings=settings)
        return cls(scorer=PluggedScorer.fit(_GROUP, name, lessons))

    def margin(self, matrix: FloatArray) -> FloatArray:
        """Log-odds before calibration. (n, n_features) -> (n,)."""
        return self.scorer.score(matrix)

    def calibrated_by(self, calibration: PlattCalibration) -> PluggedDecline:
        """The same model with a calibration that was fitted elsewhere."""
        return replace(self, calibration=calibration)

    def calibrated_on(self, margin: FloatArray, declined: BoolArray) -> PluggedDecline:
        """The same model, calibrated on ``margin`` (m,) of later origins and what came of it, ``declined`` (m,)."""
        return self.calibrated_by(PlattCalibration.fit(margin, declined.astype(np.float64)))

    def predict(self, matrix: FloatArray) -> FloatArray:
        """Probability of decline within the horizon, between 0 and 1. (n, n_features) -> (n,)."""
        return self.calibration.probability(self.margin(matrix))

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of the calibrated log-odds: those of the plug-in times the slope."""
        parts = self.scorer.checked_parts(matrix)
        return Contributions(
            model=MODEL,
            unit="log-odds",
            base=float(self.calibration.log_odds(np.array([parts.base]))[0]),
            values=self.calibration.slope * parts.values,
            prediction=self.calibration.log_odds(self.margin(matrix)),
        )

    def in_served_unit(self, parts: Contributions) -> Contributions:
        """The parts of ``explain`` as probability; a feature keeps its share of the way from the base."""
        return as_probability(parts)

    def importance(self) -> FloatArray:
        """Each feature's share of the mean size of all parts, (n_features,)."""
        return np.array(self.scorer.shares)

    def to_texts(self) -> dict[str, str]:
        """File name -> text: those of the plug-in, and the calibration."""
        return {**self.scorer.to_texts(), _CALIBRATION: json.dumps(asdict(self.calibration))}

    @classmethod
    def from_texts(cls, name: str, texts: Mapping[str, str]) -> PluggedDecline:
        """Read what ``to_texts`` wrote. Raises ``MissingPluginError``."""
        scorer = PluggedScorer.from_texts(_GROUP, name, texts)
        return cls(scorer=scorer, calibration=PlattCalibration(**json.loads(texts[_CALIBRATION])))
