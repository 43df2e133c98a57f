"""Value classes beside the tiers: high, medium and low by past investment, expected value and influence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from models.config.kinds import DriverConfig, ValueClassesConfig
from models.profiles.positions import Positions, features_named, lowest_of_best
from models.vocab import FloatArray, TextArray

EXPECTED = DriverConfig(features={"expected_value": 1.0})


class ValueClass(StrEnum):
    """First call on resources; tailored service; standard contact."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, kw_only=True)
class Worth:
    """The class of each client and the score behind it, -1 to 1, with its parts; NaN where unknown. Shapes (n,)."""

    kind: TextArray
    score: FloatArray
    parts: Mapping[str, FloatArray]


@dataclass(frozen=True, kw_only=True)
class ValueClassModel:
    """Where clients stand in the learned book, and the scores from which they are of high or medium value."""

    positions: Positions
    high_from: float
    medium_from: float

    @classmethod
    def fit(cls, frame: pd.DataFrame, expected_value: FloatArray, settings: ValueClassesConfig) -> ValueClassModel:
        """Fix the scores so that the configured shares of the fitted book lie at or above them."""
        names = features_named(settings.invested, EXPECTED, settings.influence)
        positions = Positions.fit(_with_expected(frame, expected_value), names)
        open_model = cls(positions=positions, high_from=1.0, medium_from=0.0)
        scores = open_model.classify(frame, expected_value, settings).score
        return cls(
            positions=positions,
            high_from=lowest_of_best(scores, settings.high_share),
            medium_from=lowest_of_best(scores, settings.high_share + settings.medium_share),
        )

    def classify(self, frame: pd.DataFrame, expected_value: FloatArray, settings: ValueClassesConfig) -> Worth:
        """The weighted mean of what is known of the three; one that is unknown leaves its weight to the others."""
        reported = _with_expected(frame, expected_value)
        drivers = {"invested": settings.invested, "expected": EXPECTED, "influence": settings.influence}
        parts = {name: self.positions.driver(reported, driver) for name, driver in drivers.items()}
        total, whole = np.zeros(len(frame)), np.zeros(len(frame))
        for name, weight in settings.weights.items():
            known = ~np.isnan(parts[name])
            total += np.where(known, weight * parts[name], 0.0)
            whole += np.where(known, weight, 0.0)
        score = np.divide(total, whole, out=np.full(len(frame), -1.0), where=whole > 0)
        kind = np.select(
            [score >= self.high_from, score >= self.medium_from],
            [ValueClass.HIGH.value, ValueClass.MEDIUM.value],
            default=ValueClass.LOW.value,
        )
        return Worth(kind=kind, score=score, parts=parts)


def _with_expected(frame: pd.DataFrame, expected_value: FloatArray) -> pd.DataFrame:
    return frame.assign(expected_value=expected_value)
